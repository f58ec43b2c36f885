"""The notifier on a real broker, posting to a server on this machine."""

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hostile import RawServer, answer, drip, flood, hang
from standardwebhooks.webhooks import Webhook
from streams import broker_of, eventually, on, send, service, start

from services.addresses import LOOPBACK
from services.messages import (
    Alert,
    Channel,
    Command,
    Delivery,
    DeliveryRow,
    Revision,
    decode,
    encode,
)
from services.runtime.health import pulses
from services.scenario.server import FeedServer

pytestmark = pytest.mark.engines

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


NOW = datetime.now(UTC)


def order(command_id, action, until=None):
    at = NOW + timedelta(seconds=int(command_id))
    return encode(Command(command_id=command_id, watch_id="w", action=action, until=until, at=at))


def alert(to, *kinds, watch="w"):
    revisions = tuple(
        Revision(id=f"{watch}-r{n}", number=n, kind=kind, text=f"Told {n}.")
        for n, kind in enumerate(kinds, 1)
    )
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
    settings = msgspec.structs.replace(
        settings, fetch_allow_networks=LOOPBACK, webhook_secret=SECRET
    )
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
    assert [body["data"]["revision"]["kind"] for body in bodies] == ["first", "denied"]
    assert [decode(Delivery, r.value).outcome for r in on(broker, "deliveries")] == [
        "delivered",
        "delivered",
    ]


def test_log_deliveries_stand_in_the_file(settings, tmp_path):
    broker = broker_of(settings)
    path = tmp_path / "deliveries.jsonl"
    send(broker, ("alerts", "a", alert("log:", "first", "status")))
    with service(msgspec.structs.replace(settings, deliveries_log=str(path)), "notify"):
        eventually(lambda: path.exists() and len(path.read_text().splitlines()) == 2)
    assert [json.loads(line)["revision"]["kind"] for line in path.read_text().splitlines()] == [
        "first",
        "status",
    ]


def test_what_a_snooze_held_survives_a_restart_and_goes_when_it_is_taken_back(settings):
    broker = broker_of(settings)
    settings = msgspec.structs.replace(settings, fetch_allow_networks=LOOPBACK)
    with FeedServer() as server:
        send(broker, ("commands", "1", order("1", "snooze", until=NOW + timedelta(days=1))))
        send(broker, ("alerts", "a", alert(f"webhook:{server.url}/held", "first")))
        for n, other in enumerate(("x", "y"), 1):
            send(
                broker,
                ("alerts", other, alert(f"webhook:{server.url}/{other}", "first", watch=other)),
            )
            with service(settings, "notify"):
                eventually(lambda: len(on(broker, "deliveries")) == n)  # noqa: B023 - asked within the turn
        assert [r.path for r in server.requests] == ["/x", "/y"]
        with service(settings, "notify"):
            send(broker, ("commands", "2", order("2", "resume")))
            eventually(lambda: len(on(broker, "deliveries")) == 3)
        assert [r.path for r in server.requests] == ["/x", "/y", "/held"]


def receivers(server):
    """Return a script that takes a message as a receiver should, and notes when."""
    times = []

    def good(connection, _stopping):
        times.append(time.monotonic())
        connection.sendall(answer(b"ok"))

    scripts = {"/good": good}
    for n in range(7):
        scripts |= {
            f"/hang{n}": hang,
            f"/drip{n}": drip(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", 1.0),
            f"/continue{n}": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        }
    server.scripts.update(scripts)
    return times


def test_twenty_receivers_that_hang_drip_or_flood_hold_up_no_other(settings, engines):
    """Each message for the good one is there within seconds,
    in a batch with messages for all the others.
    """
    print("engines:", engines.pids)  # noqa: T201 - says that the engines are real
    broker = broker_of(settings)
    with RawServer({}) as server:
        taken = receivers(server)
        paths = [*(path for path in server.scripts if path != "/good"), "/good"]
        with service(settings, "notify"):
            for n in range(1, 4):
                alerts = [
                    (path, alert(f"webhook:{server.url}{path}", "first", watch=f"{path}{n}"))
                    for path in paths
                ]
                send(broker, *(("alerts", path, value) for path, value in alerts))
                sent = time.monotonic()
                eventually(lambda: len(taken) == n)  # noqa: B023 - asked within the turn
                # The first waits for the process to start. Before, none of them ever came.
                assert n == 1 or taken[-1] - sent < 15
            eventually(lambda: sum(d.channel.endswith("/good") for d in deliveries(broker)) == 3)
            eventually(lambda: well(settings.run_dir) == {"notifier", "deliveries"})
        assert server.asked["/good"] == 3
        assert len(server.asked) == 22, "each was tried"


def well(run_dir):
    """Return the parts of the process that beat, and are well."""
    return {beat.part for beat in pulses(run_dir) if beat.is_well}


def deliveries(broker):
    return [decode(Delivery, record.value) for record in on(broker, "deliveries")]


@pytest.mark.faults
def test_a_log_file_on_a_full_disk_waits_alone_and_doubles_no_webhook_over_restarts(
    settings, engines
):
    print("engines:", engines.pids)  # noqa: T201 - says that the engines are real
    broker = broker_of(settings)
    settings = msgspec.structs.replace(
        settings, deliveries_log="/dev/full", fetch_allow_networks=LOOPBACK
    )
    with FeedServer() as server:
        for n in range(3):
            send(broker, ("alerts", f"l{n}", alert("log:", "first", watch=f"l{n}")))
            send(
                broker,
                ("alerts", f"w{n}", alert(f"webhook:{server.url}/hook", "first", watch=f"w{n}")),
            )
            with service(settings, "notify") as process:
                eventually(lambda: len(deliveries(broker)) == n + 1)  # noqa: B023 - asked within the turn
                eventually(lambda: waiting(broker))
                assert process.poll() is None
        posted = [
            json.loads(request.body)["data"]["alert"]["alert_id"] for request in server.requests
        ]
    assert sorted(posted) == ["a-w0", "a-w1", "a-w2"]
    why = "/dev/full, which can't be written: No space left on device"
    assert all(why in state.reason for state in waiting(broker))


def waiting(broker):
    """Return the rows of deliveries that are tried again."""
    latest = {record.key: record.value for record in on(broker, "delivery-states")}
    rows = (decode(DeliveryRow, value).delivery for value in latest.values() if value)
    return [row for row in rows if row is not None and row.outcome == "waiting" and row.reason]


@pytest.mark.faults
def test_a_notifier_that_is_killed_loses_nothing_and_repeats_one_message_a_destination(
    settings, engines
):
    print("engines:", engines.pids)  # noqa: T201 - says that the engines are real
    broker, n_alerts, n_kills = broker_of(settings), 60, 3
    settings = msgspec.structs.replace(settings, fetch_allow_networks=LOOPBACK)
    with FeedServer() as server:
        hooks = [f"webhook:{server.url}/hook{n}" for n in range(3)]
        for n in range(n_alerts):
            one = alert(hooks[n % 3], "first", "status", watch=f"k{n}")
            send(broker, ("alerts", f"k{n}", one))
        for kill in range(n_kills):
            process = start(settings, "notify")
            eventually(lambda: len(server.requests) > 25 * (kill + 1))  # noqa: B023 - asked within the turn
            process.kill()
            process.wait()
        with service(settings, "notify"):
            eventually(lambda: len(deliveries(broker)) >= 2 * n_alerts)
        times = Counter(dict(request.headers)["webhook-id"] for request in server.requests)
    assert len(times) == 2 * n_alerts
    assert sum(times.values()) - len(times) <= n_kills * len(hooks)
