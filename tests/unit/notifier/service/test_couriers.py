"""Couriers: an effect ends in time and with a reason, whatever its target does."""

import asyncio
from dataclasses import replace

import pytest
from builders import START
from policing import recipient
from storms import story

from services.messages import Channel, DeliveryState, DigestRule, Policy
from services.notifier.content import Digest, Letter
from services.notifier.deliveries.steps import Now, next_effect
from services.notifier.policies.links import LinkMaker
from services.notifier.service.couriers import Couriers
from services.notifier.service.desk import messages_of
from services.notifier.targets.target import Done, Later, Refused
from services.notifier.texts.compose import MOST_LETTERS

LOG = Channel(to="log:")
NOW = Now(START, START)


class Target:
    """Takes what it is given, and hangs or fails if told so."""

    can_edit = can_thread = takes_digests = True
    tells_each = False

    def __init__(self, act=None):
        self.given, self._act = [], act

    async def post(self, address, content):
        self.given.append(("post", content))
        return await self._act() if self._act else Done("h")

    async def edit(self, address, letter, handle):
        self.given.append(("edit", handle))
        return Done()

    async def note(self, address, letter, handle):
        self.given.append(("note", handle))
        return Done()


def effect(kinds=("first",), policy=None, alert_id="a", **fields):
    whole = story(kinds, [LOG], alert_id)[-1]
    state = DeliveryState(alert_id=alert_id, watch_id="w", to="log:", alert=whole, **fields)
    wanted = whole.revisions[fields.get("settled", 0) :]
    return next_effect(state, wanted, recipient(policy=policy), Target())


def done(target, *effects):
    couriers = Couriers({"log": target}, LinkMaker(), effect_seconds=0.05)
    return asyncio.run(couriers.do(effects, NOW))


def test_each_effect_is_the_call_of_its_verb_with_the_handle():
    target = Target()
    shown = {"shown": 1, "settled": 1, "noted": 1, "handle": "h"}
    assert done(target, effect()) == Done("h")
    done(target, effect(("first", "denied"), **shown))
    done(target, effect(("first", "denied"), **shown | {"shown": 2}))
    assert [verb for verb, _ in target.given] == ["post", "edit", "note"]
    assert [handle for _, handle in target.given[1:]] == ["h", "h"]


def test_what_goes_into_a_digest_is_one_message():
    target, hourly = Target(), Policy(digest=DigestRule(every="1h"))
    done(target, *(effect(policy=hourly, alert_id=id) for id in "ab"))
    ((_, content),) = target.given
    assert isinstance(content, Digest)
    assert len(content.letters) == 2


HOURLY = Policy(digest=DigestRule(every="1h"))


@pytest.mark.parametrize(
    ("n", "n_letters", "left_out"),
    [(MOST_LETTERS, MOST_LETTERS, 0), (MOST_LETTERS + 1, MOST_LETTERS, 1)],
)
def test_a_digest_of_many_holds_the_most_urgent_and_counts_the_others(n, n_letters, left_out):
    target = Target()
    news = [effect(policy=HOURLY, alert_id=f"a{number}") for number in range(n - 1)]
    shown = {"shown": 1, "settled": 1}
    done(target, *news, effect(("first", "denied"), policy=HOURLY, alert_id="d", **shown))
    ((_, content),) = target.given
    assert content.letters[0].kind == "denied"
    assert (len(content.letters), content.left_out) == (n_letters, left_out)


@pytest.mark.parametrize(
    ("tells_each", "n", "sizes"),
    [
        (False, MOST_LETTERS + 1, [MOST_LETTERS + 1]),
        (True, MOST_LETTERS, [MOST_LETTERS]),
        (True, MOST_LETTERS + 1, [MOST_LETTERS, 1]),
    ],
)
def test_a_machine_gets_all_of_a_digest_in_as_many_messages_as_it_takes(tells_each, n, sizes):
    each = replace(effect(policy=HOURLY), tells_each=tells_each)
    alone = effect(alert_id="alone")
    groups = messages_of([alone, *[each] * n])
    assert [len(group) for group in groups] == [1, *sizes]


def test_a_letter_has_the_key_of_its_effect():
    target, one = Target(), effect()
    done(target, one)
    ((_, content),) = target.given
    assert isinstance(content, Letter)
    assert content.key == one.key


def test_an_effect_ends_at_its_deadline_whatever_the_target_does():
    outcome = done(Target(asyncio.Event().wait), effect())
    assert outcome == Later("not delivered within 0 s")


@pytest.mark.parametrize("error", [KeyError("x"), UnicodeEncodeError("latin-1", "é", 0, 1, "x")])
def test_a_mistake_of_ours_ends_its_message_alone(error):
    async def fail():
        raise error

    outcome = done(Target(fail), effect())
    assert isinstance(outcome, Refused)
    assert not outcome.is_gone
    assert type(error).__name__ in outcome.reason
