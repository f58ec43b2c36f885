"""Plays the bundled story to a running system: releases its articles, shows what is told, compares that with what must be."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from services.scenario.story import Entry, Outcome, Story, feed_xml

FACTOR = 3600.0
"""News seconds a machine second: the two days of the story pass in about forty seconds."""

PATIENCE_SECONDS = 30.0
"""How long an article's outcome is waited for before the story goes on without it."""

QUIET_SECONDS = 5.0
"""How long nothing must come at the end for the story to count as over."""


@dataclass(frozen=True)
class HeldBack:
    """A hit that was not alerted, as the ledger has it."""

    watch: str
    reason: str
    title: str


class Stage(Protocol):
    """The system that the story is played to, as far as a player touches it."""

    @property
    def url(self) -> str:
        """Where the feeds are served, without trailing slash."""

    def publish(self, name: str, body: bytes) -> None:
        """Put a feed in place, at once and whole."""

    def newly_held_back(self) -> list[HeldBack]:
        """Return what has entered the ledger since the last call; waits a moment for it."""


@dataclass
class Player:
    """Releases the story's articles one by one. `clock` is the file that moves the system's news clock, `deliveries` the
    file that its notifier writes revisions to."""

    story: Story
    stage: Stage
    clock: Path
    deliveries: Path
    console: Console
    patience_seconds: float = PATIENCE_SECONDS
    quiet_seconds: float = QUIET_SECONDS
    released: dict[str, float] = field(default_factory=dict)
    seen: list[tuple[str, Outcome]] = field(default_factory=list)
    held: list[tuple[str, Outcome]] = field(default_factory=list)
    read_bytes: int = 0

    def prepare(self) -> None:
        """Set the clock to the story's start and serve its feeds, empty as yet."""
        set_clock(self.clock, self.story.start, 0.0)
        self._serve([])

    def play(self) -> bool:
        """Return True if exactly the expected revisions came, and exactly the expected hits were held back."""
        set_clock(self.clock, self.story.start, FACTOR)
        shown: list[Entry] = []
        for entry in self.story.entries:
            self._wait_for_time(entry.at)
            shown.append(entry)
            self._serve(shown)
            self.released[entry.path] = time.time()
            self._announce(entry)
            self._collect(entry)
        self._collect_quiet()
        return self._summary()

    def _serve(self, shown: Sequence[Entry]) -> None:
        for key, name in self.story.outlets.items():
            self.stage.publish(f"{key}.xml", feed_xml(name, [e for e in shown if e.outlet == key], self.stage.url))

    def _wait_for_time(self, at: datetime) -> None:
        """Let news time pass to the article's, or jump over a gap of more than a day."""
        start, factor, anchor = self.clock.read_text(encoding="ascii").split(",")
        now = datetime.fromisoformat(start) + timedelta(seconds=(time.time() - float(anchor)) * float(factor))
        if at - now > timedelta(days=1):
            set_clock(self.clock, at, FACTOR)
        elif at > now:
            time.sleep((at - now).total_seconds() / FACTOR)

    def _announce(self, entry: Entry) -> None:
        what = "edits" if entry.edit_of else "publishes"
        line = f"\n{entry.at:%Y-%m-%d %H:%M}  {self.story.outlets[entry.outlet]} {what}: {entry.title}"
        self.console.print(Text(line, style="dim"))

    def _collect(self, entry: Entry) -> None:
        """Wait until everything that this article must bring has come, or patience ends."""
        revisions, held = self.story.expected.get(entry.id, ()), self.story.held_back.get(entry.id, ())
        until = time.monotonic() + self.patience_seconds
        before = (len(self.seen), len(self.held))
        while time.monotonic() < until:
            self._take(entry.id)
            if len(self.seen) - before[0] >= len(revisions) and len(self.held) - before[1] >= len(held):
                return

    def _collect_quiet(self) -> None:
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < self.quiet_seconds:
            if self._take("afterwards"):
                quiet_since = time.monotonic()

    def _take(self, entry_id: str) -> bool:
        came = False
        for row in self.stage.newly_held_back():
            self.held.append((entry_id, Outcome(watch=row.watch, kind=row.reason)))
            self.console.print(
                Text(f"  held back ({row.reason})", style="yellow") + Text(f"  watch {row.watch}: {row.title}", style="dim")
            )
            came = True
        for line in self._new_lines():
            self.seen.append((entry_id, self._show(json.loads(line))))
            came = True
        return came

    def _new_lines(self) -> list[str]:
        if not self.deliveries.exists():
            return []
        with self.deliveries.open("rb") as log:
            log.seek(self.read_bytes)
            new = log.read()
        whole = new[: new.rfind(b"\n") + 1]
        self.read_bytes += len(whole)
        return whole.decode().splitlines()

    def _show(self, row: dict[str, Any]) -> Outcome:
        revision, alert, told = row["revision"], row["alert"], row["revision"]["told"]
        self.console.print(
            Text(f"  {revision['kind'].upper():<12}", style="bold green") + Text(alert["watch_name"], style="bold")
        )
        self.console.print(f"    {revision['text']}", markup=False)
        for quote in revision["evidence"]:
            self.console.print(_quoted(quote) + Text(f"  {_source(quote)}, {self._age(quote, row)}", style="dim"))
        return Outcome(alert["watch_id"], revision["kind"], told["status"] or "", told["n_independent"], told["n_reports"])

    def _age(self, quote: dict[str, Any], row: dict[str, Any]) -> str:
        released = next((at for path, at in reversed(self.released.items()) if (quote.get("url") or "").endswith(path)), None)
        return "age unknown" if released is None else f"{row['delivered_at_unix'] - released:.1f} s after publication"

    def _summary(self) -> bool:
        expected = [(e.id, o) for e in self.story.entries for o in self.story.expected.get(e.id, ())]
        held = [(e.id, o) for e in self.story.entries for o in self.story.held_back.get(e.id, ())]
        problems = _difference("revision", expected, self.seen) + _difference("suppression", held, self.held)
        self.console.print(
            f"\n{len(self.seen)} alert revisions, {len(self.held)} hits held back, from {len(self.story.entries)} articles "
            f"of {len(self.story.outlets)} outlets; {len(expected)} and {len(held)} were expected."
        )
        for problem in problems:
            self.console.print(Text(problem, style="bold red"))
        self.console.print("The story was told as expected." if not problems else "The story was NOT told as expected.")
        return not problems


def set_clock(path: Path, start: datetime, factor: float) -> None:
    """Move all processes' news clock at once: the file is replaced whole, never half written."""
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{start.isoformat()},{factor},{time.time()}", encoding="ascii")
    fresh.replace(path)


def _difference(what: str, expected: list[tuple[str, Outcome]], got: list[tuple[str, Outcome]]) -> list[str]:
    missing, extra = list(expected), []
    for row in got:
        if row in missing:
            missing.remove(row)
        else:
            extra.append(row)
    return [f"missing {what}: {i}: {o}" for i, o in missing] + [f"unexpected {what}: {i}: {o}" for i, o in extra]


def _quoted(quote: dict[str, Any]) -> Text:
    start, end = quote["mark"]
    text = quote["quote"]
    marked = Text(f"[{text[start:end]}]", style="bold")
    return Text("    “") + Text(text[:start]) + marked + Text(text[end:]) + Text("”")


def _source(quote: dict[str, Any]) -> str:
    speaker = f"{quote['speaker']} in " if quote.get("speaker") else ""
    return f"{speaker}{quote.get('outlet') or 'unknown outlet'}"
