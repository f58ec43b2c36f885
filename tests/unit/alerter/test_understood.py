"""What a watch waits for, in words."""

import pytest

from services.alerter.understood import understood
from services.messages import Watch


@pytest.mark.parametrize(
    ("passing", "words"),
    [(False, "articles with dovra"), (True, "articles with dovra, also in passing")],
)
def test_a_watch_that_asks_for_words_in_passing_says_so(passing, words):
    watch = Watch(id="w", name="W", query="dovra", passing=passing)
    assert understood(watch, lambda _: "") == words
