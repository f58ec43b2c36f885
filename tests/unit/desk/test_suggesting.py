"""What a watch may learn, and what each change would have done."""

from hypothesis import given
from hypothesis import strategies as st

from services.desk.exceptions import LEAST_HELD, MOST_PHRASES
from services.desk.past import PastAlert, difference, still_told
from services.desk.suggesting import LEAST_OF_RULE, MOST_RULES, suggestions
from services.messages import ClaimCondition, Watch

WORDS = Watch(id="w", name="W", query="victim OR bombed")
EVENTS = Watch(id="e", name="E", claim=ClaimCondition(event=("killed", "riot"), confidence=0.1))


def past(n, outcome=None, *sentences, **kw):
    return PastAlert(f"x{n}", outcome, sentences, **kw)


WAR = "A price war has claimed its first victim."
PHONE = "The new phone bombed, and its shares fell."
REAL = "A bomb claimed one more victim in Meris."


def right(n):
    return [past(90 + i, "right", f"A flood took a victim in place{i}.") for i in range(n)]


RIGHT = right(3)


def test_words_that_only_wrong_alerts_hold_become_exceptions():
    told = [
        *RIGHT,
        past(1, "wrong", WAR),
        past(2, "unwanted", "The price war took a victim."),
        past(3, None, "Their price war was bombed."),
        past(4, None, "A storm took a victim."),
    ]
    (found,) = suggestions(WORDS, told)
    assert (found.kind, found.is_safe) == ("unless", True)
    assert found.phrases == found.watch.unless == ("price war",)
    d = found.difference
    assert (d.before, d.after, d.bad, d.bad_gone, d.good, d.good_lost) == (7, 4, 2, 2, 3, 0)
    assert d.about == (
        "7 alerts become 4: 2 of 2 judged wrong or unwanted go, and 1 that nobody judged. "
        "No right one would be lost."
    )


def test_exceptions_need_right_alerts_to_tell_their_words_from_those_of_all_news():
    wrong = [past(1, "wrong", WAR), past(2, "wrong", "A price war of words.")]
    wrong += [past(n, "wrong", f"Took a{n}") for n in range(3, 5)]
    # Half of the wrong ones hold it: five right ones without it are chance once in 32.
    assert suggestions(WORDS, [*wrong, *right(4)]) == []
    assert len(suggestions(WORDS, [*wrong, *right(5)])) == 1
    assert len(suggestions(WORDS, wrong, right(5))) == 1


def test_what_one_wrong_alert_alone_holds_is_chance():
    assert LEAST_HELD == 2
    told = [*RIGHT, past(1, "wrong", WAR), past(2, "wrong", PHONE)]
    assert suggestions(WORDS, told) == []


def test_a_word_of_the_query_or_of_a_right_alert_is_no_exception():
    told = [*RIGHT, past(1, "wrong", "Victim bombed"), past(2, "wrong", "Victim bombed")]
    assert suggestions(WORDS, told) == []
    told = [*RIGHT, past(1, "wrong", WAR), past(2, "wrong", WAR), past(3, "right", WAR)]
    assert suggestions(WORDS, told) == []


def test_a_word_of_every_text_is_no_exception_by_itself():
    wrong = [past(n, "wrong", "Took it with that") for n in (1, 2)]
    assert suggestions(WORDS, wrong, right(60)) == []


def test_a_suggestion_has_few_exceptions():
    told = [past(n, "wrong", f"Took word{'abcdefghijkl'[n // 2]}") for n in range(24)]
    (found,) = suggestions(WORDS, told, right(60))
    assert len(found.phrases) == MOST_PHRASES


def test_a_watch_of_words_is_narrowed_to_events_if_all_right_alerts_told_one():
    told = [past(1, "wrong"), *(past(n, "right", events=("riot",)) for n in range(2, 8))]
    (found,) = suggestions(WORDS, told)
    assert found.text == "Only where the words tell of an event"
    assert (found.watch.claim, found.difference.after) == (ClaimCondition(), 6)
    assert suggestions(WORDS, told[:-1]) == []
    assert suggestions(WORDS, [*told, past(9, "right")]) == []


def test_a_denial_that_was_right_is_lost_if_a_watch_is_narrowed_to_events():
    told = [past(1, "wrong"), past(2, "wrong")]
    told += [past(n, "right", events=("riot",)) for n in range(3, 9)]
    told.append(past(9, "right", events=("riot",), is_denial=True))
    (found,) = suggestions(WORDS, told)
    assert (found.is_safe, found.difference.good_lost) == (False, 1)


