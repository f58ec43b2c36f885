"""The alarms of a poller: which feeds need a person, each told once."""

from datetime import timedelta

import msgspec
from builders import START
from polling import GOOD, Now, feed
from structlog.testing import capture_logs

from services.messages import EntryState, FeedState
from services.poller.answer import Outcome
from services.poller.roster import Roster, Slot, Tenure
from services.poller.service.keeping import Keeper
from services.poller.service.watching import Watching
from services.poller.turns import Turns
from services.text.feed_health import DIED_AFTER, LEAST_GAPS

HOUR = timedelta(hours=1)


def roster(**states):
    found = Roster(60.0)
    for name, state in states.items():
        found.slots[name] = Slot(feed(name), state, Tenure(3), 100.0)
    return found


def test_a_dead_and_a_silent_feed_are_counted_and_each_is_told_once():
    entries = {
        str(n): EntryState(
            article_id=str(n), version=1, content_hash="h", first_seen_at=START - n * HOUR
        )
        for n in range(LEAST_GAPS + 1)
    }
    well = FeedState(feed_id="well", last_success_at=START, last_new_at=START, entries=entries)
    quiet = msgspec.structs.replace(well, last_new_at=START - 48 * HOUR)
    dead = FeedState(feed_id="dead", failures=9, failing_since=START - DIED_AFTER)
    watching, feeds = Watching(), Turns(roster(well=well, quiet=quiet, dead=dead))
    with capture_logs() as logs:
        for _ in range(2):
            told = watching.look(feeds, 40.0, START)
    assert watching.counts() == {"died": 1, "quiet": 1}
    assert [(log["event"], log["feed_id"]) for log in logs] == [
        ("feed died", "dead"),
        ("feed is silent for longer than ever", "quiet"),
    ]
    assert {one.next_at for one in told[3].feeds} == {START + timedelta(seconds=60)}


def test_what_was_learned_of_feeds_that_left_is_forgotten():
    watching, turns = Watching(), Turns(roster(a=FeedState(feed_id="a", last_new_at=START)))
    watching.look(turns, 40.0, START)
    assert set(watching._limits) == {"a"}
    del turns.roster.slots["a"]
    watching.look(turns, 41.0, START)
    assert watching._limits == {}
    keeper = Keeper(Now())
    outcome = Outcome("read", FeedState(feed_id="a"), received=GOOD)
    assert [keeper.document(feed("a"), outcome) is None for _ in range(2)] == [False, True]
    keeper.forget({"b"})
    assert keeper._last == {}
