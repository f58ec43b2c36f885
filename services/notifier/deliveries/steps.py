"""What comes next for one destination of an alert.

nothing shown ──► post
shown         ──► edit in place, then a note in the thread if it rings
              ──► note in the thread, where nothing can be edited
              ──► post, where there is neither
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from services.messages import DeliveryState, Revision
from services.notifier.content import LetterKind
from services.notifier.policies.recipients import Recipient
from services.orders import rings
from services.text.hashes import digest

Verb = Literal["post", "edit", "note"]


class Abilities(Protocol):
    """What the service of a destination can do; see `targets/target.py`."""

    @property
    def can_edit(self) -> bool: ...

    @property
    def can_thread(self) -> bool: ...

    @property
    def takes_digests(self) -> bool: ...

    @property
    def tells_each(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Now:
    """`news`: news time, for what is old and what waits by order. `machine`: for tries."""

    news: datetime
    machine: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect on one recipient.

    - `key`: the same at every try, so that the service drops repeats.
    - `state`: the row before it, with the alert.
    - `revision`: the one that it tells. `settles`: the highest that is settled once it is done.
    - `is_silent`: it disturbs nobody.
    - `in_digest`: it goes out in one message with those of other alerts of the watch. `tells_each`:
      its recipient is a machine, so it is told all of them.
    """

    key: str
    recipient: Recipient
    state: DeliveryState
    verb: Verb
    revision: Revision
    kind: LetterKind
    settles: int
    is_silent: bool = False
    in_digest: bool = False
    tells_each: bool = False


def next_effect(
    state: DeliveryState, wanted: tuple[Revision, ...], recipient: Recipient, target: Abilities
) -> Effect:
    """Return the effect that brings a recipient nearer to the last revision that it wants.

    `wanted` is not empty. Messages of a digest are posted, and never edited.
    """
    last = wanted[-1]
    in_digest = is_in_digests(recipient, target)
    if target.tells_each and not state.held and not in_digest:
        return _effect(state, "post", wanted[0], wanted, recipient)
    if in_digest:
        effect = _effect(state, "post", last, wanted, recipient)
        return replace(effect, in_digest=True, tells_each=target.tells_each)
    if not state.shown:
        return _effect(state, "post", last, wanted, recipient)
    if target.can_edit and state.handle and last.number > state.shown:
        return _edit(state, wanted, recipient, target)
    verb: Verb = "note" if target.can_thread and state.handle else "post"
    return _effect(state, verb, (unnoted(state, wanted) or wanted)[-1], wanted, recipient)


def is_in_digests(recipient: Recipient, target: Abilities) -> bool:
    """Return True if messages to a recipient are collected."""
    return recipient.policy.digest is not None and target.takes_digests


def unnoted(state: DeliveryState, wanted: tuple[Revision, ...]) -> tuple[Revision, ...]:
    """Return the revisions that ring and that no message has told of, beyond an edit in place."""
    return tuple(r for r in wanted if rings(r) and r.number > state.noted)


def _edit(
    state: DeliveryState, wanted: tuple[Revision, ...], recipient: Recipient, target: Abilities
) -> Effect:
    """Return the edit to the last revision. Nothing is settled while a note has to follow."""
    last, due = wanted[-1], unnoted(state, wanted)
    if target.can_thread and due:
        settles = state.settled
        return _effect(state, "edit", last, wanted, recipient, settles=settles, is_silent=True)
    return _effect(state, "edit", last, wanted, recipient, is_silent=not due)


def _effect(
    state: DeliveryState,
    verb: Verb,
    revision: Revision,
    wanted: tuple[Revision, ...],
    recipient: Recipient,
    *,
    settles: int | None = None,
    is_silent: bool = False,
) -> Effect:
    key = delivery_id(revision.id, state.to)
    return Effect(
        key=key if verb == "post" else digest(key, verb),
        recipient=recipient,
        state=state,
        verb=verb,
        revision=revision,
        kind=_kind(state, revision, wanted),
        settles=max(revision.number, state.shown) if settles is None else settles,
        is_silent=is_silent,
    )


def delivery_id(revision_id: str, to: str) -> str:
    """Return the id of the delivery of a revision to a destination."""
    return digest(revision_id, to)


def _kind(state: DeliveryState, revision: Revision, wanted: tuple[Revision, ...]) -> LetterKind:
    """Return the kind of change in a recipient's eyes: the first message tells how it stands.

    A correction of what it may have seen is called one.
    """
    if state.tried and revision.corrects:
        return revision.kind
    missed_first = wanted[0].kind == "first" and revision.kind != "first"
    is_first = not state.shown and (state.since > 0 or missed_first)
    return "as-it-stands" if is_first else revision.kind
