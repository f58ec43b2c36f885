"""`reportedly tag`: articles to tagged articles, without any server."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from services.commands import world
from services.commands.articles import (
    Explained,
    explainer,
    in_batches,
    read_article,
    tagger,
)
from services.commands.jsonl import InputFile, Unread, error_row, parse_line, read_lines, write_line
from services.errors import ConfigError, InvalidMessage
from services.messages import Article, encode
from services.settings import Settings


@click.command()
@click.argument("files", nargs=-1, type=InputFile())
@click.option(
    "--lexicon",
    "lexicons",
    type=InputFile(),
    multiple=True,
    help="Actor dictionary that overrides ours; repeatable.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Draw incidents, and each sentence with its reports, instead of writing JSON Lines.",
)
@click.option("--full", is_flag=True, help="Explain with all marks, mentions, and rules.")
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path),
    help="Also write the explanation as a page to this file.",
)
def tag(
    files: tuple[str, ...],
    lexicons: tuple[str, ...],
    explain: bool,
    full: bool,
    html_file: Path | None,
) -> None:
    """Tag articles from files or standard input.

    Articles are JSON Lines: id, title, text, published_at?, url?, outlet?. Writes one tagged
    article a line, in order. An unreadable line is reported on standard error and becomes a row
    with `error`, which `fold` and the others skip; then the exit code is 1.

    An explanation shows what the article tells as a whole, then its sentences: the words that
    decided, a report with one field a line, or why a sentence has no report.

    \b
    Examples:
      reportedly tag articles.jsonl
      reportedly tag --explain articles.jsonl
      reportedly tag --explain --full articles.jsonl
      reportedly tag --html why.html articles.jsonl > tagged.jsonl
      echo '{"id": "1", "title": "Rebel leader reportedly killed"}' | reportedly tag | jq .reports
    """
    settings = world.settings()
    if full and not (explain or html_file):
        raise ConfigError("--full goes with --explain or --html")
    if html_file:
        _write(html_file, "")  # report an unwritable file before the work
    make = explainer if explain or html_file else _plainly
    read, unread = make(settings, lexicons), Unread("article")
    kept: list[Explained] = []
    console = Console(highlight=False) if explain else None
    for row in in_batches(read, _articles(files, world.now(settings), unread)):
        if isinstance(row, bytes):
            if console is None:
                write_line(row)
            continue
        if html_file:
            kept.append(row)
        if console:
            _show(row, console, full=full)
        else:
            write_line(encode(row[0]))
    if html_file:
        _write(html_file, _page(kept, full=full))
    unread.end()


def _plainly(
    settings: Settings, lexicons: Sequence[str]
) -> Callable[[Sequence[Article]], list[Explained]]:
    """Return the tagger without notes."""
    tag_all = tagger(settings, lexicons)
    return lambda articles: [(article, None) for article in tag_all(articles)]


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--html {path}: {error.strerror}") from error


def _show(row: Explained, console: Console, *, full: bool) -> None:
    from services.commands.explain_text import show  # loads the tagger

    article, notes = row
    show(article, console, notes, full=full)


def _page(rows: list[Explained], *, full: bool) -> str:
    from services.commands.explain_html import page  # loads the tagger

    return page(rows, full=full)


def _articles(files: Sequence[str], now: datetime, unread: Unread) -> Iterator[Article | bytes]:
    """Yield an article, or a row with `error`, for each line."""
    for name, number, line in read_lines(files):
        try:
            yield read_article(parse_line(line), now)
        except InvalidMessage as error:
            unread.tell(name, number, line, error)
            yield error_row(name, number, error)
