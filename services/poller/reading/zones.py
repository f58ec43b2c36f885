"""Names of time zones in dates."""

import re
from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
import yaml

MAX_OFFSET = timedelta(hours=14)
"""The largest offset from UTC of any place (Kiribati)."""

_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?")


def zone_named(name: str, language: str | None) -> tzinfo | None:
    """Return the zone that a name means in a feed of a language ("en-IN").

    None if the name is unknown, or means several zones.
    """
    known = _table().get(name.upper())
    if not isinstance(known, dict):
        return offset(known) if known else None
    code = language or ""
    found = known.get(code) or known.get(code.partition("-")[0]) or known.get("")
    return offset(found) if found else None


def has_several(name: str) -> bool:
    """Return True if a name means several zones."""
    return isinstance(_table().get(name.upper()), dict)


@lru_cache(maxsize=256)
def offset(text: str) -> tzinfo | None:
    """Return the zone of "+02:00", "-0500", or "+3"; None if there can't be one."""
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    minutes = int(found[3] or 0)
    size = timedelta(hours=int(found[2]), minutes=minutes)
    if size > MAX_OFFSET or minutes >= 60:
        return None
    return timezone(-size if found[1] == "-" else size)


@cache
def _table() -> Mapping[str, str | dict[str, str]]:
    raw = (files("services.poller.reading") / "zones.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(raw), dict[str, str | dict[str, str]])
