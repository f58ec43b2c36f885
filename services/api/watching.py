"""Watches of the API: checked, saved with their version, tried on what is stored."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from fastapi import FastAPI
from msgspec.structs import replace

from services.api.access.people import Person
from services.api.desk import Desk
from services.api.history import past_of
from services.api.lately import Lately
from services.api.problems import Problem
from services.api.tables import WATCHES
from services.backtest.versions import Difference, Told, Tried, difference, tried
from services.desk.found import Hit, hits_of
from services.messages import Watch, encode
from services.ports import JsonObject
from services.runtime.files import map_file
from services.search.asked import Asked, Filters
from services.search.pages import every_row, first_page
from services.search.rows import Row as FoundRow
from services.search.watch import of_watch
from services.watching.checking import Checked, Row, Vocabulary, check, expected_of
from services.watching.vocabulary import vocabulary

PREVIEW_DAYS = 30
"""Days of the history that a preview looks at: as long as a claim stays open, and as long as the
topic of tagged articles keeps them."""

ARTICLES_AN_ALERT = 4
"""Articles of one story (services/alerter/expected.py): words find each of them, and alert once."""

MOST_ROWS = 1_000
"""Rows that are read where they can't be counted."""

TRIAL_SECONDS = 20.0
"""Seconds after which a trial reads no further article. A page waits 30 at most."""

KEPT_SECONDS = 300.0
"""Seconds for which a preview and a comparison are kept: somebody looks at both, and goes back."""

MOST_KEPT = 50
"""Previews and comparisons that are kept; each has some kilobytes."""

SAMPLE = 8
"""Rows that a preview shows, the newest."""

PATIENCE_SECONDS = 10.0
"""Seconds that a preview waits for another one to end. One runs at a time: each may read what all
articles of a month hold."""

SETTLE_SECONDS = 0.3
"""Seconds after which no other process can have saved the same version without having seen this
one: it reads every 0.1 s (services/api/tables.py), and a write takes some hundredths of a second.
While Kafka is slower than that, a replaced editor may not be told."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a watch would have found.

    - `per_day`: hits by day (UTC), from `first` to `last`; days without any are left out.
    - `a_day`: alerts a day that follow, over the days that are stored; None if none is.
    - `is_whole`: every hit was counted, not only the newest.
    - `told`: what it would have sent of the articles that were read: `n_read` of `n_found`.
    """

    per_day: dict[date, int]
    first: date
    last: date
    total: int
    a_day: float | None
    sample: tuple[Hit, ...]
    is_whole: bool = True
    told: Told = field(default_factory=Told)
    n_read: int = 0
    n_found: int = 0


def watching_of(app: FastAPI, desk: Desk) -> "Watching":
    """Return what an application knows of watches, which pages and routes share."""
    if not hasattr(app.state, "watching"):
        app.state.watching = Watching(desk)
    found: Watching = app.state.watching
    return found