def test_a_bar_of_confidence_lies_between_wrong_and_right_ones():
    told = [
        past(1, "wrong", events=("killed",), confidence=0.42),
        past(2, "right", events=("killed",), confidence=0.6),
        past(3, "wrong", events=("killed",), confidence=0.9),
    ]
    (found,) = suggestions(EVENTS, told)
    assert (found.kind, found.text) == ("confidence", "Only what is 43% sure")
    assert found.watch.claim is not None
    assert found.watch.claim.confidence == 0.43
    assert (found.difference.bad_gone, found.difference.good_lost) == (1, 0)


def test_a_type_of_event_of_which_all_were_wrong_is_left_out():
    told = [
        past(1, "wrong", events=("riot",)),
        past(2, "wrong", events=("riot",)),
        past(3, "right", events=("killed",)),
    ]
    (found,) = suggestions(EVENTS, told)
    assert (found.kind, found.text) == ("event", "No riot")
    assert found.watch.claim is not None
    assert found.watch.claim.event == ("killed",)


def test_a_watch_is_never_left_without_a_type_of_event():
    told = [past(n, "wrong", events=("riot",)) for n in (1, 2)]
    told += [past(n, "wrong", events=("killed",)) for n in (3, 4)]
    assert suggestions(EVENTS, told) == []


_SENTENCES = st.lists(st.sampled_from([WAR, PHONE, REAL, "The price fell."]), max_size=2)
_PAST = st.lists(
    st.builds(
        PastAlert,
        alert_id=st.uuids().map(str),
        outcome=st.sampled_from([None, "right", "wrong", "unwanted"]),
        sentences=_SENTENCES.map(tuple),
        events=st.sampled_from([(), ("killed",), ("riot",), ("riot", "killed")]),
        confidence=st.none() | st.floats(0.1, 1),
    ),
    max_size=12,
)


@given(st.sampled_from([WORDS, EVENTS]), _PAST)
def test_a_change_only_takes_alerts_away_and_what_it_says_of_them_is_so(watch, told):
    for found in suggestions(watch, told):
        kept = [alert for alert in told if still_told(found.watch, alert)]
        assert all(still_told(watch, alert) for alert in kept)
        d = found.difference
        assert d == difference(watch, found.watch, told)
        assert len(kept) == d.after
        assert d.before - d.after == len(d.gone) == d.bad_gone + d.good_lost + d.unjudged_gone
        assert d.bad_gone > 0


@given(st.sampled_from([WORDS, EVENTS]), _PAST)
def test_those_that_lose_no_right_alert_come_first(watch, told):
    safe = [found.is_safe for found in suggestions(watch, told)]
    assert safe == sorted(safe, reverse=True)


NOUN, VERB = "event/killed-noun", "event/killed-verb"


def by_rule(*answers, rule=NOUN):
    return [past(n, answer, events=("killed",), rules=(rule,)) for n, answer in enumerate(answers)]


def rules_of(watch, told):
    return [one for one in suggestions(watch, told) if one.kind == "rule"]


def test_a_rule_that_read_several_wrong_alerts_of_a_watch_may_be_left_out():
    kept = [past(40, "right", events=("killed",), rules=(VERB,))]
    (found,) = rules_of(EVENTS, [*by_rule(*["wrong"] * LEAST_OF_RULE, "right"), *kept])
    assert (found.id, found.rule, found.watch.not_rules) == (f"rule:{NOUN}", NOUN, (NOUN,))
    d = found.difference
    assert (d.before, d.after, d.bad_gone, d.good_lost, found.is_safe) == (5, 1, 3, 1, False)
    assert rules_of(EVENTS, by_rule(*["wrong"] * (LEAST_OF_RULE - 1))) == []
    # What was right and not wanted is no mistake of a rule.
    assert rules_of(EVENTS, by_rule("wrong", "wrong", "unwanted")) == []
    assert rules_of(EVENTS, by_rule(*["wrong"] * 3, *["right"] * 3)) == []
    assert rules_of(found.watch, by_rule(*["wrong"] * LEAST_OF_RULE)) == []


def test_few_rules_are_suggested_at_once():
    told = [
        past(10 * n + i, "wrong", events=("killed",), rules=(f"event/killed-{n}",))
        for n in range(MOST_RULES + 1)
        for i in range(LEAST_OF_RULE)
    ]
    assert len(rules_of(EVENTS, told)) == MOST_RULES
