"""The tracker's process: three loops, for route, fold, and what analysts decide."""

from datetime import timedelta

from services.ports import Outgoing, Record
from services.runtime.consume import each, run_consumer
from services.runtime.parallel import run_parallel
from services.runtime.stateful import run_stateful
from services.runtime.world import World
from services.tracker.block.block import Block
from services.tracker.block.blocks import Room
from services.tracker.block.machine import FoldMachine
from services.tracker.claims.rules import archive
from services.tracker.grouping.judgements import route_judgement
from services.tracker.grouping.verdicts import route_verdict
from services.tracker.route import RouteMachine

HOT = 200
"""Articles of a block above which its claims are published once a batch, not with each report.

A guess between delay and work; bench/fold.py measures both.
"""


def run(world: World) -> None:
    """Run until told to stop."""
    stay, room = timedelta(days=world.settings.claim_days), Room()
    run_parallel(
        world,
        lambda part: run_stateful(
            part,
            service="tracker",
            group="tracker-route",
            inputs=["tagged-articles"],
            state_topic="article-blocks",
            machine=lambda rows: RouteMachine(rows, stay),
        ),
        lambda part: run_stateful(
            part,
            service="tracker",
            group="tracker-fold",
            inputs=["reports"],
            state_topic="tracker-state",
            machine=lambda rows: FoldMachine(
                lambda name: Block(name, archive(stay)), HOT, rows, room, stay
            ),
        ),
        lambda part: run_consumer(
            part,
            service="tracker",
            group="tracker-judge",
            topics=["judgements", "verdicts"],
            handle=each(route_decision),
        ),
    )


def route_decision(record: Record) -> list[Outgoing]:
    """Send a judgement or a verdict to its blocks. Raises InvalidMessage."""
    return (route_verdict if record.topic == "verdicts" else route_judgement)(record)
