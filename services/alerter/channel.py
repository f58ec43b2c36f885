"""Channels that a watch may name. One that could never deliver is refused when it is saved."""

import re
from difflib import get_close_matches

from services.addresses import Allowed
from services.channels import FORMS, KINDS, SUBSCRIBER, Scheme, known, subscriber_of
from services.text.findings import ID_PATTERN

_MAIL = frozenset({"email", "e-mail", "mailto", "smtp"})
"""Words that people write for `mail`."""

_WORK_CHAT = frozenset({"teams", "msteams", "xmpp", "irc"})
_PHONE_CHAT = frozenset({"signal", "whatsapp"})
_OTHERS = frozenset({"sms", "pager", "opsgenie", "rss", "push", "kafka"})
_LATER = _WORK_CHAT | _PHONE_CHAT | _OTHERS
"""Ways of delivery that people expect and that are not supported yet."""

_QUOTES = re.compile("[“”„‘’«»]")
_ID = re.compile(ID_PATTERN)
_SCHEME = re.compile(r"([\w.+-]+):(.*)", re.DOTALL)


def channel_refusal(to: str, allowed: Allowed) -> str | None:
    """Return why nothing can be delivered to a channel and what to write instead, or None."""
    if _QUOTES.search(to):
        return (
            f'{to:.60} holds a curly quotation mark: write straight ones around it, such as "log:"'
        )
    word, address = _parts(to.strip())
    if word == SUBSCRIBER:
        return _subscriber_refusal(to)
    if scheme := known(word):
        return _refusal(scheme, to, address, allowed)
    if word in ("http", "https"):
        channel = f'"webhook:{to.strip():.60}"'
        return f"{to:.60} is an address without its channel: write {channel}"
    if word in _MAIL or (word not in _LATER and "@" in to):
        address = address if word in _MAIL else to.strip()
        return f'{to:.60} is no channel: write "mail:{address:.60}"'
    if word in _LATER:
        return f"delivery by {word} is not supported yet: {FORMS}"
    near = get_close_matches(word, KINDS, n=1)
    meant = f"did you mean {near[0]}:? " if near else ""
    return f"{to:.60} is no channel: {meant}{FORMS}"


def _parts(to: str) -> tuple[str, str]:
    """Return the scheme of a channel, and what stands behind its colon."""
    found = _SCHEME.fullmatch(to)
    return (found[1].lower(), found[2].strip()) if found else (to.lower(), "")


def _subscriber_refusal(to: str) -> str | None:
    id = subscriber_of(to)
    if id is not None and _ID.fullmatch(id):
        return None
    return f'{to:.60} names no subscriber: write "{SUBSCRIBER}:" and an id, such as subscriber:ann'


def _refusal(scheme: Scheme, to: str, address: str, allowed: Allowed) -> str | None:
    kind = KINDS[scheme]
    if kind.refusal is None:
        exact = f"{scheme}:"
        return None if to == exact else f'write "{exact}" with a colon and nothing behind it'
    if to != f"{scheme}:{address}":
        return (
            f"write {scheme}: in small letters with the address right behind it: "
            f'"{scheme}:{address:.60}"'
        )
    if not address:
        return f'the address is missing: write "{kind.example}"'
    why = kind.refusal(address, allowed)
    return None if why is None else f"nothing can be delivered to {scheme}:{address:.60}: {why}"
