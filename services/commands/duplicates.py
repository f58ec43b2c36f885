"""`reportedly duplicates`: find articles that repeat an earlier one, without any server."""

import click
import msgspec

from services.commands.jsonl import InputFile, Unread, error_row, parse_line, read_lines, write_line
from services.errors import InvalidMessage
from services.text.copies import Copies


class _Line(msgspec.Struct, frozen=True):
    """The fields read of an article; others are ignored."""

    id: str | int
    title: str | None = None
    text: str | None = None
    url: str | None = None
    outlet: str | None = None


@click.command()
@click.argument("files", nargs=-1, type=InputFile())
def duplicates(files: tuple[str, ...]) -> None:
    """Find articles that repeat an earlier one of the input.

    Articles are JSON Lines: id, title, text, url?, outlet?. Writes {"id", "of", "kind",
    "similarity"} for each; `kind` is copy, edited-copy, or revision (same address or outlet);
    `similarity` is the share of the shorter text that is in the other. An unreadable line is
    reported on standard error and becomes a row with `error`; then the exit code is 1.

    \b
    Examples:
      reportedly duplicates articles.jsonl
      reportedly duplicates monday.jsonl tuesday.jsonl | jq 'select(.kind == "copy")'
    """
    seen, ids, unread = Copies(), list[str](), Unread("article")
    for name, number, line in read_lines(files):
        try:
            article = msgspec.convert(parse_line(line), _Line)
        except (InvalidMessage, msgspec.ValidationError) as error:
            unread.tell(name, number, line, error)
            write_line(error_row(name, number, error))
            continue
        ids.append(str(article.id))
        for found in seen.add(
            article.title or "", article.text or "", url=article.url, outlet=article.outlet
        ):
            row = {
                "id": ids[-1],
                "of": ids[found.of],
                "kind": found.kind,
                "similarity": round(found.similarity, 3),
            }
            write_line(msgspec.json.encode(row))
    unread.end()
