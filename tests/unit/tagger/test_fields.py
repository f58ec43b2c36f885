"""Fields of an incident: people, toll, place, and day."""

from datetime import date

import pytest
from builders import full_report, mention, view

from services.messages import EventDate
from services.tagger.incidents import fields

TEXT = "Gunmen killed nine people in Meris. " * 4


def seen(*reports, mentions=(), **kw):
    """Return the reports, the surest first, and their article."""
    article = view(reports, list(mentions), TEXT, **kw)
    return fields.ranked(reports, article), article


def test_names_come_with_a_few_descriptions_and_no_pronoun():
    surfaces = ["he", "Olvin", "the men", "guards", "drivers", "cooks"]
    forms = ["pronoun", "name", *["description"] * 4]
    mentions = [mention(s, form=f) for s, f in zip(surfaces, forms, strict=True)]
    members, article = seen(full_report("r", patient=tuple(surfaces)), mentions=mentions)
    assert fields.people(members, "patient", article) == ("Olvin", "the men", "guards", "drivers")


def test_a_pronoun_stands_where_there_is_nothing_else():
    members, article = seen(
        full_report("r", patient=("he",)), mentions=[mention("he", form="pronoun")]
    )
    assert fields.people(members, "patient", article) == ("he",)


def described(*surfaces):
    return [mention(surface, form="description") for surface in surfaces]


def test_later_descriptions_are_other_words_for_the_same_people():
    members, article = seen(
        full_report("r1", patient=("nine people",), trigger=(0, 4)),
        full_report("r2", patient=("the men",), trigger=(10, 14)),
        full_report("r3", "wounded", patient=("two guards",), trigger=(20, 24)),
        full_report("r4", "airstrike", patient=("villagers",), trigger=(30, 34)),
        mentions=described("nine people", "the men", "two guards", "villagers"),
    )
    assert fields.people(members, "patient", article) == ("nine people", "two guards")


def test_whom_an_attack_befell_is_told_where_the_harm_names_nobody():
    members, article = seen(
        full_report("r1", patient=("more than 18",), trigger=(0, 4)),
        full_report("r2", "airstrike", patient=("villagers",), trigger=(10, 14)),
        mentions=described("more than 18", "villagers"),
    )
    assert fields.befallen(members, article) == ("villagers",)


@pytest.mark.parametrize("number", ["19", "nine", "more than 100000", "at least nine", "up to 40"])
def test_a_number_alone_stands_where_there_is_nothing_else(number):
    report = full_report("r", patient=(number, "guards"))
    members, article = seen(report, mentions=described(number, "guards"))
    assert fields.people(members, "patient", article) == ("guards",)
    members, article = seen(full_report("r", patient=(number,)), mentions=described(number))
    assert fields.people(members, "patient", article) == (number,)


def test_an_opponent_is_none_of_those_harmed():
    fought = full_report("r1", "clash", patient=("Olvin",), agent=("Brandt",), trigger=(20, 24))
    harmed = full_report("r2", patient=("guards",), trigger=(0, 4))
    mentions = [mention("Olvin"), mention("Brandt"), *described("guards")]
    members, article = seen(fought, harmed, mentions=mentions)
    assert fields.befallen(members, article) == ("guards",)
    members, article = seen(fought, mentions=mentions)
    assert fields.befallen(members, article) == ("Olvin",)


def test_who_fights_is_not_who_killed():
    fought = full_report("r1", "clash", agent=("Brandt",), trigger=(20, 24))
    killed = full_report("r2", patient=("guards",), agent=("Olvin",), trigger=(0, 4))
    mentions = [mention("Olvin"), mention("Brandt"), *described("guards")]
    members, article = seen(fought, killed, mentions=mentions)
    assert fields.harmers(members, ("guards",), article) == ("Olvin",)


def test_whom_it_befell_did_not_do_it_where_somebody_else_did():
    mentions = [mention("Olvin"), mention("Brandt")]
    members, article = seen(full_report("r", agent=("Olvin", "Brandt")), mentions=mentions)
    assert fields.harmers(members, ("Olvin",), article) == ("Brandt",)


