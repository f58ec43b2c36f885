"""The list of watches, and how two versions of one differ, in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.desk.figures import Figure
from services.desk.waits import NameOf, waits_for
from services.desk.watch_form import TELLS
from services.desk.words import STATUS_NAMES, event_name
from services.messages import LEVELS, Watch
from services.text.happening import capital

GROUP = "group:"
"""What stands before the name of a group in `owner` of a watch."""

LABELS: Mapping[str, str] = {
    "name": "Name",
    "query": "Words of articles",
    "passing": "Also in passing",
    "unless": "Exceptions",
    "not_rules": "Rules left out",
    "event": "Events",
    "patient": "Who was affected",
    "agent": "Who did it",
    "actor": "Who is involved",
    "place": "Where",
    "status": "How well supported",
    "independent": "Independent sources",
    "killed": "Dead",
    "confidence": "Confidence in percent",
    "to": "Channels",
    "tells": "What they are told of",
    "quiet_from": "Quiet from",
    "quiet_to": "Quiet to",
    "quiet_zone": "Time zone of quiet hours",
    "quiet_except": "At once in quiet hours",
    "digest_every": "Collected for",
    "digest_at": "Collected until",
    "digest_zone": "Time zone of the digest",
    "throttle": "At most once in",
    "owner": "Whose it is",
    "enabled": "Switched on",
    "id": "Short name",
}
"""Field of the form to its label, in the order of the form."""

LEVEL_WORDS: tuple[tuple[str, str], ...] = (
    ("", "any"),
    *((level, f"{STATUS_NAMES[level].lower()} or more") for level in LEVELS),
)
"""Choices of how well supported an event must be."""


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A watch in the list.

    - `expected`: alerts a day that are expected of it, in words. `n_week`: of the last seven days.
    - `last_at`: when its last alert changed; None if none is stored.
    - `ratio`: how many of the judged ones were right and wanted; "" if none was judged.
    """

    id: str
    name: str
    waits_for: str
    owner: str
    enabled: bool
    expected: str
    n_week: int
    last_at: datetime | str | None
    ratio: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the index knows of a watch's alerts."""

    n_week: int = 0
    last_at: str | None = None


def row(
    watch: Watch,
    figures: Figures,
    reader: str,
    *,
    expected: float | None,
    judged: Figure | None = None,
    name_of: NameOf = lambda _: "",
) -> WatchRow:
    """Return a watch as it is listed for a reader. `judged`: its alerts by the desk's verdicts."""
    return WatchRow(
        id=watch.id,
        name=watch.name,
        waits_for=waits_for(watch, name_of),
        owner=owner_words(watch.owner, reader),
        enabled=watch.enabled,
        expected=rate_words(expected),
        n_week=figures.n_week,
        last_at=figures.last_at,
        ratio=ratio_words(judged),
    )


def owner_words(owner: str | None, reader: str) -> str:
    """Return whose a watch is, as the reader calls it."""
    if not owner:
        return "everybody's"
    if owner == reader:
        return "yours"
    group = owner.removeprefix(GROUP)
    return f"shared with {group}" if group != owner else f"{owner}'s"


def owners(reader: str, groups: Sequence[str], now: str) -> list[tuple[str, str]]:
    """Return whose a reader may make a watch, and whose it is now."""
    found = {"": "everybody's: all see it", reader: "mine"}
    found |= {f"{GROUP}{group}": f"shared with {group}" for group in sorted(groups)}
    if now not in found:
        found[now] = owner_words(now, reader)
    return [*found.items()]


def ratio_words(figure: Figure | None) -> str:
    """Return how many of the judged alerts were right and wanted, with the interval."""
    if figure is None or not figure.n:
        return ""
    low, high = figure.wanted_interval
    return f"{figure.right} of {figure.n} ({low:.0%} to {high:.0%})"


def rate_words(a_day: float | None) -> str:
    """Return a number of alerts a day, as exact as it is known: it is a guess."""
    if a_day is None:
        return "unknown"
    if a_day < _RARE:
        return "hardly any"
    return f"about {a_day:,.0f}" if a_day >= 1 else "less than 1"


_RARE = 0.05
"""Alerts a day of which there is one in three weeks."""


def differing(
    saved: Mapping[str, Sequence[str]], mine: Mapping[str, Sequence[str]]
) -> list[tuple[str, str, str]]:
    """Return the fields that two forms of a watch fill differently: label, saved, mine."""
    found: list[tuple[str, str, str]] = []
    for name, label in LABELS.items():
        if name in _PARTS:
            continue
        before, after = (_shown(name, form) for form in (saved, mine))
        if before != after:
            found.append((label, before, after))
    return found


_PARTS = ("id", "tells")
"""Fields that are no values of their own: the id stays, and what is told belongs to a channel."""


def _shown(name: str, form: Mapping[str, Sequence[str]]) -> str:
    given = [value for value in form.get(name, ()) if value]
    if name == "to":
        tells = [*form.get("tells", ())]
        words = {choice: told for choice, (told, _) in TELLS.items()}
        pairs = [
            (to, tells[n] if n < len(tells) else "") for n, to in enumerate(form.get(name, ()))
        ]
        return ", ".join(f"{to} {words.get(tell, '')}".strip() for to, tell in pairs if to)
    if name == "event":
        return ", ".join(event_name(value) for value in given)
    if name in ("passing", "enabled"):
        return "yes" if given else "no"
    return ", ".join(given)


def event_choices(events: Sequence[str]) -> list[tuple[str, str]]:
    """Return the types of event by their names, in the order of the alphabet."""
    return sorted(((each, capital(event_name(each))) for each in events), key=lambda row: row[1])
