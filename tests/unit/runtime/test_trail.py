"""One article is followed through the logs of all stages by one field."""

import json
from pathlib import Path

import pytest
import structlog
from builders import report, said
from loops import everything, running, send, world_of
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.messages import encode
from services.messages.topics import topics
from services.ports import Outgoing
from services.runtime.logs import logged_to_file
from services.runtime.meter import Tally
from services.runtime.trail import Step, steps
from services.settings import Settings
from services.tracker.service import run

EXAMPLES = Path(__file__).parents[3] / "schemas/examples"
WAY = (
    "articles", "tagged-articles", "reports", "claims",
    "hits", "alerts", "suppressed", "deliveries",
)  # fmt: skip
"""The topics that an article passes on its way to a reader."""


@pytest.fixture(autouse=True)
def _as_before():
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def example(topic):
    (path, *_) = sorted((EXAMPLES / topic / "v1").glob("*.json"))
    return path.read_bytes()


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("topic", WAY)
def test_what_a_stage_made_of_an_article_names_it(topic):
    (step,) = steps(Outgoing(topic, "k", example(topic)))
    assert step.fields["article_id"] == "a-3f9c"
    assert "" not in step.fields.values()


def test_no_line_holds_words_of_the_article():
    told = json.dumps([steps(Outgoing(topic, "k", example(topic))) for topic in WAY])
    assert "Halvane" not in told.replace('"watch_id": "halvane"', "")


@pytest.mark.parametrize(
    "value", [None, b"", b"[]", b"\xff", b'{"article_id": 3}', b'{"cause": 1}']
)
def test_what_can_not_be_read_leaves_no_line(value):
    assert [steps(Outgoing(spec.name, "k", value)) for spec in topics()] == [[] for _ in topics()]


def test_a_fold_tells_of_its_articles_and_of_those_that_it_could_not_read(tmp_path):
    broker, log = MemoryBroker(partitions=2), tmp_path / "log"
    good = encode(said("a", report("r1")))
    with (
        logged_to_file(Settings(log_level="debug"), "tracker", log),
        running(run, world_of(broker, tmp_path)),
    ):
        send(broker, Outgoing("reports", "a", good, partition_key="violence:halvane"))
        send(broker, Outgoing("reports", "b", b"no report", partition_key="violence:halvane"))
        eventually(lambda: everything(broker, "claims") and everything(broker, "reports-dlq"))
    found = [(row["event"], row["article_id"]) for row in lines_of(log) if "article_id" in row]
    assert sorted(found) == [("claim changed", "a"), ("dead letter", "b")]


@pytest.mark.parametrize(("level", "n"), [("debug", 1), ("info", 0)])
def test_articles_are_followed_at_the_level_debug_alone(tmp_path, level, n):
    with logged_to_file(Settings(log_level=level), "tagger", tmp_path / "log"):
        found = Tally([Outgoing("articles", "k", example("articles"))]).steps
    assert [step.event for step in found] == ["article published"][:n]
    assert all(isinstance(step, Step) for step in found)
