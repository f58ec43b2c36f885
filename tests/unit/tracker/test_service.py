"""The tracker's loops over a broker in memory: a judgement finds its claim,
whichever came first, and survives the process.
"""

import pytest
from builders import judgement, report, said
from loops import everything, running, send, world_of
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.messages import Claim, decode, encode
from services.ports import Outgoing
from services.tracker.service import run

REPORTS = Outgoing(
    "reports", "a", encode(said("a", report("r1"))), partition_key="violence:halvane"
)
AWAY = judgement("dismiss", reports=("r1",))
JUDGED = Outgoing("judgements", AWAY.judgement_id, encode(AWAY), partition=0)


@pytest.fixture
def broker():
    return MemoryBroker(partitions=2)


def last(broker):
    found = [decode(Claim, record.value) for record in everything(broker, "claims")]
    return (found[-1].status, found[-1].judgements) if found else None


@pytest.mark.parametrize(
    "order", [(REPORTS, JUDGED), (JUDGED, REPORTS)], ids=["report first", "judgement first"]
)
def test_a_judgement_meets_its_claim_in_the_fold(broker, tmp_path, order):
    first, second = order
    with running(run, world_of(broker, tmp_path)):
        send(broker, first)
        eventually(lambda: everything(broker, "tracker-state"))
        send(broker, second)
        eventually(lambda: last(broker) == ("retracted", (AWAY,)))


def test_a_judgement_holds_for_what_is_reported_after_a_restart(broker, tmp_path):
    send(broker, REPORTS, JUDGED)
    with running(run, world_of(broker, tmp_path)):
        eventually(lambda: last(broker) == ("retracted", (AWAY,)))
    n = len(everything(broker, "claims"))
    later = said("b", report("r2"), hour=5)
    send(broker, Outgoing("reports", "b", encode(later), partition_key=later.block))
    with running(run, world_of(broker, tmp_path)):
        eventually(lambda: len(everything(broker, "claims")) > n)
    assert last(broker) == ("retracted", (AWAY,))
