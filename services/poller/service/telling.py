"""What the poller tells of itself: gauges, warnings, and the timings of its feeds."""

from collections.abc import Mapping, Sequence

import structlog

from services.messages import FeedTimings, encode
from services.poller.service.loading import TIMINGS
from services.ports import Outgoing
from services.runtime import metrics

_log = structlog.get_logger()


def measure(census: Mapping[str, int]) -> None:
    """Set the gauges of the feeds."""
    metrics.gauge("reportedly_feeds", census["feeds"], state="assigned")
    metrics.gauge("reportedly_feeds", census["overdue"], state="overdue")
    metrics.gauge("reportedly_feeds", census["failing"], state="failing")
    metrics.gauge("reportedly_feeds", census["gone"], state="gone")
    metrics.gauge("reportedly_feeds", census["over_quota"], state="over-quota")


def messages_of(told: Mapping[int, FeedTimings]) -> dict[int, Outgoing]:
    """Return the messages of timings, by partition."""
    return {n: Outgoing(TIMINGS, one.partition, encode(one)) for n, one in told.items()}


def warn(problems: Sequence[str]) -> None:
    """Log sentences about records."""
    for problem in problems:
        _log.warning("a record can't be used", problem=problem)
