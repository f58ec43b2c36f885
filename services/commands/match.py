"""`reportedly match`: match articles with a watch file, without any server."""

from collections.abc import Iterable

import click
import msgspec

from services.alerter.match import match as find_hits
from services.alerter.presearch import Presearch
from services.alerter.watch import CompiledWatch, compile_all
from services.commands import world
from services.commands.articles import read_tagged
from services.commands.jsonl import InputFile, Unread, write_line
from services.commands.watches import read_file
from services.messages import Hit
from services.query.atoms import asks_the_tagger


@click.command()
@click.option("--watches", "path", required=True, type=InputFile(), help="Watch file (YAML).")
@click.argument("files", nargs=-1, type=InputFile())
def match(path: str, files: tuple[str, ...]) -> None:
    """Match articles, tagged or not (JSON Lines), with the queries of a watch file.

    Writes one row for each hit: article_id, watch_id, spans, and `suppressed` if only boilerplate
    has the words. Articles that are not tagged yet are tagged first if a query asks for actors,
    events, stances, or places.

    \b
    Examples:
      reportedly match --watches watches.yaml articles.jsonl
      reportedly tag articles.jsonl | reportedly match --watches watches.yaml
    """
    watches = compile_all(read_file(path, delivers=False)).values()
    presearch = presearch_of(watches)
    in_full = any(asks_the_tagger(watch.query) for watch in watches if watch.query is not None)
    unread = Unread("article", "tagged")
    for article in read_tagged(files, world.settings(), unread, in_full=in_full):
        for hit in find_hits(article, presearch):
            write_line(msgspec.json.encode(_row(hit)))
    unread.end()


def presearch_of(watches: Iterable[CompiledWatch]) -> Presearch[CompiledWatch]:
    """Return the watches that have a query, ready to match."""
    presearch: Presearch[CompiledWatch] = Presearch()
    for compiled in watches:
        if compiled.query is not None:
            presearch.put(compiled.watch.id, compiled.query, compiled)
    return presearch


def _row(hit: Hit) -> dict[str, object]:
    row: dict[str, object] = {
        "article_id": hit.article_id,
        "watch_id": hit.watch_id,
        "spans": hit.spans,
    }
    return row | {"suppressed": hit.suppressed} if hit.suppressed else row
