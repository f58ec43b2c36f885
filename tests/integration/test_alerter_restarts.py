"""The alerter on a real broker, ended and started again:
it goes on from what it wrote, whatever articles did before.
"""

from datetime import UTC, datetime

import pytest
from builders import tagged
from streams import eventually, on, send, service

from services.messages import Alert, Watch, decode, encode

pytestmark = pytest.mark.engines

WATCH = Watch(id="rice", name="Rice", query="rice")
WITH_RICE = "Minister signs rice accord\n\nThe rice accord was signed today."
WITHOUT = "Minister signs grain accord\n\nThe grain accord was signed today."
MORE_RICE = "Rice prices fall\n\nTraders say that rice has become cheap in the ports of the south."


def publish(broker, article_id, text, **kw):
    now = datetime.now(UTC)
    article = tagged(article_id, text, published_at=now, first_seen_at=now, seen_at=now, **kw)
    send(broker, ("tagged-articles", article_id, encode(article)))


def told(broker):
    """Return the article of every alert told, with the kind of its revision."""
    alerts = (decode(Alert, record.value) for record in on(broker, "alerts"))
    return {(alert.article_ids[0], alert.revisions[-1].kind) for alert in alerts}


def test_after_an_edit_took_the_watched_word_back_a_restarted_alerter_alerts_on_the_next_article(
    broker, settings
):
    send(broker, ("watches", WATCH.id, encode(WATCH)))
    with service(settings, "alert"):
        publish(broker, "a1", WITH_RICE)
        eventually(lambda: ("a1", "first") in told(broker))
        publish(broker, "a1", WITHOUT, version=2, cause="edit")
        eventually(lambda: ("a1", "retracted") in told(broker))
    with service(settings, "alert"):
        publish(broker, "a2", MORE_RICE)
        eventually(lambda: ("a2", "first") in told(broker))
