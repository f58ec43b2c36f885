"""A deadline for calls of the Kafka client that ignore their own."""

import threading
from collections.abc import Callable

from services.errors import TransientError


class Overdue(TransientError):
    """A call that did not return in time.

    It goes on in a thread, so its client must not be used again.
    """


def within(seconds: float, call: Callable[[], object]) -> None:
    """Run `call` and raise what it raises. Raises Overdue if it takes longer than `seconds`."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - raised below, in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=run, name="kafka-call", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise Overdue(f"Kafka: a call of the client has not returned for {seconds:g} s")
    if errors:
        raise errors[0]
