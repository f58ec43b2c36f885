"""The body of a webhook, by its published schema."""

import json
from datetime import timedelta
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from builders import START

from services.messages import Alert, ChangeKind, Channel, Evidence, Revision, Stamps
from services.notifier.content import Digest, Letter, Links, Notice, Quote
from services.notifier.webhook_body import AlertEvent, schema, webhook_body

SENT_AT = START + timedelta(hours=3)
PUBLISHED = Path("schemas/webhook.v1.schema.json")
EXAMPLES = Path("schemas/examples/webhook")
QUOTE = "Oren Halvane was killed on Thursday, a spokesman for the Vale Guard said."


def revision(number=1, kind="first", at=START):
    evidence = Evidence(
        article_id="a-3f9c",
        version=1,
        report_id="r-71d2",
        outlet="Ostrel Post",
        url="https://ostrel-post.example/2031/05/02/halvane",
        at=START,
        quote=QUOTE,
        mark=(17, 23),
        speaker="Vale Guard",
    )
    return Revision(
        id=f"rev-{number}",
        number=number,
        kind=kind,
        text="“Oren Halvane killed in Talden”, says Ostrel Post (1 source)",
        at=at,
        evidence=(evidence,),
        stamps=Stamps(decided_at=at),
    )


def letter(kind="first", key="d-1", of=None):
    told = of or revision(kind="first" if kind == "as-it-stands" else kind)
    alert = Alert(
        alert_id="al-9e41",
        watch_id="halvane",
        watch_version=1,
        watch_name="Halvane",
        article_ids=("a-3f9c",),
        revisions=(told,),
        channels=(Channel(to="webhook:https://hooks.example/private"),),
        version=1,
    )
    return Letter(
        key=key,
        alert=alert,
        revision=told,
        kind=kind,
        rings=True,
        change="",
        sentence="Oren Halvane killed in Talden",
        quotes=(Quote(before="Oren Halvane was ", marked="killed", after=" on Thursday."),),
        voices="1 report",
        history=((START, "Oren Halvane reportedly killed"),),
        links=Links(view="https://news.example/alerts/al-9e41"),
    )


CONTENTS = {
    "alert": letter(),
    "digest": Digest("d-2", "halvane", "Halvane", (letter(), letter("denied"))),
    "notice": Notice("d-3", "A test", ("Reportedly reaches this address.",), at=START),
}


def made(content):
    return json.loads(webhook_body(content, SENT_AT))


def validate(body):
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    checker = jsonschema.FormatChecker()
    jsonschema.Draft202012Validator(published, format_checker=checker).validate(body)


@pytest.mark.parametrize("name", CONTENTS)
def test_each_kind_of_body_is_valid_by_the_published_schema_and_has_an_example(name):
    body = made(CONTENTS[name])
    validate(body)
    assert body == json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("field", ["type", "timestamp", "data"])
@pytest.mark.parametrize("name", CONTENTS)
def test_a_body_without_one_of_the_three_parts_is_invalid(name, field):
    body = made(CONTENTS[name])
    validate(body)
    del body[field]
    with pytest.raises(jsonschema.ValidationError):
        validate(body)


@pytest.mark.parametrize("kind", [*get_args(ChangeKind), "as-it-stands"])
def test_every_kind_of_letter_has_a_type_of_the_letters_that_the_standard_takes(kind):
    body = made(letter(kind))
    validate(body)
    assert body["type"].removeprefix("alert.").replace("_", "").isalpha()


def test_no_type_is_left_of_a_kind_that_is_gone():
    kinds = {kind.replace("-", "_") for kind in (*get_args(ChangeKind), "as-it-stands")}
    assert {event.removeprefix("alert.") for event in get_args(AlertEvent)} == kinds


def test_the_timestamp_is_the_time_of_the_change_and_the_same_at_every_try():
    later = letter(of=revision(at=START + timedelta(minutes=5)))
    assert made(later)["timestamp"] == "2031-05-02T06:05:00Z"
    assert webhook_body(later, SENT_AT) == webhook_body(later, SENT_AT + timedelta(days=1))
    digest = Digest("d", "halvane", "Halvane", (letter(), later))
    assert made(digest)["timestamp"] == "2031-05-02T06:05:00Z"


def test_where_nothing_says_when_the_time_of_the_try_counts():
    assert made(letter(of=revision(at=None)))["timestamp"] == "2031-05-02T09:00:00Z"
    assert made(Notice("k", "A test", ()))["timestamp"] == "2031-05-02T09:00:00Z"


def test_a_body_tells_nobody_the_channels_of_others():
    assert b"hooks.example" not in webhook_body(letter(), SENT_AT)


def test_the_schema_is_valid_itself():
    jsonschema.Draft202012Validator.check_schema(schema())
