"""`reportedly why`: an article at each stage, from the running system or from files."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import click
from rich.console import Console
from rich.text import Text

from services.alerter.watch import CompiledWatch, compile_all, compile_watch
from services.backtest.pipeline import Pipeline, by_sight, in_order
from services.backtest.why import (
    AlertFact,
    Facts,
    Line,
    ReportFact,
    about_whom,
    explain,
    facts,
)
from services.commands import world
from services.commands.articles import read_rows, tagged
from services.commands.choices import ids_that_begin_so, require_known, unknown
from services.commands.jsonl import InputFile, Unread
from services.commands.watches import read_file, saved
from services.desk.documents import claim_of
from services.errors import ConfigError
from services.messages import Claim
from services.ports import JsonObject, SearchIndex
from services.query.compile import compile_query
from services.settings import Settings

_MOST = 200
_STYLES = {"alert": "bold green", "silence": "yellow", "tag": "cyan", "fold": "magenta"}


@click.command()
@click.argument("article_id")
@click.option("--watch", "watch_id", help="Also show why this watch was silent.")
@click.option(
    "--file",
    "files",
    type=InputFile(),
    multiple=True,
    help="History (JSON Lines), not the running system; repeatable.",
)
@click.option("--watches", "path", type=InputFile(), help="Watch file; with --file.")
def why(article_id: str, watch_id: str | None, files: tuple[str, ...], path: str | None) -> None:
    """Show what happened to an article at each stage, and why a watch was silent.

    Stages: collected, tagged, folded, matched, alerted, delivered. The running system is asked
    through Elasticsearch. With --file and --watches the article goes through the same code here,
    after all articles before it, and every silent watch says why.

    \b
    Examples:
      reportedly why 5f0c2a77
      reportedly why 5f0c2a77 --watch leadership
      reportedly why a17 --file tagged.jsonl --watches watches.yaml
    """
    if bool(files) != bool(path):
        raise ConfigError("--file and --watches go together")
    settings, unread = world.settings(), Unread("article", "tagged")
    if path:
        watches = compile_all(read_file(path, delivers=False))
        _require_watch(watch_id, watches)
        found = _from_files(article_id, watches, files, settings, unread)
    else:
        known = saved(settings) if watch_id is not None else {}
        _require_watch(watch_id, known)
        watches = {id: compile_watch(watch) for id, watch in known.items() if id == watch_id}
        found = [from_index(article_id, watches, world.index(settings))]
    asked = [c.watch for id, c in sorted(watches.items()) if watch_id in (None, id)]
    console = Console(highlight=False, soft_wrap=True)
    for one in found:
        console.print(Text(f"{one.article_id}  version {one.version}", style="bold"))
        for line in explain(one, asked):
            _show(line, console)
    unread.end()


def _require_watch(watch_id: str | None, watches: Collection[str]) -> None:
    if watch_id is not None:
        require_known("watch", watch_id, watches)


def _show(line: Line, console: Console) -> None:
    console.print(
        Text(f"  {line.stage:8} ", style=_STYLES.get(line.stage, "dim")) + Text(line.text)
    )
    if line.quote:
        console.print(Text(f"           “{line.quote}”", style="italic dim"))


def _from_files(
    article_id: str,
    watches: Mapping[str, CompiledWatch],
    files: Sequence[str],
    settings: Settings,
    unread: Unread,
) -> list[Facts]:
    """Return the article's versions.

    Raises ConfigError if there is none, before anything is tagged.
    """
    history = by_sight(read_rows(files, settings, unread))
    places = [place for place, row in enumerate(history) if row.article_id == article_id]
    if not places:
        require_known(
            f"article of {' or '.join(files)}", article_id, {row.article_id for row in history}
        )
    # Later articles have no effect on what was made of this one.
    pipeline, until = Pipeline(watches), places[-1] + 1
    passages = [
        pipeline.step(article)
        for article in in_order(tagged(history[:until], settings, in_full=True))
    ]
    return [facts(passage) for passage in passages if passage.article.article_id == article_id]


def from_index(article_id: str, watches: Mapping[str, CompiledWatch], index: SearchIndex) -> Facts:
    """Return what the index has of an article's last version.

    Raises ConfigError if it has nothing.
    """
    rows = _rows(index, "articles", article_id=article_id)
    if not rows:
        near = ids_that_begin_so(index, "articles", "article_id", article_id)
        otherwise = "it may not have been tagged yet (`reportedly health`)"
        raise unknown("article in the index", article_id, near, otherwise)
    article = rows[-1]
    alerts = _rows(index, "alerts", article_ids=article_id)
    matched = {id for id, compiled in watches.items() if _matches(index, article_id, compiled)}
    return Facts(
        article_id=article_id,
        version=article["version"],
        title=article["title"],
        outlet=article["outlet"],
        cause=article["cause"],
        published_at=_time(article["published_at"]),
        seen_at=_time(article["first_seen_at"]),
        reports=tuple(_reports(index, article_id, article["version"])),
        claims=tuple(_claims(index, article_id)),
        matched=frozenset(matched),
        held_back=tuple(_held_back(index, article_id)),
        alerts=tuple(
            AlertFact(a["watch_id"], a["alert_id"], a["last_kind"], a["last_text"]) for a in alerts
        ),
        deliveries=tuple(_deliveries(index, alerts)),
    )


def _reports(index: SearchIndex, article_id: str, version: int) -> Iterator[ReportFact]:
    for row in _rows(index, "reports", article_id=article_id):
        if row["article_version"] == version:
            slots = (row["patient_labels"], row["place_labels"])
            yield ReportFact(
                row["event"], row["stance"], about_whom(slots), row["quote"], row["rule"]
            )


def _claims(index: SearchIndex, article_id: str) -> Iterator[Claim]:
    for row in _rows(index, "claims", article_ids=article_id):
        if claim := claim_of(row):
            yield claim


def _held_back(index: SearchIndex, article_id: str) -> Iterator[tuple[str, str, str]]:
    for row in _rows(index, "suppressed", article_id=article_id):
        yield row["watch_id"], row["reason"], row["detail"]


def _deliveries(index: SearchIndex, alerts: Iterable[JsonObject]) -> Iterator[tuple[str, str]]:
    for alert in alerts:
        for row in _rows(index, "deliveries", alert_id=alert["alert_id"]):
            yield f"{row['channel']} ({row['kind']})", f"{row['outcome']} {row['detail']}".strip()


def _matches(index: SearchIndex, article_id: str, compiled: CompiledWatch) -> bool:
    """Ask the index, which gives the same answer as the stream."""
    if compiled.query is None:
        return False
    asked = [compile_query(compiled.query), {"term": {"article_id": article_id}}]
    answer = index.search(
        "articles", {"query": {"bool": {"filter": asked}}, "size": 0, "track_total_hits": True}
    )
    return bool(answer["hits"]["total"]["value"])


def _rows(index: SearchIndex, kind: str, **term: str) -> list[JsonObject]:
    answer = index.search(kind, {"query": {"term": term}, "size": _MOST})
    return [hit["_source"] for hit in answer["hits"]["hits"]]


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
