"""What the page of a watch shows: its form, what is wrong in it, what it would find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.api.access.people import Person
from services.api.problems import Problem
from services.api.watching import Preview, Watching
from services.desk.preview import Histogram, histogram
from services.desk.waits import waits_for
from services.desk.watch_form import (
    CHANNELS,
    KEPT,
    NAMES,
    TELLS,
    Fields,
    by_field,
    fields,
    read,
)
from services.desk.watch_rows import (
    LABELS,
    LEVEL_WORDS,
    differing,
    event_choices,
    owners,
    rate_words,
)
from services.desk.words import event_name
from services.messages import Watch
from services.messages.events import EVENTS
from services.text.counts import counted

URGENT = (("confirmed", "confirmed"), ("denied", "denied"), ("corrected", "corrections"))
"""What may go out in quiet hours."""

_ANCHORS = {"event": "events", "to": "to0", "tells": "to0"}
"""Fields whose errors lead to another element than that of their name."""

ERROR_FIELDS = (
    *(name for name in LABELS if name not in ("to", "tells", "passing", "enabled")),
    *(f"to{n}" for n in range(CHANNELS)),
)
"""Fields that a mistake may stand beside."""


@dataclass(frozen=True, slots=True)
class Read:
    """A form as it was read: the watch that it describes, None if there is a mistake.

    - `messages`: mistakes and warnings by field. `errors`: the fields with a mistake.
    - `understood`: what it waits for, in a sentence; "" if there is a mistake.
    """

    watch: Watch | None
    messages: Mapping[str, Sequence[str]]
    errors: tuple[str, ...]
    understood: str = ""
    expected: str = ""

    @property
    def labels(self) -> Mapping[str, str]:
        """Field to its label."""
        return {**LABELS} | {f"to{n}": f"Channel {n + 1}" for n in range(CHANNELS)}

    @property
    def anchors(self) -> Mapping[str, str]:
        """Field to the id of its element."""
        return {name: _ANCHORS.get(name, name) for name in self.messages}

    @property
    def fields(self) -> Sequence[str]:
        """All fields that a mistake may stand beside."""
        return ERROR_FIELDS


UNREAD = Read(None, {}, ())
"""A form that nobody has filled in yet."""


def called(watching: Watching, watch: Watch | None) -> dict[str, str]:
    """Return id to name, for what a watch asks for by id and its name would ask for, too."""
    claim = watch.claim if watch is not None else None
    ids = {id for field in NAMES for id in getattr(claim, field)} if claim else set[str]()
    named = {id: watching.names.name_of(id) for id in ids}
    return {id: name for id, name in named.items() if _means(watching, name, id)}


def _means(watching: Watching, name: str, id: str) -> bool:
    """Return True if a name, written into a field with commas, means this actor and no other."""
    return bool(name) and "," not in name and [*watching.names.ids_of(name)] == [id]


def shown_fields(watching: Watching, watch: Watch) -> dict[str, list[str]]:
    """Return a watch as its page shows it: names in place of ids."""
    return fields(watch, called(watching, watch))


def read_form(watching: Watching, form: Fields, before: Watch | None) -> Read:
    """Return what a form describes, with its mistakes in plain words."""
    written = read(form, before, called(watching, before))
    checked = watching.check(written.row)
    messages = {name: list(texts) for name, texts in written.unread.items()}
    for name, texts in by_field(checked.findings).items():
        known = messages.setdefault(name if name in ERROR_FIELDS else "query", [])
        known += [text for text in texts if text not in known]
    errors = {*written.unread, *by_field(checked.errors)}
    if checked.watch is None or written.unread:
        return Read(None, messages, tuple(sorted(errors)))
    names = watching.names
    return Read(
        checked.watch,
        messages,
        (),
        waits_for(checked.watch, names.name_of),
        rate_words(checked.expected),
    )


def choices(person: Person, form: Fields) -> dict[str, Any]:
    """Return what the fields of a form offer."""
    has_kept = KEPT in form.get("tells", ())
    tells = [(name, words) for name, (words, _) in TELLS.items()]
    return {
        "channels": CHANNELS,
        "events": event_choices(EVENTS),
        "event_names": ", ".join(event_name(each) for each in form.get("event", ())),
        "levels": LEVEL_WORDS,
        "tells": [*tells, *([(KEPT, "as saved before")] if has_kept else [])],
        "urgent": URGENT,
        "owners": owners(person.name, sorted(person.groups), next(iter(form.get("owner", ())), "")),
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview as a page shows it. `problem`: why there is none."""

    histogram: Histogram | None = None
    found: Preview | None = None
    expected: str = ""
    problem: str = ""


def preview_of(watching: Watching, form: Read) -> Shown:
    """Return the preview of a form, or why there is none. Raises TransientError."""
    if form.watch is None:
        return Shown(problem="Mend the form first: then it can be tried on what is stored.")
    try:
        found = watching.preview(form.watch)
    except Problem as error:
        return Shown(problem=str(error.detail))
    bars = histogram(found.per_day, found.first, found.last)
    return Shown(bars, found, rate_words(found.a_day) if found.a_day is not None else "unknown")


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else saved meanwhile: its version, and the fields that differ."""

    version: int
    rows: Sequence[tuple[str, str, str]]


def theirs_of(watching: Watching, saved: Watch, form: Fields) -> Theirs:
    """Return how what is saved differs from a form."""
    return Theirs(saved.version, differing(shown_fields(watching, saved), form))


def stored_words(preview: Preview) -> str:
    """Return how much was looked at, in words."""
    return counted((preview.last - preview.first).days, "day")
