"""The book of a partition: what becomes of rows as alerts come and effects end."""

from datetime import timedelta

import pytest
from builders import START, hours
from msgspec.structs import replace
from policing import command
from storms import ADDRESSES, Storm, Topic, services, story

from services.messages import (
    Channel,
    Command,
    Contact,
    DigestRule,
    Policy,
    Quiet,
    Stamps,
    Subscriber,
)
from services.notifier.deliveries.asking import About
from services.notifier.deliveries.book import Book
from services.notifier.deliveries.probes import MOST_NUDGES
from services.notifier.deliveries.shelf import Shelf
from services.notifier.deliveries.steps import Now
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.targets.target import Later, Refused
from services.rows import MemoryRows

SLACK, HOOK, MAIL = (Channel(to=ADDRESSES[name]) for name in ("slack", "webhook", "mail"))
GONE = Refused("HTTP 410", is_gone=True)


def book():
    known = services()
    around = Surroundings(lambda to: known.get(to.partition(":")[0]))
    return Book(Shelf(MemoryRows()), around)


def now(n=0.0):
    return Now(hours(n), hours(n))


def effects(of, at=None):
    """Begin all that is due. Return the effects."""
    found = []
    for turn in of.ripe(at or now()):
        found += of.begin(turn.keys, at or now())[1]
    return found


def taken(*channels, kinds=("first",)):
    of = book()
    of.take(story(kinds, channels)[-1], now())
    return of


def given_up(of, effect, at=None):
    return of.failed([effect], Refused("no"), at or now(), 1.0)


def redrive(at, **fields):
    return Command(command_id="r", watch_id="w", action="redrive", at=hours(at), **fields)


def test_what_fails_waits_for_its_next_try_and_is_not_due_before():
    of = taken(HOOK)
    (effect,) = effects(of)
    of.failed([effect], Later("HTTP 503"), now(), 1.0)
    assert effects(of) == []
    soon = Now(START, START + timedelta(seconds=5))
    assert [again.key for again in effects(of, soon)] == [effect.key]


def test_a_probe_before_the_next_try_is_no_try():
    of = taken(HOOK)
    (effect,) = effects(of)
    of.failed([effect], Later("HTTP 503"), now(), 1.0)
    before = of.shelf.get(effect.state.key)
    of.probes.probe([effect.state.key], START)
    (again,) = effects(of)
    of.failed([again], Later("HTTP 503"), now(), 1.0)
    assert of.shelf.get(effect.state.key) == before
    assert again.key == effect.key


@pytest.mark.parametrize(("n", "is_asked"), [(MOST_NUDGES - 1, True), (MOST_NUDGES, False)])
def test_a_destination_that_takes_others_is_asked_again_for_a_message_a_few_times(n, is_asked):
    of = taken(HOOK)
    (effect,) = effects(of)
    of.failed([effect], Later("HTTP 500"), now(), 1.0)
    for _ in range(n):
        of.probes.nudge(HOOK.to, START)
        (again,) = effects(of)
        of.failed([again], Later("HTTP 500"), now(), 1.0)
    of.probes.nudge(HOOK.to, START)
    assert (effects(of) != []) == is_asked
    assert of.shelf.get(effect.state.key).attempts == 1


def test_what_was_given_up_and_is_asked_for_again_is_probed_again_a_few_times():
    of = taken(HOOK)
    (effect,) = effects(of)
    of.failed([effect], Later("HTTP 500"), now(), 1.0)
    for _ in range(MOST_NUDGES):
        of.probes.nudge(HOOK.to, START)
        effects(of)
    given_up(of, effect, now(1))
    of.redrive(redrive(2))
    (again,) = effects(of, now(2))
    of.failed([again], Later("HTTP 500"), now(2), 1.0)
    of.probes.nudge(HOOK.to, hours(2))
    assert effects(of, now(2)) != []


