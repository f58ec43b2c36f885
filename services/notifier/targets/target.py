"""What a target is: posting, editing, and the outcomes of both.

A target does one effect a call, and tries it once. When to try again, and what comes next, is
decided by the deliveries of the notifier, which record each outcome before the next effect.
"""

from dataclasses import dataclass
from typing import Protocol

from services.notifier.content import Content, Letter

MOST_HANDLE_CHARS = 1_000
"""Characters of a handle. Source: a few ids of a service; the longest, of Matrix, has 255."""

MOST_WAIT_SECONDS = 24 * 3600.0
"""The longest wait that a service may ask for: the longest of our own schedule."""

NEVER_SENT = frozenset({"bad-url", "bad-header"})
"""Reasons of a request that can't be made, whatever its receiver does.

Other reasons pass: an answer that is too large is that of a proxy, and a name that leads into a
private network is that of a network that asks to sign in.
"""


@dataclass(frozen=True, slots=True)
class Done:
    """The service has taken the message. `handle` finds it again, to edit it or answer in its
    thread; "" if the service gives none."""

    handle: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """The service may take it later: not before `wait_seconds`, if it names a time.

    `is_busy`: it answers and asks for less (429), so its breaker stays closed.
    """

    reason: str
    wait_seconds: float | None = None
    is_busy: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The service never takes this message.

    - `is_gone`: it takes no message any more, so the target is switched off.
    - `is_lost`: the message that was to be edited is not there, so a new one is posted.
    """

    reason: str
    is_gone: bool = False
    is_lost: bool = False


Outcome = Done | Later | Refused


def bounded(seconds: float | None) -> float | None:
    """Return the wait that a service asks for, from 0 to `MOST_WAIT_SECONDS`; None stays None.

    Whatever stands in an answer, even a number that no date can hold, is a wait after this.
    """
    return None if seconds is None else float(max(0, min(seconds, MOST_WAIT_SECONDS)))


def taken(handle: str) -> Done:
    """Return that a service took a message, which it finds again by `handle`.

    A handle that no service gives counts as none, so the message can't be edited: one that is too
    long, or that has blanks or characters that are not printed.
    """
    is_handle = len(handle) <= MOST_HANDLE_CHARS and handle.isascii() and handle.isprintable()
    return Done(handle if is_handle and " " not in handle else "")


def beside(outcome: Outcome, handle: str) -> Outcome:
    """Return the outcome of a note: its message has the handle of the message it is beside."""
    return Done(handle) if isinstance(outcome, Done) else outcome


class Target(Protocol):
    """The destinations of one scheme.

    `address` is what stands behind the scheme in a channel.
    """

    can_edit: bool
    """True if `edit` replaces a posted message in place. It makes no sound where changes can be
    told in a thread; else it rings if the letter does."""

    can_thread: bool
    """True if `note` tells a change beside a posted message: in its thread, or where there are no
    threads in a message of its own."""

    takes_digests: bool

    tells_each: bool
    """True for machines: they get each revision, in order. People get one message with what holds
    now."""

    async def post(self, address: str, content: Content) -> Outcome:
        """Send a new message. Idempotent for the service where it knows keys."""

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Replace the message of `handle` by what holds now."""

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Tell a change beside the message of `handle`, so that it rings.

        The handle stays that of the message.
        """
