"""Plays the bundled story to a running system: releases its articles, shows what is told, compares that with what must be."""

import json
import math
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from services.errors import FatalError
from services.runtime.waiting import Waiting
from services.runtime.watchdog import Stillness
from services.scenario.story import Entry, Outcome, Story, feed_xml

STILL_SECONDS = 60.0
"""How long the system may make no progress at all. There is no other limit: a slow machine takes its time."""

LOOK_SECONDS = 0.5
"""The shortest time between two looks at the stages."""

POLLS = 2
"""A feed that was asked so often since a change has been read: it is asked again only when what came of it is published."""


@dataclass(frozen=True)
class HeldBack:
    """A hit that was not alerted, as the ledger has it."""

    watch: str
    reason: str
    title: str


@dataclass(frozen=True)
class StageState:
    """How a stage of the system is doing. `doing` completes "waiting for the NAME: it …"; `mark` changes as it gets on."""

    name: str
    is_done: bool
    doing: str
    mark: Hashable
    log: str


class Stage(Protocol):
    """The system that the story is played to, as far as a player touches it."""

    @property
    def url(self) -> str:
        """Where the feeds are served, without trailing slash."""

    def publish(self, name: str, body: bytes) -> None:
        """Put a feed in place, at once and whole."""

    def polls(self, name: str) -> int:
        """Return how often a feed has been asked for."""

    def newly_held_back(self, to_end: bool = False) -> list[HeldBack]:
        """Return what has entered the ledger since the last call; waits a moment for it, or for all that is there by now."""

    def states(self) -> list[StageState]:
        """Return the stages, each after those that it reads from: a later one is looked at later."""


@dataclass
class Player:
    """Releases the story's articles one by one, each when nothing is left to be done for the one before.

    `clock` is the file that moves the system's news clock: it stands still at the article's time until then, so that what the
    system decides does not depend on how fast it is. `deliveries` is the file that its notifier writes revisions to; `now`
    is a monotonic clock; `is_stopped` tells that somebody wants no more of it.
    """

    story: Story
    stage: Stage
    clock: Path
    deliveries: Path
    console: Console
    still_seconds: float = STILL_SECONDS
    now: Callable[[], float] = time.monotonic
    is_stopped: Callable[[], bool] = lambda: False
    released: dict[str, float] = field(default_factory=dict)
    seen: list[tuple[str, Outcome]] = field(default_factory=list)
    held: list[tuple[str, Outcome]] = field(default_factory=list)
    read_bytes: int = 0

    def prepare(self) -> None:
        """Set the clock to the story's start and serve its feeds, empty as yet."""
        set_clock(self.clock, self.story.start, 0.0)
        self._serve([])

    def play(self) -> bool:
        """Return True if exactly the expected revisions came, and exactly the expected hits were held back.

        Raises FatalError that names the stage when the system makes no progress, KeyboardInterrupt when it is stopped.
        """
        self._settle("before", None)
        shown: list[Entry] = []
        for entry in self.story.entries:
            set_clock(self.clock, entry.at, 0.0)
            shown.append(entry)
            self.released[entry.path] = time.time()
            self._serve(shown)
            self._announce(entry)
            self._settle(entry.id, entry.outlet)
        return self._summary()

    def let_time_pass(self) -> None:
        """Let the news clock run on from the last article's time."""
        set_clock(self.clock, self.story.entries[-1].at, 1.0)

    def _serve(self, shown: Sequence[Entry]) -> None:
        for key, name in self.story.outlets.items():
            self.stage.publish(f"{key}.xml", feed_xml(name, [e for e in shown if e.outlet == key], self.stage.url))

    def _settle(self, entry_id: str, outlet: str | None) -> None:
        """Take what comes until every stage has done all that it can, in their order."""
        stillness: Stillness[str] = Stillness()
        feed, looked_at = f"{outlet}.xml" if outlet else "", -math.inf
        polled = self.stage.polls(feed) if feed else 0
        with Waiting(self.console, self.now, is_told_at_once=outlet is None) as waiting:
            while True:
                if self.is_stopped():
                    raise KeyboardInterrupt
                self._take(self.stage.newly_held_back(), entry_id)
                if self.now() - looked_at < LOOK_SECONDS:
                    continue
                # Before the stages are looked at, for the same reason for which they come in their order.
                unread = max(0, POLLS - (self.stage.polls(feed) - polled)) if feed else 0
                states, looked_at = self.stage.states(), self.now()
                late = [state for state in states if not state.is_done]
                if not late and not unread:
                    self._take(self.stage.newly_held_back(to_end=True), entry_id)
                    return
                first = late[0] if late else _poller(states, feed, unread)
                waiting.tell(f"waiting for the {first.name}: it {first.doing}")
                still = stillness.look({"all": (unread, *(state.mark for state in states))}, self.now())["all"]
                if still >= self.still_seconds:
                    raise FatalError(f"the {first.name} made no progress for {still:.0f} s (it {first.doing}): see {first.log}")

    def _announce(self, entry: Entry) -> None:
        what = "edits" if entry.edit_of else "publishes"
        line = f"\n{entry.at:%Y-%m-%d %H:%M}  {self.story.outlets[entry.outlet]} {what}: {entry.title}"
        self.console.print(Text(line, style="dim"))

    def _take(self, held_back: Sequence[HeldBack], entry_id: str) -> None:
        for row in held_back:
            self.held.append((entry_id, Outcome(watch=row.watch, kind=row.reason)))
            self.console.print(
                Text(f"  held back ({row.reason})", style="yellow") + Text(f"  watch {row.watch}: {row.title}", style="dim")
            )
        for line in self._new_lines():
            self.seen.append((entry_id, self._show(json.loads(line))))

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


def _poller(states: Sequence[StageState], feed: str, unread: int) -> StageState:
    """Return the first stage, which has a feed left to read though its own state does not show it."""
    return replace(states[0], is_done=False, doing=f"has {feed} still to ask for, {unread} times")


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
