"""Resolving: which reports bear an incident, and what each of them says of it."""

import msgspec
import pytest
from builders import full_report, mention, tagged

from services.messages import Attribution, Count, Cue, Incident, Report
from services.tracker.reports.offices import OFFICE_REACH
from services.tracker.resolving import resolved

TEXT = "Olvin killed.\n\nGunmen killed Olvin and Brandt in Meris. Nine people died. It was denied."
TITLE, LEAD, TOLL, LAST = (0, 13), (15, 55), (56, 73), (74, 88)
PEOPLE = (mention("Olvin"), mention("Brandt"), mention("Meris", type="place"), mention("Gunmen"))
NINE = Count(of="killed", min=9, max=9, span=(56, 60))


def at(sentence, name=None, **kw):
    """Return a report of a sentence; its block is that of the person named."""
    start = sentence[0]
    spans = {"sentence": sentence, "trigger": (start, start + 5)}
    who = {"patient": (name,)} if name else {}
    report = full_report(f"r{start}", **{"stance": "asserted"} | spans | who | kw)
    return msgspec.structs.replace(report, claim_block=f"violence:{(name or '?').lower()}")


def incident(*reports, **kw):
    defaults = {
        "incident_id": "i1",
        "claim_block": "violence:meris",
        "events": ("killed",),
        "reports": tuple(report.report_id for report in reports),
        "time": "news",
        "stance": "asserted",
        "quote": reports[0].sentence,
        "confidence": 0.9,
    }
    return Incident(**defaults | kw)


def said(*reports, **kw):
    """Return what the tracker gets of an article with one incident: block and report, in order."""
    article = tagged(
        text=TEXT, mentions=PEOPLE, reports=reports, incidents=(incident(*reports, **kw),)
    )
    return list(resolved(article))


def keys(answers):
    return [answer.key for answer in answers]


def test_the_quoted_sentence_has_all_that_is_known_of_its_incident_and_others_what_they_say():
    title, lead = at(TITLE, "Olvin"), at(LEAD, agent=("Gunmen",), place=("Meris",))
    whole = {"patient": ("Olvin",), "agent": ("Gunmen",), "place": ("Meris",)}
    (_, quoted), (_, other) = said(title, lead, **whole)
    assert (keys(quoted.agent), keys(quoted.place)) == (["gunmen"], ["meris"])
    assert (keys(other.patient), keys(other.place)) == ([], ["meris"])


def test_what_an_incident_left_out_no_report_of_it_brings_back():
    lead = at(LEAD, agent=("Gunmen",), place=("Meris",))
    _, (_, other) = said(at(TITLE), lead, place=("Meris",))
    assert (keys(other.agent), keys(other.place)) == ([], ["meris"])


def test_a_number_of_names_that_no_report_tells_is_no_toll():
    of_names = Count(of="killed", min=1, max=1, span=(0, 5))
    ((_, named),) = said(at(TITLE), counts=(of_names,))
    ((_, counted),) = said(at(TOLL, counts=(NINE,)), counts=(NINE,))
    assert (named.counts, counted.counts) == ((), (NINE,))


def test_a_report_of_a_named_person_meets_others_in_that_persons_block():
    reports = at(LEAD), at(TITLE, "Olvin"), at(TOLL, "Brandt")
    found = said(*reports, patient=("Olvin", "Brandt"))
    assert [block for block, _ in found] == ["violence:olvin", "violence:meris", "violence:brandt"]


@pytest.mark.parametrize(
    ("last_word", "stances"),
    [
        ("asserted", ["asserted"]),
        ("denied", ["denied"]),
        ("disputed", ["asserted", "denied"]),
    ],
)
def test_reports_take_the_side_of_the_articles_last_word(last_word, stances):
    reports = at(TITLE), at(LAST, stance="denied")
    quote = LAST if last_word == "denied" else TITLE
    found = said(*reports, stance=last_word, quote=quote)
    assert [report.stance for _, report in found] == stances


def test_who_was_wounded_where_another_died_is_not_among_the_dead():
    title, lead = at(TITLE, "Olvin"), at(LEAD, "Brandt", event="wounded")
    found = said(title, lead, patient=("Olvin", "Brandt"), events=("killed", "wounded"))
    assert [(report.event, keys(report.patient)) for _, report in found] == [
        ("killed", ["olvin"]),
        ("wounded", ["brandt"]),
    ]


def test_an_act_befalls_all_of_its_incident():
    title, lead = at(TITLE, event="attack"), at(LEAD, "Brandt", event="wounded")
    (_, attack), _ = said(title, lead, patient=("Olvin", "Brandt"), events=("attack", "wounded"))
    assert keys(attack.patient) == ["olvin", "brandt"]


def test_the_dead_do_not_speak_of_their_death():
    own = Attribution(mention="Olvin", kind="party", cue=(6, 12), named=True)
    other = Attribution(mention="Gunmen", kind="party", cue=(6, 12), named=True)
    title = at(TITLE, "Olvin", attribution=(own, other), stance="reported")
    ((_, report),) = said(title, patient=("Olvin",), stance="reported")
    assert [speaker.key for speaker in report.speakers] == ["gunmen"]
    denied = msgspec.structs.replace(title, stance="denied")
    ((_, report),) = said(denied, patient=("Olvin",), stance="denied")
    assert [speaker.key for speaker in report.speakers] == ["olvin", "gunmen"]


