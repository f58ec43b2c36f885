"""Addresses learned from redirects. Pure.

A permanent redirect (301, 308) is learned once its target has proved to be the same feed. The
feed's id and entries stay, so nothing becomes new.
"""

import msgspec

from services.messages import Feed, FeedState, MovedTo
from services.ports import HttpAnswer

PERMANENT = (301, 308)

UNLEARN_FAILURES = 3
"""Failed polls in a row after which a learned address is given up for the feed's own."""


def address_of(feed: Feed, state: FeedState) -> str:
    """Return the address to ask: the learned one, unless the feed's own has changed since."""
    moved = state.moved
    return moved.to if moved is not None and moved.asked == feed.url else feed.url


def followed(feed: Feed, state: FeedState, answer: HttpAnswer, *, is_same: bool) -> FeedState:
    """Return the state after an answer that was read.

    `is_same`: it is the feed that we know: unchanged, or with entries in common.
    """
    if not is_same or not answer.hops or any(hop.status not in PERMANENT for hop in answer.hops):
        return state
    return msgspec.structs.replace(state, moved=MovedTo(asked=feed.url, to=answer.url))


def unlearned(state: FeedState) -> FeedState:
    """Return the state after a failed poll: an address that keeps failing is given up."""
    if state.moved is None or state.failures < UNLEARN_FAILURES:
        return state
    return msgspec.structs.replace(state, moved=None)
