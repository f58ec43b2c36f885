"""A backup is whole or refused. What is put back is what was saved, with what was read of it."""

import gzip
from datetime import UTC, datetime

import pytest
from builders import article
from click.testing import CliRunner
from previous import PARTITIONS, again, records
from streams import on

from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands import saving
from services.commands.saving import LEFT_OUT, SOURCE, order, require_empty, restore, save
from services.commands.world import Instead
from services.desk.pipeline.redrive import letters, mark
from services.errors import ConfigError
from services.messages import Article, decode, encode
from services.messages.topics import DEAD_LETTERS, topics
from services.ports import Outgoing, TopicPartition
from services.runtime.backup_file import FORMAT, check, head_of
from services.runtime.data_version import DATA_VERSION, bring_up, marked, refuse
from services.runtime.data_version import mark as mark_version

AT = datetime(2031, 5, 2, tzinfo=UTC)


def quiet(_topic, _n):
    """Tell nothing."""


def of_before(n_partitions=PARTITIONS):
    """Return a broker with what the previous version left behind."""
    broker = MemoryBroker(n_partitions)
    for record in records():
        if record.topic != "data-version":
            broker.append(again(record), None)
    mark_version(broker, DATA_VERSION)
    return broker


def contents(broker, names):
    return {
        name: [(r.partition, r.key, r.value, dict(r.headers)) for r in on(broker, name)]
        for name in names
    }


@pytest.fixture
def saved(tmp_path):
    """A broker and its backup."""
    broker, path = of_before(), tmp_path / "a.backup"
    save(broker, path, ["tracker-fold"], AT, quiet)
    return broker, path


def test_what_is_put_back_is_what_was_saved(saved):
    broker, path = saved
    other = MemoryBroker(PARTITIONS)
    restore(other, path, quiet)
    assert contents(other, order()) == contents(broker, order())
    assert sum(map(len, contents(other, order()).values())) > 100
    assert marked(other).version == DATA_VERSION


def test_every_topic_is_saved_or_named_as_left_out():
    names = {spec.name for spec in topics()}
    assert set(order()) == names - LEFT_OUT - {name + DEAD_LETTERS for name in LEFT_OUT}
    assert len(order()) == len(set(order()))
    assert set(SOURCE) <= set(order())


def test_a_state_is_read_before_the_topic_that_it_tells_of():
    place = order().index
    for state, told in (
        ("feed-pending", "feed-states"), ("feed-states", "articles"), ("tracker-state", "claims"),
        ("alerter-state", "alerts"), ("delivery-states", "alerts"),
    ):  # fmt: skip
        assert place(state) < place(told)


def test_a_group_goes_on_with_the_record_that_it_would_have_read_next(tmp_path):
    broker = MemoryBroker(1)
    for n in range(5):
        broker.append(Outgoing("reports", f"r{n}", b"{}"), None)
    at = TopicPartition("reports", 0)
    mark_version(broker, DATA_VERSION)
    broker.set_group_offsets("tracker-fold", {at: 3})
    # What retention or compaction took leaves a gap in the offsets.
    broker._logs[at] = broker._logs[at][2:]
    save(broker, tmp_path / "a", ["tracker-fold", "nobody"], AT, quiet)
    other = MemoryBroker(1)
    restore(other, tmp_path / "a", quiet)
    assert [record.key for record in on(other, "reports")] == ["r2", "r3", "r4"]
    assert other.group_offsets("tracker-fold") == {at: 1}
    assert other.group_offsets("nobody") == {}


def test_a_letter_that_was_sent_again_stays_marked(tmp_path):
    broker, name = MemoryBroker(1), "articles" + DEAD_LETTERS
    mark_version(broker, DATA_VERSION)
    for n in range(3):
        broker.append(
            Outgoing(name, f"a{n}", b"x", partition=0, headers={"reason": b"empty"}), None
        )
    broker.append(mark("articles", on(broker, name)[2], "ann"), None)
    broker._logs[TopicPartition(name, 0)] = broker._logs[TopicPartition(name, 0)][1:]
    save(broker, tmp_path / "a", [], AT, quiet)
    other = MemoryBroker(1)
    restore(other, tmp_path / "a", quiet)
    assert [(each.key, each.redriven_by) for each in letters(on(other, name))] == [
        ("a1", ""),
        ("a2", "ann"),
    ]


