"""Alerts on words of an article, through its edits: what is taken back and brought again is told.

A version of the article has no watched words, has them in no incident, or has them in some of three
incidents. No claim tells these incidents.
"""

import msgspec
from builders import hours
from hypothesis import given
from hypothesis import strategies as st
from outputs import readable

from services.alerter.alerts import AlertMachine
from services.alerter.watch import compile_all
from services.messages import (
    Alert,
    AlertState,
    Evidence,
    Hit,
    HitReport,
    Status,
    Watch,
    decode,
    encode,
)
from services.ports import Record
from services.text.sketch import sketch

WORDS = Watch(id="words", name="Words", query="halvane")
INCIDENTS = ("i1", "i2", "i3")
VERSIONS = st.one_of(st.none(), st.lists(st.sampled_from(INCIDENTS), unique=True))
"""The incidents of a version that hold the words; None if it has none of the words."""


def report(id: str, status: Status = "reported") -> HitReport:
    return HitReport(
        report_id=f"r-{id}",
        incident_id=id,
        block=f"violence:{id}",
        event="killed",
        status=status,
        slots={"patient": (f"Man {id}",)},
        evidence=Evidence(article_id="a1", version=1, quote=f"{id}.", mark=(0, 2), outlet="Post"),
    )


def hit(version: int, *reports: HitReport) -> Hit:
    line = Evidence(article_id="a1", version=version, quote="Halvane.", mark=(0, 7), outlet="Post")
    return Hit(
        hit_id=f"h{version}",
        watch_id="words",
        watch_version=1,
        article_id="a1",
        article_version=version,
        outlet="Post",
        title="The halvane roses",
        published_at=hours(0),
        first_seen_at=hours(0),
        sketch=sketch("a1"),
        report=reports[0] if reports else None,
        also=reports[1:],
        evidence=(line,),
    )


def edit(version: int) -> Hit:
    return Hit(hit_id=f"e{version}", article_id="a1", article_version=version, cause="edit")


class Article:
    """An article in versions, and the revisions that each makes."""

    def __init__(self) -> None:
        watches = compile_all([WORDS])
        self.machine = AlertMachine(lambda: watches, 1, lambda: hours(1))
        self.version = 0
        self.last_told = 0

    def becomes(self, *reports: HitReport, has_words: bool = True) -> list[tuple[str, str]]:
        """Return the revisions that a version makes, as kind and text."""
        self.version += 1
        hits = [hit(self.version, *reports)] if has_words else []
        told = list[tuple[str, str]]()
        for message in (*hits, *([edit(self.version)] if self.version > 1 else ())):
            record = Record("hits", 0, 0, message.hit_id, encode(message))
            for out in readable(self.machine.step(record)):
                if out.topic == "alerts":
                    revisions = decode(Alert, out.value).revisions
                    told += [(r.kind, r.text) for r in revisions if r.number > self.last_told]
                    self.last_told = revisions[-1].number
        return told

    def standing(self) -> set[str]:
        """Return the people of the incidents that the alert tells and has not taken back."""
        told = dict[str, tuple[str, ...]]()
        for alert in self.machine.alerts():
            for also in alert.also:
                told[also.id] = _people(also.told)
            main = [r.told for r in alert.revisions if r.about == ""]
            told[""] = _people(main[-1])
        return {name for names in told.values() for name in names}


def _people(told):
    return () if told.status == "retracted" else told.slots.get("patient", ())


@given(st.lists(VERSIONS, min_size=1, max_size=6))
def test_after_each_edit_the_alert_stands_for_what_the_article_says(versions):
    article = Article()
    for incidents in versions:
        article.becomes(*map(report, incidents or ()), has_words=incidents is not None)
        assert article.standing() == {f"Man {id}" for id in incidents or ()}
    assert len(article.machine.alerts()) <= 1


@given(st.lists(st.booleans(), min_size=2, max_size=8), st.booleans())
def test_words_taken_back_and_words_brought_again_are_both_told(versions, in_incident):
    article, had, ever = Article(), False, False
    for has in versions:
        reports = [report("i1")] if in_incident else []
        kinds = [kind for kind, _ in article.becomes(*reports, has_words=has)]
        if has == had:
            assert kinds == []
        else:
            assert kinds == (["retracted"] if had else ["status"] if ever else ["first"])
        had, ever = has, ever or has


@given(st.lists(VERSIONS, min_size=2, max_size=5))
def test_a_version_that_comes_again_tells_nothing(versions):
    article = Article()
    for incidents in versions:
        reports, has_words = list(map(report, incidents or ())), incidents is not None
        article.becomes(*reports, has_words=has_words)
        assert article.becomes(*reports, has_words=has_words) == []


def test_words_in_no_incident_have_the_headline_a_marked_sentence_and_no_status():
    article = Article()
    assert article.becomes() == [("first", "“The halvane roses”, says Post")]
    (alert,) = article.machine.alerts()
    (first,) = alert.revisions
    assert (first.told.status, first.told.event, alert.claim_ids) == (None, "", ())
    assert [e.quote for e in first.evidence] == ["Halvane."]
    assert article.becomes(has_words=False) == [
        ("retracted", "Taken back by Post: “The halvane roses”")
    ]
    assert article.becomes() == [("status", "Again: “The halvane roses”, says Post")]


def test_an_edit_that_denies_what_no_claim_tells_is_told():
    article = Article()
    article.becomes(report("i1"))
    assert article.becomes(report("i1", "denied")) == [
        ("denied", "Now denied by Post: Man i1 killed (1 source)")
    ]


def test_an_edit_that_drops_one_of_two_incidents_takes_back_that_one():
    article = Article()
    article.becomes(report("i1"), report("i2"))
    assert article.becomes(report("i2")) == [
        (
            "retracted",
            "Taken back by Post: Man i1 killed; also: Man i2 reportedly killed",
        )
    ]
    assert article.becomes(report("i2"), report("i1")) == [
        (
            "status",
            "Again reported: Man i1 reportedly killed, says Post (1 source); "
            "also: Man i2 reportedly killed",
        )
    ]


def test_an_edit_that_adds_an_incident_is_told_in_the_same_alert():
    article = Article()
    article.becomes(report("i1"))
    assert article.becomes(report("i1"), report("i2")) == [
        (
            "also",
            "Also: “The halvane roses”: “i2.”, says Post (1 source); "
            "besides: Man i1 reportedly killed",
        )
    ]


def test_an_edit_of_an_article_that_joined_takes_nothing_back_of_the_first():
    article = Article()
    article.becomes(report("i1"), report("i2"))
    (alert,) = article.machine.alerts()
    both = ("a1", "a2")
    joined = msgspec.structs.replace(alert, opened_by=both, article_ids=both)
    article.machine.restore(f"alert|{alert.alert_id}", encode(AlertState(alert=joined)))
    other = msgspec.structs.replace(hit(9, report("i9")), article_id="a2", cause="edit")
    sent = article.machine.step(Record("hits", 0, 0, "h9", encode(other)))
    assert [out for out in sent if out.topic == "alerts"] == []
    assert article.standing() == {"Man i1", "Man i2"}
