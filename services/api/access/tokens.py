"""Tokens: how they are written, and what is stored of them."""

import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from services.api.access.people import Person
from services.messages import Token

PREFIX = "rp"
ID_CHARS = 8
SECRET_BYTES = 32
"""Random bytes of a secret: 256 bits, which nobody guesses; 43 characters in base64."""

MOST_TOKEN_CHARS = 128
"""Characters of a text that is looked at as a token. A whole one has 55."""

_TOKEN = re.compile(rf"{PREFIX}_([a-z0-9]{{{ID_CHARS}}})_([A-Za-z0-9_-]{{43}})")
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Letters and digits of ids, without those that are mistaken for others."""


class NewToken(NamedTuple):
    """A token that was just made: its text is shown once and stored nowhere."""

    id: str
    text: str
    digest: str


def new_token() -> NewToken:
    """Return a token that nobody can guess."""
    id = "".join(secrets.choice(_ALPHABET) for _ in range(ID_CHARS))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return NewToken(id, f"{PREFIX}_{id}_{secret}", digest_of(secret))


def digest_of(secret: str) -> str:
    """Return what is stored of a secret.

    A plain hash is enough: a secret of 256 random bits is found by no list of words.
    """
    return sha256(secret.encode()).hexdigest()


def person_of(text: str, tokens: Mapping[str, Token], now: datetime) -> Person | None:
    """Return whose a token is; None if it is none of `tokens`, or has expired.

    The time that this takes tells nothing of a secret.
    """
    found = _TOKEN.fullmatch(text) if len(text) <= MOST_TOKEN_CHARS else None
    token = tokens.get(found[1]) if found else None
    given = digest_of(found[2] if found else "")
    is_right = hmac.compare_digest(given, token.digest if token else "0" * len(given))
    if token is None or not is_right or (token.expires_at is not None and token.expires_at <= now):
        return None
    return Person(token.person, token.scope, frozenset(token.groups), token.token_id)
