"""Exceptions of a watch: a sentence that holds one raises no alert, and the hit says why."""

import msgspec
import pytest
from alerting import Stream, update
from builders import tagged

from services.alerter.match import match
from services.alerter.presearch import Presearch
from services.alerter.unless import MAX_EXCEPTION_CHARS, MAX_EXCEPTIONS, is_excepted
from services.alerter.watch import CompiledWatch, compile_all, compile_watch
from services.alerter.watch_file import check_watches
from services.messages import ClaimCondition, Watch


def watch(*unless, **kw):
    return Watch(id="w", name="W", query=kw.pop("query", "victim"), unless=unless, **kw)


@pytest.mark.parametrize(
    ("exception", "sentence", "holds"),
    [
        ("price war", "A PRICE WAR has claimed its first victim.", True),
        ("price war", "The price of war is high.", False),
        ("victim's", "Its first victim fell.", True),
        ("war", "Warsaw mourns.", False),
        ("café", "The cafe\u0301 burned.", True),
    ],
)
def test_an_exception_is_words_side_by_side_in_any_case(exception, sentence, holds):
    assert is_excepted(watch(exception), sentence) is holds


def test_a_watch_without_exceptions_excepts_nothing():
    assert not is_excepted(watch(), "")


def suppressed(text, *unless):
    queries: Presearch[CompiledWatch] = Presearch()
    compiled = compile_watch(watch(*unless))
    assert compiled.query is not None
    queries.put("w", compiled.query, compiled)
    (hit,) = match(tagged("a1", text), queries)
    return hit.suppressed


def test_a_hit_on_words_alone_is_held_back_by_the_line_around_them():
    text = "Cheap soup is a victim of the price war"
    assert suppressed(text) is None
    assert suppressed(text, "price war") == "unless"
    assert suppressed(text, "trade war") is None


def alerts(*unless):
    on_deaths = Watch(id="w", name="W", claim=ClaimCondition(event=("killed",)), unless=unless)
    stream = Stream(compile_all([on_deaths]))
    return stream.take([update("c1", 1, "reported", 1, 9, ())]).machine.alerts()


def test_a_claim_whose_sentence_holds_an_exception_opens_no_alert():
    assert alerts() != []
    assert alerts("was killed") == []
    assert alerts("price war") != []


def test_another_article_without_the_exception_opens_it():
    on_deaths = Watch(id="w", name="W", claim=ClaimCondition(event=("killed",)), unless=("c1 a1",))
    stream = Stream(compile_all([on_deaths]))
    stream.take([update("c1", 1, "reported", 1, 9, ())])
    assert stream.machine.alerts() == []
    stream.take([update("c1", 2, "reported", 2, 9, ())])
    assert len(stream.machine.alerts()) == 1


def problems(*unless):
    row = msgspec.json.encode([{"id": "w", "name": "W", "query": "victim", "unless": unless}])
    return [problem.what for problem in check_watches(row, "f").problems]


def test_what_is_no_exception_is_refused_with_a_reason():
    assert problems("price war") == []
    assert problems("!") == ["an exception is a word, or some words side by side"]
    assert problems("a" * MAX_EXCEPTION_CHARS) == []
    assert len(problems("a" * (MAX_EXCEPTION_CHARS + 1))) == 1
    assert problems(*map(str, range(MAX_EXCEPTIONS))) == []
    assert len(problems(*map(str, range(MAX_EXCEPTIONS + 1)))) == 1
