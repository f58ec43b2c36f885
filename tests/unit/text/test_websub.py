"""Callbacks, secrets, and signatures of WebSub subscriptions."""

import pytest

from services.text.websub import (
    callback_path,
    is_for_topic,
    is_signed,
    is_token,
    push_secret,
    signature,
    subscription_key,
    token,
)

OURS, HUB, TOPIC = "a secret of sixteen", "https://hub.example/", "https://a.example/rss"
KEY = subscription_key(HUB, TOPIC)


def test_a_callback_names_feed_and_subscription_and_can_not_be_guessed():
    path = callback_path(OURS, "a b/c", KEY)
    *_, feed_id, key, given = path.split("/")
    assert feed_id == "a%20b%2Fc"
    assert is_token(given, OURS, "a b/c", key)
    for wrong in (("x" * 32, OURS, "a b/c"), (given, "another", "a b/c"), (given, OURS, "a")):
        assert not is_token(wrong[0], wrong[1], wrong[2], key)


@pytest.mark.parametrize(("hub", "topic"), [(HUB + "x", TOPIC), (HUB, TOPIC + "?x"), (TOPIC, HUB)])
def test_another_hub_or_topic_has_another_callback_and_another_secret(hub, topic):
    other = subscription_key(hub, topic)
    assert callback_path(OURS, "a", other) != callback_path(OURS, "a", KEY)
    assert token(OURS, "a", other) != token(OURS, "a", KEY)
    assert push_secret(OURS, "a", other) != push_secret(OURS, "a", KEY)


def test_a_key_tells_its_topic_from_others():
    assert is_for_topic(KEY, TOPIC)
    assert not is_for_topic(KEY, TOPIC + "?x")
    assert not is_for_topic("", TOPIC)


def test_no_secret_tells_another():
    made = {push_secret(OURS, "a", "k"), push_secret(OURS, "b", "k"), token(OURS, "a", "k")}
    assert len(made) == 3
    assert not any(OURS in one for one in made)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_standard_signs(method):
    header = signature(b"<rss/>", "s", method)
    assert is_signed(header, b"<rss/>", "s")
    assert is_signed(header.upper(), b"<rss/>", "s")
    assert not is_signed(header, b"<rss />", "s")
    assert not is_signed(header, b"<rss/>", "t")


@pytest.mark.parametrize(
    "header", [None, "", "sha256", "sha256=", "md5=1", "sha256=é", "=", "none=x"]
)
def test_anything_else_signs_nothing(header):
    assert not is_signed(header, b"", "s")
