"""For tests of what recipients read: what mail and chat clients make a link of.

Their rules differ (Android's `Patterns`, Telegram's `find_urls`, linkify-it, linkifyjs); this finds
what any of them does, whatever the top-level domain.
"""

import regex

_DOT = "[.\u3002\uff0e\uff61]"
_LABEL = r"[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?"
_TOP = r"\p{L}[\p{L}\p{M}\p{N}-]+"
_CLICKED = regex.compile(
    rf"[\p{{L}}\p{{N}}+.-]+://\S+"  # any scheme
    r"|\b(?:mailto|tel|sms|news|geo|xmpp|magnet|matrix):[\p{L}\p{N}?+]\S*"
    rf"|(?:[\w.+-]+@)?(?:{_LABEL}{_DOT})+{_TOP}(?::\d+)?"  # a domain, an address of mail
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"
)


def clicked(text: str) -> list[str]:
    """Return the pieces of a text that a client may make a link of."""
    return [found[0] for found in _CLICKED.finditer(text)]
