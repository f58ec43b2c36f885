"""`reportedly tag`: articles to tagged articles, without any server."""

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import click
import msgspec

from services.adapters.clock import clock_from
from services.commands.jsonl import read_lines, write_line
from services.errors import ConfigError
from services.messages import Article, encode
from services.settings import Settings
from services.tagger.pipeline import Tagger
from services.text.hashes import digest

BATCH = 64


@click.command()
@click.argument("files", nargs=-1)
@click.option("--lexicon", "lexicons", multiple=True, help="Actor dictionary (YAML) that overrides ours; may be given again.")
def tag(files: tuple[str, ...], lexicons: tuple[str, ...]) -> None:
    """Tag articles (JSON Lines: id, title, text, published_at?, url?, outlet?) from files or standard input.

    Writes one tagged article a line, in order. A line that can't be read becomes a row with `error`; the exit code is 1 then.

    \b
    Examples:
      reportedly tag articles.jsonl
      echo '{"id": "1", "title": "Rebel leader reportedly killed", "text": ""}' | reportedly tag | jq .reports
    """
    settings = Settings.parse(os.environ)
    tagger = Tagger.load(settings.spacy_model, read_lexicons(lexicons or tuple(filter(None, settings.lexicon.split(os.pathsep)))))
    now, bad = clock_from(settings.clock).now(), 0
    lines = read_lines(files)
    while batch := list(islice(lines, BATCH)):
        rows = [_article(name, number, line, now) for name, number, line in batch]
        tagged = iter(tagger.tag([row for row in rows if isinstance(row, Article)]))
        for row in rows:
            if isinstance(row, Article):
                write_line(encode(next(tagged)))
            else:
                bad += 1
                write_line(msgspec.json.encode(row))
    if bad:
        click.echo(f"reportedly: {bad} line{'s' if bad > 1 else ''} could not be read", err=True)
        raise click.exceptions.Exit(1)


def read_lexicons(paths: Sequence[str]) -> list[tuple[str, str]]:
    """Return (name, text) of dictionaries. Raises ConfigError for a file that can't be read."""
    try:
        return [(path, Path(path).read_text(encoding="utf-8")) for path in paths]
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}") from error


def _article(name: str, number: int, line: bytes, now: Any) -> Article | dict[str, Any]:
    try:
        row = msgspec.json.decode(line)
        article_id = str(row["id"])
        values = {k: row[k] for k in ("url", "outlet", "published_at") if row.get(k) is not None}
        identity = {"article_id": article_id, "url_key": digest(row.get("url") or article_id), "feed_id": "", "version": 1}
        seen = {"first_seen_at": now, "seen_at": now, "content_hash": "", "outlet": ""}
        text = {"title": row.get("title") or "", "text": row.get("text") or ""}
        return msgspec.convert(identity | seen | text | values, Article)
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, AttributeError, TypeError) as error:
        return {"error": f"{type(error).__name__}: {error}", "file": name, "line": number}