def delivered(channel=HOOK, policy=None, *, is_held=False, is_tried=False):
    """Return the record of a revision that was delivered."""
    of, stamps = book(), Stamps(first_seen_at=hours(-1))
    alert = story(("first",), (channel,), policy=policy)[-1]
    of.take(replace(alert, revisions=(replace(alert.revisions[0], stamps=stamps),)), now())
    if is_tried:
        of.failed(effects(of), Later("HTTP 503"), now(), 1.0)
    at = now(7) if is_held or is_tried else now()
    (effect,) = effects(of) + effects(of, at)
    (record,) = of.done([effect], "h", at).history
    assert record.outcome == "delivered"
    return record


def test_a_delivery_says_when_its_evidence_was_seen():
    assert delivered().seen_at == hours(-1)


def test_what_waited_for_its_receiver_or_its_reader_says_nothing_of_how_quick_we_are():
    assert delivered(is_tried=True).seen_at is None
    quiet = Policy(quiet=Quiet(from_="00:00", to="12:00"))
    assert delivered(MAIL, quiet, is_held=True).seen_at is None


def test_a_row_that_was_tried_in_vain_is_known_until_it_is_done():
    of = taken(HOOK)
    (effect,) = effects(of)
    of.failed([effect], Later("HTTP 503"), now(), 1.0)
    assert of.shelf.failing == {HOOK.to: {effect.state.key}}
    of.done([effect], "", now())
    assert of.shelf.failing == {}


def test_a_destination_that_answers_again_gets_at_once_what_waited_for_it():
    of = taken(HOOK, MAIL)
    for effect in effects(of):
        of.failed([effect], Later("HTTP 503"), now(), 1.0)
    of.probes.answers_again(HOOK.to)
    assert [effect.state.to for effect in effects(of)] == [HOOK.to]


def test_what_is_given_up_is_written_with_its_trouble_and_its_history():
    of = taken(HOOK, MAIL)
    (effect,) = [effect for effect in effects(of) if effect.state.to == HOOK.to]
    changes = given_up(of, effect)
    trouble, state = changes.rows
    assert (trouble.trouble, trouble.others, trouble.is_told) == ("failing", (MAIL.to,), False)
    assert (state.outcome, state.given_up_after, state.reason) == ("given-up", 0, "no")
    assert [(d.outcome, d.detail) for d in changes.history] == [("failed", "no")]


def test_the_owner_of_a_destination_is_told_once_however_much_is_given_up():
    of = book()
    for id in "ab":
        of.take(story(("first",), (HOOK, MAIL), alert_id=id)[-1], now())
    lost = [effect for effect in effects(of) if effect.state.to == HOOK.to]
    assert len(given_up(of, lost[0]).rows) == 2
    assert len(given_up(of, lost[1]).rows) == 1


def test_a_destination_that_takes_a_message_is_in_trouble_no_more():
    of = taken(HOOK, MAIL, kinds=("first",))
    (effect,) = [effect for effect in effects(of) if effect.state.to == HOOK.to]
    given_up(of, effect)
    of.take(story(("first", "status"), (HOOK, MAIL))[-1], now())
    (again, *_) = [effect for effect in effects(of) if effect.state.to == HOOK.to]
    changes = of.done([again], "", now())
    assert changes.gone == [f"destination|w|{HOOK.to}"]
    assert of.shelf.troubles == {}


def test_a_destination_that_is_gone_gets_nothing_until_it_is_asked_for_again():
    of = taken(HOOK, MAIL)
    (effect,) = [effect for effect in effects(of) if effect.state.to == HOOK.to]
    of.failed([effect], GONE, now(), 1.0)
    of.take(story(("first", "status"), (HOOK, MAIL))[-1], now())
    assert HOOK.to not in [effect.state.to for effect in effects(of)]
    assert of.shelf.get(f"a|{HOOK.to}").outcome == "off"
    of.redrive(redrive(1, to=HOOK.to))
    of.take(story(("first", "status", "denied"), (HOOK, MAIL))[-1], now())
    told = [effect.revision.number for effect in effects(of) if effect.state.to == HOOK.to]
    assert told == [3]


