"""Clusters: the reports of an article on one event."""

import pytest
from builders import mention, sentence_report

from services.messages import EventDate
from services.tagger.discourse.clusters import clusters

PEOPLE = {name: mention(name) for name in ("Olvin", "Brandt", "Anders")}
TEXT = "Gunmen shot them and killed all. " * 4


def n_clusters(*reports):
    return len(clusters(reports, PEOPLE, TEXT))


def on(day):
    return EventDate(to=day, basis="on", span=(0, 1))


@pytest.mark.parametrize(("index", "n"), [(4, 1), (5, 2)])
def test_a_like_event_joins_up_to_three_sentences_on(index, n):
    """0.6 less 0.1 a sentence, and 0.5 for the same event:
    0.8 and 0.7 of the 0.75 that it takes.
    """
    assert n_clusters(sentence_report(sentence_index=1), sentence_report(sentence_index=index)) == n


@pytest.mark.parametrize(("names", "n"), [(("Olvin", "Olvin"), 1), (("Olvin", "Brandt"), 2)])
def test_shared_people_join_however_far_and_others_part(names, n):
    first, second = names
    near, far = (
        sentence_report(patient=(first,)),
        sentence_report("attack", sentence_index=30, patient=(second,)),
    )
    assert n_clusters(near, far) == n


@pytest.mark.parametrize(("name", "n"), [("Adam", 1), ("Ali", 2)])
def test_a_name_of_four_letters_is_shared_and_a_shorter_one_is_not(name, n):
    near = sentence_report(patient=("p",))
    far = sentence_report("attack", sentence_index=30, patient=("p",))
    assert len(clusters((near, far), {"p": mention(name)}, TEXT)) == n


@pytest.mark.parametrize(("day", "n"), [("2031-05-01", 1), ("2031-05-02", 2)])
def test_another_day_parts_what_stands_in_one_sentence(day, n):
    first = sentence_report(date=on("2031-05-01"))
    assert n_clusters(first, sentence_report("attack", date=on(day))) == n


def test_a_report_joins_one_of_the_last_hundred_clusters_only():
    def apart(n):
        return sentence_report(sentence_index=20 * n, patient=(f"p{n}",), date=on(f"d{n}"))

    people = {f"p{n}": mention(f"Person{n:03}") for n in range(101)}
    for others, n in ((100, 100), (101, 102)):
        again = sentence_report(sentence_index=20 * others, patient=("p0",), date=on("d0"))
        assert len(clusters([*map(apart, range(others)), again], people, TEXT)) == n
