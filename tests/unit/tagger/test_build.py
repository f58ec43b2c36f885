"""Incidents of an article: main event, fields, last word, and ids."""

import pytest
from builders import full_report, mention, view
from hypothesis import given
from hypothesis import strategies as st

from services.messages import Attribution, Count
from services.tagger.incidents.build import incidents_of

TEXT = "Olvin shot dead.\n\n" + "Gunmen shot them and killed all. " * 20


def only(*reports, **kw):
    (incident,) = incidents_of(view(reports, [mention("Olvin"), mention("Brandt")], TEXT, **kw))
    return incident


def test_the_title_tells_the_main_incident_and_there_is_one():
    title = full_report("r0", sentence=(0, 16), sentence_index=0, patient=("Olvin",))
    other = full_report("r1", "arrested", sentence=(20, 50), trigger=(25, 30), patient=("Brandt",))
    found = incidents_of(view([title, other], [mention("Olvin"), mention("Brandt")], TEXT, 16))
    assert [incident.main for incident in found] == [True, False]


def test_what_the_lead_tells_first_is_the_main_incident():
    first = full_report("r0", sentence_index=1, trigger=(30, 34), patient=("Olvin",))
    more = [
        full_report(f"r{n}", "arrested", sentence_index=1, trigger=(n, n + 4), patient=("Brandt",))
        for n in (40, 50, 60)
    ]
    mentions = [mention("Olvin"), mention("Brandt")]
    assert [i.main for i in incidents_of(view([first, *more], mentions, TEXT))] == [True, False]


@pytest.mark.parametrize(
    ("said", "last"),
    [
        (("asserted",), "asserted"),
        (("reported", "claimed"), "claimed"),
        (("claimed", "confirmed", "reported"), "confirmed"),
        (("claimed", "denied"), "denied"),
        (("denied", "claimed", "claimed"), "denied"),
        (("claimed", "denied", "claimed"), "disputed"),
    ],
)
def test_the_last_word_of_an_article(said, last):
    reports = [
        full_report(f"r{n}", stance=stance, patient=("Olvin",)) for n, stance in enumerate(said)
    ]
    assert only(*reports).stance == last


@pytest.mark.parametrize(("stance", "last"), [("claimed", "claimed"), ("denied", "asserted")])
def test_a_source_answers_for_an_incident_whenever_its_sentence_puts_it(stance, last):
    said = (Attribution(mention="Brandt", kind="party", cue=(0, 4)),)
    told = full_report("r0", stance=stance, attribution=said, patient=("Olvin",), time="old")
    news = full_report("r1", stance="asserted", patient=("Olvin",), trigger=(30, 34))
    incident = only(told, news)
    assert (incident.time, incident.stance) == ("news", last)
    assert incident.attribution == (said if stance == "claimed" else ())


def test_persons_by_name_are_counted_where_no_number_is_told():
    assert only(full_report("r0", patient=("Olvin", "Brandt"))).counts == (
        Count(of="killed", min=2, max=2, span=(0, 5)),
    )


@pytest.mark.parametrize(
    ("kw", "time"),
    [
        ({}, "news"),
        ({"in_passing": True, "stance": "background", "time": "old"}, "old"),
        ({"stance": "hypothetical", "time": "planned"}, "planned"),
        ({"time": "total"}, "total"),
    ],
)
def test_an_incident_is_put_when_its_reports_put_it(kw, time):
    assert only(full_report("r0", patient=("Olvin",), **kw)).time == time


@given(st.lists(st.sampled_from(["", "wounded", "attack"]), max_size=4))
def test_an_incident_keeps_its_id_whatever_else_the_article_tells_of_it(more):
    first = full_report("r0", patient=("Olvin",))
    later = [
        full_report(f"r{n + 1}", event or "killed", trigger=(30, 34), patient=("Olvin",))
        for n, event in enumerate(more)
    ]
    assert only(first, *later).incident_id == only(first).incident_id


def test_a_belief_that_is_held_no_longer_is_denied_in_title_and_body(tag):
    title = "Army no longer confident raid killed Bosman"
    text = "The army is no longer confident that it killed Karl Bosman in the raid on 3 April."
    (incident,) = (i for i in tag(title, text).incidents if "killed" in i.events)
    assert incident.stance == "denied"


def test_who_did_it_is_not_where_it_was():
    by_state = full_report("r0", agent=("Korin",), place=("Korin", "Meris"))
    korin = mention("Korin", type="state", precision="country", country="KO")
    meris = mention("Meris", type="place", precision="town", country="KO")
    (incident,) = incidents_of(view([by_state], [korin, meris], TEXT))
    assert (incident.agent, incident.place) == (("Korin",), ("Meris",))


@pytest.mark.parametrize(
    ("text", "told"), [("I quit.", False), ("He quit.", False), ("Marta Olvin quit.", True)]
)
def test_what_says_nothing_but_its_type_is_told_to_nobody(tag, text, told):
    found = [i.told for i in tag("", text).incidents if "resignation" in i.events]
    assert any(found) == told
