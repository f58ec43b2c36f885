"""Words that stand only in passing: where they stand, and what becomes of such a hit."""

import msgspec
import pytest
from alerting import Stream, edit, hit
from builders import tagged

from services.alerter.match import match
from services.alerter.passing import LEAD_CHARS, is_in_passing
from services.alerter.presearch import Presearch
from services.alerter.watch import CompiledWatch, compile_watch
from services.messages import Incident, Report, Watch

TITLE = "Mill to close in Dovra"
FILLER = "The owner spoke of losses. "
QUOTE = "A guard shot two men near the mill of Halvane."
BODY = f"{FILLER * 20}{QUOTE} {FILLER}Kadrin was his home town."
TEXT = f"{TITLE}\n\n{BODY}"


def article(text=TEXT, *, main=True):
    """Return an article whose main incident, or another one, is told far down."""
    at = text.find(QUOTE)
    sentence = (at, at + len(QUOTE))
    told = Report(
        report_id="r1",
        event="wounded",
        plover="ASSAULT",
        trigger=(at + 8, at + 12),
        sentence=sentence,
        sentence_index=21,
        stance="asserted",
        claim_block="violence:?",
        rule="x",
    )
    incident = Incident(
        incident_id="i1",
        claim_block="violence:?",
        main=main,
        events=("wounded",),
        reports=("r1",),
        time="news",
        stance="asserted",
        quote=sentence,
        confidence=0.9,
    )
    return tagged(text=text, title_end=len(TITLE), reports=(told,), incidents=(incident,))


def span(word, text=TEXT):
    return text.index(word), text.index(word) + len(word)


def suppressed(query, *, passing=False, of=None):
    watch = compile_watch(Watch(id="w", name="W", query=query, passing=passing))
    book = Presearch[CompiledWatch]()
    assert watch.query is not None
    book.put("w", watch.query, watch)
    (found,) = match(of or article(), book)
    return found.suppressed


@pytest.mark.parametrize(
    ("word", "is_passing"),
    [("Dovra", False), ("owner", False), ("Halvane", False), ("Kadrin", True)],
)
def test_headline_lead_and_main_incident_are_what_an_article_is_about(word, is_passing):
    assert is_in_passing(article(), [span(word)]) is is_passing


def test_the_sentence_of_another_incident_is_none_of_it():
    assert is_in_passing(article(main=False), [span("Halvane")])


def test_one_word_of_a_query_that_is_no_mere_mention_is_enough():
    assert not is_in_passing(article(), [span("Kadrin"), span("Dovra")])


def test_a_query_that_finds_no_words_is_never_in_passing():
    assert not is_in_passing(article(), [])


@pytest.mark.parametrize(("n", "is_passing"), [(LEAD_CHARS - 1, False), (LEAD_CHARS, True)])
def test_the_lead_ends_after_its_characters(n, is_passing):
    text = f"{TITLE}{'x' * n}Kadrin"
    assert is_in_passing(article(text), [span("Kadrin", text)]) is is_passing


def test_a_hit_in_passing_is_held_back_unless_the_watch_asks_for_it():
    assert suppressed("kadrin") == "passing"
    assert suppressed("dovra") is None
    assert suppressed("kadrin", passing=True) is None


def version(n, suppressed=None):
    return msgspec.structs.replace(hit("words", "a1"), article_version=n, suppressed=suppressed)


def kinds(stream):
    return [alert.revisions[-1].kind for alert in stream.sent]


def test_what_stands_in_passing_opens_an_alert_when_an_edit_brings_it_to_the_headline():
    stream = Stream().take([version(1, "passing")])
    assert kinds(stream) == []
    assert kinds(stream.take([version(2)])) == ["first"]


def test_an_edit_that_leaves_the_words_in_passing_takes_nothing_back():
    gone = msgspec.structs.replace(edit("a1"), article_version=3)
    stream = Stream().take([version(1), version(2, "passing"), edit("a1")])
    assert kinds(stream) == ["first"]
    assert kinds(stream.take([gone])) == ["first", "retracted"]
