"""Exceptions of a watch: a sentence that holds one raises no alert, and the hit says why."""

import msgspec
import pytest
from alerting import Stream, update
from builders import full_report, tagged

from services.alerter.alert import condition_digest
from services.alerter.match import match
from services.alerter.presearch import Presearch
from services.alerter.unless import MAX_EXCEPTION_CHARS, MAX_EXCEPTIONS, is_excepted
from services.alerter.vocabulary import Vocabulary
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


BY_NOUN = "event/killed-noun"


def hit_without(*rules):
    text = "A guard was killed in Meris."
    read = msgspec.structs.replace(
        full_report("r1", sentence=(0, len(text)), trigger=(12, 18)), rule=f"{BY_NOUN}@3"
    )
    queries: Presearch[CompiledWatch] = Presearch()
    compiled = compile_watch(watch(query="killed OR deaths", not_rules=rules))
    assert compiled.query is not None
    queries.put("w", compiled.query, compiled)
    (found,) = match(tagged("a1", text, reports=(read,)), queries)
    return found


def test_a_hit_names_the_rule_and_one_that_the_watch_leaves_out_holds_it_back():
    found = hit_without("event/killed-verb")
    assert found.report is not None
    assert (found.suppressed, found.report.evidence.rule) == (None, BY_NOUN)
    assert hit_without(BY_NOUN).suppressed == "unless"


def on_claim(rule, *not_rules):
    on_deaths = Watch(id="w", name="W", claim=ClaimCondition(event=("killed",)))
    on_deaths = msgspec.structs.replace(on_deaths, not_rules=not_rules)
    stream = Stream(compile_all([on_deaths]))
    told = update("c1", 1, "reported", 1, 9, ())
    assert told.claim is not None
    (cause,) = told.claim.cause
    assert cause.evidence is not None
    said = msgspec.structs.replace(cause.evidence, rule=rule)
    cause = msgspec.structs.replace(cause, evidence=said)
    claim = msgspec.structs.replace(told.claim, cause=(cause,))
    return stream.take([msgspec.structs.replace(told, claim=claim)]).machine.alerts()


def test_a_claim_that_a_rule_left_out_reads_opens_no_alert():
    (told,) = on_claim(BY_NOUN, "event/killed-verb")
    assert told.revisions[0].evidence[0].rule == BY_NOUN
    assert on_claim(BY_NOUN, BY_NOUN) == []
    assert len(on_claim("", BY_NOUN)) == 1


def test_a_rule_that_does_not_exist_is_refused():
    names = Vocabulary(is_rule=lambda name: name == BY_NOUN)
    row = {"id": "w", "name": "W", "query": "victim", "not_rules": [BY_NOUN, "kill"]}
    (problem,) = check_watches(msgspec.json.encode([row]), "f", names).problems
    assert problem.what.startswith("no rule is called kill: ")


def test_a_watch_that_leaves_a_rule_out_asks_for_something_else():
    assert condition_digest(watch(not_rules=(BY_NOUN,))) != condition_digest(watch(BY_NOUN))
    assert condition_digest(watch(not_rules=())) == condition_digest(watch())
