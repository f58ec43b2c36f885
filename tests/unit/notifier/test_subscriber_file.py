"""Subscriber files: what they may hold, and what a mistake is answered with."""

from pathlib import Path

import jsonschema
import pytest

from services.messages import Contact, DigestRule, Every, Quiet, Subscriber
from services.notifier.subscriber_file import MOST_TARGETS, check_subscribers, file_schema

WHOLE = """\
- id: ann
  name: Ann Reporter
  zone: Europe/London
  targets:
    - to: "log:"
    - {to: "chat:room", when: first, after: 15m}
  quiet: {from: 22:00, to: 07:00, except: [denied]}
  digest: {at: [08:00, "17:30"]}
  throttle: {every: 10m}
  daily: 07:30
"""


def refusal(to):
    return None if to in ("log:", "chat:room") else f"{to} is no channel"


def said(text):
    return [str(problem) for problem in check_subscribers(text, "s.yaml", refusal).problems]


def test_a_file_is_read_as_it_is_written():
    found = check_subscribers(WHOLE, "s.yaml", refusal)
    assert found.problems == []
    assert found.subscribers == [
        Subscriber(
            id="ann",
            name="Ann Reporter",
            zone="Europe/London",
            targets=(Contact(to="log:"), Contact(to="chat:room", when=("first",), after="15m")),
            quiet=Quiet(from_="22:00", to="07:00", except_=("denied",)),
            digest=DigestRule(at=("08:00", "17:30")),
            throttle=Every(every="10m"),
            daily="07:30",
        )
    ]


@pytest.mark.parametrize(
    ("line", "instead", "answer"),
    [
        ("id: ann", "id: a b", "s.yaml:1: the id 'a b' can't be used"),
        ("name: Ann Reporter", "name: '-'", "s.yaml:2: the name is empty"),
        ("zone: Europe/London", "zone: London", "s.yaml:3: 'London' is no time zone: write Europe"),
        ('to: "log:"', 'to: "pigeon:"', "s.yaml:5: pigeon: is no channel"),
        ('to: "log:"', 'to: "subscriber:bo"', "s.yaml:5: a subscriber has channels of its own"),
        ('to: "log:"', 'to: "chat:room"', "s.yaml:6: the channel chat:room is given twice"),
        ("when: first", "when: []", "s.yaml:6: when is empty"),
        ("when: first", "when: firsts", "s.yaml:6: firsts can't be given for when"),
        ("after: 15m", "after: soon", "s.yaml:6: 'soon' is no length of time"),
        ("after: 15m", "after: 8d", "s.yaml:6: 8d is too long: write 7d or less"),
        ("to: 07:00", "to: 22:00", "s.yaml:7: quiet hours that end when they begin"),
        ("at: [08:00", "at: [25:00", "s.yaml:8: '25:00' is no time of day"),
        ("{at: [08:00", "{every: 1h, at: [08:00", "s.yaml:8: a digest has either every: 1h or at"),
        ("every: 10m", "every: 0m", "s.yaml:9: '0m' is no length of time"),
        ("daily: 07:30", "daily: 7", "s.yaml:10: '7' is no time of day"),
        ("daily: 07:30", "dayly: 07:30", "s.yaml:10: dayly is no field of a subscriber"),
    ],
)
def test_a_mistake_is_answered_with_its_line_and_the_correct_form(line, instead, answer):
    assert line in WHOLE
    (problem,) = said(WHOLE.replace(line, instead))
    assert problem.startswith(answer)


def test_a_list_that_has_an_id_twice_or_is_none_is_refused():
    assert said(WHOLE + WHOLE) == ["s.yaml:11: the id ann is given twice, first in line 1"]
    assert said("ann: {}") == [
        "s.yaml:1: a list of subscribers was expected, each beginning with - id: …"
    ]
    assert said("- {id: a, name: A, targets: []}") == [
        "s.yaml:1: nothing reaches the subscriber: name a channel"
    ]


def test_a_digest_needs_one_kind_of_time():
    (problem,) = said(WHOLE.replace('{at: [08:00, "17:30"]}', "{zone: UTC}"))
    assert problem.startswith("s.yaml:8: a digest has either")


@pytest.mark.parametrize(("n", "n_problems"), [(MOST_TARGETS, 0), (MOST_TARGETS + 1, 1)])
def test_a_subscriber_has_a_bounded_number_of_channels(n, n_problems):
    targets = ", ".join(f"{{to: 'log:{number}'}}" for number in range(n))
    found = check_subscribers(
        f"- {{id: a, name: A, targets: [{targets}]}}", "s.yaml", lambda _to: None
    )
    assert len(found.problems) == n_problems


def test_a_subscriber_whose_every_channel_waits_is_warned_of():
    found = check_subscribers(
        "- {id: a, name: A, targets: [{to: 'log:', after: 5m}]}", "s.yaml", refusal
    )
    assert [problem.is_warning for problem in found.problems] == [True]
    assert len(found.subscribers) == 1


EXAMPLE = Path(__file__).parents[3] / "examples" / "subscribers.yaml"


def test_the_example_can_be_imported():
    found = check_subscribers(EXAMPLE.read_bytes(), "s.yaml", refusal)
    assert (len(found.subscribers), found.problems) == (1, [])


def test_editors_accept_what_can_be_imported_and_refuse_a_misspelt_field():
    check = jsonschema.Draft202012Validator(file_schema())
    row = {"id": "ann", "name": "Ann", "targets": {"to": "log:", "after": "5m"}, "daily": "07:30"}
    check.validate([row])
    assert not check.is_valid([row | {"zones": "UTC"}])
    assert not check.is_valid([row | {"targets": []}])
    assert not check.is_valid([row | {"targets": {"to": "pigeon:"}}])
