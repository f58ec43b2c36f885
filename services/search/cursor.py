"""The place where a page of a search ended, as text that a client hands back."""

import base64
import binascii
from typing import Any

import msgspec

from services.errors import ConfigError
from services.search.asked import Asked
from services.text.hashes import digest

MOST_LETTERS = 4096
"""Characters of a cursor: ids of points in time have hundreds for each index."""


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in a search.

    - `search`: the digest of the search that it belongs to.
    - `after`: the values that the last hit was sorted by; () for the beginning.
    - `pit`: the point in time that the search goes on in; "" if none is open yet.
    """

    search: str
    after: tuple[int | str | None, ...]
    pit: str = ""


def of_search(asked: Asked) -> str:
    """Return the digest of what a search asks."""
    return digest(asked.kind, asked.query, msgspec.json.encode(asked.filters).decode())


def written(cursor: Cursor) -> str:
    """Return a cursor as text that an address may hold."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def read(text: str, asked: Asked) -> Cursor:
    """Return the cursor of a text. Raises ConfigError for any that this search did not give."""
    wrong = ConfigError("after: this is no place in this search: give `next` of its last answer")
    if len(text) > MOST_LETTERS:
        raise wrong
    padded = text + "=" * (-len(text) % 4)
    try:
        found: Any = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=Cursor)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise wrong from error
    if found.search != of_search(asked) or len(found.after) not in (0, 2):
        raise wrong
    assert isinstance(found, Cursor)
    return found
