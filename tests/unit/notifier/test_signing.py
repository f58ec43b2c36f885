"""Signatures of webhooks, checked by the reference library and by published vectors."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.errors import ConfigError
from services.notifier.signing import (
    MOST_KEYS,
    SECRET_BYTES,
    KeyRing,
    Keys,
    pair_of,
    read_keys,
    secret_of,
    signed_headers,
)

NEW, OLD, OTHER = (secret_of(bytes([n]) * 24) for n in (1, 2, 3))
PRIVATE, PUBLIC = pair_of(bytes(range(32)))
BODY = b'{"type":"alert.first"}'


def headers(*texts, at=None, body=BODY):
    return signed_headers(read_keys(texts, "keys"), "msg_1", at or datetime.now(UTC), body)


def is_signed_by(public, sent, body=BODY):
    """Verify `v1a` as a receiver does."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    text = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    for signature in sent["webhook-signature"].split(" "):
        version, _, value = signature.partition(",")
        if version != "v1a":
            continue
        try:
            key.verify(base64.b64decode(value), text)
        except InvalidSignature:
            continue
        return True
    return False


def test_a_signature_is_that_of_the_published_vector():
    """The vector of the standard's reference libraries."""
    keys = read_keys(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "keys")
    at = datetime.fromtimestamp(1614265330, UTC)
    sent = signed_headers(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert sent["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_asymmetric_key_pair_is_that_of_the_published_vector():
    """Test 1 of RFC 8032, 7.1."""
    seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert pair_of(bytes.fromhex(seed))[1] == (
        "whpk_" + base64.b64encode(bytes.fromhex(public)).decode()
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_the_reference_library_verifies_every_body(text):
    body = b'"' + text.encode().replace(b"\\", b"").replace(b'"', b"") + b'"'
    Webhook(NEW).verify(body, headers(NEW, body=body), json_parse=False)


def test_while_a_key_is_rotated_receivers_with_the_old_and_the_new_one_both_verify():
    sent = headers(NEW, OLD)
    for key in (NEW, OLD):
        Webhook(key).verify(BODY, sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, sent)


def test_a_receiver_with_the_public_key_verifies_and_one_with_the_secret_too():
    sent = headers(PRIVATE, OLD)
    assert is_signed_by(PUBLIC, sent)
    assert not is_signed_by(PUBLIC, sent, body=BODY + b" ")
    assert not is_signed_by(pair_of(bytes(32))[1], sent)
    Webhook(OLD).verify(BODY, sent)


def test_a_private_key_with_its_public_half_is_the_same_key():
    halves = base64.b64decode(PUBLIC.removeprefix("whpk_"))
    whole = "whsk_" + base64.b64encode(bytes(range(32)) + halves).decode()
    assert is_signed_by(PUBLIC, headers(whole))


def test_a_signature_of_ten_minutes_ago_is_refused_by_the_receiver():
    sent = headers(NEW, at=datetime.now(UTC) - timedelta(minutes=10))
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(NEW).verify(BODY, sent)


def test_without_a_key_nothing_claims_to_be_signed():
    assert "webhook-signature" not in signed_headers(Keys(), "m", datetime.now(UTC), BODY)


@pytest.mark.parametrize("n", SECRET_BYTES)
def test_a_secret_of_the_least_and_the_most_bytes_signs(n):
    Webhook(secret_of(bytes(n - 1) + b"x")).verify(BODY, headers(secret_of(bytes(n - 1) + b"x")))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (secret_of(bytes(SECRET_BYTES[0] - 1)), "23 bytes, 24 to 64"),
        (secret_of(bytes(SECRET_BYTES[1] + 1)), "65 bytes, 24 to 64"),
        ("whsec_not base64!", "can't be read"),
        ("whsk_" + "A" * 40, "an ed25519 key has 32"),
        ("whsk_" + base64.b64encode(bytes(64)).decode(), "another key's"),
        (PUBLIC, "the receiver has"),
    ],
)
def test_an_unusable_key_is_told_without_showing_it(text, why):
    with pytest.raises(ConfigError, match=why) as told:
        read_keys([text], "the keys of hook")
    assert str(told.value).startswith("the keys of hook")
    assert text[6:] not in str(told.value)


def test_as_many_keys_sign_as_a_rotation_needs_and_no_more():
    keys = [secret_of(bytes([n]) * 24) for n in range(MOST_KEYS + 1)]
    assert len(headers(*keys[:MOST_KEYS])["webhook-signature"].split(" ")) == MOST_KEYS
    with pytest.raises(ConfigError, match="at most 4"):
        read_keys(keys, "keys")


def test_an_address_signs_with_keys_of_its_own_and_all_others_with_the_one_for_all():
    ring = KeyRing(OLD, lambda address: (NEW,) if address == "https://own.example" else ())
    for address, key in (("https://own.example", NEW), ("https://other.example", OLD)):
        Webhook(key).verify(BODY, signed_headers(ring(address), "m", datetime.now(UTC), BODY))
    assert KeyRing("", lambda _address: ())("https://a.example") == Keys()


def test_the_one_key_for_all_is_read_at_the_start():
    with pytest.raises(ConfigError, match="REPORTEDLY_WEBHOOK_SECRET"):
        KeyRing("whsec_short", lambda _address: ())
