"""Two notifiers share the partitions, and one of them leaves: nothing is lost or sent twice."""

import asyncio
import threading
from collections import Counter

from loops import running, send
from notifying import MovingClock, ScriptedPoster, alert, history
from stand_ins import stand_in
from streams import eventually

from services.adapters.memory import MemoryBroker
from services.messages import encode
from services.notifier.service.notifier import run
from services.ports import HttpAnswer, Outgoing
from services.runtime.shutdown import SignalStop
from services.runtime.world import World
from services.settings import Settings

HOOKS = [f"webhook:https://hook{n}.example" for n in range(3)]
N_ALERTS = 40


class Receivers(ScriptedPoster):
    """Take their time, so that something is always under way."""

    async def call(self, method, url, headers, body=b"", answer_bytes=0):
        await asyncio.sleep(0.003)
        self.posts.append((url, headers, body))
        return HttpAnswer(200, url, {})


def world_of(broker, poster, folder):
    settings = Settings(run_dir=folder)
    nothing = stand_in()
    stop = SignalStop()
    return World(settings, MovingClock(), broker, nothing, nothing, poster, stop)


def test_a_hand_over_loses_nothing_and_repeats_nothing_that_could_end(tmp_path):
    broker, poster = MemoryBroker(partitions=4), Receivers()
    alerts = [alert(*HOOKS, alert_id=f"a{n}", watch_id=f"w{n}") for n in range(N_ALERTS)]
    for one in alerts:
        value, watch = encode(one), one.watch_id
        send(broker, Outgoing("alerts", one.alert_id, value, partition_key=watch))
    whole, n_threads = N_ALERTS * len(HOOKS), threading.active_count()
    first, second = (world_of(broker, poster, tmp_path / name) for name in "ab")
    with running(run, first):
        eventually(lambda: len(poster.posts) > whole // 6)
        with running(run, second):
            eventually(lambda: len(poster.posts) > whole // 3)
            first.stop.set()
            eventually(lambda: len(history(broker)) == whole)
    sent = Counter(headers["webhook-id"] for _, headers, _ in poster.posts)
    assert len(sent) == whole
    assert set(sent.values()) == {1}
    assert threading.active_count() == n_threads
