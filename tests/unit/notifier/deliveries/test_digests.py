"""Digests: each once, at the clock time asked, in any zone, whatever dies and however long."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from builders import START
from clocks import DAY, MINUTE, changes, clocks
from hypothesis import given, settings
from hypothesis import strategies as st
from storms import Fuse, Killed, Service, Storm, story

from services.messages import ChangeKind, Channel, DigestRule, Policy
from services.notifier.deliveries.steps import Effect, Now
from services.notifier.policies.decide import digest_key
from services.notifier.policies.hours import last_digest, next_digest

STEP = 15 * MINUTE
"""A process looks so often. All times asked, and all changes of clocks, are multiples of it."""

N_STEPS = 3 * 24 * 4

TIMES = ("00:00", "01:30", "02:30", "08:00", "23:45")
"""Times of day: some are leapt over in most zones, or come twice."""

KINDS: tuple[ChangeKind, ...] = ("first", "status", "denied")

CHANGES = [(zone, change) for zone in clocks() for change in changes(zone)]


@dataclass
class Digests(Service):
    """Takes digests, and drops one whose key it knows."""

    taken: list[tuple[datetime, dict[str, int]]] = field(default_factory=list)
    """When each came, and alert to revision."""

    def take_all(self, effects: Sequence[Effect], now: datetime) -> None:
        first = effects[0]
        key = digest_key(first.recipient, first.state.watch_id, (e.key for e in effects))
        self.keys[key] += 1
        if self.keys[key] == 1:
            self.taken.append((now, {e.state.alert_id: e.revision.number for e in effects}))


@dataclass
class Nights(Storm):
    """Some days of a notifier that collects. A digest is one effect. The dead stay dead a while."""

    digests: Digests = field(default_factory=lambda: Digests(can_edit=False, can_thread=False))

    def wake(self, now: datetime) -> None:
        self.now = Now(now, now)
        with suppress(Killed):
            self._one_life()

    def _turn(self, book, keys):
        changes, effects = book.begin(keys, self.now)
        self._write(changes)
        if not effects:
            return False
        assert all(effect.in_digest for effect in effects)
        self.fuse.step()
        self.digests.take_all(effects, self.now.news)
        self.fuse.step()
        self._write(book.done(effects, "", self.now))
        return True


@st.composite
def days(draw):
    """Return a rule, the first minute, and versions of alerts with the time that each comes.

    Some come late: their digest has gone out already.
    """
    zone, change = draw(st.sampled_from(CHANGES))
    at = draw(st.lists(st.sampled_from(TIMES), min_size=1, max_size=2, unique=True))
    rule, begin = DigestRule(at=tuple(at), zone=zone), change - DAY
    due = [next_digest(rule, begin)]
    while (later := next_digest(rule, due[-1])) < begin + 2 * DAY:
        due.append(later)
    near = st.tuples(st.sampled_from(due), st.integers(-5, 5)).map(lambda t: t[0] + t[1] * MINUTE)
    any_time = st.integers(0, 2 * 24 * 60 - 1).map(lambda n: begin + n * MINUTE)
    times_of_one = st.lists(near | any_time, min_size=1, max_size=3, unique=True).map(sorted)
    coming = []
    for n, times in enumerate(draw(st.lists(times_of_one, min_size=1, max_size=3))):
        versions = story(
            KINDS[: len(times)],
            [Channel(to="webhook:https://a.example/hook")],
            f"a{n}",
            Policy(digest=rule),
            at=lambda k: times[k - 1] - START,  # noqa: B023 - called before the next turn
        )
        late = timedelta(minutes=draw(st.sampled_from([0, 0, 5, 60])))
        coming += [(at + late, version) for at, version in zip(times, versions, strict=True)]
    return rule, begin, sorted(coming, key=lambda pair: (pair[0], pair[1].version))


ASLEEP = st.lists(st.tuples(st.integers(0, N_STEPS - 1), st.integers(1, 40)), max_size=4).map(
    lambda naps: {step for begin, n in naps for step in range(begin, begin + n)}
)
"""Steps at which no process runs."""


@settings(max_examples=15, deadline=None)
@given(days(), ASLEEP)
def test_each_digest_comes_once_at_the_clock_time_asked_or_when_a_process_lives_again(
    drawn, asleep
):
    times, n_kills = collected(drawn, frozenset(), asleep)
    assert n_kills == 0
    assert len(set(times)) == len(times)


@settings(max_examples=15, deadline=None)
@given(days(), st.frozensets(st.integers(1, 40), min_size=1, max_size=12), ASLEEP)
def test_who_dies_may_say_something_again_but_leaves_nothing_out(drawn, kills, asleep):
    times, n_kills = collected(drawn, kills, asleep)
    assert len(times) - len(set(times)) <= n_kills


def collected(drawn, kills, asleep):
    """Return the time asked for that each digest was of, and how often the process was killed.

    Each came at its time, unless nobody lived, and in the end everything was told.
    """
    rule, begin, coming = drawn
    digests = Digests(can_edit=False, can_thread=False)
    nights = Nights({"webhook": digests}, Fuse(kills), digests=digests)
    last = {version.alert_id: len(version.revisions) for _, version in coming}
    arrived = {(version.alert_id, len(version.revisions)): at for at, version in coming}
    wakes = [step for step in range(N_STEPS) if step not in asleep] + [N_STEPS + 24 * 4]
    for step in wakes:
        now = begin + step * STEP
        while coming and coming[0][0] <= now:
            nights.alerts.append(coming.pop(0)[1])
        nights.wake(now)
    for _ in range(len(kills) + 1):
        nights.wake(now)
    times = [last_digest(rule, came) for came, _ in digests.taken]
    for (came, of), due in zip(digests.taken, times, strict=True):
        ready = max(due, min(arrived[pair] for pair in of.items()))
        waited = [step for step in wakes if ready <= begin + step * STEP < came]
        assert len(waited) <= nights.fuse.n_kills, "it comes at its time, unless nobody lives"
    told: dict[str, int] = {}
    for _, revisions in digests.taken:
        assert all(told.get(id, 0) <= number for id, number in revisions.items())
        told |= revisions
    assert told == last, "in the end everybody knows what holds"
    return times, nights.fuse.n_kills