def test_an_alert_that_is_asked_for_switches_no_destination_on():
    of = taken(HOOK)
    (effect,) = effects(of)
    of.failed([effect], GONE, now(), 1.0)
    assert not of.redrive(redrive(1, alert_id="a"))
    assert of.redrive(redrive(1))
    assert of.shelf.troubles == {}


@pytest.mark.parametrize(
    ("fields", "is_meant"),
    [
        ({}, True),
        ({"to": HOOK.to}, True),
        ({"to": MAIL.to}, False),
        ({"alert_id": "a"}, True),
        ({"alert_id": "b"}, False),
        ({"watch_id": "x"}, False),
        ({"watch_id": ""}, True),
    ],
)
def test_what_was_given_up_is_tried_again_if_it_is_meant(fields, is_meant):
    of = taken(HOOK)
    (effect,) = effects(of)
    given_up(of, effect)
    of.redrive(replace(redrive(1), **fields))
    assert [again.key for again in effects(of)] == ([effect.key] if is_meant else [])


def test_the_history_counts_the_tries_before_it_was_given_up_too():
    """The index keeps the record of a delivery with the most tries."""
    of = taken(HOOK)
    (effect,) = effects(of)
    (lost,) = given_up(of, effect).history
    of.redrive(redrive(1))
    (again,) = effects(of)
    (told,) = of.done([again], "", now(2)).history
    assert lost.delivery_id == told.delivery_id
    assert (lost.outcome, lost.attempt, told.outcome, told.attempt) == ("failed", 1, "delivered", 2)


def test_a_command_to_try_again_is_followed_once():
    of = taken(HOOK)
    (effect,) = effects(of)
    given_up(of, effect)
    assert of.redrive(redrive(1))
    (again,) = effects(of)
    given_up(of, again, now(2))
    assert not of.redrive(redrive(1))
    assert effects(of) == []


def test_what_is_tried_again_on_command_counts_as_fresh():
    of = taken(HOOK)
    (effect,) = effects(of)
    given_up(of, effect)
    of.redrive(redrive(24 * 20))
    assert len(effects(of, now(24 * 20))) == 1


def test_what_waits_behind_a_channel_that_was_removed_is_dropped():
    of = taken(HOOK, MAIL)
    changes = of.take(story(("first", "status"), (MAIL,))[-1], now())
    (dropped,) = [state for state in changes.rows if state.to == HOOK.to]
    assert (dropped.outcome, dropped.reason) == ("settled", "its channel was removed")


def test_the_rows_of_an_alert_that_is_gone_go():
    of = taken(HOOK, MAIL)
    assert sorted(of.forget("a").gone) == sorted([f"a|{HOOK.to}", f"a|{MAIL.to}"])
    assert effects(of) == []


def test_a_row_of_a_channel_without_a_target_says_so():
    of = taken(Channel(to="fax:1"))
    assert of.shelf.get("a|fax:1").reason.startswith("nothing delivers to 'fax:1'")


def test_a_message_that_was_deleted_is_posted_anew_with_what_holds_now():
    given = Storm(services(), weather=iter(["fair", "message-gone"]))
    given.alerts = story(("first",), [SLACK])
    given.live()
    given.alerts = story(("first", "denied"), [SLACK])
    given.live()
    slack = given.services["slack"]
    assert [(verb, number) for _, verb, number in slack.told] == [("post", 1), ("post", 2)]
    assert slack.sees("a") == 2


def test_an_acknowledgement_that_comes_while_a_note_waits_keeps_it_back():
    of = taken(SLACK)
    (post,) = effects(of)
    of.done([post], "h", now())
    of.take(story(("first", "status"), [SLACK])[-1], now())
    (edit,) = effects(of)
    of.done([edit], "", now())
    of._around.orders.take(command("acknowledge", at=hours(1)))
    assert edit.verb == "edit"
    assert effects(of) == []
    assert of.shelf.get(f"a|{SLACK.to}").outcome == "settled"


