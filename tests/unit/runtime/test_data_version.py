"""The version of the data: what is new, old, unmarked, or of a newer program."""

import threading

import pytest
from loops import everything, send, world_of
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.errors import ConfigError
from services.messages import DataVersion, encode
from services.ports import Outgoing
from services.runtime.data_version import (
    DATA_VERSION,
    MIGRATIONS,
    TOPIC,
    UNMARKED,
    bring_up,
    check,
    marked,
    point,
    refuse,
)
from services.runtime.health import pulses


@pytest.fixture
def broker():
    return MemoryBroker(partitions=2)


def mark(broker, version):
    send(
        broker,
        Outgoing(TOPIC, "data", encode(DataVersion(version=version, written_by=f"0.{version}.0"))),
    )


def test_new_topics_are_marked_with_the_version_of_the_program(broker):
    assert bring_up(broker, is_new=True, known=7, migrations={}) == []
    assert marked(broker).version == 7


def test_data_without_a_mark_is_of_version_1_and_is_migrated(broker):
    assert bring_up(broker, is_new=False) == list(range(UNMARKED, DATA_VERSION))
    assert marked(broker).version == DATA_VERSION
    refuse(marked(broker))


def test_what_is_marked_is_not_marked_again(broker):
    bring_up(broker, is_new=True)
    bring_up(broker, is_new=False)
    assert len(everything(broker, TOPIC)) == 1


def test_older_data_is_migrated_step_by_step_and_each_step_is_marked(broker):
    done = []
    migrations = {
        v: lambda broker, v=v: done.append((v, marked(broker) and marked(broker).version))
        for v in (1, 2)
    }
    assert bring_up(broker, is_new=False, known=3, migrations=migrations) == [1, 2]
    assert done == [(1, None), (2, 2)]
    assert marked(broker).version == 3


def test_older_data_that_no_migration_leads_on_from_is_left_as_it_is(broker):
    mark(broker, 1)
    with pytest.raises(
        ConfigError, match=r"data version 1 and can't be migrated: there is no way from 2 to 3"
    ):
        bring_up(broker, is_new=False, known=3, migrations={1: lambda _: pytest.fail("it began")})
    assert marked(broker).version == 1


def test_a_service_refuses_older_data_and_says_what_to_run(broker):
    mark(broker, 1)
    with pytest.raises(ConfigError, match="run `reportedly topics apply`"):
        refuse(marked(broker), known=2)


def test_data_of_a_newer_program_is_refused_with_one_line_and_left_as_it_is(broker):
    mark(broker, DATA_VERSION + 1)
    for attempt in (lambda: refuse(marked(broker)), lambda: bring_up(broker, is_new=False)):
        with pytest.raises(
            ConfigError,
            match=rf"data version {DATA_VERSION + 1} \(Reportedly 0.{DATA_VERSION + 1}.0\), "
            rf"this program knows data versions up to {DATA_VERSION}",
        ) as caught:
            attempt()
        assert "\n" not in str(caught.value)
    assert len(everything(broker, TOPIC)) == 1


def test_a_mark_that_can_not_be_read_is_one_line(broker):
    send(broker, Outgoing(TOPIC, "data", b'{"version": "two"}'))
    with pytest.raises(ConfigError, match=r"topic data-version at offset 0 can't be read"):
        marked(broker)


def test_there_is_a_migration_from_every_version_that_was():
    assert sorted(MIGRATIONS) == list(range(UNMARKED, DATA_VERSION))


def test_a_service_that_starts_before_kafka_waits_and_beats_meanwhile(broker, tmp_path):
    mark(broker, DATA_VERSION)
    broker.is_down = True
    world = world_of(broker, tmp_path)
    waiting = threading.Thread(target=lambda: check(world, "alerter"), daemon=True)
    waiting.start()
    (pulse,) = eventually(lambda: pulses(tmp_path))
    assert (pulse.service, pulse.state) == ("alerter", "waiting")
    broker.is_down = False
    waiting.join(20)
    assert not waiting.is_alive()
    assert pulses(tmp_path) == []


def test_a_service_waits_while_all_stand_still(broker, tmp_path):
    bring_up(broker, is_new=True)
    point(broker, 0, stands_still=True)
    world = world_of(broker, tmp_path)
    starting = threading.Thread(target=check, args=(world, "tracker"), daemon=True)
    starting.start()
    eventually(lambda: any("stand still" in pulse.reason for pulse in pulses(tmp_path)))
    assert starting.is_alive()
    point(broker, 0)
    eventually(lambda: not starting.is_alive())


def test_programs_that_know_of_no_generations_refuse_to_work_on_a_later_one(broker):
    bring_up(broker, is_new=True)
    point(broker, 1, forgetting=("a",))
    assert (marked(broker).generation, marked(broker).forgetting) == (1, ("a",))
    with pytest.raises(ConfigError, match="install that version or a newer one"):
        refuse(marked(broker))
