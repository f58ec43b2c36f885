"""The inbox: what a person sees at once after an order, and what undo never undoes."""

import pytest
from builders import START, hours
from desks import desk_of
from msgspec.structs import replace
from policing import alert, command

from services.adapters.memory import MemoryBroker
from services.adapters.memory_index import MemoryIndex
from services.api.access.people import Person
from services.api.inbox import Deed, Inbox
from services.api.problems import Problem
from services.desk.standing import own
from services.indexer.alerting import alerts, commands
from services.indexer.templates import templates
from services.messages import Command, Watch, decode, encode
from services.ports import Outgoing, TopicPartition

ANN, BEN = (Person(name, "editor", frozenset({"desk"})) for name in ("ann", "ben"))
READER = Person("cleo", "reader")
OPERATOR = Person("op", "operator")


class World:
    """An inbox over one index and one broker; `now` may be moved."""

    def __init__(self):
        self.index, self.broker, self.now = MemoryIndex(), MemoryBroker(), hours(3)
        self.index.apply_templates(templates())
        for name in ("alerts", "commands"):
            self.index.ensure(name)
        self.desk = desk_of(self.index, self.broker, now=lambda: self.now)
        self.inbox = Inbox(self.desk)
        self.watch(Watch(id="w", name="Leaders", query="halvane", owner="group:desk"))

    def watch(self, watch):
        self.send("watches", watch.id, encode(watch))

    def send(self, topic, key, value):
        producer = self.broker.producer()
        producer.send(Outgoing(topic, key, value))
        producer.close()

    def told(self, *alerts_):
        for each in alerts_:
            self.index.bulk(alerts(each))

    def ordered(self, *given):
        for each in given:
            self.index.bulk(commands(each))

    def sent(self):
        reader = self.broker.reader()
        parts = [TopicPartition("commands", n) for n in range(self.broker.n_partitions("commands"))]
        return [decode(Command, record.value) for record in reader.read_to_end(parts)]


@pytest.fixture
def world():
    made = World()
    made.told(alert("first", "status"))
    return made


def state(world, person=ANN, id="a"):
    return world.inbox.one(person, id).standing.state


def test_an_order_is_seen_at_once_although_the_index_has_it_later(world):
    assert world.inbox.act(ANN, "a", Deed("acknowledge")).standing.state == "acknowledged"
    assert state(world) == "acknowledged"
    assert world.inbox.one(BEN, "a").by == "ann"
    (order,) = world.sent()
    assert (order.action, order.revision, order.by, order.at) == ("acknowledge", 2, "ann", hours(3))


def test_an_acknowledged_alert_comes_back_when_it_changes(world):
    world.inbox.act(ANN, "a", Deed("acknowledge"))
    world.told(replace(alert("first", "status", "denied"), version=9))
    found = world.inbox.one(ANN, "a")
    assert (found.standing.state, found.by) == ("changed", "you")
    assert [each.kind for each in found.unseen] == ["denied"]


def test_what_was_seen_is_acknowledged_and_not_what_came_meanwhile(world):
    found = world.inbox.act(ANN, "a", Deed("acknowledge", revision=1))
    assert [each.number for each in found.unseen] == [2]


@pytest.mark.parametrize(("revision", "is_right"), [(-1, False), (0, True), (2, True), (3, False)])
def test_a_revision_that_there_is_not_is_refused(world, revision, is_right):
    if is_right:
        world.inbox.act(ANN, "a", Deed("acknowledge", revision=revision))
        return
    with pytest.raises(Problem) as caught:
        world.inbox.act(ANN, "a", Deed("acknowledge", revision=revision))
    assert caught.value.status_code == 422


def test_undo_takes_back_ones_own_order_alone(world):
    mine = world.inbox.act(ANN, "a", Deed("acknowledge")).undoes
    assert world.inbox.act(ANN, "a", Deed("reopen", undoes=mine)).standing.state == "new"
    assert world.sent()[-1].undoes == mine


