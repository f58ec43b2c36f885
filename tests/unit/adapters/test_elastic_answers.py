"""What is given up and what waits, over answers
as Elasticsearch 9.5 gave them or as its sources spell them.
"""

import pytest

from services.adapters.elastic_answers import (
    SMALL_BYTES,
    items,
    outcome,
    outcome_alone,
    refusal,
    smaller_may_pass,
)
from services.errors import TransientError
from services.ports import IndexAction

ACTION = IndexAction("claims", "c1", 1, b"{}")
MEMORY = (
    "rejected execution of primary operation "
    "[coordinating_and_primary_bytes=22000224, replica_bytes=0, "
    "all_bytes=22000224, primary_operation_bytes={needs}, max_primary_bytes=53687091]"
)
SHARDS = (
    "Validation Failed: 1: this action would add [1024] shards, but this cluster currently has "
    "[1]/[1000] maximum normal shards open;"
)
CAUSE = {"type": "i_o_exception", "reason": "No space left on device"}


def judged(status, error):
    return outcome(ACTION, status, refusal(status, error))


def error(type, reason="", **more):
    return {"type": type, "reason": reason, **more}


@pytest.mark.parametrize(
    "given",
    [
        error(
            "document_parsing_exception",
            "[1:7] failed to parse field [d] of type [date] in document with id 'c1'.",
        ),
        error(
            "document_parsing_exception",
            "[1:1005] failed to parse: Document nesting depth (1001) exceeds the maximum",
        ),
        error("document_parsing_exception", "Malformed content, must start with an object"),
        error("mapper_parsing_exception", "failed to parse field [n] of type [long]"),
        error(
            "illegal_argument_exception",
            'Document contains at least one immense term in field="quote"',
        ),
        error("illegal_argument_exception", "if _id is specified it must not be empty"),
    ],
)
def test_a_document_that_no_index_could_hold_is_rejected_with_the_reason(given):
    done = judged(400, given)
    assert done.outcome == "rejected"
    assert given["type"] in done.reason
    assert given["reason"] in done.reason


@pytest.mark.parametrize(
    ("status", "given", "says"),
    [
        (500, CAUSE, "disk is full"),
        (500, error("engine_exception", "failed", caused_by=CAUSE), "disk is full"),
        (500, error("i_o_exception", "Input/output error"), "disk"),
        (500, error("node_closed_exception", "node closed"), "node is stopping"),
        (500, error("translog_exception", "could not write"), "disk"),
        (500, error("null_pointer_exception"), "null_pointer"),
        (408, error("process_cluster_event_timeout_exception"), "408"),
        (401, error("security_exception", "missing authentication"), "REPORTEDLY_ELASTIC_PASSWORD"),
        (
            403,
            error("security_exception", "action [indices:data/write/bulk] is unauthorized"),
            "REPORTEDLY_ELASTIC_USER",
        ),
        (
            403,
            error(
                "cluster_block_exception", "index [c] blocked by: [FORBIDDEN/8/index write (api)];"
            ),
            "index.blocks",
        ),
        (
            403,
            error("cluster_block_exception", "blocked by: [FORBIDDEN/6/cluster read-only (api)];"),
            "cluster.blocks",
        ),
        (
            429,
            error(
                "cluster_block_exception",
                "blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]",
            ),
            "disk is full",
        ),
        (429, error("es_rejected_execution_exception", MEMORY.format(needs=1000)), "busy"),
        (429, error("circuit_breaking_exception", "[parent] Data too large"), "memory"),
        (400, error("index_closed_exception", "closed"), "_open"),
        (400, error("validation_exception", SHARDS), "cluster.max_shards_per_node"),
        (
            400,
            error("strict_dynamic_mapping_exception", "dynamic introduction of [mode]"),
            "templates apply",
        ),
        (
            400,
            error(
                "document_parsing_exception", "[1:26] failed to parse: Limit of total fields [2]"
            ),
            "limit of its mapping",
        ),
        (
            400,
            error("illegal_argument_exception", "no write index is defined for alias [claims]"),
            "alias",
        ),
        (
            400,
            error("illegal_argument_exception", "pipeline with id [x] does not exist"),
            "pipeline",
        ),
        (404, error("index_not_found_exception", "no such index [claims]"), "templates apply"),
        (409, error("some_other_conflict"), "409"),
        (503, error("unavailable_shards_exception", "primary shard is not active"), "503"),
        (502, "<html>bad gateway</html>", "502"),
    ],
)
def test_trouble_of_the_engine_waits_and_says_what_to_do(status, given, says):
    done = judged(status, given)
    assert done.outcome == "retry"
    assert says in done.reason


