"""The player waits for the system and for no clock.

The system here is a script, and its time is made up.
"""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from services.errors import FatalError
from services.scenario.player import POLLS, STILL_SECONDS, HeldBack, Player, StageState
from services.scenario.story import Entry, Outcome, Story

START = datetime(2031, 5, 2, 6, tzinfo=UTC)
TOLD = Outcome("w", "first", "reported", 1, 1)


def story():
    entries = tuple(
        Entry(id=n, outlet="radio", at=START + timedelta(hours=h), title=n, text="")
        for h, n in ((1, "a"), (2, "b"))
    )
    return Story(
        start=START,
        outlets={"radio": "Radio"},
        entries=entries,
        expected={"a": (TOLD,)},
        held_back={"b": (Outcome("w", "copy"),)},
    )


class Slow:
    """A system that needs `looks` looks for each article, moving at each,
    and `late` more between its effect and its rest.

    `stuck_at` is the look from which nothing moves any more. A look takes a second.
    """

    url = "http://127.0.0.1:1"

    def __init__(self, folder, looks=3, stuck_at=None, tells=True, ledger=True):
        self.time = 0.0
        self.clock, self.log = folder / "clock", folder / "deliveries"
        self.news_times = []
        self._looks, self._stuck_at, self._tells, self._ledger = looks, stuck_at, tells, ledger
        self._left = 0
        self._n_looks = 0
        self._n_published = 0
        self._polls = 0
        self._rows = []

    def now(self):
        return self.time

    def publish(self, name, body):
        self._n_published += 1
        if self._n_published > 1:
            self._left = self._looks

    def polls(self, name):
        self._polls += 1
        return self._polls

    def newly_held_back(self, to_end=False):
        self.time += 0.1
        rows, self._rows = self._rows, []
        return rows

    def states(self):
        self.time += 1.0
        self._n_looks += 1
        self.news_times.append(self.clock.read_text().split(",")[0])
        if self._left and (self._stuck_at is None or self._n_looks < self._stuck_at):
            self._left -= 1
            if not self._left:
                self._bring()
        mark = self._left
        tagger = StageState(
            "tagger",
            not self._left,
            f"has {self._left} messages to work off",
            mark,
            "logs/tagger.log",
        )
        return [StageState("poller", True, "polls", 0, "logs/poller.log"), tagger]

    def _bring(self):
        if self._n_published == 2 and self._tells:
            told = {"status": "reported", "n_independent": 1, "n_reports": 1}
            revision = {"kind": "first", "text": "", "evidence": [], "told": told}
            alert = {"watch_id": "w", "watch_name": "W"}
            self.log.write_text(
                json.dumps({"revision": revision, "alert": alert, "delivered_at_unix": 0}) + "\n"
            )
        elif self._n_published == 3 and self._ledger:
            self._rows.append(HeldBack("w", "copy", "b"))


def played(stage):
    """Return what the player says of a play, and what it wrote."""
    written = io.StringIO()
    player = Player(
        story(), stage, stage.clock, stage.log, Console(file=written, width=100), now=stage.now
    )
    player.prepare()
    return player.play(), written.getvalue()


def test_a_system_that_moves_is_waited_for_however_slow_it_is(tmp_path):
    stage = Slow(tmp_path, looks=500)
    assert played(stage)[0]
    assert stage.time > 1000


def test_the_news_clock_stands_still_until_an_article_is_dealt_with(tmp_path):
    stage = Slow(tmp_path, looks=40)
    assert played(stage)[0]
    times = [datetime.fromisoformat(text) for text in stage.news_times]
    assert set(times) == {START, START + timedelta(hours=1), START + timedelta(hours=2)}
    assert times == sorted(times)
    assert times.count(START + timedelta(hours=1)) >= 40


def test_a_stage_that_makes_no_progress_for_a_minute_fails_by_name_with_its_log(tmp_path):
    stage = Slow(tmp_path, looks=500, stuck_at=30)
    with pytest.raises(
        FatalError,
        match=r"^the tagger made no progress for \d+ s \(it has \d+ .*\): see logs/tagger\.log$",
    ):
        played(stage)
    assert STILL_SECONDS < stage.time < 2 * STILL_SECONDS


@pytest.mark.parametrize("missing", [{"tells": False}, {"ledger": False}])
def test_what_is_missing_when_nothing_is_left_to_do_is_missing_at_once(tmp_path, missing):
    stage = Slow(tmp_path, looks=3, **missing)
    good, text = played(stage)
    assert not good
    assert "missing" in text
    assert stage.time < 30


def test_what_nobody_expected_is_told(tmp_path):
    stage = Slow(tmp_path, looks=3)
    stage._rows = [HeldBack("w", "stale", "a")]
    good, text = played(stage)
    assert not good
    assert "unexpected suppression" in text


def test_without_a_terminal_a_line_every_few_seconds_tells_what_is_waited_for(tmp_path):
    _, text = played(Slow(tmp_path, looks=20))
    lines = [line for line in text.splitlines() if "waiting for the tagger: it has" in line]
    assert 4 <= len(lines) <= 10


def test_on_a_terminal_a_spinner_does(tmp_path):
    stage, written = Slow(tmp_path, looks=20), io.StringIO()
    player = Player(
        story(),
        stage,
        stage.clock,
        stage.log,
        Console(file=written, force_terminal=True, width=100),
        now=stage.now,
    )
    player.prepare()
    assert player.play()
    assert "\x1b[" in written.getvalue()


def test_a_play_that_is_stopped_ends_at_once(tmp_path):
    stage = Slow(tmp_path, looks=1000)
    player = Player(
        story(), stage, stage.clock, stage.log, Console(file=io.StringIO()), now=stage.now
    )
    player.is_stopped = lambda: stage.time > 20
    player.prepare()
    with pytest.raises(KeyboardInterrupt):
        player.play()
    assert stage.time < 30


def test_the_first_wait_is_told_of_from_its_beginning(tmp_path):
    class Loading(Slow):
        def states(self):
            states = super().states()
            return (
                states
                if self.time > 4
                else [StageState("tagger", False, "loads its model", self.time, "")]
            )

    _, text = played(Loading(tmp_path))
    assert "  waiting for the tagger: it loads its model (1 s)" in text


def test_a_feed_counts_as_read_when_it_was_asked_for_again_after_what_came_of_it(tmp_path):
    class NeverPolled(Slow):
        def polls(self, name):
            return POLLS - 1 if self._n_published > 1 else 0

    stage = NeverPolled(tmp_path, looks=1)
    with pytest.raises(
        FatalError,
        match=r"the poller made no progress for \d+ s \(it has radio\.xml still to ask for",
    ):
        played(stage)
