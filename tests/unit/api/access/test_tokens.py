"""How tokens are made, and what of them is stored."""

from datetime import UTC, datetime, timedelta

import pytest

from services.api.access.making import MOST_DAYS, MOST_GROUPS, MOST_NAME_CHARS, make_token, shown
from services.api.access.tokens import digest_of, new_token, person_of
from services.errors import ConfigError
from services.messages import encode

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def made(person="amira", scope="editor", groups=("levant",), label="", days=1):
    return make_token(person, scope, groups, label=label, days=days, now=NOW)


def test_what_is_stored_opens_nothing_and_names_the_secret_nowhere():
    token, text = made()
    secret = text.split("_", 2)[2]
    assert len(text) == 55
    assert secret not in encode(token).decode()
    assert token.digest == digest_of(secret)
    known = {token.token_id: token}
    assert person_of(text, known, NOW) is not None
    assert person_of(f"rp_{token.token_id}_{token.digest[:43]}", known, NOW) is None
    assert "digest" not in shown(token)


def test_no_two_tokens_are_alike():
    assert len({new_token().text for _ in range(100)}) == 100


def test_a_token_lasts_as_long_as_was_asked():
    assert made(days=0)[0].expires_at is None
    assert made(days=MOST_DAYS)[0].expires_at == NOW + timedelta(days=MOST_DAYS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": ""},
        {"person": " "},
        {"person": " amira"},
        {"person": "a\nb"},
        {"person": "x" * (MOST_NAME_CHARS + 1)},
        {"person": "group:levant"},
        {"groups": ["group:levant"]},
        {"groups": [""]},
        {"groups": [str(n) for n in range(MOST_GROUPS + 1)]},
        {"label": "a\nb"},
        {"label": "x" * (MOST_NAME_CHARS + 1)},
        {"days": -1},
        {"days": MOST_DAYS + 1},
    ],
    ids=str,
)
def test_a_token_that_would_name_nobody_is_not_made(wrong):
    with pytest.raises(ConfigError):
        made(**wrong)
