"""The time of each report, once the whole article is known."""

import pytest
from builders import mention, sentence_report

from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions
from services.tagger.timing.article import with_times
from services.tagger.timing.reading import Moment, Reading

SENTENCE = "Ann Olvin was killed by rebels. "
OLD = Moment(Reading("old", "date", 0, 3))
WEAK = Moment(Reading("old", "perfect", 0, 3, "open"))
RETOLD = Moment(Reading("old", "retold", 0, 3, "retold"))
COURT = Moment(Reading("old", "court", 0, 3, "judged"))
SINCE = Moment(Reading("total", "span", 0, 3, "open", "open"))
SINCE_THEN = Moment(Reading("total", "span", 0, 3, "open", "then"))
LEAD = Moment(is_lead=True)
RECENT = Moment(is_recent=True)


def report(index, **kw):
    start = index * len(SENTENCE)
    return sentence_report(
        trigger=(start, start + 3), sentence=(start, start + 31), sentence_index=index, **kw
    )


def times(*pairs, text=SENTENCE):
    """Return the times of reports, one a sentence, each given with its moment."""
    mentions = Mentions(text * len(pairs), Actors(()))
    for who in {i for r, _ in pairs for i in r.patient}:
        mentions.by_id[who] = mention(who)
    moments = {(r.trigger, r.event): moment for r, moment in pairs}
    return [r.time for r in with_times([r for r, _ in pairs], moments, mentions)]


@pytest.mark.parametrize(
    ("fields", "time"),
    [
        ({}, "news"),
        ({"stance": "hypothetical"}, "planned"),
        ({"stance": "background"}, "old"),
        ({"stance": "background", "in_passing": True}, "old"),
        ({"time": "total", "stance": "background"}, "total"),
        ({"stance": "denied"}, "news"),
    ],
)
def test_stance_and_own_words_come_first(fields, time):
    assert times((report(0, **fields), LEAD)) == [time]


def test_a_past_perfect_is_old_behind_the_lead_only():
    assert times((report(0), LEAD), (report(4), WEAK)) == ["news", "old"]
    weak_lead = Moment(WEAK.reading, is_lead=True)
    assert times((report(0), weak_lead)) == ["news"]


def test_what_befell_a_victim_of_the_lead_is_its_news():
    olvin, brandt = {"patient": ("Ann Olvin",)}, {"patient": ("Ola Brandt",)}
    assert times((report(0, **olvin), LEAD), (report(4, **olvin), WEAK)) == ["news", "news"]
    assert times((report(0, **olvin), LEAD), (report(4, **brandt), WEAK)) == ["news", "old"]


def test_a_deed_that_a_court_judges_is_old_even_in_the_lead():
    court = Moment(COURT.reading, is_lead=True)
    assert times((report(0), court)) == ["old"]


def test_a_sum_since_then_is_news_behind_news_and_a_total_behind_the_past():
    lead = (report(0), LEAD)
    assert times(lead, (report(4), SINCE)) == ["news", "total"]
    assert times(lead, (report(4), SINCE_THEN)) == ["news", "news"]
    assert times(lead, (report(4, time="old"), OLD), (report(5), SINCE_THEN))[2] == "total"


def test_the_past_goes_on_in_the_next_sentence():
    lead, old = (report(0), LEAD), (report(4, time="old"), OLD)
    assert times(lead, old, (report(5), Moment())) == ["news", "old", "old"]
    assert times(lead, old, (report(6), Moment())) == ["news", "old", "news"]


@pytest.mark.parametrize(
    "moment", [RECENT, Moment(beside_recent=True), Moment(is_present=True), LEAD]
)
def test_the_past_ends_with_a_recent_date_or_the_present(moment):
    pairs = ((report(0), LEAD), (report(4, time="old"), OLD), (report(5), moment))
    assert times(*pairs)[2] == "news"


def test_a_report_that_no_clause_tells_is_news():
    mentions = Mentions(SENTENCE * 5, Actors(()))
    old, made = report(3, time="old"), report(4, stance="denied")
    moments = {(old.trigger, old.event): OLD}
    assert [r.time for r in with_times([old, made], moments, mentions)] == ["old", "news"]


def test_an_event_in_passing_opens_no_past():
    passing = (report(4, in_passing=True, stance="background"), Moment())
    assert times((report(0), LEAD), passing, (report(5), Moment()))[2] == "news"


def test_an_undated_deed_is_background_where_the_lead_tells_of_a_judgment():
    text = "Ann Olvin was convicted Monday. "
    sentenced = (report(0, event="sentenced"), LEAD)
    assert times(sentenced, (report(4), Moment()), text=text) == ["news", "old"]
    assert times(sentenced, (report(4), Moment())) == ["news", "news"]
    assert times(sentenced, (report(4), RECENT), text=text) == ["news", "news"]
    assert times(sentenced, (report(4, event="arrested"), Moment()), text=text)[1] == "old"
    killed = (report(0), LEAD)
    assert times(killed, (report(4), Moment()), text=text) == ["news", "news"]


def test_an_undated_deed_is_background_where_the_lead_looks_back():
    old_lead = Moment(OLD.reading, is_lead=True)
    looks_back = (report(0, time="old", stance="background"), old_lead)
    assert times(looks_back, (report(4), Moment())) == ["old", "old"]
    assert times(looks_back, (report(4, event="arrested"), Moment())) == ["old", "news"]


@pytest.mark.parametrize(("told", "time"), [("old", "old"), ("news", "news")])
def test_a_title_that_says_who_somebody_is_has_the_time_of_the_body(told, time):
    title, described = report(0, patient=("Olvin",)), Moment(is_lead=True, is_described=True)
    body = report(3, patient=("Judge Olvin",), time=told)
    assert times((title, described), (body, Moment()))[0] == time
    assert times((title, LEAD), (body, Moment()))[0] == "news"


def test_what_is_retold_is_old_unless_the_lead_tells_of_harm():
    retold_lead = Moment(RETOLD.reading, is_lead=True)
    assert times((report(0), retold_lead)) == ["old"]
    assert times((report(0), LEAD), (report(1), retold_lead)) == ["news", "news"]
    assert times((report(0), LEAD), (report(4), RETOLD)) == ["news", "news"]
    assert times((report(0, event="protest"), LEAD), (report(4), RETOLD)) == ["news", "old"]
