"""Answers that are kept: asked once however many want them, and anew when they are old."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.api.kept import Kept


def test_it_asks_anew_only_when_the_answer_is_old():
    now, asked = [0.0], list[float]()

    def ask():
        asked.append(now[0])
        return len(asked)

    kept = Kept(ask, 2.0, lambda: now[0])
    assert [kept.get(), kept.get()] == [1, 1]
    now[0] = 2.0
    assert kept.get() == 1
    now[0] = 2.1
    assert kept.get() == 2
    kept.forget()
    assert kept.get() == 3


def test_an_error_is_raised_and_not_kept():
    answers = [ValueError("down"), 7]

    def ask():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = Kept(ask, 60.0)
    with pytest.raises(ValueError, match="down"):
        kept.get()
    assert kept.get() == 7


def test_simultaneous_requests_share_one_answer():
    gate, asked = threading.Barrier(8), list[int]()

    def ask():
        asked.append(1)
        return 5

    kept = Kept(ask, 60.0)

    def get(_):
        gate.wait()
        return kept.get()

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(get, range(8))] == [5] * 8
    assert asked == [1]


def test_who_does_not_wait_gets_the_answer_once_it_is_there():
    now, may_answer = [0.0], threading.Event()

    def ask():
        may_answer.wait(10)
        return now[0]

    kept = Kept(ask, 2.0, lambda: now[0])
    assert kept.soon(30.0) is None
    may_answer.set()
    assert kept.get() == 0.0
    now[0] = 30.0
    assert kept.soon(30.0) == 0.0
    now[0] = 30.1
    assert kept.soon(30.0) is None
    assert kept.get() == 30.1


def test_who_comes_lately_sees_what_is_known_and_it_is_asked_anew_beside():
    now, asked, was_asked = [0.0], list[float](), threading.Event()

    def ask():
        asked.append(now[0])
        was_asked.set()
        return len(asked)

    kept = Kept(ask, 2.0, lambda: now[0])
    assert kept.lately(60.0) == 1
    was_asked.clear()
    now[0] = 2.0
    assert kept.lately(60.0) == 1
    assert not was_asked.is_set()
    now[0] = 2.1
    assert kept.lately(60.0) == 1
    assert was_asked.wait(10)
    assert kept.get() == 2
    now[0] = 62.2
    assert kept.lately(60.0) == 3
