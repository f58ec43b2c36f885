"""How many articles a feed may bring in an hour."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.messages import FeedState
from services.poller.reading.feed import MAX_ENTRIES

QUOTA_WINDOW = timedelta(hours=1)
"""Time for which a published entry counts against the feed's quota (`new_entries_per_hour`)."""


@dataclass(slots=True)
class Quota:
    """Entries published since `since`, and those that must wait.

    New entries and edits count apart.
    """

    most: int
    since: datetime
    n_new: int = 0
    n_edits: int = 0
    waiting: list[str] = field(default_factory=list)

    def takes(self, is_new: bool, key: str) -> bool:
        """Count an entry and return True, or let it wait."""
        if (self.n_new if is_new else self.n_edits) >= self.most:
            self.waiting.append(key)
            return False
        self.n_new += is_new
        self.n_edits += not is_new
        return True

    def spent(self) -> dict[str, object]:
        """Return the fields of the feed's state that count."""
        return {"quota_since": self.since, "quota_new": self.n_new, "quota_edits": self.n_edits}


def quota_of(state: FeedState, now: datetime, per_hour: int) -> Quota:
    """Return what is left of the feed's quota at `now` (news time)."""
    if state.last_success_at is None:
        # A new feed: its whole document, which is bounded, is let in, and counts.
        return Quota(max(per_hour, MAX_ENTRIES), now)
    if not is_counting(state, now) or state.quota_since is None:
        return Quota(per_hour, now)
    return Quota(per_hour, state.quota_since, state.quota_new, state.quota_edits)


def is_counting(state: FeedState, now: datetime) -> bool:
    """Return True within an hour of the first entry counted.

    Setting the clock back starts a new hour.
    """
    return state.quota_since is not None and timedelta(0) <= now - state.quota_since < QUOTA_WINDOW


def waiting_told(quota: Quota, per_hour: int) -> Iterable[str]:
    """Yield a sentence about the entries that wait."""
    if quota.waiting:
        yield (
            f"{len(quota.waiting)} entries wait for the next hour: more than {per_hour} new ones "
            "or edits came in this one "
            "(REPORTEDLY_NEW_ENTRIES_PER_HOUR)"
        )
