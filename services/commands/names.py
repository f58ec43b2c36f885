"""`reportedly names`: compare spellings of names, without any server."""

import click

from services.commands.jsonl import InputFile, Unread, read_lines, write_line
from services.text.same_name import SAME, name_likeness


@click.command()
@click.argument("files", nargs=-1, type=InputFile())
def names(files: tuple[str, ...]) -> None:
    """Compare names: lines of two names with a tab between (files or standard input).

    Writes each line again with two fields more: a likeness from 0 to 1, and `same` or `different`.

    \b
    Examples:
      printf 'Zahran Alloush\\tЗахран Аллуш\\n' | reportedly names
      reportedly names pairs.tsv | grep same$
    """
    unread = Unread()
    for file, number, line in read_lines(files):
        fields = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if len(fields) < 2:
            unread.tell(file, number, line, "expected two names with a tab between")
            continue
        likeness = name_likeness(fields[0], fields[1])
        verdict = "same" if likeness >= SAME else "different"
        write_line("\t".join([*fields, f"{likeness:.2f}", verdict]).encode())
    unread.end()
