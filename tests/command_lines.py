"""Command lines that several tests try."""

from pathlib import Path

TAKES_FILES = [
    "tag FILE",
    "tag --lexicon FILE LINES",
    "fold FILE",
    "fold --judgements FILE EMPTY",
    "claims list --file FILE",
    "claims show x --file FILE",
    "claims dismiss x --why y --file FILE",
    "claims note x --why y --file FILE",
    "claims undo x --why y --file FILE",
    "claims merge x y --why y --file FILE",
    "claims split x y --why y --file FILE",
    "match --watches FILE LINES",
    "match --watches WATCHES FILE",
    "backtest --watches FILE LINES",
    "backtest --watches WATCHES FILE",
    "backtest --watches WATCHES --against FILE LINES",
    "why a --file FILE --watches WATCHES",
    "why a --file LINES --watches FILE",
    "backfill FILE",
    "backfill --dry-run FILE",
    "duplicates FILE",
    "entries FILE",
    "extract FILE",
    "names FILE",
    "actors check FILE",
    "actors check --format ftm FILE",
    "actors check --format yaml FILE",
    "actors check --format cameo FILE",
    "actors import FILE --out OUT",
    "actors import WATCHES --out FOLDER",
    "actors list FILE",
    "feeds import --dry-run FILE",
    "feeds import FILE",
    "watches check FILE",
    "watches search leadership --file FILE",
    "watches import FILE",
    "watches test halvane FILE",
    "subscribers check FILE",
    "subscribers import FILE",
    "dashboards import --timeout 0 --file FILE",
    "schemas check --in FILE",
    "restore FILE",
    "restore --dry-run FILE",
    "up --feeds FILE",
    "up --watches FILE",
]
"""One of every command that reads files, with FILE for the file that is wrong."""


def words_of(line: str, folder: Path, file: str = "file") -> list[str]:
    """Return the words of a command line; those in capitals name files of a folder, FILE `file`."""
    names = {"FILE": file}
    return [
        str(folder / names.get(word, word.lower())) if word.isupper() else word
        for word in line.split()
    ]
