"""What is generated is up to date, and the topics fit together."""

import re
from pathlib import Path

import pytest

import services.messages as messages
from services.cli import _COMMANDS
from services.commands.schemas import generated
from services.messages.topics import DEAD_LETTERS, topics

ROOT = Path(__file__).parents[2]
TOPICS = {spec.name: spec for spec in topics()}
PROCESSES = {
    "alerter",
    "poller",
    "tagger",
    "tracker-route",
    "tracker-fold",
    "indexer",
    "alerter-match",
    "alerter-fold",
    "notifier",
}


@pytest.mark.parametrize("name", sorted(generated()))
def test_generated_files_are_what_the_code_makes_them(name):
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == generated()[name], "run `make schemas`"


def test_no_schema_is_left_of_a_topic_that_is_gone():
    assert {p.name for p in (ROOT / "schemas").glob("*.schema.json")} == {n for n in generated() if n.endswith(".schema.json")}


@pytest.mark.parametrize("spec", [s for s in topics() if not s.name.endswith(DEAD_LETTERS)], ids=lambda s: s.name)
def test_every_topic_has_a_message_a_writer_and_a_reader(spec):
    assert issubclass(getattr(messages, spec.message), messages.Message)
    assert spec.producers
    assert spec.consumers
    assert set(spec.producers) | set(spec.consumers) <= PROCESSES | set(_COMMANDS)


@pytest.mark.parametrize(
    "spec", [s for s in topics() if s.consumers and not s.state and not s.name.endswith(DEAD_LETTERS)], ids=lambda s: s.name
)
def test_every_consumed_topic_has_a_place_for_dead_letters(spec):
    assert spec.name + DEAD_LETTERS in TOPICS


def test_topics_read_together_have_equal_partition_counts():
    for spec in TOPICS.values():
        if spec.state:
            inputs = [t for t in TOPICS.values() if t.partition_by == spec.partition_by and t.message and t.partitions != 1]
            assert {t.partitions for t in inputs} == {spec.partitions}, spec.name


def test_every_topic_named_in_the_code_is_in_the_file():
    named = set()
    for path in (ROOT / "services").rglob("*.py"):
        named |= set(re.findall(r'Outgoing\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert named
    assert named <= set(TOPICS)
