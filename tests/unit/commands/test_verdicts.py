"""`reportedly verdicts`: what is kept, what is counted, and gold that the gold tests read back."""

import json

import pytest
import yaml
from builders import claim, hours, verdict
from click.testing import CliRunner
from gold.article import read_articles
from searching import holding

from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands.world import Instead
from services.desk.gold import gold_article
from services.messages import Evidence, Verdict, decode
from services.ports import TopicPartition

SAID = Evidence(article_id="a", version=1, report_id="r1", quote="He died.", mark=(0, 0))


@pytest.fixture(scope="module")
def index():
    return holding(claim(evidence=(SAID,), opened_at=hours(0)))


class Desk:
    def __init__(self, index):
        self.broker, self.index = MemoryBroker(), index

    def run(self, *args, code=0):
        world = Instead(broker=self.broker, index=self.index)
        done = CliRunner().invoke(root, ["verdicts", *args], obj=world)
        assert done.exit_code == code, done.output
        return done.output

    def kept(self):
        reader = self.broker.reader()
        return [
            decode(Verdict, r.value) for r in reader.read_to_end([TopicPartition("verdicts", 0)])
        ]


@pytest.fixture
def desk(index):
    return Desk(index)


def test_a_verdict_is_kept_listed_and_taken_back(desk):
    told = desk.run("add", "claim", "c1", "wrong", "--reason", "old", "--by", "mara")
    (kept,) = desk.kept()
    assert told == f"wrong: old news {kept.verdict_id} by mara\n"
    assert kept.reports == ("r1",)
    assert "wrong: old news  by mara" in desk.run("list")
    assert json.loads(desk.run("list", "--json"))["reason"] == "old"
    desk.run("undo", kept.verdict_id, "--by", "ann")
    assert "no verdict yet" in desk.run("list")


@pytest.mark.parametrize(
    "args",
    [
        ("add", "claim", "none", "right"),
        ("add", "claim", "c1", "wrong"),
        ("add", "claim", "c1", "unwanted"),
        ("undo", "none"),
        ("sample", "--week", "soon"),
    ],
)
def test_what_can_not_be_is_refused(desk, args):
    done = CliRunner().invoke(
        root, ["verdicts", *args], obj=Instead(broker=desk.broker, index=desk.index)
    )
    assert done.exit_code != 0
    assert desk.kept() == []


def test_figures_and_sample_are_shown(desk):
    assert "no verdict yet" in desk.run("figures")
    desk.run("add", "claim", "c1", "right")
    told = desk.run("figures")
    assert "100% (21% to 100%) of 1 judged things were right" in told
    assert "By type of event" in told
    assert "c1  right" in desk.run("sample", "--week", "2031-W18")


ARTICLE = {
    "article_id": "a",
    "title": "Nine die in Meris",
    "text": "Nine die in Meris\n\nA bomb killed nine people in Meris. Police held two men.",
    "published_at": "2031-05-02T06:00:00Z",
}
KILLED = {
    "incident_id": "i1",
    "event": "killed",
    "stance": "asserted",
    "patient_labels": ["people", "somebody else"],
    "place_labels": ["Meris"],
    "killed_min": 9,
    "killed_max": 9,
}
HELD = {"incident_id": "i2", "event": "arrested", "stance": "disputed", "patient_labels": ["men"]}


def gold_of(*said, incidents=(KILLED, HELD)):
    """Return the article as the gold tests read it from an export."""
    by_incident: dict[str, list[Verdict]] = {}
    for one in said:
        by_incident.setdefault(one.id, []).append(one)
    row = gold_article(ARTICLE, incidents, by_incident)
    assert row is not None
    (read,) = read_articles(yaml.safe_dump([row], allow_unicode=True, sort_keys=False), "judged")
    return read


def test_what_was_called_right_must_be_found_and_what_nobody_judged_may_be():
    read = gold_of(verdict(id="i1"))
    (report,) = read.reports
    assert (report.event, report.patient, report.place) == ("killed", ("people",), ("Meris",))
    assert (report.counts, report.stance) == ({"killed": 9}, "asserted")
    assert read.also == ("arrested",)
    assert read.text.startswith("A bomb killed")


def test_what_was_called_wrong_is_not_told_as_it_was():
    assert gold_of(verdict("no-event", id="i1")).reports == ()
    (report,) = gold_of(verdict("who", id="i1"), verdict("number", id="i1")).reports
    assert (report.patient, report.counts, report.place) == ((), {}, ("Meris",))
    assert gold_of(verdict("denied", id="i1")).reports[0].stance == "denied"
    assert gold_of(verdict("old", id="i1")).reports[0].stance == "background"
    assert gold_of(verdict(id="i2")).reports[0].stance == ()


def test_an_article_without_a_verdict_or_a_text_is_no_gold():
    assert gold_article(ARTICLE, [KILLED], {}) is None
    assert gold_article({}, [KILLED], {"i1": [verdict(id="i1")]}) is None


def test_an_export_of_nothing_says_so(desk):
    assert "no article was judged yet" in desk.run("export", "--gold")