def test_a_damaged_file_is_refused_wherever_the_damage_is(saved, tmp_path):
    _, path = saved
    whole, plain = path.read_bytes(), gzip.decompress(path.read_bytes())
    assert sum(check(path).values()) > 100
    broken = tmp_path / "broken"
    step = len(whole) // 8
    cut = [whole[:n] for n in (*range(1, len(whole), step), len(whole) - 1)]
    flipped = [
        gzip.compress(plain[:n] + bytes([plain[n] ^ 1]) + plain[n + 1 :], 1)
        for n in range(len(plain) - 1, 2000, -len(plain) // 8)
    ]
    for content in (*cut, *flipped, b"", b"backup", gzip.compress(b"{}\n")):
        broken.write_bytes(content)
        with pytest.raises(ConfigError, match=r"damaged|no backup|form"):
            check(broken)


def test_a_file_of_another_form_names_the_program_that_reads_it(saved, tmp_path):
    plain = gzip.decompress(saved[1].read_bytes())
    newer = tmp_path / "newer"
    form = b'"reportedly_backup":%d' % FORMAT
    newer.write_bytes(gzip.compress(plain.replace(form, b'"reportedly_backup":99', 1)))
    with pytest.raises(ConfigError, match="has the form 99"):
        head_of(newer)


def test_a_backup_that_breaks_off_leaves_the_former_one(saved):
    broker, path = saved
    before = path.read_bytes()

    def full(_topic, _n):
        raise OSError(28, "No space left on device")

    with pytest.raises(ConfigError, match="No space left"):
        save(broker, path, [], AT, full)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_system_with_data_is_refused(saved):
    broker, _ = saved
    with pytest.raises(ConfigError, match="--replace"):
        require_empty(broker)
    require_empty(MemoryBroker(PARTITIONS))


def test_topics_that_a_backup_was_not_put_into_whole_are_used_by_nobody(saved):
    other = MemoryBroker(PARTITIONS)

    def killed(topic, _n):
        if topic == "claims":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(other, saved[1], killed)
    with pytest.raises(ConfigError, match="--replace"):
        refuse(marked(other))
    with pytest.raises(ConfigError, match="--replace"):
        bring_up(other, is_new=False)


def test_another_number_of_partitions_is_refused_with_the_way_there(saved):
    with pytest.raises(ConfigError, match="--source-only"):
        saving.require_equal_counts(MemoryBroker(3), head_of(saved[1]))
    saving.require_equal_counts(MemoryBroker(PARTITIONS), head_of(saved[1]))


def test_the_source_goes_into_more_partitions_each_key_to_its_own_and_tells_nobody(tmp_path):
    broker = of_before()
    broker.append(Outgoing("articles", "a", encode(article("a1", "Two died in Ostrel."))), None)
    save(broker, tmp_path / "a", [], AT, quiet)
    other = MemoryBroker(5)
    saving.restore_source(other, tmp_path / "a", quiet)
    found = on(other, "articles")
    readable = [r for r in found if b'"article_id"' in (r.value or b"")]
    assert {decode(Article, record.value).cause for record in readable} == {"replay"}
    for name in SOURCE:
        assert len(on(other, name)) == len(on(broker, name)), name
        n = other.n_partitions(name)
        direct = MemoryBroker(5)
        for record in on(other, name):
            key = record.key
            want = direct.append(Outgoing(name, key, record.value), None)
            assert n == 1 or want.partition == record.partition
    assert not on(other, "alerts")


def test_the_commands_save_check_and_refuse(tmp_path):
    path, broker = str(tmp_path / "a.backup"), of_before()
    world = Instead(store=broker, broker=broker)
    done = CliRunner().invoke(root, ["backup", path], obj=world)
    assert "messages of" in done.output, done.output
    done = CliRunner().invoke(root, ["restore", path, "--dry-run"], obj=world)
    assert "is whole" in done.output, done.output
    broker.consumer("notifier").subscribe(["alerts"])
    done = CliRunner().invoke(root, ["restore", path], obj=world)
    assert "services run (notifier)" in str(done.exception)
