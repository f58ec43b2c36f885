"""Whom a mention names: one answer for every stage."""

from typing import get_args

import pytest
from builders import mention

from services.messages import MentionForm

FORMS = get_args(MentionForm)


def test_a_name_a_people_and_an_office_are_names():
    named = {form for form in FORMS if mention("x", form=form).is_named}
    assert named == {"name", "people", "office"}


def test_a_pronoun_is_somebody_in_particular_and_no_name():
    particular = {form for form in FORMS if mention("x", form=form).is_particular}
    assert particular == {"name", "people", "office", "pronoun"}


@pytest.mark.parametrize("form", FORMS)
def test_an_actor_of_a_dictionary_is_named_by_any_words(form):
    actor = mention("the group", form=form, actor_id="front")
    assert actor.is_named
    assert actor.is_particular


@pytest.mark.parametrize(("label", "shown"), [("", "the Kostrian side"), ("Kostria", "Kostria")])
def test_an_adjective_names_only_a_side_of_who_acts(label, shown):
    adjective = mention("Kostrian", type="nationality", label=label)
    assert adjective.shown_acting == shown
