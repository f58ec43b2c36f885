"""What the loops measure of themselves, on the broker in memory and over real sockets."""

import http.client
import socket
import threading
import time
from contextlib import closing, contextmanager

import pytest
from loops import Counter, count, running, send, world_of
from scrapes import Rise, Scrape
from streams import eventually, free_port

from services.adapters.memory import MemoryBroker
from services.errors import TransientError
from services.ports import Outgoing, Record
from services.runtime import metrics
from services.runtime.consume import Handled, run_consumer
from services.runtime.meter import Meter
from services.runtime.metrics_http import MOST_SCRAPERS, serve_metrics
from services.settings import Settings

LOOP = {"service": "notifier", "group": "notifier"}
FOLD = {"service": "alerter", "group": "alerter-fold"}


@pytest.fixture
def world(tmp_path):
    return world_of(MemoryBroker(partitions=1), tmp_path)


@pytest.fixture
def rise():
    return Rise()


@contextmanager
def listening(**settings):
    server = serve_metrics(Settings(metrics_port=free_port(), **settings), "tracker")
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def ask(port, host="127.0.0.1", path="/metrics", method="GET"):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, headers={"Host": host})
        return connection.getresponse().status


def test_a_loop_counts_what_it_takes_waits_for_and_sends(world, rise):
    tries = []

    def handle(records):
        tries.append(len(records))
        if len(tries) == 1:
            raise TransientError("not yet")
        return Handled(outgoing=[Outgoing("deliveries", r.key, r.value) for r in records])

    send(world.broker, Outgoing("alerts", "k", b"12"), Outgoing("alerts", "k", b"345"))

    def loop(w):
        run_consumer(w, topics=["alerts"], handle=handle, service="notifier", group="notifier")

    with running(loop, world):
        eventually(lambda: rise("reportedly_processed_records_total", topic="alerts", **LOOP) == 2)
    assert rise("reportedly_consumed_records_total", topic="alerts", **LOOP) == 2
    assert rise("reportedly_waits_total", during="batch", **LOOP) == 1
    assert rise("reportedly_produced_messages_total", service="notifier", topic="deliveries") == 2
    assert rise("reportedly_produced_bytes_total", service="notifier", topic="deliveries") == 5
    assert rise("reportedly_batch_seconds_count", **LOOP) == 2
    assert rise("reportedly_record_latency_seconds_count", topic="alerts", **LOOP) == 2


def test_a_loop_with_state_counts_rows_output_and_dead_letters(world, rise):
    send(world.broker, Outgoing("alerter-state", "a", b"7", partition=0))
    send(world.broker, Outgoing("alerter-state", "b", b"no number", partition=0))
    send(world.broker, Outgoing("hits", "a", b"1"), Outgoing("hits", "a", b"bad"))
    with running(lambda w: count(w, machine=Counter), world):
        eventually(lambda: rise("reportedly_processed_records_total", topic="hits", **FOLD) == 2)
    assert rise("reportedly_state_rows_loaded_total", **FOLD) == 2
    assert rise("reportedly_state_rows_set_aside_total", **FOLD) == 1
    assert rise("reportedly_state_load_seconds_count", **FOLD) == 1
    assert rise("reportedly_produced_messages_total", service="alerter", topic="alerts") == 1
    assert rise("reportedly_produced_messages_total", service="alerter", topic="hits-dlq") == 1
    assert (
        rise("reportedly_dead_letters_total", service="alerter", topic="hits", reason="not-json")
        == 1
    )


def test_while_a_batch_is_in_hand_its_age_grows_and_an_empty_poll_ends_it():
    meter = Meter(**LOOP)
    meter.polled(
        [
            Record("alerts", 0, n, None, b"", timestamp_ms=int((time.time() - age) * 1000))
            for n, age in enumerate((5, 90))
        ]
    )
    first = metrics.value("reportedly_oldest_unprocessed_age_seconds", **LOOP)
    assert 89 < first < 100
    assert metrics.value("reportedly_oldest_unprocessed_age_seconds", **LOOP) > first
    meter.polled([])
    assert metrics.value("reportedly_oldest_unprocessed_age_seconds", **LOOP) == 0


def test_a_broker_whose_clock_is_ahead_makes_no_negative_age():
    meter = Meter(**LOOP)
    meter.polled([Record("alerts", 0, 0, None, b"", timestamp_ms=int((time.time() + 3600) * 1000))])
    assert 0 <= metrics.value("reportedly_oldest_unprocessed_age_seconds", **LOOP) < 60


def test_lag_is_what_lies_beyond_the_last_poll():
    broker = MemoryBroker(partitions=1)
    consumer = broker.consumer("notifier")
    consumer.subscribe(["alerts"])
    send(broker, *(Outgoing("alerts", "k", b"1") for _ in range(5)))
    consumer.poll(2, 1.0)
    Meter(**LOOP).lag(consumer)
    assert metrics.value("reportedly_lag_records", **LOOP) == 3


def test_metrics_are_served_in_the_format_of_prometheus():
    with listening() as port:
        found = Scrape(port)
    assert found.content_type.startswith("text/plain; version=")
    assert found("reportedly_service_info", service="tracker") == 1
    assert found("process_resident_memory_bytes") > 1_000_000


@pytest.mark.parametrize(
    "host", ["127.0.0.1:9100", "localhost", "tagger:9100", "[::1]:9100", "10.1.2.3"]
)
def test_an_address_or_a_name_without_a_dot_is_answered(host):
    with listening() as port:
        assert ask(port, host) == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.nip.io:9100", "localhost.", ""])
def test_a_name_that_a_public_server_could_point_at_us_is_refused(host):
    with listening() as port:
        assert ask(port, host) == 403


def test_there_is_nothing_but_metrics_and_nothing_can_be_changed():
    with listening() as port:
        assert ask(port, path="/") == 404
        assert ask(port, method="POST") == 405


def test_a_port_that_is_taken_is_a_warning_and_no_end():
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        assert serve_metrics(Settings(metrics_port=taken.getsockname()[1]), "tracker") is None


def test_scrapers_that_hang_take_no_more_than_their_share_and_the_next_is_answered_once_they_go():
    with listening() as port:
        before = threading.active_count()
        hung = [socket.create_connection(("127.0.0.1", port)) for _ in range(MOST_SCRAPERS * 3)]
        try:
            assert hung[-1].recv(1) == b""  # refused: closed without an answer
            assert threading.active_count() - before <= MOST_SCRAPERS
        finally:
            for connection in hung:
                connection.close()
        assert eventually(lambda: answered(port)) == 200


def answered(port):
    """Return the status, None where the connection was closed without one."""
    try:
        return ask(port)
    except (http.client.HTTPException, ConnectionError):
        return None


def test_nothing_listens_unless_a_port_is_set():
    assert serve_metrics(Settings(), "tracker") is None