@pytest.mark.parametrize(("patient", "found"), [("Olvin", ("Olvin",)), ("guards", ())])
def test_a_victim_did_it_only_where_one_clause_says_so(patient, found):
    blew_up = full_report("r1", "bombing", patient=(patient,), agent=("Olvin",), trigger=(0, 4))
    killed = full_report("r2", patient=("Olvin",), trigger=(10, 14))
    mentions = [mention("Olvin"), *described("guards")]
    members, article = seen(blew_up, killed, mentions=mentions)
    assert fields.harmers(members, ("Olvin", "guards"), article) == found


@pytest.mark.parametrize(
    ("agent", "type", "index", "found"),
    [
        ("some generals", "person", 9, ()),
        ("Brandt", "person", 9, ()),
        ("the army", "group", 9, ("the army",)),
        ("some generals", "person", 1, ("some generals",)),
    ],
)
def test_people_did_it_only_if_the_lead_or_a_sentence_on_the_harm_says_so(
    agent, type, index, found
):
    killed = full_report("r1", patient=("guards",), sentence=(0, 30), sentence_index=3)
    beat = full_report(
        "r2", "attack", agent=(agent,), sentence=(60, 90), sentence_index=index, trigger=(70, 74)
    )
    doer = mention(agent, type, start=61, form="description")
    members, article = seen(killed, beat, mentions=[doer, *described("guards")])
    assert fields.harmers(members, ("guards",), article) == found


def test_who_does_it_to_the_same_people_tells_of_the_same_incident():
    def accused(name, agent, whom, at):
        return full_report(
            name, "accusation", agent=(agent,), patient=(whom,), sentence=(at, at + 20),
            trigger=(at, at + 4), sentence_index=at,
        )  # fmt: skip

    reports = [accused("r1", "Olvin", "guards", 3), accused("r2", "Brandt", "guards", 30)]
    other = accused("r3", "Halva", "cooks", 60)
    starts = {"Olvin": 4, "Brandt": 31, "Halva": 61}
    mentions = [*(mention(n, start=at) for n, at in starts.items()), *described("guards", "cooks")]
    members, article = seen(*reports, other, mentions=mentions)
    assert fields.harmers(members, ("guards",), article) == ("Olvin", "Brandt")


def test_who_harmed_somebody_comes_before_who_did_else_in_it():
    starts = {"Olvin": 4, "Brandt": 31, "Halva": 61}
    killed = full_report("r1", patient=("Olvin",), agent=("Brandt",))
    raid = full_report("r2", "attack", agent=("Halva",), trigger=(62, 66))
    members, article = seen(
        killed, raid, mentions=[mention(n, start=at) for n, at in starts.items()]
    )
    assert fields.harmers(members, ("Olvin",), article) == ("Brandt",)


@pytest.mark.parametrize("words", ["12 civilians", "the victims", "displaced people"])
def test_whoever_suffers_did_no_violence_and_may_accuse(words):
    def by(event):
        report = full_report("r", event, agent=(words,))
        members, article = seen(report, mentions=described(words))
        return fields.harmers(members, (), article)

    assert (by("attack"), by("accusation")) == ((), (words,))


def test_a_part_of_those_told_is_not_listed_beside_them(tag):
    article = tag("", "Gunmen killed nine people, including three children, in Meris.")
    names = {m.id: m.surface for m in article.mentions}
    assert [names[i] for i in article.incidents[0].patient] == ["nine people"]


def test_whoever_harms_others_and_then_himself_is_no_victim_beside_them():
    names = [mention("Olvin", start=4), mention("Brandt", start=31)]
    shot = full_report("r1", patient=("Brandt",), agent=("Olvin",))
    himself = full_report("r2", patient=("Olvin",), agent=("Olvin",), trigger=(40, 44))
    members, article = seen(shot, himself, mentions=names)
    assert fields.befallen(members, article) == ("Brandt",)
    members, article = seen(himself, mentions=names)
    assert fields.befallen(members, article) == ("Olvin",)


def test_a_day_in_words_comes_before_the_date_of_the_page():
    page = EventDate(from_="2031-05-06", to="2031-05-06", basis="6 may 2031", span=(0, 5))
    monday = EventDate(from_="2031-05-05", to="2031-05-05", basis="on monday", span=(9, 12))
    reports = [full_report("r1", date=page), full_report("r2", date=monday, sentence_index=3)]
    members, article = seen(*reports, published=date(2031, 5, 6))
    assert fields.day(members, article) == monday


