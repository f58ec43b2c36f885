"""The short form of `make faults`: one schedule without a kill, on the engines of all tests."""

import pytest
from faults.engines import shared_place
from faults.material import made_up
from faults.nursery import Nursery
from faults.play import Stage, play
from faults.schedule import Fault, Schedule
from receivers.shore import Shore

pytestmark = pytest.mark.engines

ROUGH = Schedule(
    5,
    "twice and out of order",
    False,
    (
        Fault("twice and out of order", 0.0),
        Fault("Elasticsearch refuses items", 0.1, 1.0),
        Fault("poison", 0.3),
        Fault("clock steps", 0.5, target="+3600"),
        Fault("Elasticsearch reset", 0.5, 1.0),
    ),
)


def test_nothing_is_lost_or_doubled_and_recipients_see_the_last_word(engines, shared_folder):
    with (
        Nursery() as nursery,
        Shore() as shore,
        shared_place(engines.kafka_bootstrap, engines.elastic_url) as place,
    ):
        stage = Stage(nursery, shore, shared_folder)
        result = play(ROUGH, made_up(ROUGH.seed), place, stage, naive=False)
    assert not any(result.verdict.values()), result
    assert (result.crashes, result.twice) == ([], 0)
    assert result.claims > 5
    assert result.taken > 10
