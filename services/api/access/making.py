"""Makes tokens: who may get one, and for how long. The command and the API share it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from services.api.access.people import GROUP
from services.api.access.tokens import new_token
from services.errors import ConfigError
from services.messages import Scope, Token

MOST_NAME_CHARS = 100
"""Characters of the name of a person or a group, and of a label."""

MOST_GROUPS = 50
"""Groups of a person. A desk has a few."""

MOST_DAYS = 3_650
"""Days for which a token may be made: ten years."""

DAYS = 365
"""Days for which a token is made if none are given: who forgets one loses it within a year."""


def make_token(
    person: str,
    scope: Scope,
    groups: Sequence[str],
    *,
    label: str,
    days: int,
    now: datetime,
) -> tuple[Token, str]:
    """Return what is stored of a new token, and its text, which is shown once.

    `days`: 0 for one that never expires. Raises ConfigError for what is not allowed.
    """
    for what, name in (("person", person), *(("group", group) for group in groups)):
        _check(what, name)
    if len(groups) > MOST_GROUPS:
        raise ConfigError(f"a person is in at most {MOST_GROUPS} groups, not in {len(groups)}")
    if len(label) > MOST_NAME_CHARS or (label and not label.isprintable()):
        raise ConfigError(f"the label is one line of at most {MOST_NAME_CHARS} characters")
    if not 0 <= days <= MOST_DAYS:
        raise ConfigError(f"days are 1 to {MOST_DAYS}, or 0 for a token that never expires")
    made = new_token()
    token = Token(
        token_id=made.id,
        digest=made.digest,
        person=person,
        scope=scope,
        groups=tuple(dict.fromkeys(groups)),
        label=label,
        made_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    return token, made.text


def shown(token: Token) -> dict[str, Any]:
    """Return a token as people see it: nothing that helps to guess it."""
    row: dict[str, Any] = msgspec.to_builtins(token)
    del row["digest"]
    return row


def _check(what: str, name: str) -> None:
    if not name.strip() or len(name) > MOST_NAME_CHARS or not name.isprintable():
        raise ConfigError(f"the name of a {what} is one line of 1 to {MOST_NAME_CHARS} characters")
    if name != name.strip():
        raise ConfigError(f"the name of a {what} begins or ends with a blank: {name!r:.60}")
    if name.startswith(GROUP):
        raise ConfigError(f"{name:.60} has {GROUP} before it: give the name alone")
