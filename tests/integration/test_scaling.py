"""Tracker and alerter with a second process each from mid-story on: claims and alerts are those of
one process.
"""

from contextlib import ExitStack

import pytest
from story_halves import (
    FAMILIES,
    GROUPS,
    N_ARTICLES,
    N_PARTITIONS,
    WATCHES,
    alerts_on,
    articles,
    claims_on,
    expected,
)
from streams import eventually, send, service

from services.messages import encode
from services.ports import partition_of

pytestmark = [pytest.mark.engines, pytest.mark.faults]


def test_a_second_process_of_tracker_and_alerter_in_mid_story_changes_no_claim_and_no_alert(
    broker, settings
):
    assert {partition_of(w.id, N_PARTITIONS) for w in WATCHES} == set(range(N_PARTITIONS))
    assert {partition_of(f, N_PARTITIONS) for f in FAMILIES} == set(range(N_PARTITIONS))
    story = articles()
    claims, alerts = expected(story)
    send(broker, *(("watches", watch.id, encode(watch)) for watch in WATCHES))

    def publish(some):
        send(broker, *(("tagged-articles", a.article_id, encode(a)) for a in some))

    def all_read(n_members):
        return all(broker.lag(group) == (0, n_members) for group in GROUPS)

    with ExitStack() as running:
        for name in ("track", "alert"):
            running.enter_context(service(settings, name))
        publish(story[: N_ARTICLES // 2])
        eventually(lambda: len(claims_on(broker)) > 3)
        for name in ("track", "alert"):
            running.enter_context(service(settings, name))
        publish(story[N_ARTICLES // 2 :])
        eventually(lambda: all_read(n_members=2))
    assert claims_on(broker) == claims
    assert alerts_on(broker, claims) == alerts
