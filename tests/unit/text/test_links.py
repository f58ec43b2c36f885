"""Signed links: what is granted is what was made, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.text.links import MOST_CHARS, Grant, granted, recipient_of, token

OURS = "a secret of sixteen"
END = datetime(2031, 6, 1, tzinfo=UTC)
GRANT = Grant("alert", "w", "mail:0f", "subscriber:ann", int(END.timestamp()), "UTC", "a1", 3)


@given(st.text(max_size=64), st.text(max_size=64), st.integers(0, 2**40), st.integers(0, 2**31))
def test_a_token_grants_what_it_was_made_of(watch_id, alert_id, expires, revision):
    made = Grant("alert", watch_id, "mail:0f", "mail:0f", expires, "UTC", alert_id, revision)
    assert granted(OURS, token(OURS, made)) == made


@given(st.data())
def test_no_changed_token_grants_anything(data):
    made = token(OURS, GRANT)
    at = data.draw(st.integers(0, len(made) - 1))
    letter = data.draw(st.sampled_from("AQgw-_.=~ é"))
    if letter != made[at]:
        assert granted(OURS, made[:at] + letter + made[at + 1 :]) is None


@given(st.text(max_size=80))
def test_whatever_else_is_given_grants_nothing(text):
    assert granted(OURS, text) is None


def test_another_secret_grants_nothing():
    assert granted("another secret, too", token(OURS, GRANT)) is None


@pytest.mark.parametrize(("seconds", "is_over"), [(-1, False), (0, True)])
def test_a_grant_ends_at_its_time(seconds, is_over):
    assert GRANT.is_over(END + timedelta(seconds=seconds)) == is_over


def test_a_token_is_short_and_names_no_address():
    long = Grant("alert", "w" * 64, recipient_of("mail:ann@example.org"), "subscriber:" + "s" * 64,
                 2**40, "America/Argentina/ComodRivadavia", "a" * 64, 2**31)  # fmt: skip
    made = token(OURS, long)
    assert len(made) < MOST_CHARS / 2
    assert "ann" not in long.recipient


def test_different_channels_have_different_names():
    channels = ["mail:ann@example.org", "mail:bo@example.org", "ntfy:ann@example.org"]
    names = [recipient_of(to) for to in channels]
    assert [name.partition(":")[0] for name in names] == ["mail", "mail", "ntfy"]
    assert len(set(names)) == 3
