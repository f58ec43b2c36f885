"""Rows of state that are kept on disk: a start reads what came since, and trusts nothing else."""

import random
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loops import world_of

from services.adapters.memory import MemoryBroker
from services.adapters.sqlite_rows import SqliteRows
from services.errors import TransientError
from services.ports import Outgoing, TopicPartition
from services.rows import Mark
from services.runtime.kept import MOST_AGE_SECONDS, KeptState, program_of, why_unusable
from services.runtime.set_aside import Letter
from services.settings import Settings

TOPIC = "alerter-state"
AT = TopicPartition(TOPIC, 0)
KEPT = Mark("t/0", "p", 7, 1000.0)


def unusable(now=KEPT, span=(0, 7), **kept):
    return why_unusable(replace(KEPT, **kept), now, span) != ""


@pytest.mark.parametrize(
    ("seconds", "is_unusable"),
    [(0, False), (MOST_AGE_SECONDS, False), (MOST_AGE_SECONDS + 1, True), (-1, True)],
)
def test_rows_are_used_for_days_and_none_of_tomorrow(seconds, is_unusable):
    assert unusable(replace(KEPT, at=KEPT.at + seconds)) == is_unusable


@pytest.mark.parametrize(
    ("span", "is_unusable"), [((7, 9), False), ((8, 9), True), ((0, 7), False), ((0, 6), True)]
)
def test_rows_end_at_an_offset_that_the_topic_has(span, is_unusable):
    assert unusable(span=span) == is_unusable


def test_rows_of_another_topic_or_program_are_not_used():
    assert not unusable()
    assert unusable(topic="t/1")
    assert unusable(program="q")


@pytest.mark.parametrize("other", [Settings(claim_days=50), Settings(state_days=50)])
def test_a_setting_that_rows_depend_on_is_part_of_the_program(other):
    assert program_of(other) != program_of(Settings())
    assert program_of(Settings(user_agent="x")) == program_of(Settings())


class Sums:
    """Adds numbers by key, in rows: whatever is taken twice, left out, or comes back shows."""

    def __init__(self, rows):
        self.rows = rows

    def restore(self, key, value):
        if value is None:
            self.rows.delete(key)
        else:
            self.rows.put(key, b"%d" % int(value), ["all", f"of {key}"])

    def add(self, key, n):
        """Add a number to that of a key; 0 deletes it. Return the row."""
        value = b"%d" % (int(self.rows.get(key) or 0) + n) if n else None
        self.restore(key, value)
        return Outgoing(TOPIC, key, value, partition=0)

    def told(self):
        found = {key: int(self.rows.get(key)) for key in list(self.rows.keys("all"))}
        assert [*found] == [key for key in found for _ in self.rows.keys(f"of {key}")]
        return found


class Owner:
    """A process that owns a partition, again and again: what it holds is in `folder`."""

    def __init__(self, folder, broker):
        self.folder, self.broker = folder, broker
        self.producer = broker.transactional_producer("t")
        self.member = broker.consumer("g")
        self.world = replace(world_of(broker, folder), rows=partial(SqliteRows, folder))
        self.start()

    def start(self):
        self.kept = KeptState(self.world, TOPIC, Sums, lambda _: None)
        self.load()

    def load(self, asked_back=()):
        self.loaded = self.kept.load(0, asked_back)
        self.machine = self.loaded.machine

    def write(self, key, n, is_committed=True):
        self.producer.begin()
        self.producer.send(self.patiently(lambda: self.machine.add(key, n)))
        if is_committed:
            self.kept.wrote(self.producer.commit(self.member, {}))
        else:
            self.producer.abort()
            self.kept.drop([0])
            self.load()

    def keep(self):
        for held in self.kept._held.values():
            self.kept._keep(held)

    def end(self):
        self.kept.release([0])

    def kill(self):
        """End as a killed process does: the files stay as they are at this moment."""
        now = {path: path.read_bytes() for path in self.files()}
        self.kept.drop([0])
        for path in self.files():
            path.unlink()
        for path, content in now.items():
            path.write_bytes(content)

    def files(self):
        return [path for path in self.folder.iterdir() if ".rows" in path.name]

    def told(self):
        return self.patiently(lambda: self.machine.told())

    def patiently(self, ask):
        """Return what the machine answers, loaded again if its file is found damaged."""
        try:
            return ask()
        except TransientError:
            self.kept.drop([0])
            self.load()
            return ask()


def owner(tmp_path_factory):
    return Owner(tmp_path_factory.mktemp("rows"), MemoryBroker(1))


WRITES = st.tuples(st.sampled_from("abcd"), st.integers(0, 9), st.booleans())
STEPS = st.lists(st.one_of(WRITES, st.sampled_from(["keep", "end", "kill"])), max_size=12)


def play(one, steps):
    """Return the sums that the steps lead to; the process ends with some of them."""
    sums: dict[str, int] = {}
    for step in steps:
        if step == "keep":
            one.keep()
        elif isinstance(step, str):
            getattr(one, step)()
            one.start()
        else:
            key, n, is_committed = step
            one.write(key, n, is_committed)
            if is_committed and n:
                sums[key] = sums.get(key, 0) + n
            elif is_committed:
                sums.pop(key, None)
    return sums


