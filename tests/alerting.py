"""Streams of hits and claim updates for tests of the alerter, and what its machine makes of
them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from builders import claim, hours
from outputs import readable

from services.alerter.alerts import AlertMachine
from services.alerter.store import HORIZON
from services.alerter.watch import CompiledWatch, compile_all
from services.messages import (
    Alert,
    AlertState,
    Channel,
    ClaimCause,
    ClaimCondition,
    Evidence,
    Hit,
    HitReport,
    Slot,
    SlotAnswer,
    Status,
    Told,
    Watch,
    decode,
    encode,
)
from services.ports import Outgoing, Record
from services.rows import Rows
from services.text.sketch import sketch

CHANNELS = (
    Channel(to="log:all"),
    Channel(to="log:first", when=("first",)),
    Channel(to="log:count", when=("count",)),
)
WATCHES = compile_all(
    [
        Watch(id="claim", name="Claim", claim=ClaimCondition(event=("killed",)), deliver=CHANNELS),
        Watch(id="words", name="Words", query="halvane", deliver=CHANNELS),
        Watch(
            id="both",
            name="Both",
            query="halvane",
            claim=ClaimCondition(event=("killed",)),
            deliver=CHANNELS,
        ),
    ]
)
LEVEL = {
    "reported": "reported",
    "claimed": "claimed",
    "corroborated": "corroborated",
    "confirmed": "confirmed",
}
SEEN: dict[str, Any] = {"published_at": hours(0), "first_seen_at": hours(0)}


def quote(article: str) -> Evidence:
    return Evidence(
        article_id=article, version=1, quote=f"Halvane was killed, says {article}.", mark=(12, 18)
    )


def update(
    claim_id: str,
    version: int,
    status: str,
    n_independent: int,
    n_killed: int,
    agents: Iterable[str],
    **kw: Any,
) -> Hit:
    """Return a claim update as the fold sends it:
    version n holds the articles of all versions so far.
    """
    articles = tuple(f"{claim_id}-a{i}" for i in range(1, version + 1))
    slots = {
        "count.killed": Slot(
            answers=(
                SlotAnswer(key=str(n_killed), label=str(n_killed), min=n_killed, max=n_killed),
            )
        ),
        "agent": Slot(answers=tuple(SlotAnswer(key=a, label=a) for a in sorted(agents))),
    }
    told = claim(
        claim_id=claim_id,
        version=version,
        status=status,
        level=LEVEL.get(status, "reported"),
        n_reports=version,
        n_independent=n_independent,
        slots=slots,
        article_ids=articles,
        **kw,
        cause=(
            ClaimCause(article_id=articles[-1], version=1, evidence=quote(articles[-1]), **SEEN),
        ),
    )
    return Hit(hit_id=f"{claim_id}-{version}", claim=told)


def hit(watch: str, article: str, status: Status = "reported", text: str = "", **kw: Any) -> Hit:
    on = HitReport(
        report_id=f"r-{article}",
        block="violence:halvane",
        event="killed",
        status=status,
        evidence=quote(article),
    )
    words = text or " ".join(f"{article}{i}" for i in range(20))
    return Hit(
        hit_id=f"{watch}-{article}",
        watch_id=watch,
        watch_version=1,
        article_id=article,
        article_version=1,
        outlet="Post",
        sketch=sketch(words),
        report=on,
        **(SEEN | kw),
    )


def edit(article: str) -> Hit:
    """Return an edit that brings no hit: what was watched for is gone from the article."""
    return Hit(hit_id=f"edit-{article}", article_id=article, article_version=2, cause="edit")


class Stream:
    """A machine and what it has sent: each alert, as it went out."""

    def __init__(
        self,
        watches: Mapping[str, CompiledWatch] = WATCHES,
        horizon: timedelta = HORIZON,
        rows: Rows | None = None,
    ) -> None:
        self.now = hours(1)
        self.machine = AlertMachine(lambda: watches, 1, lambda: self.now, rows, horizon)
        self.sent: list[Alert] = []
        self.state: list[Outgoing] = []

    def take(self, messages: Iterable[Hit]) -> "Stream":
        for i, message in enumerate(messages):
            for out in readable(
                self.machine.step(Record("hits", 0, i, message.hit_id, encode(message)))
            ):
                if out.topic == "alerts":
                    self.sent.append(decode(Alert, out.value))
                elif out.topic == "alerter-state":
                    self.state.append(out)
        return self

    def at(self, now: datetime) -> "Stream":
        """Let news time pass."""
        self.now = now
        return self

    def left(self) -> dict[str, AlertState]:
        """Return what the topic of the state holds after compaction, by key."""
        latest = {row.key or "": row.value for row in self.state}
        return {key: decode(AlertState, value) for key, value in latest.items() if value}

    def load(self, rows: Iterable[Outgoing]) -> "Stream":
        """Restore the machine from rows of state, as after a restart."""
        for row in rows:
            self.machine.restore(row.key or "", row.value)
        return self

    def standing(self) -> dict[tuple[object, ...], Told]:
        """Return what holds now: by watch, articles, and claims, what each open alert last told.

        Whether somebody heard of what is now denied altogether rests on the order, as it must.
        """
        return {
            (a.watch_id, tuple(sorted(a.claim_ids)), tuple(sorted(a.article_ids))): a.revisions[
                -1
            ].told
            for a in self.machine.alerts()
            if a.state == "open" and a.revisions[-1].told.status not in ("denied", "retracted")
        }
