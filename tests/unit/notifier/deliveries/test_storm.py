"""The laws of delivery: whatever dies and whatever fails, people see what holds now."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from storms import ADDRESSES, Fuse, Storm, services, story

from services.messages import Channel, Contact, Subscriber
from services.notifier.deliveries.wanted import OLD_AFTER
from services.orders import rings

KINDS = ("status", "independent", "count", "slot", "denied", "corrected", "also")
KILLS = st.frozensets(st.integers(1, 80), max_size=12)
WEATHER = st.lists(
    st.sampled_from(["fair", "away", "lost-answer", "busy", "message-gone"]), max_size=6
)
REVISIONS = st.tuples(
    st.lists(st.sampled_from(KINDS), max_size=6), st.sampled_from([(), ("retracted",)])
).map(lambda drawn: ("first", *drawn[0], *drawn[1]))
CHANNELS = st.lists(st.sampled_from(sorted(ADDRESSES)), min_size=1, max_size=3, unique=True)

HOUR = timedelta(hours=1)


def channels(names):
    return [Channel(to=ADDRESSES[name]) for name in names]


def storm(kills=frozenset(), weather=()):
    return Storm(services(), Fuse(kills), iter(weather))


def played(given, versions, pauses):
    """Let versions come one by one with pauses between them, then let everything settle."""
    for version, pause in zip(versions, pauses, strict=False):
        given.alerts.append(version)
        given.live(timedelta(minutes=pause))
    given.alerts = [*given.alerts, *versions[len(given.alerts) :]]
    given.live()
    for _ in range(12):
        given.live(6 * HOUR)


PAUSES = st.lists(st.integers(0, 300), max_size=7)


@settings(max_examples=40, deadline=None)
@given(REVISIONS, CHANNELS, PAUSES, KILLS, WEATHER)
def test_after_any_storm_what_everybody_sees_is_the_last_revision(
    kinds, names, pauses, kills, weather
):
    given = storm(kills, weather)
    versions = story(kinds, channels(names))
    played(given, versions, pauses)
    for name in names:
        service = given.services[name]
        if kinds[-1] == "retracted" and not service.told:
            continue  # It came and went before anything could be seen of it.
        assert service.sees("a") == len(kinds), name


@settings(max_examples=30, deadline=None)
@given(REVISIONS, CHANNELS, KILLS, st.lists(st.sampled_from(["fair", "overtaken"]), max_size=6))
def test_what_comes_while_an_older_revision_is_refused_is_told(kinds, names, kills, weather):
    given = storm(kills, weather)
    first, *given.coming = story(kinds, channels(names))
    given.alerts = [first]
    given.live()
    given.alerts, given.coming = [*given.alerts, *given.coming], []
    for _ in range(12):
        given.live(6 * HOUR)
    for name in names:
        service = given.services[name]
        if kinds[-1] != "retracted" or service.told:
            assert service.sees("a") == len(kinds), name


@settings(max_examples=30, deadline=None)
@given(REVISIONS, st.lists(st.booleans(), min_size=8, max_size=8), PAUSES, KILLS)
def test_a_subscriber_who_is_removed_and_added_again_sees_the_last_revision(
    kinds, is_saved, pauses, kills
):
    given = storm(kills)
    ann = Subscriber(id="ann", name="Ann", targets=(Contact(to=ADDRESSES["slack"]),))
    pauses += [60] * len(kinds)
    versions = story(kinds, [Channel(to="subscriber:ann")])
    for version, pause, is_there in zip(versions, pauses, is_saved, strict=False):
        given.subscribers = {"ann": ann} if is_there else {}
        given.alerts.append(version)
        given.live(timedelta(minutes=pause))
    given.subscribers = {"ann": ann}
    for _ in range(3):
        given.live(HOUR)
    service = given.services["slack"]
    if kinds[-1] != "retracted" or service.told:
        assert service.sees("a") == len(kinds)


@settings(max_examples=30, deadline=None)
@given(REVISIONS, CHANNELS, st.sets(st.integers(1, 6)), PAUSES, KILLS, WEATHER)
def test_whose_row_can_not_be_read_sees_the_revisions_that_come_and_corrections_of_what_it_saw(
    kinds, names, broken, pauses, kills, weather
):
    given = storm(kills, weather)
    pauses += [60] * len(kinds)
    for n, (version, pause) in enumerate(zip(story(kinds, channels(names)), pauses, strict=False)):
        if n in broken:
            given.topic.rows = dict.fromkeys(given.topic.rows, b"{broken")
        given.alerts.append(version)
        given.live(timedelta(minutes=pause))
    for _ in range(12):
        given.live(6 * HOUR)
    for name in names:
        service = given.services[name]
        if kinds[-1] != "retracted" or service.told:
            assert service.sees("a") == len(kinds), name


MOVES = st.lists(st.sampled_from(["slack", "telegram", "ntfy", "webhook", "second"]), min_size=8)
"""Where a subscriber reads at each of its moves. The second is another webhook."""

MOVING = st.lists(st.sampled_from(["fair", "moved", "moved-away", "away"]), max_size=8)
SECONDS = st.lists(st.sampled_from(["before", "after", "never"]), min_size=8, max_size=8)
"""When a subscriber moves in the second of a version: before it is taken, after, or not at all."""


@settings(max_examples=60, deadline=None)
@given(REVISIONS, MOVES, SECONDS, MOVING, KILLS, st.booleans())
def test_who_changes_a_channel_in_the_second_of_an_alert_loses_nothing(
    kinds, names, seconds, weather, kills, wants_all
):
    given = storm(kills, weather)
    given.services["second"] = services()["webhook"]
    wants = KINDS if wants_all else ("status",)
    saved = [people(name) for name in names]
    given.subscribers = saved.pop()
    ann = [Channel(to="subscriber:ann", when=("first", *wants))]
    for version, second in zip(story(kinds, ann), seconds, strict=False):
        if second == "before" and saved:
            given.subscribers = saved.pop()
        given.moves = [saved.pop()] if second == "after" and saved else []
        given.moves += saved[:2]  # for the weather
        given.alerts.append(version)
        given.live(timedelta(minutes=5))
    given.moves = []
    for _ in range(12):
        given.live(6 * HOUR)
    told = [number for service in given.services.values() for _, _, number in service.told]
    if not told:
        assert kinds[-1] == "retracted"  # It came and went before anything could be seen of it.
        return
    version = story(kinds, ann)[-1]
    due = [r.number for r in version.revisions if r.corrects or r.kind in ("first", *wants)]
    assert max(told) >= due[-1]


def people(name):
    """Return the subscribers once the one of them reads at a service."""
    to = ADDRESSES.get(name, f"{name}:desk")
    return {"ann": Subscriber(id="ann", name="Ann", targets=(Contact(to=to),))}


@settings(max_examples=30, deadline=None)
@given(REVISIONS, CHANNELS, PAUSES, KILLS, WEATHER)
def test_a_channels_effects_are_in_order(kinds, names, pauses, kills, weather):
    given = storm(kills, weather)
    played(given, story(kinds, channels(names)), pauses)
    for name in names:
        for verb in ("post", "edit", "note"):
            numbers = [number for _, how, number in given.services[name].told if how == verb]
            assert numbers == sorted(numbers)


@settings(max_examples=30, deadline=None)
@given(REVISIONS, PAUSES, KILLS, WEATHER)
def test_machines_get_each_revision_once(kinds, pauses, kills, weather):
    given = storm(kills, weather)
    played(given, story(kinds, channels(["webhook"])), pauses)
    numbers = [number for _, _, number in given.services["webhook"].told]
    assert numbers in ([*range(1, len(kinds) + 1)], [] if kinds[-1] == "retracted" else None)


@settings(max_examples=30, deadline=None)
@given(REVISIONS, CHANNELS, PAUSES, KILLS)
def test_a_kill_repeats_at_most_one_effect_of_a_destination(kinds, names, pauses, kills):
    given = storm(kills)
    played(given, story(kinds, channels(names)), pauses)
    for name in names:
        again = sum(n - 1 for n in given.services[name].keys.values())
        assert again <= given.fuse.n_kills


@settings(max_examples=20, deadline=None)
@given(REVISIONS, CHANNELS, PAUSES, KILLS, WEATHER)
def test_alerts_that_come_again_change_nothing(kinds, names, pauses, kills, weather):
    given = storm(kills, weather)
    versions = story(kinds, channels(names))
    played(given, versions, pauses)
    told = {name: list(service.told) for name, service in given.services.items()}
    n_written = given.topic.n_written
    given.committed = 0
    given.live(HOUR)
    assert {name: service.told for name, service in given.services.items()} == told
    assert given.topic.n_written == n_written


@settings(max_examples=30, deadline=None)
@given(REVISIONS, st.integers(1, 6), CHANNELS, KILLS)
def test_a_channel_that_is_added_gets_no_history(kinds, n_before, names, kills):
    """It begins with how the alert stands once it changes next."""
    given = storm(kills)
    added = [name for name in names if name != "mail"]
    old = story(kinds, channels(["mail"]))
    new = story(kinds, channels(["mail", *added]))
    given.alerts = old[:n_before]
    given.live()
    given.alerts += new[n_before:]
    given.live()
    for name in added:
        told = given.services[name].told
        assert all(number > n_before for _, _, number in told)
        if name != "webhook":
            assert sum(1 for _, verb, _ in told if verb == "post") <= 1 or name == "ntfy"


@given(REVISIONS, CHANNELS, st.integers(-1, 1))
@settings(max_examples=20, deadline=None)
def test_what_is_old_is_told_to_nobody(kinds, names, late):
    """The notifier was away, and its offsets are lost."""
    given = storm()
    given.alerts = story(kinds, channels(names), at=lambda n: timedelta(0))
    given.live(OLD_AFTER + timedelta(seconds=late))
    for name in names:
        assert (given.services[name].told == []) == (late > 0 or kinds[-1] == "retracted")


@given(REVISIONS)
@settings(max_examples=20, deadline=None)
def test_edits_make_no_sound_and_what_rings_is_said_in_the_thread(kinds):
    given = storm()
    versions = story(kinds, channels(["slack"]))
    for version in versions:
        given.alerts.append(version)
        given.live()
    notes = [number for _, verb, number in given.services["slack"].told if verb == "note"]
    loud = [r.number for r in versions[-1].revisions[1:] if rings(r)]
    assert notes == loud
    verbs = Counter(verb for _, verb, _ in given.services["slack"].told)
    assert verbs["post"] == 1
    assert verbs["edit"] == len(kinds) - 1