def partly(versions, n):
    """Return a book that finds the first `n` rows of the last version, and what was before it."""
    of, topic = book(), Topic()
    for version in versions[:-1]:
        topic.write(list(of.take(version, now()).messages(0)))
    topic.write(list(of.take(versions[-1], now()).messages(0))[:n])
    again = book()
    for key, value in topic.rows.items():
        again.shelf.restore(key, value)
    again.take(versions[-1], now())
    return again


@pytest.mark.parametrize("n", [0, 1, 2])
def test_who_dies_while_the_rows_of_an_alert_are_written_leaves_no_destination_out(n):
    of = partly(story(("first",), (SLACK, HOOK, MAIL)), n)
    assert sorted(effect.state.to for effect in effects(of)) == sorted(
        channel.to for channel in (SLACK, HOOK, MAIL)
    )


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_a_channel_that_is_added_while_the_process_dies_gets_no_history_either(n):
    old = story(("first", "status"), (SLACK,))[0]
    new = story(("first", "status"), (SLACK, HOOK, MAIL))[1]
    of = partly([old, new], n)
    since = {state.to: state.since for state in of.shelf.of_alert("a")}
    assert since == {SLACK.to: 0, HOOK.to: 1, MAIL.to: 1}


def test_a_revision_that_comes_while_an_older_one_is_refused_goes_and_the_refusal_is_told():
    of = taken(HOOK, MAIL)
    (effect,) = [effect for effect in effects(of) if effect.state.to == HOOK.to]
    of.take(story(("first", "denied"), (HOOK, MAIL))[-1], now())
    changes = given_up(of, effect)
    assert [(d.outcome, d.revision_id) for d in changes.history] == [("failed", "a1")]
    assert [row.trouble for row in of.shelf.troubles.values()] == ["failing"]
    told = [again.revision.number for again in effects(of) if again.state.to == HOOK.to]
    assert told == [1]


def test_a_row_that_changes_twice_in_one_step_is_written_once():
    """Who died between the two would find it given up, and the revision that came would be lost."""
    of = taken(HOOK)
    (effect,) = effects(of)
    of.take(story(("first", "denied"), (HOOK,))[-1], now())
    written = [message.key for message in given_up(of, effect).messages(0)]
    assert written.count(effect.state.key) == 1
    assert of.shelf.get(effect.state.key).outcome == "waiting"


@pytest.mark.parametrize(("kind", "is_new"), [("denied", True), ("count", False)])
def test_a_revision_that_is_wanted_gets_a_series_of_tries_of_its_own(kind, is_new):
    wants = replace(HOOK, when=("first", "denied"))
    of = taken(wants)
    (effect,) = effects(of)
    of.failed([effect], Later("HTTP 503"), now(), 1.0)
    before = of.shelf.get(effect.state.key)
    of.take(story(("first", kind), (wants,))[-1], now(1))
    row = of.shelf.get(effect.state.key)
    series = (row.attempts, row.began_at, row.due_at, row.earlier_attempts)
    kept = (1, before.began_at, before.due_at, 0)
    assert series == ((0, None, None, 1) if is_new else kept)


@pytest.mark.parametrize("answer", [Later("HTTP 503"), Refused("HTTP 400")])
def test_a_row_that_was_settled_while_its_effect_ran_stays_so(answer):
    of = taken(HOOK, MAIL)
    (effect,) = [effect for effect in effects(of) if effect.state.to == HOOK.to]
    of.take(story(("first", "status"), (MAIL,))[-1], now())
    before = of.shelf.get(effect.state.key)
    assert not of.failed([effect], answer, now(), 1.0)
    assert of.shelf.get(effect.state.key) == before
    assert before.outcome == "settled"


def ann(*channels):
    quiet = Quiet(from_="00:00", to="23:59")
    targets = tuple(Contact(to=channel.to) for channel in channels)
    return Subscriber(id="ann", name="Ann", targets=targets, quiet=quiet)


def waiting_for_ann():
    """Return a book in which an alert waits in the quiet hours of a subscriber."""
    of = book()
    of._around.subscribers["ann"] = ann(SLACK)
    of.take(story(("first",), [Channel(to="subscriber:ann")])[-1], now())
    assert effects(of) == []
    return of