@settings(deadline=None, max_examples=25)
@given(STEPS)
def test_an_end_at_any_step_however_it_comes_changes_nothing(tmp_path_factory, steps):
    one = owner(tmp_path_factory)
    sums = play(one, steps)
    assert one.told() == sums
    one.kill()
    one.start()
    assert one.told() == sums
    one.end()


def test_a_start_reads_what_came_since_the_last_mark(tmp_path_factory):
    one = owner(tmp_path_factory)
    for _ in range(5):
        one.write("a", 1)
    one.keep()
    one.write("b", 1)
    one.kill()
    one.start()
    assert (one.loaded.rows, one.told()) == (1, {"a": 5, "b": 1})
    one.end()
    one.start()
    assert (one.loaded.rows, one.told()) == (0, {"a": 5, "b": 1})


def cut_off(path, chance):
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def noise(path, chance):
    """Overwrite some pages."""
    content = bytearray(path.read_bytes())
    for at in range(0, len(content), 4096):
        if chance.random() < 0.5:
            content[at : at + 4096] = chance.randbytes(4096)
    path.write_bytes(content)


def zeros(path, chance):
    at = 4096 * chance.randrange(path.stat().st_size // 4096)
    content = bytearray(path.read_bytes())
    content[at : at + 4096] = bytes(4096)
    path.write_bytes(content)


def no_rows(path, chance):
    path.write_bytes(b"no file of rows" * chance.randrange(2))


WAYS = [cut_off, noise, zeros, no_rows]


@settings(deadline=None, max_examples=25)
@given(STEPS, st.sampled_from(WAYS), st.randoms(use_true_random=False))
def test_a_damaged_file_is_thrown_away_and_all_is_read(tmp_path_factory, steps, way, chance):
    one = owner(tmp_path_factory)
    sums = play(one, steps)
    one.end()
    for path in one.files():
        way(path, random.Random(chance.random()))
    one.start()
    assert one.told() == sums
    one.write("a", 5)
    one.end()
    one.start()
    assert one.told() == sums | {"a": sums.get("a", 0) + 5}


@settings(deadline=None, max_examples=25)
@given(STEPS, STEPS)
def test_an_older_copy_of_the_file_is_brought_up_to_date(tmp_path_factory, before, after):
    one = owner(tmp_path_factory)
    play(one, before)
    one.end()
    old = {path: path.read_bytes() for path in one.files()}
    one.start()
    held = one.told()
    for step in after:
        play(one, [step])
    sums = one.told()
    one.kill()
    for path in one.files():
        path.unlink()
    for path, content in old.items():
        path.write_bytes(content)
    one.start()
    assert one.told() == sums
    assert held is not None


def test_a_file_of_another_cluster_is_thrown_away(tmp_path_factory):
    one = owner(tmp_path_factory)
    one.write("a", 1)
    one.end()
    again = Owner(one.folder, MemoryBroker(1))
    assert again.told() == {}


def test_a_file_of_another_partition_is_thrown_away(tmp_path_factory):
    one = owner(tmp_path_factory)
    one.write("a", 1)
    one.end()
    (path,) = one.files()
    path.rename(one.folder / f"{TOPIC}-1.rows")
    one.broker._counts[TOPIC] = 2
    assert one.kept.load(1, ()).machine.told() == {}


def test_the_file_of_a_topic_that_lost_its_end_is_thrown_away(tmp_path_factory):
    one = owner(tmp_path_factory)
    for n in (1, 2):
        one.write("a", n)
    one.end()
    one.broker._logs[AT].pop()
    one.start()
    assert one.told() == {"a": 1}


def test_a_file_that_another_process_has_is_left_alone_and_nothing_is_kept(tmp_path_factory):
    one = owner(tmp_path_factory)
    one.write("a", 1)
    one.keep()
    other = Owner(one.folder, one.broker)
    assert (other.loaded.rows, other.told()) == (1, {"a": 1})
    other.write("a", 1)
    other.end()
    one.kill()
    one.start()
    assert (one.loaded.rows, one.told()) == (1, {"a": 2})


def test_a_row_since_the_mark_that_can_not_be_read_leads_to_a_whole_load(tmp_path_factory):
    one = owner(tmp_path_factory)
    one.write("a", 1)
    one.end()
    one.producer.begin()
    one.producer.send(Outgoing(TOPIC, "a", b"no number", partition=0))
    one.producer.commit(one.member, {})
    one.start()
    assert [record.key for record, _ in one.loaded.unreadable] == ["a"]
    assert one.told() == {}


def test_a_letter_that_is_asked_back_leads_to_a_whole_load(tmp_path_factory):
    one = owner(tmp_path_factory)
    one.write("a", 1)
    one.end()
    (row,) = one.broker.reader().read_to_end([AT])
    one.start()
    one.load([Letter(replace(row, key="b", value=b"7"), "", "", is_asked_back=True)])
    assert (one.loaded.rows, one.told()) == (1, {"a": 1, "b": 7})


def test_a_file_is_read_by_its_owner_alone(tmp_path_factory):
    one = owner(tmp_path_factory)
    one.write("a", 1)
    one.keep()
    assert {path.stat().st_mode & 0o077 for path in one.folder.iterdir()} == {0}
