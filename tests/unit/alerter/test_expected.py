"""How many alerts a day a watch is expected to bring, and where the warning begins."""

import pytest

from services.alerter.expected import ARTICLES_A_DAY, ARTICLES_A_STORY, MANY_A_DAY, alerts_a_day
from services.alerter.vocabulary import Vocabulary
from services.alerter.watch_file import check_watches
from services.messages import ClaimCondition
from services.query.parse import parse

STATES = {"tarvan"}


def expected(query=None, **condition):
    node = parse(query) if query else None
    asked = ClaimCondition(**condition) if condition else None
    return alerts_a_day(node, asked, STATES.__contains__, {"Tarvan"}.__contains__)


def test_a_rarer_word_a_condition_or_more_voices_bring_fewer_alerts():
    assert expected("attack AND halvane") < expected("attack") < expected("attack OR killed")
    assert expected("attack", actor=("idris-halvane",)) < expected("attack")
    assert (
        expected(event=("killed",), independent=3)
        < expected(event=("killed",), independent=2)
        < expected(event=("killed",))
    )
    assert expected(event=("killed",), status="corroborated") < expected(
        event=("killed",), status="reported"
    )


def test_a_state_is_in_the_news_more_often_than_a_person():
    assert expected("actor:tarvan") > expected("actor:idris-halvane")
    assert expected(actor=("tarvan",)) > expected(actor=("idris-halvane",))


def test_an_actor_counts_once_though_it_is_looked_up_by_id_and_by_key():
    assert expected("actor:idris-halvane") == pytest.approx(
        0.004 * ARTICLES_A_DAY / ARTICLES_A_STORY
    )


@pytest.mark.parametrize(("n_actors", "is_warned_of"), [(2, False), (3, True)])
def test_more_than_twenty_a_day_are_warned_of(n_actors, is_warned_of):
    """Ten a day are expected of each person: two bring twenty, three thirty."""
    actors = ", ".join(f"person-{n}" for n in range(n_actors))
    text = f"- {{id: a, name: A, claim: {{actor: [{actors}]}}}}"
    assert expected(actor=tuple(f"person-{n}" for n in range(n_actors))) == pytest.approx(
        10 * n_actors
    )
    assert MANY_A_DAY == 20
    assert (
        any("alerts a day" in p.what for p in check_watches(text, "w.yaml", Vocabulary()).problems)
        is is_warned_of
    )


def test_a_place_whom_it_befell_who_did_it_and_more_dead_bring_fewer_alerts():
    any_event = expected(event=("killed",))
    assert expected(place=("Meris",)) < expected(place=("Tarvan",)) < any_event
    assert expected(event=("killed",), patient=("idris-halvane",)) < any_event
    assert expected(event=("killed",), agent=("idris-halvane",)) < any_event
    assert expected(killed=10) < expected(killed=3) < expected(killed=1) < any_event
    assert expected(killed=9) == expected(killed=3)