def asked(of, at):
    of.asking.ask(About(subscribers={"ann"}))
    return [effect.state.to for effect in effects(of, now(at))]


@pytest.mark.parametrize(("hour", "is_told"), [(24 * 6, True), (24 * 8, False)])
def test_what_waits_for_a_subscriber_waits_for_days_while_it_is_not_saved(hour, is_told):
    of = waiting_for_ann()
    known = of._around.subscribers.pop("ann")
    assert asked(of, 1) == []
    assert asked(of, hour) == []
    of._around.subscribers["ann"] = replace(known, quiet=None)
    assert asked(of, hour) == ([SLACK.to] if is_told else [])


def test_who_is_not_saved_is_written_into_the_history_once():
    of = book()
    changes = of.take(story(("first",), [Channel(to="subscriber:ann")])[-1], now())
    assert [d.detail for d in changes.history] == ["no subscriber ann is saved"]
    of.asking.ask(About(subscribers={"ann"}))
    (turn,) = of.ripe(now(1))
    assert not of.begin(turn.keys, now(1))[0]


def test_what_waits_for_a_subscriber_goes_to_its_new_channel():
    of = waiting_for_ann()
    of._around.subscribers["ann"] = replace(ann(HOOK), quiet=None)
    assert asked(of, 1) == []
    assert asked(of, 1) == [HOOK.to]
    assert of.shelf.get(f"a|{SLACK.to}").outcome == "settled"


def test_a_new_channel_of_a_subscriber_gets_nothing_that_its_old_one_was_told():
    of = book()
    of._around.subscribers["ann"] = replace(ann(SLACK), quiet=None)
    of.take(story(("first",), [Channel(to="subscriber:ann")])[-1], now())
    (effect,) = effects(of)
    of.done([effect], "h", now())
    of._around.subscribers["ann"] = replace(ann(HOOK), quiet=None)
    assert asked(of, 1) == []
    assert of.shelf.get(f"a|{HOOK.to}") is None


def test_a_reader_who_changes_the_channel_is_told_of_a_correction_there():
    """It asks for no corrections, and has shown nothing itself."""
    of = book()
    of._around.subscribers["ann"] = replace(ann(SLACK), quiet=None)
    versions = story(("first", "retracted"), [Channel(to="subscriber:ann", when=("first",))])
    of.take(versions[0], now())
    (effect,) = effects(of)
    of.done([effect], "h", now())
    of._around.subscribers["ann"] = replace(ann(HOOK), quiet=None)
    of.take(versions[1], now())
    assert [(e.state.to, e.revision.kind) for e in effects(of)] == [(HOOK.to, "retracted")]


def test_what_one_reader_saw_makes_no_correction_for_the_new_channel_of_another():
    of = book()
    ben = replace(ann(MAIL), id="ben", quiet=None)
    of._around.subscribers |= {"ann": replace(ann(SLACK), quiet=None), "ben": ben}
    both = [Channel(to=f"subscriber:{id}", when=("first",)) for id in ("ann", "ben")]
    versions = story(("first", "retracted"), both)
    of.take(versions[0], now())
    for effect in effects(of):
        of.done([effect], "h", now())
    of._around.subscribers |= {
        "ann": replace(ann(), quiet=None),
        "ben": replace(ben, targets=(*ben.targets, Contact(to=HOOK.to))),
    }
    of.take(versions[1], now())
    assert [e.state.to for e in effects(of)] == [MAIL.to]


def test_what_failed_in_one_part_of_a_digest_does_not_wait_for_the_next_digest():
    hourly, of = Policy(digest=DigestRule(every="1h")), book()
    for id in "ab":
        of.take(story(("first",), [HOOK], id, hourly)[-1], now())
    told, failed = effects(of, now(1))
    of.done([told], "", now(1))
    of.failed([failed], Later("HTTP 503"), now(1), 1.0)
    soon = Now(hours(1.1), hours(1.1))
    assert [again.key for again in effects(of, soon)] == [failed.key]
