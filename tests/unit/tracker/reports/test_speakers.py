"""Speakers: whether two of them speak for one body."""

import pytest

from services.messages import Speaker
from services.tracker.reports.speakers import speak_for_one


def who(label, key=None, words=None, **kw):
    fields = {"kind": "official", "type": "organisation"} | kw
    return Speaker(key=key, label=label, words=words or label, **fields)


BRANDT = who("Ivo Brandt", "ivo-brandt", "police spokesman Ivo Brandt", type="person")
RIGHTS = who("the rights group", "rigts-grop", kind="party", affiliation=("opan-sals",))


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        (who("Police"), BRANDT, True),
        (who("Ivo Brandt", "ivo-brandt"), BRANDT, True),
        (who("Open Cells", kind="party"), RIGHTS, True),
        (who("the Orvan army"), who("Orvan army", "orvan-armi"), True),
        (who("the army"), who("the Orvan army", "orvan-armi"), False),
        (who("the Norland army"), who("the Orvan army"), False),
        (who("Man", kind="party"), who("the man's lawyer", kind="party"), False),
        (who("officials"), who("two officials"), False),
        (who("residents", kind="witness"), who("residents", kind="witness"), False),
        (who("Orvan", affiliation=("orvan",)), who("Orvan police", affiliation=("orvan",)), False),
    ],
)
def test_two_speak_for_one_body_by_name_or_by_the_words_of_the_fuller_one(one, other, are_one):
    assert speak_for_one(one, other) == are_one
    assert speak_for_one(other, one) == are_one
