"""The form of a search: its fields, and what they ask for. Its addresses hold the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from services.errors import ConfigError
from services.messages import LEVELS, Watch
from services.query.scan import QueryError
from services.search.asked import KINDS, TAKES, Asked, Filters, Kind, asked, in_words
from services.search.watch import as_watch
from services.text.choices import not_allowed

LISTS = (
    "event", "actor", "patient", "agent", "place", "stance", "source", "lang", "status", "time",
)  # fmt: skip
"""Filters that take several values, with commas between."""

KEYED = ("actor", "patient", "agent", "place")
"""Filters whose values are keys of names, or names."""

NUMBERS = ("independent", "killed")
DAYS = ("since", "until")

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""Years that can be asked for; a date outside is a slip of the keyboard."""

AROUND = 40
"""Characters of a query that are shown on each side of a mistake."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a search. The query stands in three pieces, the place in the middle.

    All pieces are "" if it is no place of the query.
    """

    reason: str
    before: str = ""
    at: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a search as somebody filled them in.

    - `kind`: "articles" unless it is another kind that there is.
    - `given`: field to text, without empty ones; `q` is the query.
    """

    kind: Kind
    given: Mapping[str, str]

    @property
    def query(self) -> str:
        """The words."""
        return self.given.get("q", "")

    @property
    def fields(self) -> dict[str, str]:
        """The fields as an address has them."""
        return {**({"in": self.kind} if self.kind != "articles" else {}), **self.given}

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter that takes several."""
        return tuple(v for each in self.given.get(name, "").split(",") if (v := each.strip()))

    def toggled(self, name: str, value: str) -> str:
        """Return the text of a filter with a value more, or less if it has it already."""
        has = self.values(name)
        return ",".join([v for v in has if v != value] if value in has else [*has, value])


def form_of(kind: str, given: Mapping[str, str]) -> Form:
    """Return the form. Fields that a kind does not have are left out."""
    known: Kind = kind if kind in KINDS else "articles"
    has = ("q", *TAKES[known])
    return Form(known, {name: text for name, text in given.items() if text.strip() and name in has})


def search_of(form: Form) -> Asked:
    """Return what a form asks for. Raises ConfigError."""
    return asked(form.kind, form.query, filters_of(form))


def filters_of(form: Form) -> Filters:
    """Return the filters of a form. Raises ConfigError."""
    given = form.given
    found: dict[str, Any] = {name: form.values(name) for name in LISTS if name in given}
    found |= {name: _number(name, given[name]) for name in NUMBERS if name in given}
    level = given.get("level")
    if level is not None and level not in LEVELS:
        raise ConfigError(f"level: {not_allowed(level, LEVELS)}")
    sure = _share(given["confidence"]) if "confidence" in given else 0.0
    since, until = (_day(name, given[name]) if name in given else None for name in DAYS)
    return Filters(
        **found,
        level=level,
        confidence=sure,
        since=_begin(since) if since else None,
        # The last day counts too.
        until=_begin(until + timedelta(days=1)) if until else None,
    )


def mistake_of(error: ConfigError, query: str) -> Mistake:
    """Return what is wrong, with its place in the query if the error has one."""
    reason = str(error)
    at = error.position if isinstance(error, QueryError) else None
    if at is None or not query:
        return Mistake(reason)
    at = min(at, len(query) - 1)
    end = at + 1
    while end < len(query) and not query[end].isspace() and query[at].isalnum():
        end += 1
    before = ("…" if at > AROUND else "") + query[max(0, at - AROUND) : at]
    after = query[end : end + AROUND] + ("…" if len(query) > end + AROUND else "")
    return Mistake(reason.partition(" (at character")[0], before, query[at:end], after)


def api_fields(form: Form, wanted: Asked) -> dict[str, str]:
    """Return the parameters of `/v1/search` that find the same."""
    filters = wanted.filters
    days = {name: at.isoformat() for name in DAYS if (at := getattr(filters, name))}
    return {"in": form.kind} | {**form.given} | days


def watch_fields(form: Form, names: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a new watch that waits for the same; {} if no watch can.

    Watches know no dates. One for articles has the filters as words; one for claims as fields.
    `names`: of keys, which stand in their place: a watch may ask for either.
    """
    named = _named(form, names)
    if form.kind == "articles":
        text = in_words(form.query, filters_of(named))
        return {"q": text} if text else {}
    if form.kind == "incidents" or "status" in form.given:
        return {}
    return {name: text for name, text in named.fields.items() if name not in DAYS}


def watch_of(form: Form) -> Watch:
    """Return the watch that is begun with these fields, without a name.

    What can't be asked stands in it all the same, for its own form says what is wrong.
    """
    try:
        watch = as_watch(search_of(form), "new")
    except ConfigError:
        watch = Watch(id="new", name="", query=form.query or None)
    return msgspec.structs.replace(watch, name="")


def _named(form: Form, names: Mapping[str, str]) -> Form:
    """Return a form with names in place of keys, unless a name has a comma, which parts values."""
    given = dict(form.given)
    for name in KEYED:
        if name in given:
            known = ((value, names.get(value, value)) for value in form.values(name))
            given[name] = ",".join(key if "," in label else label for key, label in known)
    return Form(form.kind, given)


def _number(name: str, text: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 9:
        raise ConfigError(f"{name}: write a whole number, 0 or more")
    return int(text)


def _share(text: str) -> float:
    try:
        return msgspec.convert(text, float, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError("confidence: write a number from 0 to 1") from error


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise ConfigError(f"{name}: write a day such as 2031-05-02") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ConfigError(f"{name}: the year is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
