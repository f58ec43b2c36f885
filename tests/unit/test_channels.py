"""A channel states its scheme once; whoever delivers or refuses asks."""

import re
from typing import get_args

import pytest

from services.addresses import Allowed
from services.alerter.channel import channel_refusal
from services.channels import FORMS, KINDS, PATTERN, Scheme, address_of, known, scheme_of


def test_every_scheme_is_of_one_kind_of_channel():
    assert tuple(KINDS) == get_args(Scheme)


@pytest.mark.parametrize("scheme", KINDS)
def test_the_example_of_a_channel_is_one_and_its_form_is_named(scheme):
    kind = KINDS[scheme]
    assert scheme_of(kind.example) == scheme
    assert re.fullmatch(PATTERN, kind.example)
    assert channel_refusal(kind.example, Allowed()) is None
    assert f'"{kind.form}"' in FORMS
    assert kind.form.startswith(f"{scheme}:")


@pytest.mark.parametrize(
    ("to", "scheme", "address"),
    [
        ("log:", "log", ""),
        ("webhook:https://a.example:8080/x", "webhook", "https://a.example:8080/x"),
        ("webhook", None, ""),
        ("Webhook:https://a.example", None, "https://a.example"),
        ("slack:#news", "slack", "#news"),
        ("teams:#news", None, "#news"),
        ("", None, ""),
    ],
)
def test_a_channel_is_a_known_scheme_with_a_colon_and_its_address(to, scheme, address):
    assert scheme_of(to) == scheme
    assert address_of(to) == address


@pytest.mark.parametrize(
    "to", ["log", "log:x", "webhook:", "webhook:ftp://a.example", "mail:a b@c"]
)
def test_the_pattern_for_editors_refuses_what_is_no_channel(to):
    assert not re.fullmatch(PATTERN, to)


def test_a_word_that_is_no_scheme_is_not_known():
    assert known("log") == "log"
    assert known("carrier-pigeon") is None
