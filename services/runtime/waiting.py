"""Shows what a command waits for, with the seconds so far."""

import threading
import time
from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.text import Text

TELL_SECONDS = 5.0
"""Seconds between two lines, where there is no terminal."""

TICK_SECONDS = 1.0
"""Seconds between two updates of a step."""


class Waiting:
    """Shows a wait: a spinner on a terminal, elsewhere a line every few seconds.

    `say` takes such a line in place of the console. `is_told_at_once`: the first line comes at
    once, for waits that surely take seconds.
    """

    def __init__(
        self,
        console: Console,
        now: Callable[[], float] = time.monotonic,
        *,
        say: Callable[[str], None] | None = None,
        is_told_at_once: bool = False,
    ) -> None:
        self._console = console
        self._now = now
        self._say = self._print if say is None else say
        self._since = now()
        self._told_at = self._since - TELL_SECONDS if is_told_at_once else self._since
        self._spinner = console.status("") if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._spinner is not None:
            self._spinner.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._spinner is not None:
            self._spinner.stop()

    @property
    def seconds(self) -> float:
        """The seconds waited so far."""
        return self._now() - self._since

    def tell(self, what: str) -> None:
        """Show `what`, with the seconds since the start."""
        line = f"{what} ({self.seconds:.0f} s)"
        if self._spinner is not None:
            self._spinner.update(escape(line))
        elif self._now() - self._told_at >= TELL_SECONDS:
            self._told_at = self._now()
            self._say(line)

    def _print(self, line: str) -> None:
        self._console.print(Text(f"  {line}", style="dim"))


class Steps:
    """Shows the steps of a start from their first moment, with the seconds of each.

    A context. Inside it, call it with a step and its progress ("" for none), and `end` after the
    last one. On a terminal a finished step stays as a line.
    """

    def __init__(self, console: Console, say: Callable[[str], None] | None = None) -> None:
        self._console = console
        self._say = say
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="steps", daemon=True)
        self._waiting: Waiting | None = None
        self._step = ""
        self._detail = ""

    def __enter__(self) -> Self:
        self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._ticker.join()
        self.end()

    def end(self) -> None:
        """Show nothing until the next step."""
        with self._lock:
            self._end_step()

    def __call__(self, step: str, detail: str = "") -> None:
        """Show a step. The same step again updates its progress."""
        with self._lock:
            if step != self._step or self._waiting is None:
                self._end_step()
                self._waiting = Waiting(self._console, say=self._say, is_told_at_once=True)
                self._waiting.__enter__()
            self._step, self._detail = step, detail
            self._show()

    def _tick(self) -> None:
        while not self._ended.wait(TICK_SECONDS):
            with self._lock:
                self._show()

    def _show(self) -> None:
        if self._waiting is not None:
            self._waiting.tell(": ".join(filter(None, (self._step, self._detail))))

    def _end_step(self) -> None:
        if self._waiting is None:
            return
        self._waiting.__exit__()
        if self._console.is_terminal:
            done = f"  {self._step} ({self._waiting.seconds:.0f} s)"
            self._console.print(Text(done, style="dim"))
        self._waiting = None