def test_a_refusal_that_nobody_knows_is_neither_given_up_nor_taken_for_trouble_of_the_engine():
    done = judged(400, error("brand_new_exception", "I dislike it"))
    assert (done.outcome, done.reason) == ("unclear", "400 brand_new_exception: I dislike it")


def test_only_a_conflict_of_versions_is_stale():
    assert (
        judged(409, error("version_conflict_engine_exception", "current version [2]")).outcome
        == "stale"
    )


def test_words_of_the_document_in_the_reason_decide_nothing():
    """Elasticsearch quotes the value that it refuses; an article may say anything."""
    quoting = (
        "failed to parse field [d]. Preview of field's value: "
        "'No space left on device. failed to parse: Limit of '"
    )
    done = judged(400, error("document_parsing_exception", quoting))
    assert done.outcome == "rejected"
    assert "disk" not in done.reason


def test_long_reasons_are_cut_to_one_line():
    done = judged(400, error("document_parsing_exception", "x\n" * 40_000))
    assert len(done.reason) < 600
    assert "\n" not in done.reason


@pytest.mark.parametrize(
    ("size", "is_given_up"),
    [(SMALL_BYTES, False), (SMALL_BYTES + 1, True)],
)
def test_a_document_alone_is_too_large_only_where_the_limit_is_no_mistake(size, is_given_up):
    action = IndexAction("claims", "c1", 1, b"x" * size)
    done = outcome_alone(action, refusal(413, "<html>Request Entity Too Large</html>"))
    assert (done is not None) == is_given_up


@pytest.mark.parametrize(("needs", "is_given_up"), [(53_687_091, False), (53_687_092, True)])
def test_a_document_alone_that_needs_more_heap_than_there_is_is_given_up(needs, is_given_up):
    refused = refusal(429, error("es_rejected_execution_exception", MEMORY.format(needs=needs)))
    assert smaller_may_pass(refused) == is_given_up
    assert (outcome_alone(ACTION, refused) is not None) == is_given_up


@pytest.mark.parametrize(
    ("refused", "helps"),
    [
        (refusal(413, ""), True),
        (
            refusal(
                400,
                error("action_request_validation_exception", "1: id [xxx] is too long, must be"),
            ),
            True,
        ),
        (
            refusal(
                400,
                error(
                    "illegal_argument_exception", "The bulk request must be terminated by a newline"
                ),
            ),
            False,
        ),
        (refusal(400, "<html>Bad Request</html>"), False),
        (refusal(401, error("security_exception")), False),
    ],
)
def test_a_request_is_halved_only_where_a_smaller_one_may_pass(refused, helps):
    assert smaller_may_pass(refused) == helps


GOOD = {"index": {"_id": "c1", "status": 201}}


@pytest.mark.parametrize(
    "answer",
    [
        "<html>Sign in</html>",
        b"",
        None,
        [],
        {},
        {"items": None},
        {"items": []},
        {"items": [GOOD, GOOD]},
        {"items": ["created"]},
        {"items": [{}]},
        {"items": [{"create": {"_id": "c1", "status": 201}}]},
        {"items": [{"index": {"_id": "c1"}}]},
        {"items": [{"index": {"_id": "c1", "status": "201"}}]},
        {"items": [{"index": {"_id": "c1", "status": True}}]},
        {"items": [{"index": {"_id": "another", "status": 201}}]},
        {"items": [{"index": {"_id": "c1", "status": 201, "error": error("x")}}]},
        {"items": [{"index": {"_id": "c1", "status": 500}}]},
    ],
)
def test_an_answer_to_something_else_is_a_passing_error_and_stores_nothing(answer):
    with pytest.raises(TransientError, match="answer"):
        items(answer, [ACTION])


def test_a_whole_answer_tells_of_each_document():
    other = IndexAction("claims", "c2", 1, b"{}")
    found = items(
        {"items": [GOOD, {"index": {"_id": "c2", "status": 500, "error": CAUSE}}]}, [ACTION, other]
    )
    assert [outcome(a, *item).outcome for a, item in zip([ACTION, other], found, strict=True)] == [
        "stored",
        "retry",
    ]
