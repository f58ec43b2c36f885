"""Channels that a watch may name. One that could never deliver is refused when it is saved."""

import re
from difflib import get_close_matches

from services.addresses import Allowed, check_target

CHANNELS = 'the channels are "log:" and "webhook:https://…"'

_MAIL = frozenset({"mail", "email", "e-mail", "mailto", "smtp"})
_WORK_CHAT = frozenset({"slack", "teams", "msteams", "discord", "matrix", "xmpp", "irc"})
_PHONE_CHAT = frozenset({"telegram", "signal", "whatsapp"})
_OTHERS = frozenset({"sms", "pager", "pagerduty", "opsgenie", "rss", "push", "kafka"})
_LATER = _MAIL | _WORK_CHAT | _PHONE_CHAT | _OTHERS
"""Ways of delivery that people expect and that are not supported yet."""

_QUOTES = re.compile("[“”„‘’«»]")
_SCHEME = re.compile(r"([\w.+-]+):(.*)", re.DOTALL)


def channel_refusal(to: str, allowed: Allowed) -> str | None:
    """Return why nothing can be delivered to a channel and what to write instead, or None."""
    if to == "log:":
        return None
    if _QUOTES.search(to):
        return (
            f'{to:.60} holds a curly quotation mark: write straight ones around it, such as "log:"'
        )
    kind, address = _parts(to.strip())
    if kind == "log":
        return 'write "log:" with a colon and nothing behind it'
    if kind == "webhook":
        return _webhook_refusal(to, address, allowed)
    if kind in ("http", "https"):
        channel = f'"webhook:{to.strip():.60}"'
        return f"{to:.60} is an address without its channel: write {channel}"
    if kind in _LATER:
        return f"delivery by {kind} is not supported yet: {CHANNELS}"
    if "@" in to:
        return f"delivery by mail is not supported yet: {CHANNELS}"
    near = get_close_matches(kind, ["log", "webhook"], n=1)
    meant = f"did you mean {near[0]}:? " if near else ""
    return f"{to:.60} is no channel: {meant}{CHANNELS}"


def _parts(to: str) -> tuple[str, str]:
    """Return the kind of a channel, and what stands behind its colon."""
    found = _SCHEME.fullmatch(to)
    return (found[1].lower(), found[2].strip()) if found else (to.lower(), "")


def _webhook_refusal(to: str, address: str, allowed: Allowed) -> str | None:
    if to != f"webhook:{address}":
        return (
            "write webhook: in small letters with the address right behind it: "
            f'"webhook:{address:.60}"'
        )
    if not address:
        return 'the address is missing: write "webhook:https://example.org/hook"'
    why = check_target(address, allowed)
    return None if why is None else f"nothing can be delivered to webhook:{address:.60}: {why}"
