"""Tokens: what lets a person use the API."""

from typing import Annotated, Literal

import msgspec

from services.messages.base import Message, Timestamp

Scope = Literal["reader", "editor", "operator"]
"""What a person may do, in rising order.

- reader: read.
- editor: also change watches that are seen, answer alerts, and judge.
- operator: everything, for everybody.
"""

TokenDigest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""The SHA-256 of a secret, in hexadecimal digits."""


class Token(Message, frozen=True, kw_only=True):
    """Who may use the API with one secret, which is stored nowhere.

    - `digest`: of the secret, by which it is recognised.
    - `person`: whose it is, as `owner` of a watch names people.
    - `groups`: whose shared watches the person sees, as `group:NAME` of an owner names them.
    - `label`: what it is for.
    - `expires_at`: from when on it opens nothing; None: never. Times are of the machine's clock.
    """

    token_id: str
    digest: TokenDigest
    person: str
    scope: Scope
    groups: tuple[str, ...] = ()
    label: str = ""
    made_at: Timestamp
    expires_at: Timestamp | None = None
