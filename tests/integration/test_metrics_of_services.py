"""Services as processes of their own on a real broker tell Prometheus what they did."""

import msgspec
import pytest
from scrapes import scrape
from streams import broker_of, eventually, free_port, send, service

pytestmark = pytest.mark.engines


@pytest.fixture
def served(settings):
    """Settings with a port for metrics."""
    return msgspec.structs.replace(settings, metrics_port=free_port())


def test_a_service_on_kafka_tells_what_it_took_refused_and_sent_and_how_far_behind_it_is(served):
    broker = broker_of(served)
    group = {"service": "tracker", "group": "tracker-fold", "topic": "reports"}
    send(broker, *(("reports", "k", b"no json") for _ in range(3)))
    with service(served, "track"):
        first = eventually(
            lambda: (
                (found := scrape(served.metrics_port))
                and found("reportedly_processed_records_total", **group) == 3
                and found
            )
        )
        assert first("reportedly_service_info", service="tracker") == 1
        assert (
            first(
                "reportedly_dead_letters_total",
                service="tracker",
                topic="reports",
                reason="not-json",
            )
            == 3
        )
        assert (
            first("reportedly_produced_messages_total", service="tracker", topic="reports-dlq") == 3
        )
        assert first("reportedly_state_load_seconds_count", group="tracker-fold") >= 1
        assert first("reportedly_record_latency_seconds_count", **group) == 3
        assert first("process_resident_memory_bytes") > 10_000_000
        send(broker, ("reports", "k", b"no json"))
        second = eventually(
            lambda: (
                (found := scrape(served.metrics_port))
                and found("reportedly_processed_records_total", **group) == 4
                and found
            )
        )
        caught_up = eventually(
            lambda: (
                (found := scrape(served.metrics_port))
                and found("reportedly_lag_records") == 0
                and found
            )
        )
    assert second("reportedly_consumed_records_total", **group) == 4
    assert caught_up("reportedly_heartbeat_age_seconds", service="tracker") < 30
