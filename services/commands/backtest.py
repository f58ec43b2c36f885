"""`reportedly backtest`: what watches would have sent over past articles.

With files it needs no server.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import click
import msgspec
from rich.console import Console

from services.alerter.watch import CompiledWatch, compile_all
from services.backtest.pipeline import Passage, Pipeline, in_order, sight
from services.backtest.report import Backtest, HeldBack, Sent, difference
from services.backtest.report import backtest as summed_up
from services.backtest.show import show_difference, show_sent, show_summary
from services.commands import world
from services.commands.articles import read_tagged
from services.commands.choices import Moment
from services.commands.jsonl import InputFile, Unread, write_line
from services.commands.topic import read_all
from services.commands.watches import read_file
from services.messages import TaggedArticle, decode
from services.text.counts import counted


@click.command()
@click.option("--watches", "path", required=True, type=InputFile(), help="Watch file (YAML).")
@click.option(
    "--against",
    metavar="OLD",
    type=InputFile(),
    help="Another watch file: show only the revisions that differ.",
)
@click.option(
    "--from",
    "since",
    type=Moment(),
    help="Watches are in force from here; earlier articles only build claims.",
)
@click.option(
    "--to", "until", type=Moment(), help="Articles seen at this time or later are left out."
)
@click.option("--json", "as_json", is_flag=True, help="Rows even where the output is a terminal.")
@click.argument("files", nargs=-1, type=InputFile())
def backtest(
    *,
    path: str,
    against: str | None,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    files: tuple[str, ...],
) -> None:
    """Run watches over past articles on a virtual clock, and show what they would have sent.

    The articles, tagged or not, come from JSON Lines files (`-`: standard input), in order of
    `seen_at`, else `published_at`; without files, from the topic `tagged-articles`. A terminal gets
    revisions and a summary; a pipe gets rows, and the summary on standard error.

    \b
    Examples:
      reportedly backtest --watches watches.yaml articles.jsonl
      reportedly backtest --watches new.yaml --against old.yaml tagged.jsonl
      reportedly backtest --watches watches.yaml --from 2031-05-02 --to 2031-05-03 | jq .text
    """
    if since is not None and until is not None and since >= until:
        raise click.UsageError(
            f"--from {since:%Y-%m-%d %H:%M} is not before --to {until:%Y-%m-%d %H:%M}: nothing "
            "would be left"
        )
    new = compile_all(read_file(path, delivers=False))
    old = compile_all(read_file(against, delivers=False)) if against else None
    unread = Unread("article", "tagged")
    history = [one for one in in_order(_history(files, unread)) if _is_before(one, until)]
    found = run(new, history, since)
    rows = as_json or not sys.stdout.isatty()
    console = Console(stderr=rows, highlight=False, soft_wrap=True)
    if old is None:
        _print_found(found, console, rows)
    else:
        _print_difference(*difference(run(old, history, since), found), console, rows)
    unread.end()


def _is_before(article: TaggedArticle, until: datetime | None) -> bool:
    at = sight(article)
    return until is None or at is None or at < until


def run(
    watches: Mapping[str, CompiledWatch], history: Sequence[TaggedArticle], since: datetime | None
) -> Backtest:
    """Return what watches would have sent and held back."""

    def passages() -> Iterator[Passage]:
        pipeline = Pipeline(watches, since)
        yield from map(pipeline.step, history)

    return summed_up(passages())


def _history(files: Sequence[str], unread: Unread) -> Iterator[TaggedArticle]:
    settings = world.settings()
    if files:
        return read_tagged(files, settings, unread, in_full=True)
    return (
        decode(TaggedArticle, value)
        for _, value in read_all(settings, "tagged-articles")
        if value is not None
    )


def _print_found(found: Backtest, console: Console, rows: bool) -> None:
    if rows:
        found_rows: list[Sent | HeldBack] = [*found.sent, *found.held_back]
        for row in sorted(found_rows, key=lambda row: row.at):
            write_line(msgspec.json.encode(_row(row)))
    else:
        show_sent(found.sent, console)
    show_summary(found, console)


def _print_difference(
    added: Sequence[Sent], gone: Sequence[Sent], console: Console, rows: bool
) -> None:
    if rows:
        for sign, sent in [("added", s) for s in added] + [("removed", s) for s in gone]:
            write_line(msgspec.json.encode({"change": sign, **_row(sent)}))
        console.print(f"{counted(len(added), 'revision')} more, {len(gone)} fewer")
    else:
        show_difference(added, gone, console)


def _row(row: Sent | HeldBack) -> dict[str, object]:
    values: dict[str, object] = msgspec.to_builtins(row)
    if isinstance(row, HeldBack):
        values["suppressed"] = values.pop("reason")
    else:
        values["late_seconds"] = row.late.total_seconds() if row.late is not None else None
    return values
