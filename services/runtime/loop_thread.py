"""An event loop on a thread of its own, for services whose main loop is not asynchronous."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from services.errors import FatalError

BEAT_SECONDS = 1.0
"""The time between two beats of the loop, in seconds."""

T = TypeVar("T")


class LoopThread:
    """Runs coroutines."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._failure: BaseException | None = None
        self._beating: Future[None] | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call_each_second(self, beat: Callable[[], object]) -> None:
        """Call `beat` now and once a second while the loop goes round; an error breaks the loop.

        The caller begins it when all that `beat` asks for is there.
        """
        self._beating = asyncio.run_coroutine_threadsafe(self._beat(beat), self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine and return its result. Raises FatalError if something broke before."""
        if self._failure is not None:
            work.close()
            raise FatalError(f"it broke off: {type(self._failure).__name__}: {self._failure}")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def broke(self, error: BaseException) -> None:
        """Make the next `run` raise: something in the loop ended that never should."""
        self._failure = self._failure or error

    def close(self) -> None:
        """Stop the loop. What still runs in it is dropped."""
        if self._beating is not None:
            self._beating.cancel()
        # One more round, in which the beating ends.
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _beat(self, beat: Callable[[], object]) -> None:
        while True:
            try:
                beat()
            except Exception as error:  # noqa: BLE001 - told by the next `run`
                self.broke(error)
                return
            await asyncio.sleep(BEAT_SECONDS)
