"""How far behind a group is, on the real broker."""

import pytest
from streams import eventually, send

from services.ports import TopicPartition

pytestmark = pytest.mark.engines


def test_a_group_that_has_committed_nothing_yet_is_behind_with_all_that_is_there(broker):
    send(broker, *(("articles", f"a{n}", b"{}") for n in range(5)))
    consumer = broker.consumer("tagger")
    try:
        consumer.subscribe(["articles"])
        records = eventually(lambda: consumer.poll(100, 0.2))
        eventually(lambda: broker.lag("tagger") == (5, 1))
        while len(records) < 5:
            records += consumer.poll(100, 0.2)
        first = [r for r in records if r.partition == records[0].partition]
        consumer.commit({TopicPartition("articles", records[0].partition): first[-1].offset + 1})
        eventually(lambda: broker.lag("tagger") == (5 - len(first), 1))
    finally:
        consumer.close()
