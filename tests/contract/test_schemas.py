"""What is generated is up to date, and the topics fit together."""

import json
import re
from pathlib import Path

import jsonschema
import msgspec
import pytest

import services.messages as messages
from services.cli import _COMMANDS
from services.commands.schemas import generated
from services.errors import InvalidMessage
from services.messages import decode, encode
from services.messages.topics import DEAD_LETTERS, topics

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "schemas" / "examples").glob("*/v1/*.json"))
TOPICS = {spec.name: spec for spec in topics()}
SKIPPED_ROWS = {"data-version", "marks", "tokens"}
"""Topics whose reader skips and counts what it can't read: the next row of the key mends it."""
PROCESSES = {
    "alerter",
    "poller",
    "tagger",
    "tracker-route",
    "tracker-fold",
    "tracker-judge",
    "indexer",
    "alerter-match",
    "alerter-fold",
    "notifier",
}


@pytest.mark.parametrize("name", sorted(generated()))
def test_generated_files_are_what_the_code_makes_them(name):
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == generated()[name], (
        "run `make schemas`"
    )


def test_no_schema_is_left_of_a_topic_that_is_gone():
    assert {p.name for p in (ROOT / "schemas").glob("*.schema.json")} == {
        n for n in generated() if n.endswith(".schema.json")
    }


def test_every_topic_has_an_example():
    assert {path.parent.parent.name for path in EXAMPLES} == {
        spec.name for spec in topics() if spec.message
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.parent.parent.name)
def test_an_example_is_valid_by_the_schema_and_lossless_in_the_code(path):
    topic = path.parent.parent.name
    example = json.loads(path.read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "schemas" / f"{topic}.v1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
        example
    )
    message = decode(getattr(messages, TOPICS[topic].message), path.read_bytes())
    assert msgspec.json.decode(encode(message)) == example


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.parent.parent.name)
def test_an_example_without_a_required_field_is_invalid_by_both(path):
    topic = path.parent.parent.name
    schema = json.loads((ROOT / "schemas" / f"{topic}.v1.schema.json").read_text(encoding="utf-8"))
    example = json.loads(path.read_text(encoding="utf-8"))
    for name in schema["$defs"][TOPICS[topic].message].get("required", []):
        less = {k: v for k, v in example.items() if k != name}
        assert not jsonschema.Draft202012Validator(schema).is_valid(less), name
        with pytest.raises(InvalidMessage):
            decode(getattr(messages, TOPICS[topic].message), json.dumps(less).encode())


@pytest.mark.parametrize(
    "spec", [s for s in topics() if not s.name.endswith(DEAD_LETTERS)], ids=lambda s: s.name
)
def test_every_topic_has_a_message_a_writer_and_a_reader(spec):
    assert issubclass(getattr(messages, spec.message), messages.Message)
    assert spec.producers
    assert spec.consumers
    assert set(spec.producers) | set(spec.consumers) <= PROCESSES | set(_COMMANDS)


@pytest.mark.parametrize(
    "spec",
    [s for s in topics() if s.message and s.name not in SKIPPED_ROWS],
    ids=lambda s: s.name,
)
def test_every_consumed_topic_has_a_place_for_dead_letters(spec):
    assert spec.name + DEAD_LETTERS in TOPICS


def test_a_row_of_state_that_is_set_aside_stays_for_ever_and_only_the_last_of_its_key():
    config = TOPICS["alerter-state" + DEAD_LETTERS].config
    assert config["cleanup.policy"] == "compact"
    assert "retention.ms" not in config


def test_topics_read_together_have_equal_partition_counts():
    for spec in TOPICS.values():
        if spec.state:
            inputs = [
                t
                for t in TOPICS.values()
                if t.partition_by == spec.partition_by and t.message and t.partitions != 1
            ]
            assert {t.partitions for t in inputs} == {spec.partitions}, spec.name


def test_every_topic_named_in_the_code_is_in_the_file():
    named = set()
    for path in (ROOT / "services").rglob("*.py"):
        named |= set(re.findall(r'Outgoing\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert named
    assert named <= set(TOPICS)


def test_a_message_nested_too_deep_to_read_is_refused():
    """A thousand brackets in a field nobody knows must end one message, not the consumer."""
    with pytest.raises(InvalidMessage) as caught:
        decode(messages.Article, b'{"unknown": ' + b"[" * 100_000)
    assert caught.value.reason == "not-json"
