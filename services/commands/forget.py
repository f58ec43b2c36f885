"""`reportedly forget`: the text of articles, out of everything that keeps it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from services.commands import replacing, saving, templates, world
from services.commands.backup import telling
from services.commands.forgetting import Forgotten, Words, scrubbed, without
from services.commands.log_lines import log_files, without_lines
from services.commands.moving import MoreToForgetError
from services.errors import ConfigError, InvalidMessage
from services.indexer.replay import Replay
from services.messages import Article, Claim, decode
from services.ports import Record
from services.runtime.data_version import marked
from services.runtime.retry import delay
from services.runtime.waiting import Steps, Waiting
from services.settings import Settings
from services.text.counts import counted
from services.text.web_addresses import canonical_url

WORK = "forget.backup"
"""The file in the data folder that a run of an earlier version left, if it broke off."""

TRIES = 3
"""Copies that are begun, while the articles are edited meanwhile. A guess: edits take minutes."""

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
    Services go on while all topics are copied; then they end by themselves for some seconds, and
    whoever runs them starts them again. If it breaks off, run it again.

    \b
    Examples:
      reportedly forget 8d78123f6f2d --dry-run
      reportedly forget https://herald.example/story --backup old.backup
    """
    settings = world.settings()
    _refuse_file_of_before(settings)
    with Waiting(Console(stderr=True)) as waiting:
        base, move = world.store(settings).base(), None
        found = marked(base)
        ids = found.forgetting if found is not None else ()
        if ids:
            _require_those(ids, articles, dry_run=dry_run)
        else:
            if not dry_run:
                replacing.lift(base)
            what = _found(settings, articles, waiting)
            ids = tuple(sorted(what.ids))
            if dry_run:
                _tell_what_holds_it(settings, what, waiting)
                return
            _clean_backups(what, backups, waiting)
            done = _replaced(settings, articles, what, waiting)
            move = done.move
            click.echo(f"all services stood still for {done.seconds:.1f} s", err=True)
        replacing.remove_former(settings, move, waiting)
    _index_anew(settings, ids)
    replacing.ended(settings)
    click.echo(f"{counted(len(ids), 'article')} forgotten")


def _changed(what: Forgotten, topic: str, records: Iterable[Record]) -> Iterable[Record]:
    return without(topic, records, what)


def _refuse_file_of_before(settings: Settings) -> None:
    if (work := settings.data_dir / WORK).exists():
        raise ConfigError(
            f"an earlier version broke off, and left {work}: stop all services, run `reportedly "
            f"restore {work} --replace`, remove it, and run this again"
        )


def _require_those(ids: Sequence[str], given: Sequence[str], *, dry_run: bool) -> None:
    """Raise ConfigError if others are given than those of the run that broke off."""
    others = [each for each in given if each not in ids]
    if dry_run or any(not each.startswith(("http:", "https:")) for each in others):
        raise ConfigError(f"a `reportedly forget {' '.join(ids)}` broke off: run that again first")


def _replaced(
    settings: Settings, given: Sequence[str], what: Forgotten, waiting: Waiting
) -> replacing.Replaced:
    """Replace the topics, anew if an article is edited meanwhile."""
    for tries in range(1, TRIES + 1):
        try:
            clean = partial(_clean_here, settings, what)
            return replacing.replace_topics(settings, what, clean, waiting)
        except MoreToForgetError:
            if tries == TRIES:
                raise
            what = _found(settings, given, waiting)
    raise AssertionError("the last try returns or raises")


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


def _clean_here(settings: Settings, what: Forgotten) -> None:
    """Take the words out of what services of this machine write: logs, and rows that they keep."""
    for path in log_files(settings):
        if found := without_lines(path, what.words):
            click.echo(f"{counted(found, 'line')} removed from {path}", err=True)
    for path in (settings.data_dir / "state").glob("*.rows*"):
        path.unlink()


def _clean_backups(what: Forgotten, backups: Iterable[Path], waiting: Waiting) -> None:
    for path in backups:
        waiting.tell(f"reading {path}")
        saving.rewrite(path, partial(_changed, what), sorted(what.ids), telling(waiting, "copied"))
        click.echo(f"{path} is written anew", err=True)


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
