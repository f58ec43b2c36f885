"""`reportedly tag`: articles to tagged articles, without any server."""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from services.commands import world
from services.commands.articles import BATCH, map_lexicons, read_article
from services.commands.explain_html import page
from services.commands.explain_text import show
from services.commands.jsonl import parse_line, read_lines, write_line
from services.errors import ConfigError, InvalidMessage
from services.messages import Article, TaggedArticle, encode
from services.tagger.pipeline import Tagger


@click.command()
@click.argument("files", nargs=-1)
@click.option("--lexicon", "lexicons", multiple=True, help="Actor dictionary, YAML or compiled, that overrides ours; repeatable.")
@click.option("--explain", is_flag=True, help="Draw each sentence with its spans and rules instead of writing JSON Lines.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Also write the explanation as a page to this file.")
def tag(files: tuple[str, ...], lexicons: tuple[str, ...], explain: bool, html_file: Path | None) -> None:
    """Tag articles (JSON Lines: id, title, text, published_at?, url?, outlet?) from files or standard input.

    Writes one tagged article a line, in order. A line that can't be read becomes a row with `error`; the exit code is 1 then.

    \b
    Examples:
      reportedly tag articles.jsonl
      reportedly tag --explain articles.jsonl
      reportedly tag --html why.html articles.jsonl > tagged.jsonl
      echo '{"id": "1", "title": "Rebel leader reportedly killed", "text": ""}' | reportedly tag | jq .reports
    """
    settings = world.settings()
    if html_file:
        _write(html_file, "")  # a place where nothing can be written is told before the work, not after it
    tagger = Tagger.load(settings.spacy_model, map_lexicons(lexicons or settings.lexicon.split(os.pathsep)))
    now, bad = world.now(settings), 0
    kept: list[TaggedArticle] = []
    console = Console(highlight=False) if explain else None
    for row in _tagged(tagger, read_lines(files), now):
        if isinstance(row, TaggedArticle) and html_file:
            kept.append(row)
        if isinstance(row, TaggedArticle) and console:
            show(row, console)
        else:
            write_line(encode(row) if isinstance(row, TaggedArticle) else msgspec.json.encode(row))
        bad += not isinstance(row, TaggedArticle)
    if html_file:
        _write(html_file, page(kept))
    if bad:
        click.echo(f"reportedly: {bad} line{'s' if bad > 1 else ''} could not be read", err=True)
        raise click.exceptions.Exit(1)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--html {path}: {error.strerror}") from error


def _tagged(tagger: Tagger, lines: Iterator[tuple[str, int, bytes]], now: datetime) -> Iterator[TaggedArticle | dict[str, Any]]:
    """Yield a tagged article, or a row with `error`, a line."""
    while batch := list(islice(lines, BATCH)):
        rows = [_article(name, number, line, now) for name, number, line in batch]
        tagged = iter(tagger.tag([row for row in rows if isinstance(row, Article)]))
        for row in rows:
            yield next(tagged) if isinstance(row, Article) else row


def _article(name: str, number: int, line: bytes, now: datetime) -> Article | dict[str, Any]:
    try:
        return read_article(parse_line(line), now)
    except InvalidMessage as error:
        return {"error": str(error), "file": name, "line": number}
