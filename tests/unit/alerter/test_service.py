"""The watches in force: every alerter has them within a second
of saving, also after the broker was away.
"""

import threading
import time
from contextlib import contextmanager

from builders import claim
from loops import send, world_of
from streams import patient

from services.adapters.memory import MemoryBroker
from services.alerter.service import WatchBook, messages
from services.messages import Watch, encode
from services.ports import Outgoing, Record, partition_of


def saved(id, query="halvane", **kw):
    return Outgoing("watches", id, encode(Watch(id=id, name=id, query=query, **kw)))


@contextmanager
def followed(broker, tmp_path):
    book, ended = WatchBook(world_of(broker, tmp_path)), threading.Event()
    follower = threading.Thread(target=book.follow, args=(ended,), daemon=True)
    follower.start()
    yield book
    ended.set()
    follower.join(patient(5))
    assert not follower.is_alive()


def seconds_until(probe, most=5.0):
    """Return after how long `probe` holds; it is asked without a pause."""
    began = time.monotonic()
    while not probe():
        assert time.monotonic() - began < patient(most)
    return time.monotonic() - began


def test_what_is_saved_is_in_force_within_a_second_and_what_is_removed_no_longer(tmp_path):
    broker = MemoryBroker()
    send(broker, saved("old"))
    with followed(broker, tmp_path) as book:
        assert set(book.current()) == {"old"}
        send(broker, saved("new", "kadrin"), Outgoing("watches", "old", None))
        assert seconds_until(lambda: set(book.current()) == {"new"}) < patient(1.0)


def test_a_watch_that_is_switched_off_or_can_not_be_used_is_not_in_force(tmp_path):
    broker = MemoryBroker()
    send(broker, saved("off", enabled=False), saved("broken", "a AND NOT a"), saved("good"))
    assert set(WatchBook(world_of(broker, tmp_path)).current()) == {"good"}


def test_a_claim_goes_to_the_partitions_that_have_a_watch_and_no_other(tmp_path):
    broker = MemoryBroker(partitions=12)
    send(broker, saved("one"), saved("gone"), Outgoing("watches", "gone", None))
    book = WatchBook(world_of(broker, tmp_path))
    homes = {partition_of(id, 12) for id in ("one", "gone")}
    assert book.partitions() == homes
    update = encode(claim())
    sent = messages(Record("claims", 0, 0, "c1", update), book)
    assert [out.partition for out in sent] == sorted(homes)


class Leaving(MemoryBroker):
    """A broker that tells when somebody asked it in vain."""

    def __init__(self):
        super().__init__()
        self.refused = threading.Event()

    def require_up(self):
        if self.is_down:
            self.refused.set()
        super().require_up()


def test_watches_go_on_being_taken_after_the_broker_was_away(tmp_path):
    broker = Leaving()
    with followed(broker, tmp_path) as book:
        broker.is_down = True
        assert broker.refused.wait(patient(5))
        broker.is_down = False
        send(broker, saved("late"))
        seconds_until(lambda: "late" in book.current())
