"""Who hears what of the live stream, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import START
from desks import desk_of

from services.api.access.people import LOCAL_PERSON, Person
from services.api.stream.routes import may_see, may_stay
from services.api.stream.updates import Update
from services.messages import Message, Token, Watch, encode
from services.ports import Outgoing

ANN = Person("ann", "reader", frozenset({"desk"}), "t1")
OPERATOR = Person("op", "operator", token_id="t2")


def desk_with(topic: str, key: str, row: Message):
    desk = desk_of()
    producer = desk.broker.producer()
    producer.send(Outgoing(topic, key, encode(row)))
    producer.close()
    return desk


@pytest.mark.parametrize(
    ("owner", "sees"),
    [("ann", True), ("group:desk", True), (None, True), ("bob", False), ("group:other", False)],
)
def test_an_alert_is_heard_by_who_sees_its_watch(owner, sees):
    desk = desk_with("watches", "w", Watch(id="w", name="W", query="x", owner=owner))
    assert may_see(desk, ANN, Update("alert", b"", "w")) == sees
    assert may_see(desk, OPERATOR, Update("alert", b"", "w"))
    assert not may_see(desk, ANN, Update("alert", b"", "removed"))
    assert may_see(desk, ANN, Update("claim", b""))


@pytest.mark.parametrize(
    ("expires_in", "stays"), [(None, True), (timedelta(hours=1), True), (timedelta(0), False)]
)
def test_a_stream_ends_with_its_token(expires_in, stays):
    until = None if expires_in is None else datetime.now(UTC) + expires_in
    row = Token(
        token_id="t1", digest="0" * 64, person="ann", scope="reader", made_at=START,
        expires_at=until,
    )  # fmt: skip
    desk = desk_with("tokens", "t1", row)
    assert may_stay(desk, ANN) == stays
    assert not may_stay(desk, OPERATOR)
    assert may_stay(desk, LOCAL_PERSON)
