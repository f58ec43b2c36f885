"""Grouping: which reports of an article are of one happening."""

import pytest
from builders import full_report, mention, view

from services.messages import Count, EventDate
from services.tagger.incidents.grouping import grouped

TEXT = "Gunmen shot them and killed all. " * 40


def at(sentence, event="killed", **kw):
    """Return a report of a sentence of `TEXT`, by its number."""
    start = 33 * sentence
    spans = {"sentence": (start, start + 32), "trigger": (start + 7, start + 11)}
    return full_report(f"r{sentence}{event}", event, sentence_index=sentence, **spans | kw)


def sizes(*reports):
    people = ("Olvin", "Brandt", "Meris", "Tarva")
    mentions = [mention(name) for name in people[:2]]
    mentions += [mention(words, form="description") for words in ("tall tenant", "swimmer")]
    mentions += [mention(name, type="place", start=40) for name in people[2:]]
    return [len(group.members) for group in grouped(view(reports, mentions, TEXT))]


def on(day):
    return EventDate(from_=day, to=day, basis="on", span=(0, 1))


def test_five_sentences_on_one_event_are_one_happening():
    assert sizes(*(at(n, patient=("Olvin",)) for n in range(5))) == [5]


def test_two_named_victims_far_apart_are_two_happenings():
    assert sizes(at(1, patient=("Olvin",)), at(9, patient=("Brandt",))) == [1, 1]


@pytest.mark.parametrize(("who", "n"), [("tall tenant", 1), ("Brandt", 2)])
def test_a_description_may_be_of_the_named_victim_and_another_name_is_not(who, n):
    """A headline describes ("tenant arrested") the person whom the lead names."""
    assert len(sizes(at(0, "arrested", patient=(who,)), at(1, "arrested", patient=("Olvin",)))) == n


def test_two_descriptions_without_a_common_word_are_of_two_victims():
    first, second = at(0, patient=("tall tenant",)), at(9, patient=("swimmer",))
    assert sizes(first, second) == [1, 1]


@pytest.mark.parametrize(("day", "n"), [("2031-05-01", 1), ("2031-05-02", 2)])
def test_another_day_parts_reports_of_one_sentence(day, n):
    first = at(0, date=on("2031-05-01"))
    assert len(sizes(first, at(0, "wounded", date=on(day)))) == n


@pytest.mark.parametrize(("n_dead", "n"), [(4, 1), (5, 2)])
def test_another_number_parts_what_stands_apart(n_dead, n):
    def of(number):
        return (Count(of="killed", min=number, max=number, span=(0, 1)),)

    assert len(sizes(at(1, counts=of(4)), at(8, counts=of(n_dead)))) == n


def test_a_report_that_names_nothing_goes_to_the_nearest():
    first, second = at(1, patient=("Olvin",)), at(9, patient=("Brandt",))
    assert sizes(first, second, at(10, "attack")) == [1, 2]


@pytest.mark.parametrize(("frame", "n"), [("noun", 2), ("verb", 1)])
def test_another_attack_is_not_the_one_told_before_but_another_man_may_be_of_it(frame, n):
    text = TEXT.replace("Gunmen", "second")
    reports = [at(0), at(1, frame=frame)]
    assert len(grouped(view(reports, (), text))) == n


def test_the_end_of_a_captivity_is_another_happening_than_its_beginning():
    taken, freed = at(0, "abducted", patient=("Olvin",)), at(0, "released", patient=("Olvin",))
    assert sizes(taken, freed) == [1, 1]


@pytest.mark.parametrize(("event", "n"), [("killed", 1), ("wounded", 2)])
def test_a_denial_is_of_its_own_type_alone(event, n):
    """In "wounded, not killed" nothing denies the wound."""
    denied, told = at(0, stance="denied", patient=("Olvin",)), at(0, event, patient=("Olvin",))
    assert len(sizes(denied, told)) == n


def test_an_arrest_is_another_happening_than_the_killing_beside_it():
    assert sizes(at(1, patient=("Olvin",)), at(1, "arrested", patient=("Brandt",))) == [1, 1]


def test_the_fall_of_a_town_is_another_happening_than_the_deaths_in_the_fight_for_it():
    assert sizes(at(1, patient=("Olvin",)), at(1, "capture-place", place=("Meris",))) == [1, 1]
    assert sizes(at(1, "capture-place"), at(1, "retreat")) == [2]


@pytest.mark.parametrize(
    ("opening", "n"),
    [
        ("Separately, rebels", 2),
        ("In another town, rebels", 2),
        ("Rebels in another town", 1),
        ("Separate rebels", 1),
    ],
)
def test_a_sentence_that_turns_to_something_else_tells_another_happening(opening, n):
    text = f"Gunmen shot them all. {opening} shot them all."
    first = full_report("r1", sentence=(0, 21), trigger=(7, 11), sentence_index=0)
    second = full_report("r2", sentence=(22, len(text)), trigger=(50, 54), sentence_index=1)
    assert len(grouped(view([first, second], [], text))) == n


@pytest.mark.parametrize(("agent", "n"), [("rebels again", 1), ("rebels", 2)])
def test_an_agent_that_was_carried_over_joins_nothing(agent, n):
    first = at(0, patient=("Olvin",), agent=("rebels",))
    second = at(4, "attack", target=("Brandt",), agent=(agent,))
    people = [mention("Olvin"), mention("Brandt"), mention("rebels")]
    article = view([first, second], [*people, mention("rebels again", start=140)], TEXT)
    assert len(grouped(article)) == n


def test_the_known_fate_of_one_and_the_believed_fate_of_another_are_two(tag):
    known, believed = "Karl Bosman was killed in Lima.", "Otto Brandt was killed in Lima."
    surmised = "Otto Brandt is believed to have been killed in Lima."
    stances = [
        [i.stance for i in tag("", f"{known} {other}").incidents] for other in (believed, surmised)
    ]
    assert stances == [["asserted"], ["asserted", "reported"]]
