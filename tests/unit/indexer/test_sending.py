"""Requests on their way while the next documents are made."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.errors import TransientError
from services.indexer.sending import IN_FLIGHT, PART_BYTES, parts, send
from services.ports import IndexAction, IndexOutcome

SECONDS = 20
"""The patience of a test; nothing takes that long unless it is broken."""


def action(n, size=PART_BYTES):
    return IndexAction("claims", str(n), 1, b"x" * size)


@pytest.fixture
def threads():
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        yield pool


def index(asked=lambda _: None):
    """Return what stores everything; `asked` gets the ids of a request before its answer."""

    def ask(part):
        asked([action.id for action in part])
        return [IndexOutcome(action, "stored") for action in part]

    return ask


def test_a_request_is_full_with_the_document_that_reaches_its_bytes():
    half = PART_BYTES // 2
    sizes = [half, half - 1, 1, half, half, 3 * PART_BYTES, 5]
    made = [[len(a.document) for a in part] for part in parts(action(0, size) for size in sizes)]
    assert made == [[half, half - 1, 1], [half, half], [3 * PART_BYTES], [5]]


def test_outcomes_stand_in_the_order_of_the_documents(threads):
    second_is_answered = threading.Event()

    def asked(ids):
        if ids == ["0"]:
            assert second_is_answered.wait(SECONDS)
        if ids == ["1"]:
            second_is_answered.set()

    done = send(index(asked), map(action, range(5)), threads)
    assert [outcome.action.id for outcome in done] == list("01234")


def test_documents_are_made_while_requests_are_on_their_way(threads):
    third_is_made = threading.Event()

    def documents():
        yield from map(action, range(IN_FLIGHT))
        third_is_made.set()
        yield action(IN_FLIGHT)

    done = send(index(lambda _: third_is_made.wait(SECONDS)), documents(), threads)
    assert third_is_made.is_set()
    assert len(done) == IN_FLIGHT + 1


def test_no_more_is_made_than_fits_in_the_requests_on_their_way_and_the_next_one(threads):
    answered: list[str] = []
    waiting: list[int] = []

    def documents():
        for n in range(20):
            waiting.append(n + 1 - len(answered))
            yield action(n)

    send(index(answered.extend), documents(), threads)
    assert max(waiting) <= IN_FLIGHT + 1


def test_an_error_is_raised_once_nothing_is_on_its_way(threads):
    first_failed, second_ended = threading.Event(), threading.Event()

    def asked(ids):
        if ids == ["0"]:
            first_failed.set()
            raise TransientError("away")
        assert first_failed.wait(SECONDS)
        second_ended.set()

    with pytest.raises(TransientError, match="away"):
        send(index(asked), map(action, range(5)), threads)
    assert second_ended.is_set()


def test_nothing_to_write_asks_nothing(threads):
    def asked(_):
        raise AssertionError

    assert send(index(asked), [], threads) == []