@pytest.mark.parametrize("surface", ["19", "twenty-two", "dozens"])
def test_a_number_alone_is_a_patient_only_where_there_is_no_other(surface):
    mentions = [mention(surface, form="description"), mention("six guards", form="description")]
    members, article = seen(full_report("r", patient=(surface, "six guards")), mentions=mentions)
    assert fields.people(members, "patient", article) == ("six guards",)
    members, article = seen(full_report("r", patient=(surface,)), mentions=mentions)
    assert fields.people(members, "patient", article) == (surface,)


def test_the_place_where_people_were_hurt_is_no_target():
    mentions = [mention("Meris", type="place"), mention("a bus", form="thing")]
    members, article = seen(full_report("r", target=("Meris", "a bus")), mentions=mentions)
    assert fields.targets(members, ("Olvin",), ("Meris",), article) == ("a bus",)
    assert fields.targets(members, (), ("Meris",), article) == ("Meris", "a bus")


@pytest.mark.parametrize(
    ("index", "expected"), [(1, ("a bus", "two houses")), (2, ("two houses",))]
)
def test_where_people_were_hurt_the_first_aim_and_what_was_damaged_are_targets(index, expected):
    mentions = [mention(thing, form="thing") for thing in ("a bus", "a shop", "two houses")]
    attack = full_report("r1", "attack", target=("a bus", "a shop"), sentence_index=index)
    damage = full_report("r2", "destruction", target=("two houses",), sentence_index=9)
    members, article = seen(attack, damage, mentions=mentions)
    assert fields.targets(members, ("Olvin",), (), article) == expected


def test_somebody_else_than_the_group_of_the_victims_did_it():
    mentions = [mention("Olvin", affiliation=("front",)), mention("front"), mention("army")]
    members, article = seen(full_report("r", agent=("front", "army")), mentions=mentions)
    assert fields.harmers(members, ("Olvin",), article) == ("army",)


@pytest.mark.parametrize(
    ("frame", "start", "expected"),
    [("verb", 10, ("army", "front")), ("noun", 10, ("front",)), ("verb", 90, ("front",))],
)
def test_a_clause_and_its_own_sentence_tell_who_did_it(frame, start, expected):
    first = full_report("r1", frame=frame, agent=("army",), sentence=(0, 60))
    other = full_report("r2", frame="verb", agent=("front",), sentence=(60, 90), trigger=(70, 74))
    mentions = [mention("army", start=start), mention("front", start=65)]
    members, article = seen(first, other, mentions=mentions)
    assert fields.harmers(members, (), article) == expected


def test_a_noun_tells_who_did_it_where_no_clause_does():
    attack = full_report("r", "attack", frame="noun", agent=("army",))
    members, article = seen(attack, mentions=[mention("army")])
    assert fields.harmers(members, (), article) == ("army",)


@pytest.mark.parametrize(
    ("agents", "expected"),
    [
        (("Brandt", "the men", "rebels"), ("Brandt",)),
        (("gunmen", "the men", "Brandt"), ("gunmen", "Brandt")),
        (("gunmen", "the men"), ("gunmen", "the men")),
    ],
)
def test_a_name_needs_no_second_description_of_who_did_it(agents, expected):
    mentions = [mention(a, form="name" if a == "Brandt" else "description") for a in agents]
    members, article = seen(full_report("r", agent=agents), mentions=mentions)
    assert fields.harmers(members, (), article) == expected


def test_a_state_or_a_place_is_not_killed():
    report = full_report("r", patient=("Korin", "Meris", "guards"))
    places = [mention("Korin", type="state"), mention("Meris", type="place")]
    members, article = seen(report, mentions=[*places, *described("guards")])
    assert fields.befallen(members, article) == ("guards",)


def test_a_victims_own_group_is_no_killer():
    guards = mention("guards", form="description", affiliation=("free-army",))
    group = mention("Free Army", type="organisation", key="free-army")
    members, article = seen(full_report("r", agent=("Free Army",)), mentions=[guards, group])
    assert fields.harmers(members, ("guards",), article) == ()