@pytest.mark.parametrize(
    ("patient", "stance", "speaks"),
    [("Olvin", "denied", True), ("Olvin", "asserted", False), ("Gunmen", "denied", False)],
)
def test_a_denial_in_passing_speaks_for_a_person_by_name(patient, stance, speaks):
    people = (*PEOPLE[:3], msgspec.structs.replace(PEOPLE[3], form="description"))
    one = at(TITLE, patient, stance=stance)
    told = incident(one, patient=(patient,), stance=stance, told=False)
    article = tagged(text=TEXT, mentions=people, reports=(one,), incidents=(told,))
    assert bool(list(resolved(article))) == speaks


def test_a_quoted_report_without_a_side_takes_the_last_word():
    ((_, report),) = said(at(TITLE, stance="background"), stance="reported")
    assert report.stance == "reported"


def test_an_old_part_of_a_news_incident_is_no_voice():
    found = said(at(TITLE), at(LEAD, time="old"))
    assert [report.sentence for _, report in found] == [TITLE]


@pytest.mark.parametrize(("has_speaker", "takes_side"), [(False, False), (True, True)])
def test_where_somebody_could_not_confirm_only_a_speaker_takes_a_side(has_speaker, takes_side):
    speaker = Attribution(mention="Gunmen", kind="party", cue=(0, 1), named=True)
    title = at(TITLE, attribution=(speaker,) if has_speaker else ())
    unsure = at(LEAD, stance="reported", cues=(Cue(kind="unverified", span=(15, 20), rule="x"),))
    (_, first), (_, second) = said(title, unsure)
    assert ("unverified" not in first.cues) == takes_side
    assert "unverified" in second.cues


@pytest.mark.parametrize(
    ("fields", "is_voice"),
    [
        ({}, True),
        ({"told": False}, False),
        ({"told": False, "stance": "denied"}, False),
        ({"told": False, "stance": "denied", "main": True}, True),
        ({"time": "old"}, False),
        ({"time": "planned", "stance": "denied", "main": True}, False),
    ],
)
def test_news_that_is_told_is_a_voice_and_so_is_the_denial_that_an_article_is_about(
    fields, is_voice
):
    assert bool(said(at(TITLE), **fields)) == is_voice


def test_an_article_of_an_older_version_gives_each_report_as_one_incident():
    reports = at(TITLE, "Olvin"), at(LEAD, "Brandt"), at(TOLL, stance="background")
    found = list(resolved(tagged(text=TEXT, mentions=PEOPLE, reports=reports)))
    assert [block for block, _ in found] == ["violence:olvin", "violence:brandt"]


def spoken(text, name):
    """Return the words by which a speaker is known."""
    start = text.index(name)
    speaker = mention(name, start=start)
    said = Attribution(
        cue=(0, 1),
        source=(start, speaker.end),
        mention=speaker.id,
        kind="official",
        named=True,
    )
    one = Report(
        report_id="r",
        event="killed",
        plover="ASSAULT",
        trigger=(0, 1),
        sentence=(0, len(text)),
        sentence_index=0,
        stance="reported",
        claim_block="violence:halvane",
        attribution=(said,),
        rule="x",
    )
    ((_, report),) = resolved(tagged(text=text, mentions=(speaker,), reports=(one,)))
    return report.speakers[0].words


@pytest.mark.parametrize(
    ("letters", "is_found"), [(OFFICE_REACH - 5, True), (OFFICE_REACH - 4, False)]
)
def test_the_office_before_a_name_is_looked_for_within_its_reach(letters, is_found):
    office = "chief " + "x" * (letters - 2)
    assert ("chief" in spoken(f"by {office} Sando", "Sando").split()) == is_found


@pytest.mark.parametrize(
    ("precision", "is_named"),
    [("site", True), ("town", True), ("region", False), ("country", False)],
)
def test_states_and_regions_are_no_names_that_events_are_found_by(precision, is_named):
    meris = mention("Meris", type="place", precision=precision)
    title = at(TITLE, "Olvin")
    article = tagged(
        text=TEXT,
        mentions=(mention("Olvin"), meris),
        reports=(title,),
        incidents=(incident(title),),
    )
    ((_, report),) = resolved(article)
    assert ("meris" in report.names) == is_named


@pytest.mark.parametrize(("patient", "speaks"), [("Olvin", True), ("Red Lamp", False)])
def test_a_name_only_speaks_if_it_has_no_part_in_an_event(patient, speaks):
    title = at(TITLE, patient)
    says = Attribution(mention="Red Lamp", kind="observer", cue=(0, 4), named=True)
    article = tagged(
        text=TEXT,
        mentions=(mention("Olvin"), mention("Red Lamp", type="organisation")),
        reports=(title,),
        incidents=(incident(title, patient=(patient,), attribution=(says,)),),
    )
    ((_, report),) = resolved(article)
    assert "red lamp" in report.names
    assert ("red lamp" in report.speaking) == speaks
