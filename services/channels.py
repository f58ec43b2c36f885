"""The channels that revisions of alerts go to. Pure: nothing is looked up or connected to.

A channel is written as its scheme and its address: `log:`, `webhook:https://example.org/hook`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from services.addresses import Allowed, check_target
from services.text.findings import ID_PATTERN
from services.text.mail import address_refusal

Scheme = Literal[
    "log",
    "webhook",
    "mail",
    "slack",
    "telegram",
    "discord",
    "matrix",
    "ntfy",
    "pagerduty",
    "apprise",
]
"""What stands before the colon of a channel."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""The name of an entry in the file of secrets."""

DISCORD_WEBHOOK = re.compile(
    r"https?://[^\s/?#@]+(?:/[A-Za-z0-9_.-]+)*/webhooks/[0-9]{1,20}/(?P<token>[A-Za-z0-9_-]+)"
)
"""The address of a webhook, as Discord shows it, or behind a proxy. Its token is a secret.

Nothing follows the token: a slash, `/slack` or a query would be taken for it, and shown.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """The channels of one scheme.

    - `form`: how one is written, with "…" for what differs. `example`: one that may be copied.
    - `pattern`: a regular expression of the address, for editors.
    - `refusal`: returns in one sentence why an address can't be used, or None. It bounds what can
      be reached by whoever may save a watch. Channels without an address have None here.
    - `takes_digests`: True if the digest of a watch is one message.
    """

    form: str
    example: str
    pattern: str
    refusal: Callable[[str, Allowed], str | None] | None
    takes_digests: bool


def _named(form: str, example: str, address: str) -> Kind:
    """Return a kind whose addresses begin with the name of an entry in the file of secrets.

    Where they lead is decided by that file, which is the operator's.
    """

    def refusal(given: str, _allowed: Allowed) -> str | None:
        if re.fullmatch(address, given):
            return None
        return f'write "{form}", such as "{example}" (NAME stands in the file of secrets)'

    return Kind(form, example, address, refusal, takes_digests=True)


_N = NAME.pattern

KINDS: dict[Scheme, Kind] = {
    "log": Kind(form="log:", example="log:", pattern="", refusal=None, takes_digests=False),
    "webhook": Kind(
        form="webhook:https://…",
        example="webhook:https://example.org/hook",
        pattern="https?://.+",
        refusal=check_target,
        takes_digests=True,
    ),
    "mail": Kind(
        form="mail:…@…",
        example="mail:ann@example.org",
        pattern=r"[^\s@]+@[^\s@]{2,}",
        refusal=lambda address, _allowed: address_refusal(address),
        takes_digests=True,
    ),
    "slack": _named("slack:NAME/C…", "slack:desk/C0123ABCD", rf"{_N}/[CDGUW][A-Z0-9]{{2,20}}"),
    "telegram": _named(
        "telegram:NAME/…",
        "telegram:desk/-1001234567890",
        rf"{_N}/(-?[0-9]{{1,20}}|@[A-Za-z][A-Za-z0-9_]{{3,31}})",
    ),
    "discord": _named("discord:NAME", "discord:desk", _N),
    "matrix": _named(
        "matrix:NAME/!…", "matrix:desk/!room:example.org", rf"{_N}/![!-.0-~]{{1,254}}"
    ),
    "ntfy": _named("ntfy:[NAME/]…", "ntfy:desk/alerts", rf"({_N}/)?[-_A-Za-z0-9]{{1,64}}"),
    "pagerduty": _named("pagerduty:NAME", "pagerduty:oncall", _N),
    "apprise": _named("apprise:NAME", "apprise:phones", _N),
}

SUBSCRIBER = "subscriber"
"""What stands before the colon where a watch delivers to a subscriber: it names channels."""

FORMS = "the channels are " + ", ".join(f'"{kind.form}"' for kind in KINDS.values())
"""What a message about an unusable channel ends with."""

_PATTERNS = [f"{scheme}:{kind.pattern}" for scheme, kind in KINDS.items()]

PATTERN = "^(" + "|".join([*_PATTERNS, f"{SUBSCRIBER}:{ID_PATTERN}"]) + ")$"
"""A regular expression of all channels, for editors."""


def known(scheme: str) -> Scheme | None:
    """Return a scheme; None for a word that is none."""
    return scheme if scheme in KINDS else None


def scheme_of(to: str) -> Scheme | None:
    """Return the scheme of a channel; None for something that is no channel."""
    scheme, colon, _ = to.partition(":")
    return known(scheme) if colon else None


def address_of(to: str) -> str:
    """Return what stands behind the scheme of a channel."""
    return to.partition(":")[2]


def subscriber_of(to: str) -> str | None:
    """Return the id of the subscriber that a watch delivers to; None for a channel."""
    word, colon, id = to.partition(":")
    return id if colon and word == SUBSCRIBER else None
