"""Channels that a watch may name: what is refused when it is saved, as nothing could ever be delivered there."""

import re
from difflib import get_close_matches

from services.addresses import Allowed, check_target

CHANNELS = 'the channels are "log:" and "webhook:https://…"'

_MAIL = frozenset({"mail", "email", "e-mail", "mailto", "smtp"})
_CHAT = frozenset({"slack", "teams", "msteams", "discord", "telegram", "signal", "whatsapp", "xmpp", "irc", "matrix"})
_OTHERS = frozenset({"sms", "pager", "pagerduty", "opsgenie", "rss", "push", "kafka"})
_LATER = _MAIL | _CHAT | _OTHERS
"""Ways of delivery that people expect and that there are none of yet."""

_QUOTES = re.compile("[“”„‘’«»]")
_SCHEME = re.compile(r"([\w.+-]+):(.*)", re.DOTALL)


def channel_refusal(to: str, allowed: Allowed) -> str | None:
    """Return why nothing can be delivered to a channel and what to write instead, or None."""
    if to == "log:":
        return None
    if _QUOTES.search(to):
        return f'{to:.60} holds a curly quotation mark: write straight ones around it, such as "log:"'
    kind, address = (found[1].lower(), found[2].strip()) if (found := _SCHEME.fullmatch(to.strip())) else (to.strip().lower(), "")
    if kind == "log":
        return 'write "log:" with a colon and nothing behind it'
    if kind == "webhook":
        return _webhook_refusal(to, address, allowed)
    if kind in ("http", "https"):
        return f'{to:.60} is an address without its channel: write "webhook:{to.strip():.60}"'
    if kind in _LATER:
        return f"delivery by {kind} is not supported yet: {CHANNELS}"
    if "@" in to:
        return f"delivery by mail is not supported yet: {CHANNELS}"
    near = get_close_matches(kind, ["log", "webhook"], n=1)
    return f"{to:.60} is no channel: {f'did you mean {near[0]}:? ' if near else ''}{CHANNELS}"


def _webhook_refusal(to: str, address: str, allowed: Allowed) -> str | None:
    if to != f"webhook:{address}":
        return f'write webhook: in small letters with the address right behind it: "webhook:{address:.60}"'
    if not address:
        return 'the address is missing: write "webhook:https://example.org/hook"'
    why = check_target(address, allowed)
    return None if why is None else f"nothing can be delivered to webhook:{address:.60}: {why}"
