"""A verdict from the fold to the reader: it corrects the alert, and the next article opens none."""

from typing import Any

import pytest
from alerting import Stream
from builders import answer, hours, report, said, verdict

from services.alerter.match import update
from services.messages import Claim, decode, encode
from services.ports import Record
from services.tracker.block.machine import FoldMachine
from services.tracker.grouping.verdicts import route_verdict

SEEN: dict[str, Any] = {"seen_at": hours(0), "last_poll_at": hours(0)}
KILLED: dict[str, Any] = {"patient": (answer("halvane", label="Idris Halvane"),), "confidence": 0.9}


class Story:
    """Fold and alerter, one after the other."""

    def __init__(self):
        self._fold, self.alerts = FoldMachine(), Stream()

    def reports(self, message):
        self._take(message.article_id, encode(message))
        return self

    def judged(self, one):
        for out in route_verdict(Record("verdicts", 0, 0, one.verdict_id, encode(one))):
            self.alerts.at(one.at)
            self._take(out.key, out.value)
        return self

    def _take(self, key, value):
        for out in self._fold.step(Record("reports", 0, 0, key, value)):
            if out.topic == "claims":
                self.alerts.take([update(decode(Claim, out.value))])

    def texts(self):
        return [r.text for a in self.alerts.machine.alerts() if a.watch_id == "claim"
                for r in a.revisions]  # fmt: skip


def article(name, hour=0.0):
    told = report(f"r-{name}", incident_id=f"i-{name}", **KILLED)
    return said(name, told, hour=hour, **SEEN)


WRONG = verdict(
    "no-event", about="claim", id="c", claim_id="c", reports=("r-a",), article_id=None, at=hours(2)
)


@pytest.fixture
def told():
    story = Story().reports(article("a"))
    assert story.texts() == ["“Sentence of r-a.”, says outlet a (1 source)"]
    return story


def test_a_wrong_claim_is_taken_back_by_the_desk_and_stays_so_with_the_next_article(told):
    told.judged(WRONG)
    assert told.texts()[-1].startswith("Taken back by the desk (no such event): ")
    n = len(told.texts())
    assert len(told.reports(article("b", hour=3)).texts()) == n


def test_a_verdict_that_comes_before_its_article_lets_no_alert_open():
    story = Story().judged(WRONG).reports(article("a"))
    assert story.texts() == []


def test_an_undo_tells_it_again(told):
    told.judged(WRONG).judged(verdict(undoes=WRONG.verdict_id, reports=("r-a",), at=hours(4)))
    assert told.texts()[-1].startswith("Again reported")


def test_without_the_verdict_the_next_article_is_told(told):
    n = len(told.texts())
    assert len(told.reports(article("b", hour=3)).texts()) == n + 1