class Watching:
    """Checks and saves watches, and tries them on the index. Thread-safe."""

    def __init__(
        self,
        desk: Desk,
        names: Callable[[], Vocabulary] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._desk, self._clock = desk, clock
        self._previews: Lately[bytes, Preview] = Lately(MOST_KEPT, KEPT_SECONDS, clock)
        self._compared: Lately[tuple[bytes, bytes], Difference] = Lately(
            MOST_KEPT, KEPT_SECONDS, clock
        )
        self._names = names or self._load_names
        self._vocabulary: Vocabulary | None = None
        self._loading, self._saving, self._trying = (threading.Lock() for _ in range(3))

    @property
    def names(self) -> Vocabulary:
        """The names that watches can ask for. The first time it takes seconds."""
        with self._loading:
            if self._vocabulary is None:
                self._vocabulary = self._names()
            return self._vocabulary

    def warm(self) -> None:
        """Begin to read the names, so that nobody waits for them."""
        threading.Thread(target=lambda: self.names, name="names", daemon=True).start()

    def check(self, row: Row) -> Checked:
        """Return the watch of a row with what is to be said of it."""
        return check(row, self.names, self._desk.settings.fetch_allow_networks)

    def expected(self, watch: Watch) -> float | None:
        """Return about how many alerts a day a saved watch brings; None if it can't be read."""
        return expected_of(watch, self.names)

    def get(self, person: Person, id: str) -> Watch:
        """Return a saved watch. Raises Problem 404 if the person sees none of that id."""
        watch = self._desk.tables.watches().get(id)
        if watch is None or not person.owns(watch.owner):
            raise Problem(404, "there is no such watch")
        return watch

    def save(self, person: Person, watch: Watch, version: int | None) -> Watch:
        """Save a watch in place of a version; None: as a new one. Return it as it is saved.

        Raises Problem: 403 for another's, 404 if it is gone, 409 if the id is taken, 412 if it was
        changed since, or in the same moment by another process.
        """
        newer = self._write(person, watch, version)
        self._settle(newer)
        return newer

    def _write(self, person: Person, watch: Watch, version: int | None) -> Watch:
        with self._saving:
            saved = self._desk.tables.watches().get(watch.id)
            if version is None and saved is not None:
                raise Problem(409, f"a watch has the short name {watch.id} already")
            if version is not None:
                saved = self._at_version(person, watch.id, version)
            if not person.owns(watch.owner):
                raise Problem(403, "a watch is yours, a group's of yours, or everybody's")
            newer = replace(
                watch, version=saved.version + 1 if saved else 1, saved_at=self._desk.now()
            )
            self._desk.save(WATCHES, watch.id, newer)
            return newer

    def _settle(self, newer: Watch) -> None:
        """Raise Problem 412 if another process saved the same version behind this one.

        Kafka takes both, and the last one holds for everybody: the topic keeps no other. So whose
        is replaced is told.
        """

        def is_replaced(row: Watch | None) -> bool:
            return row is not None and row.version == newer.version and row != newer

        tables = self._desk.tables
        tables.wait_for(WATCHES, newer.id, is_replaced, SETTLE_SECONDS)
        if is_replaced(tables.watches().get(newer.id)):
            raise Problem(
                412, "somebody saved it in the same moment: theirs is in force", type="changed"
            )

    def remove(self, person: Person, id: str, version: int) -> Watch:
        """Remove a watch, and return what it was. Raises Problem 404, 412."""
        with self._saving:
            saved = self._at_version(person, id, version)
            self._desk.save(WATCHES, id, None)
            return saved

    def _at_version(self, person: Person, id: str, version: int) -> Watch:
        saved = self.get(person, id)
        if saved.version != version:
            raise Problem(
                412, f"it was changed since: it has version {saved.version} now", type="changed"
            )
        return saved

    def preview(self, watch: Watch) -> Preview:
        """Return what a watch would have found and sent lately. Raises Problem 503,
        TransientError."""
        key = _asks(watch)
        known = self._previews.get(key)
        if known is None:
            known = self._alone(lambda: self._preview(watch))
            self._previews.put(key, known)
        return known

    def compare(self, before: Watch, after: Watch) -> Difference:
        """Return how what two versions would have sent lately differs, in alerts.

        Raises Problem 503, also if nothing is kept in full any more; TransientError.
        """
        key = _asks(before), _asks(after)
        known = self._compared.get(key)
        if known is None:
            since, _ = self._stretch()
            versions = {_BEFORE: before, _AFTER: after}
            found = self._alone(lambda: self._tried(versions, since))
            if found.n_found and not found.n_read:
                raise Problem(503, f"none of {found.n_found:,} articles is kept in full any more")
            known = difference(found, _BEFORE, _AFTER)
            self._compared.put(key, known)
        return known

    def _tried(self, versions: dict[str, Watch], since: datetime) -> Tried:
        until = self._clock() + TRIAL_SECONDS
        past = past_of(self._desk, [*versions.values()], since, self._clock)
        return tried(
            versions, past.articles, since, past.n_found, is_over=lambda: self._clock() > until
        )

    def _alone(self, run: Callable[[], T]) -> T:
        if not self._trying.acquire(timeout=PATIENCE_SECONDS):
            raise Problem(
                503, "another preview is running: try again", headers={"retry-after": "5"}
            )
        try:
            return run()
        finally:
            self._trying.release()

    def _preview(self, watch: Watch) -> Preview:
        since, until = self._stretch()
        asked = _asked(watch, since)
        if asked.condition is not None and asked.node is not None:
            rows = self._rows(asked)
            per_day = _by_day(rows)
            total, is_whole, sample = len(rows), len(rows) < MOST_ROWS, rows[:SAMPLE]
        else:
            page = first_page(self._desk.search, asked, SAMPLE, facets=True)
            per_day = {date.fromisoformat(day): n for day, n in page.facets.get("day", ())}
            total, is_whole, sample = page.total or 0, page.is_exact, page.rows
        stories = total / (ARTICLES_AN_ALERT if asked.kind == "articles" else 1)
        found = self._tried({_AFTER: watch}, since)
        return Preview(
            per_day=per_day,
            first=since.date(),
            last=until.date(),
            total=total,
            a_day=_a_day(found, until, self._days_stored(since, until), stories),
            sample=hits_of(sample),
            is_whole=is_whole,
            told=found.told[_AFTER],
            n_read=found.n_read,
            n_found=found.n_found,
        )

    def _rows(self, asked: Asked) -> list[FoundRow]:
        return [*every_row(self._desk.search, asked, MOST_ROWS)]

    def _stretch(self) -> tuple[datetime, datetime]:
        """Return the last PREVIEW_DAYS of what is stored: a system that stood still has a past."""
        now = self._desk.now()
        until = min(self._outermost("desc", now - _AGES) or now, now)
        return until - timedelta(days=PREVIEW_DAYS), until

    def _days_stored(self, since: datetime, until: datetime) -> float:
        """Return the days from the oldest article since a time; 0 if none is stored."""
        oldest = self._outermost("asc", since)
        return max((until - oldest) / timedelta(days=1), 1.0) if oldest else 0.0

    def _outermost(self, order: str, since: datetime) -> datetime | None:
        """Return the date of the oldest or the newest article since a time."""
        body: JsonObject = {
            "query": {"range": {"sorted_at": {"gte": since.isoformat()}}},
            "sort": [{"sorted_at": {"order": order, "unmapped_type": "date"}}],
            "size": 1,
            "_source": ["sorted_at"],
        }
        hits = self._desk.search.search("articles", body)["hits"]["hits"]
        return datetime.fromisoformat(hits[0]["_source"]["sorted_at"]) if hits else None

    def _load_names(self) -> Vocabulary:
        paths = filter(None, self._desk.settings.lexicon.split(os.pathsep))
        return vocabulary([(path, map_file(path)) for path in paths])


_AGES = timedelta(days=10 * 366)
"""Longer than anything is stored."""


_BEFORE, _AFTER = "before", "after"
"""Names of versions that are tried."""


def _asks(watch: Watch) -> bytes:
    """Return what a watch asks for, without how it is delivered."""
    asked = {field: getattr(watch, field) for field in _CONDITION}
    return encode(Watch(id="", name="", **asked))


_CONDITION = ("query", "claim", "passing", "unless", "not_rules")


def _a_day(found: Tried, until: datetime, n_days: float, stories: float) -> float | None:
    """Return the alerts a day that a watch would have opened; None if no day is stored.

    Of articles that were left out, nothing is known: the days are those of what was read. If
    nothing is kept in full any more, `stories` are those that the index tells.
    """
    if not n_days:
        return None
    if found.n_found and not found.n_read:
        return stories / n_days
    if not found.is_whole and found.first is not None:
        n_days = max((until - max(found.first, found.since)) / timedelta(days=1), 1.0)
    return found.told[_AFTER].n_alerts / n_days


def _asked(watch: Watch, since: datetime) -> Asked:
    return of_watch(watch, Filters(since=since))


def _by_day(rows: list[FoundRow]) -> dict[date, int]:
    found: dict[date, int] = {}
    for row in rows:
        at = row.document.get("updated_at")
        if isinstance(at, str):
            day = datetime.fromisoformat(at).date()
            found[day] = found.get(day, 0) + 1
    return found
