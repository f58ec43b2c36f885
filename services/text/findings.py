"""Mistakes in what watches and subscribers share: their ids, their names, and when they wait."""

import re
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import NamedTuple

from services.text.times import parse_clock, parse_length, parse_zone
from services.text.typed_yaml import Row

MAX_ID_CHARS = 64
"""Letters of an id, which is a key on topics and is typed in commands."""

MAX_NAME_CHARS = 200
"""Letters of a name, which heads each message."""

ID_PATTERN = r"[^\W_][\w.-]*"
"""A regular expression of ids."""

LONGEST_WAIT = timedelta(days=7)
"""The longest time between digests, of a throttle, and of an escalation.

Source: digests of news are weekly at most.
"""

MOST_TIMES = 24
"""Times of day of one digest: an hourly one has that many."""

_ID = re.compile(ID_PATTERN)


class Finding(NamedTuple):
    """A mistake at a path of a row, such as `.deliver[0].to`."""

    path: str
    what: str
    is_warning: bool = False


def heading(row: Row, example: str, heads: str) -> Iterator[Finding]:
    """Yield the mistakes of id and name. `example`: an id. `heads`: what the name is for."""
    id, name = row.get("id"), row.get("name")
    if id is not None and (len(id) > MAX_ID_CHARS or not _ID.fullmatch(id)):
        better = "-".join(re.findall(r"[^\W_]+", id.lower()))[:MAX_ID_CHARS]
        shown = f"the id {id!r:.40} can't be used" if id else "the id is empty"
        allowed = f"write letters, digits, - _ and . (at most {MAX_ID_CHARS}, no blanks)"
        yield Finding(".id", f"{shown}: {allowed}, such as {better or example}")
    if name is not None and not any(map(str.isalnum, name)):
        yield Finding(".name", f"the name is empty: write {heads}")
    elif name is not None and (len(name) > MAX_NAME_CHARS or not name.isprintable()):
        what = f"the name is one line of at most {MAX_NAME_CHARS} letters"
        yield Finding(".name", f"{what}, without control characters")


def times(row: Row) -> Iterator[Finding]:
    """Yield the mistakes in a subscriber's zone, times of day, and lengths of time."""
    if why := refused(parse_zone, row.get("zone", "UTC")):
        yield Finding(".zone", why)
    yield from waiting(row)
    yield from clock(".daily", row.get("daily", ""))
    for number, target in enumerate(row.get("targets", ())):
        yield from length(f".targets[{number}].after", target.get("after", ""))


def waiting(row: Row) -> Iterator[Finding]:
    """Yield the mistakes of `quiet`, `digest`, and `throttle`."""
    quiet = row.get("quiet") or {}
    clocks: list[time] = []
    for end in ("from", "to"):
        if end in quiet:
            if why := refused(parse_clock, quiet[end]):
                yield Finding(f".quiet.{end}", why)
            else:
                clocks.append(parse_clock(quiet[end]))
    if len(clocks) == 2 and clocks[0] == clocks[1]:
        what = "quiet hours that end when they begin would never end"
        yield Finding(".quiet", f"{what}: give two different times of day")
    yield from zone(".quiet.zone", quiet.get("zone", ""))
    yield from _digest(row.get("digest"))
    yield from length(".throttle.every", (row.get("throttle") or {}).get("every", ""))


def zone(path: str, given: str) -> Iterator[Finding]:
    """Yield why a zone can't be read. "" is none."""
    if given and (why := refused(parse_zone, given)):
        yield Finding(path, why)


def length(path: str, given: str) -> Iterator[Finding]:
    """Yield why a length of time can't be read, or is too long. "" is none."""
    if given and (why := refused(parse_length, given)):
        yield Finding(path, why)
    elif given and parse_length(given) > LONGEST_WAIT:
        yield Finding(path, f"{given} is too long: write {LONGEST_WAIT.days}d or less")


def clock(path: str, given: str) -> Iterator[Finding]:
    """Yield why a time of day can't be read. "" is none."""
    if given and (why := refused(parse_clock, given)):
        yield Finding(path, why)


def refused(parser: Callable[[str], object], text: str) -> str | None:
    """Return why a text can't be read, or None."""
    try:
        parser(text)
    except ValueError as error:
        return str(error)
    return None


def _digest(rule: Row | None) -> Iterator[Finding]:
    if rule is None:
        return
    every, at = rule.get("every", ""), rule.get("at", ())
    if bool(every) == bool(at):
        what = "a digest has either every: 1h or at: [08:00]"
        yield Finding(".digest", f"{what}: write one of them")
    if len(at) > MOST_TIMES:
        yield Finding(".digest.at", f"at most {MOST_TIMES} times a day, {len(at)} are given")
    yield from length(".digest.every", every)
    for number, given in enumerate(at):
        if why := refused(parse_clock, given):
            yield Finding(f".digest.at[{number}]", why)
    yield from zone(".digest.zone", rule.get("zone", ""))
