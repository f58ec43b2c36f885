"""The text of an article is in no file of any store once it is forgotten, while services go on.

The command is killed on its way, before and after the copy takes the place of the topics.
"""

import gzip
import mmap
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from builders import article as plain_article
from click.testing import CliRunner
from story_halves import GROUPS, WATCHES, articles, claims_on, expected
from streams import broker_of, eventually, on, send

from services import wiring
from services.adapters.elastic import ElasticIndex
from services.adapters.embedded import Engines
from services.cli import root
from services.commands import templates
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
from services.runtime.data_version import marked
from services.runtime.supervisor import Supervisor, service_command
from services.settings import Settings

pytestmark = [pytest.mark.engines, pytest.mark.faults, pytest.mark.timeout(900)]

MARKER = "zqxjv"
SERVICES = ("track", "alert", "index", "notify")


def marker_article():
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


def forgetting(settings, *words):
    """Start the command in a process of its own."""
    return subprocess.Popen(
        [*service_command("forget"), *words], env={**os.environ, **settings.environment()}
    )


def killed_once(settings, words, is_so):
    """Forget an article, and kill the command once its mark is so."""
    process, base = forgetting(settings, *words), broker_of(settings).base()
    try:
        eventually(lambda: is_so(marked(base)) or process.poll() is not None, 120)
        assert process.poll() is None, "it ended before it was killed"
    finally:
        process.kill()
        process.wait()


def told_of(settings, some):
    """Send articles as a service does: none while all stand still."""
    for one in some:
        broker = wiring.broker(settings)
        if (mark := marked(broker.base())).stands_still or mark.forgetting:
            return
        send(broker, ("tagged-articles", one.article_id, encode(one)))
        yield one


def settings_of(data, addresses):
    return Settings(
        kafka_bootstrap=addresses.kafka_bootstrap,
        elastic_url=addresses.elastic_url,
        partitions=2,
        data_dir=data,
        run_dir=data / "run",
        deliveries_log=str(data / "logs" / "deliveries.log"),
    )


def services(settings):
    """Return a context in which services run, and are started again when they end."""
    environment = {**os.environ, **settings.environment()}
    commands = {name: service_command(name) for name in SERVICES}
    return Supervisor(commands, environment, settings.data_dir / "logs", [])


def test_nothing_holds_the_text_of_a_forgotten_article_and_who_was_told_hears_of_it(shared_folder):
    data, article = shared_folder / "data", marker_article()
    story = [article if a.article_id == article.article_id else a for a in articles()]
    claims, _ = expected(story)
    rest = [a for a in story if a is not article]
    with Engines(data, Path("~/.cache/reportedly")) as addresses, ExitStack() as running:
        settings = settings_of(data, addresses)
        log, broker = Path(settings.deliveries_log), broker_of(settings)
        index = ElasticIndex(settings.elastic_url)
        document = f"articles-{article.first_seen_at:%Y.%m}", article.article_id
        templates.apply(settings)
        log.parent.mkdir(exist_ok=True)
        for watch in WATCHES:
            told = msgspec.structs.replace(watch, deliver=(Channel(to="log:"),))
            send(broker, ("watches", watch.id, encode(told)))
        send(broker, *sources(article))
        running.enter_context(services(settings))
        send(broker, ("tagged-articles", article.article_id, encode(article)))
        eventually(lambda: MARKER in told_in(log).lower(), 120)
        eventually(lambda: index.get(*document))
        eventually(lambda: all(broker.lag(group) == (0, 1) for group in GROUPS))
        path = shared_folder / "old.backup"
        run(settings, "backup", str(path))
        # Rows of state are written to the disk every half minute.
        eventually(lambda: holding(data) >= {"kafka", "elasticsearch", "logs", "state"}, 60)
        assert in_backup(path)
        assert "alerts: " in run(settings, "forget", article.article_id, "--dry-run")
        words = (article.article_id, "--backup", str(path))
        # The services go on during all this. What is killed before the mark is begun anew.
        killed_once(settings, words, lambda mark: mark.stands_still)
        assert broker_of(settings).generation == 0
        process = forgetting(settings, *words)
        eventually(lambda: not marked(broker.base()).stands_still, 60)
        sent = len([*told_of(settings, rest)])
        assert sent > 0
        eventually(lambda: marked(broker.base()).forgetting or process.poll() is not None, 120)
        process.kill()
        process.wait()
        assert "1 article forgotten" in run(settings, "forget", article.article_id)
        again = broker_of(settings)
        assert again.generation == 1
        assert not marked(again.base()).forgetting
        eventually(lambda: not holding(data), 90)
        assert not in_backup(path)
        found = index.search("*", {"query": {"query_string": {"query": MARKER}}})
        assert found["hits"]["total"]["value"] == 0
        assert (index.get(*document) or {})["withdrawn"] == WHY
        eventually(lambda: NOTICE in told_in(log), 120)
        for one in rest[sent:]:
            send(again, ("tagged-articles", one.article_id, encode(one)))
        eventually(lambda: all(again.lag(group) == (0, 1) for group in GROUPS), 120)
        assert claims_on(again) == claims, "each article that came meanwhile counts once"
        alerts = [decode(Alert, record.value) for record in on(again, "alerts")]
        assert NOTICE in {r.text for alert in alerts for r in alert.revisions}
        assert not holding(data)
