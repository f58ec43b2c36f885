"""Several loops in one process. The first that ends, by error or not, stops the others."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from services.ports import Stop
from services.runtime.world import World


@dataclass
class _EitherStop:
    """Set if the process is told to stop, or if a sibling loop has ended."""

    outer: Stop
    ended: threading.Event = field(default_factory=threading.Event)

    def is_set(self) -> bool:
        return self.ended.is_set() or self.outer.is_set()

    def wait(self, timeout_seconds: float) -> bool:
        return (
            self.outer.wait(min(timeout_seconds, 0.2))
            or self.ended.wait(max(0.0, timeout_seconds - 0.2))
            or self.is_set()
        )


def run_parallel(world: World, *loops: Callable[[World], None]) -> None:
    """Run each loop in a thread until the world's stop is set.

    Raises the first error of any of them.
    """
    stop = _EitherStop(world.stop)
    errors: list[BaseException] = []

    def guarded(loop: Callable[[World], None]) -> None:
        try:
            loop(replace(world, stop=stop))
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)
        finally:
            stop.ended.set()

    threads = [threading.Thread(target=guarded, args=(loop,), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