def test_undo_leaves_what_somebody_else_did_since(world):
    mine = world.inbox.act(ANN, "a", Deed("acknowledge", revision=1)).undoes
    world.ordered(
        replace(
            command("acknowledge", at=world.now + (hours(1) - START), revision=2, command_id="b"),
            by="ben",
        )
    )
    with pytest.raises(Problem, match="ben did so since"):
        world.inbox.act(ANN, "a", Deed("reopen", undoes=mine))
    assert world.inbox.one(ANN, "a").by == "ben"


def test_undo_of_what_is_not_in_force_is_refused(world):
    for deed in (Deed("reopen"), Deed("resume"), Deed("reopen", undoes="x")):
        with pytest.raises(Problem) as caught:
            world.inbox.act(ANN, "a", deed)
        assert caught.value.status_code == 409


def test_a_snooze_is_ones_own_and_its_undo_leaves_a_mute(world):
    world.inbox.act(ANN, "a", Deed("mute"))
    nap = world.inbox.act(ANN, "a", Deed("snooze", until=hours(4)))
    assert nap.standing.state == "snoozed"
    assert state(world, BEN) == "new"
    assert world.inbox.act(ANN, "a", Deed("resume", undoes=nap.undoes)).standing.state == "muted"
    assert {each.recipient for each in world.sent()} == {own("ann")}


@pytest.mark.parametrize("until", [None, hours(3), hours(3 + 24 * 30 + 0.01)])
def test_a_snooze_ends_later_than_now_and_within_thirty_days(world, until):
    with pytest.raises(Problem) as caught:
        world.inbox.act(ANN, "a", Deed("snooze", until=until))
    assert caught.value.status_code == 422


def test_orders_of_one_alert_have_rising_times_whatever_the_clock_says(world):
    first = world.inbox.act(ANN, "a", Deed("acknowledge")).undoes
    world.now = hours(2)
    assert world.inbox.act(ANN, "a", Deed("reopen", undoes=first)).standing.state == "new"
    one, other = world.sent()
    assert one.at < other.at


def test_a_second_press_sends_nothing(world):
    for _ in range(2):
        world.inbox.act(ANN, "a", Deed("acknowledge"))
    assert len(world.sent()) == 1


def test_whoever_has_no_such_watch_has_no_such_alert(world):
    for id in ("a", "gone", "", "x" * 600):
        with pytest.raises(Problem) as caught:
            world.inbox.one(READER, id)
        assert caught.value.status_code == 404
    assert world.inbox.look(READER).views == []
    assert [each.alert_id for each in world.inbox.look(ANN).views] == ["a"]
    world.send("watches", "w", None)
    assert state(world, OPERATOR) == "new"
    with pytest.raises(Problem):
        world.inbox.one(ANN, "a")


def test_pages_go_on_behind_the_last_alert_and_count_all_that_were_looked_at(world):
    many = [
        replace(
            alert("first"),
            alert_id=f"n{n:03}",
            revisions=(replace(alert("first").revisions[0], at=hours(-n)),),
        )
        for n in range(60)
    ]
    world.told(*many)
    seen, after = [], ""
    while True:
        page = world.inbox.look(ANN, after=after)
        seen += [each.alert_id for each in page.views]
        if not after:
            assert page.counts == {"open": 61, "later": 0, "done": 0, "all": 61}
        after = page.next
        if not after:
            break
    assert seen == ["a", *(each.alert_id for each in many)]


@pytest.mark.parametrize(
    "after", ["x", "1", "1.", ".a", "9" * 20 + ".a", "٣.a", "1.0.x" + "y" * 600]
)
def test_a_wrong_cursor_is_refused(world, after):
    with pytest.raises(Problem) as caught:
        world.inbox.look(ANN, after=after)
    assert caught.value.status_code == 422


def test_a_mark_is_kept_for_each_person_and_list(world):
    world.inbox.set_mark(ANN, "alerts", hours(2))
    world.inbox.set_mark(ANN, "shift", hours(1))
    assert world.inbox.mark(ANN, "alerts").at == hours(2)
    assert world.inbox.mark(BEN, "alerts") is None
    assert world.inbox.one(ANN, "a").is_below_mark
