"""What is measured of deliveries: what waited for its reader or its receiver counts for no time."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from builders import START
from notifying import alert
from scrapes import Rise
from stand_ins import stand_in

from services.messages import Delivery, Revision, Stamps
from services.notifier.deliveries.changes import Changes
from services.notifier.deliveries.steps import delivery_id
from services.notifier.service.measures import measure

NAME = "reportedly_latency_seconds_count"
TO = "log:"


def delivered(*, is_prompt):
    """Measure one delivery, 2 s after its evidence was seen, and return what was counted."""
    (revision,) = alert(TO).revisions
    seen = START - timedelta(seconds=2)
    stamps = Stamps(published_at=seen, first_seen_at=seen, decided_at=START)
    effect = stand_in(
        SimpleNamespace(revision=told(revision, stamps), state=SimpleNamespace(to=TO))
    )
    record = Delivery(
        delivery_id=delivery_id(revision.id, TO),
        alert_id="a",
        revision_id=revision.id,
        watch_id="w",
        channel=TO,
        kind="first",
        attempt=1,
        outcome="delivered",
        at=START,
        seen_at=seen if is_prompt else None,
    )
    keys = [(stage, since) for stage in ("decided", "delivered") for since in ("seen", "published")]
    risen = Rise()
    measure(Changes(history=[record]), [effect])
    return {(stage, since): risen(NAME, stage=stage, since=since) for stage, since in keys}


def told(revision: Revision, stamps: Stamps) -> Revision:
    return type(revision)(id=revision.id, number=1, kind="first", text="Told.", stamps=stamps)


@pytest.mark.parametrize(("is_prompt", "n"), [(True, 1), (False, 0)])
def test_only_what_nothing_made_wait_counts_for_how_quickly_it_went_out(is_prompt, n):
    found = delivered(is_prompt=is_prompt)
    assert [found["delivered", since] for since in ("seen", "published")] == [n, n]
    assert [found["decided", since] for since in ("seen", "published")] == [1, 1]
