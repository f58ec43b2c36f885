"""Plays the bundled story to a running system.

It publishes the articles, shows the revisions, and compares them with the expected ones.
"""

import json
import math
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.text import Text

from services.errors import FatalError
from services.ports import JsonObject
from services.runtime.waiting import Waiting
from services.runtime.watchdog import Stillness
from services.scenario.story import Entry, Outcome, Story, feed_xml

STILL_SECONDS = 60.0
"""Seconds without any progress of the system after which the play fails.

There is no other limit: a slow machine takes its time.
"""

LOOK_SECONDS = 0.5
"""The least time between two looks at the stages, in seconds."""

POLLS = 2
"""Polls of a feed after a change until it counts as read.

A feed is polled again only after the result of its last poll is published.
"""


@dataclass(frozen=True)
class HeldBack:
    """A hit that was held back, as the ledger has it."""

    watch: str
    reason: str
    title: str


@dataclass(frozen=True)
class StageState:
    """The state of a stage.

    `doing` completes "waiting for the NAME: it …"; `mark` changes with progress.
    """

    name: str
    is_done: bool
    doing: str
    mark: Hashable
    log: str


class Stage(Protocol):
    """The parts of the system that a player uses."""

    @property
    def url(self) -> str:
        """The address of the feeds, without trailing slash."""

    def publish(self, name: str, body: bytes) -> None:
        """Replace a feed, at once and whole."""

    def polls(self, name: str) -> int:
        """Return how often a feed has been polled."""

    def newly_held_back(self, to_end: bool = False) -> list[HeldBack]:
        """Return the ledger's new entries since the last call.

        Wait a moment for one or, with `to_end`, until all that exist are read.
        """

    def states(self) -> list[StageState]:
        """Return the states of all stages, each looked at after those that it reads from."""


@dataclass
class Player:
    """Publishes the story's articles one by one, each after the one before is fully processed.

    - `clock`: the file with the system's news clock. It stands still at the article's time, so that
      decisions do not depend on the machine's speed.
    - `deliveries`: the file to which the notifier writes revisions.
    - `now`: a monotonic clock. `is_stopped`: the play shall end.
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
        """Set the clock to the story's start, and serve its feeds, still empty."""
        set_clock(self.clock, self.story.start, 0.0)
        self._serve([])

    def play(self) -> bool:
        """Return True if exactly the expected revisions came and the expected hits were held back.

        Raises FatalError with the name of a stage that makes no progress, and KeyboardInterrupt
        when stopped.
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
            self.stage.publish(
                f"{key}.xml", feed_xml(name, [e for e in shown if e.outlet == key], self.stage.url)
            )

    def _settle(self, entry_id: str, outlet: str | None) -> None:
        """Process what comes until every stage has done all its work, in their order."""
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
                # Read before the stages' states: the feed comes before all of them.
                unread = max(0, POLLS - (self.stage.polls(feed) - polled)) if feed else 0
                states, looked_at = self.stage.states(), self.now()
                late = [state for state in states if not state.is_done]
                if not late and not unread:
                    self._take(self.stage.newly_held_back(to_end=True), entry_id)
                    return
                first = late[0] if late else _poller(states, feed, unread)
                waiting.tell(f"waiting for the {first.name}: it {first.doing}")
                still = stillness.look(
                    {"all": (unread, *(state.mark for state in states))}, self.now()
                )["all"]
                if still >= self.still_seconds:
                    raise FatalError(
                        f"the {first.name} made no progress for {still:.0f} s (it {first.doing}): "
                        f"see {first.log}"
                    )

    def _announce(self, entry: Entry) -> None:
        what = "edits" if entry.edit_of else "publishes"
        line = (
            f"\n{entry.at:%Y-%m-%d %H:%M}  {self.story.outlets[entry.outlet]} {what}: {entry.title}"
        )
        self.console.print(Text(line, style="dim"))

    def _take(self, held_back: Sequence[HeldBack], entry_id: str) -> None:
        for row in held_back:
            self.held.append((entry_id, Outcome(watch=row.watch, kind=row.reason)))
            self.console.print(
                Text(f"  held back ({row.reason})", style="yellow")
                + Text(f"  watch {row.watch}: {row.title}", style="dim")
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

    def _show(self, row: JsonObject) -> Outcome:
        revision, alert, told = row["revision"], row["alert"], row["revision"]["told"]
        self.console.print(
            Text(f"  {revision['kind'].upper():<12}", style="bold green")
            + Text(alert["watch_name"], style="bold")
        )
        self.console.print(f"    {revision['text']}", markup=False)
        for quote in revision["evidence"]:
            self.console.print(
                _quoted(quote) + Text(f"  {_source(quote)}, {self._age(quote, row)}", style="dim")
            )
        return Outcome(
            alert["watch_id"],
            revision["kind"],
            told["status"] or "",
            told["n_independent"],
            told["n_reports"],
        )

    def _age(self, quote: JsonObject, row: JsonObject) -> str:
        released = next(
            (
                at
                for path, at in reversed(self.released.items())
                if (quote.get("url") or "").endswith(path)
            ),
            None,
        )
        return (
            "age unknown"
            if released is None
            else f"{row['delivered_at_unix'] - released:.1f} s after publication"
        )

    def _summary(self) -> bool:
        expected, held = self._due(self.story.expected), self._due(self.story.held_back)
        problems = _difference("revision", expected, self.seen)
        problems += _difference("suppression", held, self.held)
        self.console.print(
            f"\n{len(self.seen)} alert revisions, {len(self.held)} hits held back, from "
            f"{len(self.story.entries)} articles "
            f"of {len(self.story.outlets)} outlets; {len(expected)} and {len(held)} were expected."
        )
        for problem in problems:
            self.console.print(Text(problem, style="bold red"))
        self.console.print(
            "The story was told as expected."
            if not problems
            else "The story was NOT told as expected."
        )
        return not problems

    def _due(self, outcomes: Mapping[str, Sequence[Outcome]]) -> list[tuple[str, Outcome]]:
        """Return the expected outcomes with the ids of their entries, in order of the story."""
        due: list[tuple[str, Outcome]] = []
        for entry in self.story.entries:
            due += [(entry.id, outcome) for outcome in outcomes.get(entry.id, ())]
        return due


def _poller(states: Sequence[StageState], feed: str, unread: int) -> StageState:
    """Return the first stage as unfinished.

    A feed is left to read, which the stage's own state does not show.
    """
    return replace(states[0], is_done=False, doing=f"has {feed} still to ask for, {unread} times")


def set_clock(path: Path, start: datetime, factor: float) -> None:
    """Set the news clock of all processes at once: the file is replaced whole."""
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{start.isoformat()},{factor},{time.time()}", encoding="ascii")
    fresh.replace(path)


def _difference(
    what: str, expected: list[tuple[str, Outcome]], got: list[tuple[str, Outcome]]
) -> list[str]:
    missing, extra = list(expected), []
    for row in got:
        if row in missing:
            missing.remove(row)
        else:
            extra.append(row)
    return [f"missing {what}: {i}: {o}" for i, o in missing] + [
        f"unexpected {what}: {i}: {o}" for i, o in extra
    ]


def _quoted(quote: JsonObject) -> Text:
    start, end = quote["mark"]
    text = quote["quote"]
    marked = Text(f"[{text[start:end]}]", style="bold")
    return Text("    “") + Text(text[:start]) + marked + Text(text[end:]) + Text("”")


def _source(quote: JsonObject) -> str:
    speaker = f"{quote['speaker']} in " if quote.get("speaker") else ""
    return f"{speaker}{quote.get('outlet') or 'unknown outlet'}"
