"""Matching one article: spans, boilerplate, and the incident that a hit rests on."""

import msgspec
import pytest
from builders import tagged

from services.alerter.match import AROUND, MAX_EVIDENCE, anchors, match
from services.alerter.presearch import Presearch
from services.alerter.watch import CompiledWatch, compile_watch
from services.messages import Boilerplate, Incident, Report, Watch
from services.messages.limits import SPANS

TEXT = "Halvane is dead\n\nThe front said so.\n\nRelated articles\nOther halvane story"


def watches(query):
    compiled = compile_watch(Watch(id="w", name="W", query=query))
    assert compiled.query is not None
    book = Presearch[CompiledWatch]()
    book.put("w", compiled.query, compiled)
    return book


def with_sidebar(**kw):
    start = TEXT.index("Related")
    return tagged(
        text=TEXT,
        boilerplate=(Boilerplate(start=start, end=len(TEXT), kind="related", rule="x"),),
        **kw,
    )


def event(stance, sentence, trigger=None):
    return Report(
        report_id=f"r{sentence[0]}",
        event="killed",
        plover="ASSAULT",
        trigger=trigger or sentence,
        sentence=sentence,
        sentence_index=0,
        stance=stance,
        claim_block="violence:halvane",
        rule="x",
    )


def test_spans_are_offsets_in_the_article_and_leave_boilerplate_out():
    (hit,) = match(with_sidebar(), watches("halvane"))
    assert [TEXT[s:e] for s, e in hit.spans] == ["Halvane"]
    assert hit.suppressed is None


def test_what_only_boilerplate_says_is_a_suppressed_hit():
    (hit,) = match(with_sidebar(), watches('"other halvane"'))
    assert hit.suppressed == "boilerplate"


def test_what_occurs_nowhere_is_no_hit():
    assert match(with_sidebar(), watches("kadrin")) == []


def test_phrases_never_cross_from_title_into_body():
    assert match(with_sidebar(), watches('"dead the front"')) == []


def test_an_article_that_only_retells_is_suppressed_as_background():
    (hit,) = match(tagged(text=TEXT, reports=(event("background", (0, 15)),)), watches("halvane"))
    assert hit.suppressed == "background"


BODY = (TEXT.index("The"), TEXT.index("so.") + 3)


def test_a_hit_rests_on_the_incident_whose_sentences_hold_it():
    article = tagged(text=TEXT, reports=(event("reported", (0, 15)), event("claimed", BODY)))
    at = TEXT.index("front")

    def stances(*spans):
        return [incident.stance for incident in anchors(article, spans)]

    assert stances((at, at + 5)) == ["claimed"]
    assert stances((0, 7)) == ["reported"]
    assert stances((0, 7), (at, at + 5), (at, at + 3)) == ["claimed", "reported"]


def test_a_hit_on_words_that_no_incident_holds_has_no_status_and_joins_no_claim():
    article = tagged(text=TEXT, reports=(event("reported", (0, 15)),))
    (hit,) = match(article, watches("front"))
    assert (hit.report, hit.suppressed) == (None, None)


def test_a_hit_quotes_the_sentence_of_its_incident_that_holds_the_words():
    title, body = event("asserted", (0, 15)), event("claimed", BODY)
    of_both = Incident(
        incident_id="i1",
        claim_block="violence:halvane",
        events=("killed",),
        reports=(title.report_id, body.report_id),
        time="news",
        stance="claimed",
        quote=(0, 15),
        confidence=0.9,
    )
    article = tagged(text=TEXT, reports=(title, body), incidents=(of_both,))
    (hit,) = match(article, watches("front"))
    assert hit.report.evidence.quote == "The front said so."
    assert (hit.report.incident_id, hit.report.status) == ("i1", "claimed")


TITLE = "Shots in Meris"
FIRST, SECOND, LAST = "Front men shot at him.", "The front said so.", "He is dead."


@pytest.mark.parametrize(
    ("title", "best", "second_is", "quoted"),
    [
        (TITLE, SECOND, "news", SECOND),
        (TITLE, SECOND, "old", FIRST),
        (TITLE, LAST, "news", FIRST),
        ("Shots by the front", LAST, "news", LAST),
    ],
)
def test_of_the_sentences_with_the_words_news_comes_first_then_the_best_then_the_earliest(
    title, best, second_is, quoted
):
    text = "\n\n".join((title, FIRST, SECOND, LAST))

    def span(sentence):
        return text.index(sentence), text.index(sentence) + len(sentence)

    reports = tuple(event("asserted", span(sentence)) for sentence in (FIRST, SECOND, LAST))
    second = msgspec.structs.replace(reports[1], time=second_is)
    incident = Incident(
        incident_id="i1",
        claim_block="violence:halvane",
        events=("killed",),
        reports=tuple(report.report_id for report in reports),
        time="news",
        stance="asserted",
        quote=span(best),
        confidence=0.9,
    )
    article = tagged(
        text=text,
        title_end=len(title),
        reports=(reports[0], second, reports[2]),
        incidents=(incident,),
    )
    (hit,) = match(article, watches("front"))
    assert hit.report.evidence.quote == quoted


@pytest.mark.parametrize(
    ("time", "of", "is_told"),
    [("news", "killed", True), ("old", "killed", False), ("news", "airstrike", False)],
)
def test_a_hit_knows_whether_the_headline_tells_its_incident(time, of, is_told):
    """The incident killed somebody: a headline on an airstrike alone does not tell that."""
    title = msgspec.structs.replace(event("asserted", (0, 15)), time=time, event=of)
    body = event("asserted", BODY)
    told = []
    for reports in ((title, body), (body,)):
        incident = Incident(
            incident_id="i1",
            claim_block="violence:halvane",
            events=("killed",),
            reports=tuple(report.report_id for report in reports),
            time="news",
            stance="asserted",
            quote=BODY,
            confidence=0.9,
        )
        (hit,) = match(tagged(text=TEXT, reports=reports, incidents=(incident,)), watches("front"))
        told.append(hit.report.headline)
    assert told == [is_told, False]


def test_a_hit_holds_the_first_places_of_a_word_that_stands_in_the_text_without_end():
    (inside,) = match(tagged(text="halvane " * SPANS), watches("halvane"))
    (outside,) = match(tagged(text="halvane " * (SPANS + 1)), watches("halvane"))
    assert inside.spans == outside.spans
    assert len(inside.spans) == SPANS


@pytest.mark.parametrize("n", [MAX_EVIDENCE, MAX_EVIDENCE + 1])
def test_a_hit_quotes_the_lines_of_its_first_places(n):
    (found,) = match(tagged(text="Title\n\n" + "halvane said\n" * n), watches("halvane"))
    assert len(found.evidence) == MAX_EVIDENCE


@pytest.mark.parametrize(("letters", "is_whole"), [(AROUND, True), (AROUND + 1, False)])
def test_a_quoted_line_is_cut_beyond_its_length_on_each_side(letters, is_whole):
    line = f"{'x' * (letters - 1)} halvane {'y' * (letters - 1)}"
    (found,) = match(tagged(text=f"Title\n\n{line}\n"), watches("halvane"))
    assert (found.evidence[0].quote == line) == is_whole
    assert len(found.evidence[0].quote) == 2 * AROUND + len("halvane")
