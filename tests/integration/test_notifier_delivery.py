"""The notifier on a real broker, posting to a server on this machine."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook
from streams import broker_of, eventually, on, send, service

from services.addresses import LOOPBACK
from services.messages import Alert, Channel, Command, Delivery, Revision, decode, encode
from services.scenario.server import FeedServer

pytestmark = pytest.mark.engines

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


NOW = datetime.now(UTC)


def order(command_id, action, until=None):
    at = NOW + timedelta(seconds=int(command_id))
    return encode(Command(command_id=command_id, watch_id="w", action=action, until=until, at=at))


def alert(to, *kinds, watch="w"):
    revisions = tuple(Revision(id=f"r{n}", number=n, kind=kind, text=f"Told {n}.") for n, kind in enumerate(kinds, 1))
    return encode(
        Alert(
            alert_id=f"a-{watch}",
            watch_id=watch,
            watch_version=1,
            watch_name="W",
            revisions=revisions,
            channels=(Channel(to=to),),
        )
    )


def test_each_revision_is_posted_once_signed_also_after_a_restart(settings):
    broker = broker_of(settings)
    settings = msgspec.structs.replace(settings, fetch_allow_networks=LOOPBACK, webhook_secret=SECRET)
    with FeedServer() as server:
        to = f"webhook:{server.url}/hook"
        send(broker, ("alerts", "a", alert(to, "first")))
        with service(settings, "notify"):
            eventually(lambda: server.requests)
            eventually(lambda: on(broker, "deliveries"))
        send(broker, ("alerts", "a", alert(to, "first", "denied")))
        with service(settings, "notify"):
            eventually(lambda: len(on(broker, "deliveries")) == 2)
        bodies = [Webhook(SECRET).verify(r.body, dict(r.headers)) for r in server.requests]
    assert [body["revision"]["kind"] for body in bodies] == ["first", "denied"]
    assert [decode(Delivery, r.value).outcome for r in on(broker, "deliveries")] == ["delivered", "delivered"]


def test_log_deliveries_stand_in_the_file(settings, tmp_path):
    broker = broker_of(settings)
    path = tmp_path / "deliveries.jsonl"
    send(broker, ("alerts", "a", alert("log:", "first", "status")))
    with service(msgspec.structs.replace(settings, deliveries_log=str(path)), "notify"):
        eventually(lambda: path.exists() and len(path.read_text().splitlines()) == 2)
    assert [json.loads(line)["revision"]["kind"] for line in path.read_text().splitlines()] == ["first", "status"]


def test_what_a_snooze_held_survives_a_restart_and_goes_when_it_is_taken_back(settings):
    broker = broker_of(settings)
    settings = msgspec.structs.replace(settings, fetch_allow_networks=LOOPBACK)
    with FeedServer() as server:
        send(broker, ("commands", "1", order("1", "snooze", until=NOW + timedelta(days=1))))
        send(broker, ("alerts", "a", alert(f"webhook:{server.url}/held", "first")))
        for n, other in enumerate(("x", "y"), 1):
            send(broker, ("alerts", other, alert(f"webhook:{server.url}/{other}", "first", watch=other)))
            with service(settings, "notify"):
                eventually(lambda: len(on(broker, "deliveries")) == n)  # noqa: B023 - asked within the turn
        assert [r.path for r in server.requests] == ["/x", "/y"]
        with service(settings, "notify"):
            send(broker, ("commands", "2", order("2", "resume")))
            eventually(lambda: len(on(broker, "deliveries")) == 3)
        assert [r.path for r in server.requests] == ["/x", "/y", "/held"]
