"""The table of rights holds all that the services name and join, and no more than that."""

import ast
from pathlib import Path

import pytest

from services.commands.health import GROUPS
from services.commands.system import SERVICES
from services.messages.rights import OPERATOR, PARTS, rights
from services.messages.topics import topics

ROOT = Path(__file__).parents[3] / "services"
NAMES = {spec.name for spec in topics()}
TABLE = rights()

OTHER_WORDS = {
    "tagger": {"reports"},
    "indexer": {"articles", "reports", "hits"},
    "notifier": {"articles", "claims"},
}
"""Service to words of its code that are no topics there: fields, indices, Elasticsearch's own."""


def topics_of(user, *acts):
    return {r.name for r in TABLE if r.user == user and r.kind == "topic" and r.act in acts}


def named(stage):
    """Return the topics whose names stand in the code of a stage, as texts of their own."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / stage).rglob("*.py")]
    texts = (node.value for tree in trees for node in ast.walk(tree) if type(node) is ast.Constant)
    return NAMES & {text for text in texts if isinstance(text, str)}


def test_each_service_is_a_user_with_its_groups():
    assert set(PARTS) == set(SERVICES)
    assert {user: part.groups for user, part in PARTS.items()} == GROUPS
    assert all(SERVICES[user] in (*part.names, user) for user, part in PARTS.items())
    assert OPERATOR not in PARTS


@pytest.mark.parametrize("user", PARTS)
def test_a_service_may_use_every_topic_that_its_code_names(user):
    assert named(user) - topics_of(user, "read", "write") <= OTHER_WORDS.get(user, set())


@pytest.mark.parametrize("user", PARTS)
def test_a_service_may_do_with_a_topic_what_the_table_of_topics_says(user):
    part = set(PARTS[user].names)
    reads = {spec.name for spec in topics() if part & set(spec.consumers)}
    writes = {spec.name for spec in topics() if part & set(spec.producers)}
    assert reads <= topics_of(user, "read")
    assert writes <= topics_of(user, "write")
    if user != "api":
        assert (topics_of(user, "read"), topics_of(user, "write")) == (reads, writes)


def test_who_reads_the_web_writes_no_claim_no_alert_and_no_watch():
    assert not topics_of("poller", "write") & {"claims", "alerts", "watches", "tokens", "reports"}
    assert not topics_of("tagger", "write") & {"claims", "alerts", "watches", "tokens", "reports"}


def test_state_is_written_by_its_own_service_alone():
    for spec in topics():
        if spec.state:
            writers = {r.user for r in TABLE if (r.name, r.act) == (spec.name, "write")}
            assert len(writers) == 1, spec.name


def test_a_prefix_is_before_every_name():
    assert all(right.name.startswith("news-") for right in rights("news-"))
    assert len(rights("news-")) == len(TABLE)


def test_another_generation_has_other_topics_and_the_same_groups():
    later = rights("news-", 2)
    assert len(later) == len(TABLE) + len({r.user for r in TABLE})
    of_topics = {r.name for r in later if r.kind == "topic"} - {"news-data-version"}
    assert all(name.startswith("news-generation-2-") for name in of_topics)
    assert [r for r in later if r.kind != "topic"] == [
        r for r in rights("news-") if r.kind != "topic"
    ]
    mark = [r for r in later if r.name == "news-data-version"]
    assert {r.act for r in mark} == {"read"}
