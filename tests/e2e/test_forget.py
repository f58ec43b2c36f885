"""The text of an article is in no file of any store once it is forgotten, also after a kill."""

import gzip
import mmap
import subprocess
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from builders import article as plain_article
from click.testing import CliRunner
from story_halves import GROUPS, WATCHES, articles, claims_on
from streams import broker_of, eventually, on, send, service

from services.adapters.elastic import ElasticIndex
from services.adapters.embedded import Engines
from services.cli import root
from services.commands import templates
from services.commands.forget import WORK
from services.commands.forgetting import NOTICE, WHY
from services.messages import (
    Alert,
    Channel,
    EntryState,
    FeedDocument,
    FeedState,
    decode,
    encode,
)
from services.runtime.supervisor import service_command
from services.settings import Settings

pytestmark = [pytest.mark.engines, pytest.mark.faults, pytest.mark.timeout(900)]

MARKER = "zqxjv"
SERVICES = ("track", "alert", "index", "notify")


def marked():
    """Return an article that a watch hears of, with the marker in title, quotation, and body."""
    found = next(a for a in articles() if "broadly" in a.text)
    word = found.text.split("broadly: ", 1)[1].split()[0]
    assert len(word) == len(MARKER)
    text = found.text.replace(word, MARKER).replace("Title", MARKER.title(), 1)
    return msgspec.structs.replace(found, text=text + f" {MARKER} at the end.")


def holding(folder):
    """Return the parts of a data folder whose files hold the marker."""
    found = set()
    for path in (p for p in folder.rglob("*") if p.is_file() and p.stat().st_size):
        try:
            with (
                path.open("rb") as file,
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all_,
            ):
                if any(all_.find(m.encode()) >= 0 for m in (MARKER, MARKER.title())):
                    found.add(path.relative_to(folder).parts[0])
        except (FileNotFoundError, ValueError):
            continue
    return found


def in_backup(path):
    return MARKER.encode() in gzip.decompress(path.read_bytes())


def run(settings, *words):
    done = CliRunner().invoke(root, words, env=settings.environment())
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def sources(article):
    """Return the other messages that hold an article's text."""
    title, _, text = article.text.partition("\n\n")
    raw = msgspec.structs.replace(plain_article(title, text), article_id=article.article_id)
    entry = EntryState(
        article_id=article.article_id,
        version=1,
        content_hash="c",
        first_seen_at=article.first_seen_at,
        words=f"{title} {text}",
    )
    kept = FeedDocument(
        feed_id="f", at=article.first_seen_at, url="u", content_type="t", body=text.encode()
    )
    return (
        ("articles", raw.article_id, encode(raw)),
        ("feed-states", "f", encode(FeedState(feed_id="f", entries={article.article_id: entry}))),
        ("feed-documents", "f", encode(kept)),
    )


def told_in(log):
    return log.read_text(encoding="utf-8") if log.exists() else ""


def killed_on_its_way(settings, id, path):
    """Forget an article, and kill the command once the old topics are about to go."""
    command = [*service_command("forget"), id, "--backup", str(path)]
    process = subprocess.Popen(command, env=settings.environment())
    try:
        eventually(lambda: (settings.data_dir / WORK).exists() or process.poll() is not None, 60)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_nothing_holds_the_text_of_a_forgotten_article_and_who_was_told_hears_of_it(shared_folder):
    data, article = shared_folder / "data", marked()
    with Engines(data, Path("~/.cache/reportedly")) as addresses, ExitStack() as running:
        log = data / "logs" / "deliveries.log"
        settings = Settings(
            kafka_bootstrap=addresses.kafka_bootstrap,
            elastic_url=addresses.elastic_url,
            partitions=2,
            data_dir=data,
            run_dir=data / "run",
            deliveries_log=str(log),
        )
        broker, index = broker_of(settings), ElasticIndex(settings.elastic_url)
        templates.apply(settings)
        log.parent.mkdir(exist_ok=True)
        for watch in WATCHES:
            told = msgspec.structs.replace(watch, deliver=(Channel(to="log:"),))
            send(broker, ("watches", watch.id, encode(told)))
        send(broker, *sources(article))
        for name in SERVICES:
            running.enter_context(service(settings, name))
        send(broker, ("tagged-articles", article.article_id, encode(article)))
        eventually(lambda: MARKER in told_in(log).lower(), 120)
        eventually(lambda: index.get(f"articles-{article.first_seen_at:%Y.%m}", article.article_id))
        eventually(lambda: all(broker.lag(group) == (0, 1) for group in GROUPS))
        running.close()
        path = shared_folder / "old.backup"
        run(settings, "backup", str(path))
        claims = claims_on(broker)
        assert holding(data) >= {"kafka", "elasticsearch", "logs", "state"}
        assert in_backup(path)
        assert "alerts: " in run(settings, "forget", article.article_id, "--dry-run")
        killed_on_its_way(settings, article.article_id, path)
        assert "1 article forgotten" in run(settings, "forget", article.article_id)
        again = broker_of(settings)
        eventually(lambda: not holding(data), 60)
        assert not in_backup(path)
        found = index.search("*", {"query": {"query_string": {"query": MARKER}}})
        assert found["hits"]["total"]["value"] == 0
        document = index.get(f"articles-{article.first_seen_at:%Y.%m}", article.article_id)
        assert document is not None
        assert document["withdrawn"] == WHY
        assert claims_on(again) == claims
        alerts = [decode(Alert, record.value) for record in on(again, "alerts")]
        assert NOTICE in {alert.revisions[-1].text for alert in alerts}
        with ExitStack() as running_again:
            for name in SERVICES:
                running_again.enter_context(service(settings, name))
            eventually(lambda: NOTICE in told_in(log), 120)
            eventually(lambda: all(again.lag(group) == (0, 1) for group in GROUPS))
        assert claims_on(again) == claims
        assert not holding(data)
