"""`reportedly forget`: the text of articles, out of everything that keeps it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from services.commands import saving, templates, topics, world
from services.commands.backup import telling
from services.commands.forgetting import Forgotten, Words, scrubbed, without
from services.commands.log_lines import log_files, without_lines
from services.commands.restore import require_no_members
from services.errors import ConfigError, InvalidMessage
from services.indexer.replay import Replay
from services.messages import Article, Claim, decode
from services.ports import Record
from services.runtime.backup_file import check, head_of
from services.runtime.metric_defs import GROUPS
from services.runtime.retry import delay
from services.runtime.waiting import Steps, Waiting
from services.settings import Settings
from services.text.counts import counted
from services.text.web_addresses import canonical_url

WORK = "forget.backup"
"""The file in the data folder that holds all topics without the text until they stand in Kafka."""

OF_ARTICLES = ("articles", "incidents", "reports", "suppressed")
"""Aliases of documents that hold words of one article."""


@click.command()
@click.argument("articles", metavar="ARTICLE_ID|URL", nargs=-1, required=True)
@click.option(
    "--backup",
    "backups",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A backup that forgets it, too; may be given again.",
)
@click.option("--dry-run", is_flag=True, help="Count what holds it, and change nothing.")
def forget(articles: tuple[str, ...], backups: tuple[Path, ...], *, dry_run: bool) -> None:
    """Remove the text of articles from topics, states, indices, logs, and backups.

    Ids and counts stay. Who was told something with their words is told that these were withdrawn.
    No service may run meanwhile: `reportedly up --engines` runs Kafka and Elasticsearch alone. If
    it breaks off, run it again: until then no service starts.

    \b
    Examples:
      reportedly forget 8d78123f6f2d --dry-run
      reportedly forget https://herald.example/story --backup old.backup
    """
    settings = world.settings()
    work = settings.data_dir / WORK
    require_no_members(settings)
    with Waiting(Console(stderr=True)) as waiting:
        if work.exists():
            ids = _of_before(settings, work, articles)
        else:
            what = _found(settings, articles, waiting)
            ids = sorted(what.ids)
            if dry_run:
                _tell_what_holds_it(settings, what, waiting)
                return
            _clean_files(settings, what, backups, waiting)
            change = partial(_changed, what)
            tell = telling(waiting, "copied")
            store, at = world.store(settings), what.at
            saving.save(store, work, GROUPS, at, tell, change=change, forgotten=ids)
        _put_back(settings, work, waiting)
    _index_anew(settings, ids)
    for path in (settings.data_dir / "state").glob("*.rows*"):
        path.unlink()
    work.unlink()
    click.echo(f"{counted(len(ids), 'article')} forgotten: start the services, which tell of it")


def _changed(what: Forgotten, topic: str, records: Iterable[Record]) -> Iterable[Record]:
    return without(topic, records, what)


def _of_before(settings: Settings, work: Path, given: Sequence[str]) -> list[str]:
    """Return the ids of a run that broke off. Raises ConfigError if others are given."""
    ids = sorted(head_of(work).forgotten)
    others = [each for each in given if each not in ids]
    if any(not each.startswith(("http:", "https:")) for each in others):
        raise ConfigError(
            f"a `reportedly forget {' '.join(ids)}` broke off: run that again first, in "
            f"{settings.data_dir}"
        )
    check(work)
    return ids


def _found(settings: Settings, given: Sequence[str], waiting: Waiting) -> Forgotten:
    """Return the articles that are meant. Raises ConfigError for one that is nowhere."""
    store, words, urls = world.store(settings), Words(), dict[str, str]()
    addresses = {canonical_url(each) or each for each in given}
    ids = {each for each in given if "://" not in each}
    tell, seen = telling(waiting, "searched"), set[str]()
    for n, record in enumerate(saving.whole(store, "articles"), start=1):
        tell("articles", n)
        article = _decoded(record)
        if article is None:
            continue
        address = canonical_url(article.url) if article.url else None
        if article.article_id in ids or (address and address in addresses):
            seen.add(article.article_id)
            urls[address or ""] = article.article_id
            words.add(article.title)
            words.add(article.text)
    missing = [
        each for each in given if each not in seen and (canonical_url(each) or each) not in urls
    ]
    if missing:
        raise ConfigError(f"no article has the id or the address {missing[0]}")
    what = Forgotten(frozenset(seen), world.now(settings), words)
    return replace(what, claims=_claims(settings, what))


def _claims(settings: Settings, what: Forgotten) -> frozenset[str]:
    """Return the ids of the claims that were made of the articles."""
    ids = [id.encode() for id in what.ids]
    return frozenset(
        decode(Claim, record.value).claim_id
        for record in saving.whole(world.store(settings), "claims")
        if record.value is not None and any(id in record.value for id in ids)
    )


def _decoded(record: Record) -> Article | None:
    try:
        return decode(Article, record.value)
    except InvalidMessage:
        return None


def _tell_what_holds_it(settings: Settings, what: Forgotten, waiting: Waiting) -> None:
    store, tell = world.store(settings), telling(waiting, "searched")
    for topic in saving.order():
        found = 0
        for n, record in enumerate(saving.whole(store, topic), start=1):
            tell(topic, n)
            found += scrubbed(record, what) is not record
        if found:
            click.echo(f"{topic}: {counted(found, 'message')}")
    for path in log_files(settings):
        if found := without_lines(path, what.words, dry_run=True):
            click.echo(f"{path}: {counted(found, 'line')}")


def _clean_files(
    settings: Settings, what: Forgotten, backups: Iterable[Path], waiting: Waiting
) -> None:
    """Take the words out of logs and backups. Logs lose the lines that hold them."""
    for path in log_files(settings):
        if found := without_lines(path, what.words):
            click.echo(f"{counted(found, 'line')} removed from {path}", err=True)
    for path in backups:
        waiting.tell(f"reading {path}")
        saving.rewrite(path, partial(_changed, what), sorted(what.ids), telling(waiting, "copied"))
        click.echo(f"{path} is written anew", err=True)


def _put_back(settings: Settings, work: Path, waiting: Waiting) -> None:
    """Replace all topics by those of a file. All that Kafka had of the old ones is removed."""
    waiting.tell("removing the old topics")
    world.drop_topics(settings)
    topics.apply(settings)
    saving.restore(world.store(settings), work, telling(waiting, "written"))


def _index_anew(settings: Settings, ids: Sequence[str]) -> None:
    """Make all documents anew without the text, and take the old ones off the disk."""
    index, admin = world.index(settings), world.index_admin(settings)
    templates.apply(settings)
    for alias in OF_ARTICLES:
        index.remove(alias, {"terms": {"article_id": list(ids)}})
    pause: Callable[[int], None] = lambda tries: time.sleep(delay(tries))  # noqa: E731
    with Steps(Console(stderr=True)) as steps:
        Replay(world.broker(settings), index, admin, steps, pause).run(keep=False, restart=True)
    admin.expunge()
