"""Reads and writes tables of feeds: CSV with commas, semicolons, or tabs."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from services.desk.feeds.opml import Given
from services.messages import Feed
from services.text.problems import Problem, instead
from services.text.typed_yaml import Row
from services.text.yaml_file import MAX_BYTES

MAX_ROWS = 100_000
"""Rows of a file, as many as tags of an OPML file."""

COLUMNS = (
    "url", "title", "outlet", "outlet_family", "language", "interval_seconds", "enabled",
    "site_url", "ids", "zone", "user_agent", "credentials", "feed_id",
)  # fmt: skip
"""The columns of an export, named like the fields of a feed."""

_ALSO: Mapping[str, str] = {
    "feed": "url", "feed_url": "url", "xmlurl": "url", "rss": "url", "address": "url",
    "link": "url", "name": "title", "text": "title", "source": "outlet", "publisher": "outlet",
    "family": "outlet_family", "lang": "language", "interval": "interval_seconds",
    "site": "site_url", "htmlurl": "site_url", "website": "site_url", "homepage": "site_url",
}  # fmt: skip
"""Other names of columns, as exports of readers and spreadsheets have them."""

_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def from_csv(content: bytes, name: str) -> tuple[list[Given], list[Problem]]:
    """Return the feeds of a table, and its mistakes. Raises nothing.

    Without a row of names, the first column holds addresses and the second titles.
    """
    if len(content) > MAX_BYTES or content.count(b"\n") > MAX_ROWS:
        return [], [Problem(name, 1, f"the file has more than {MAX_ROWS:,} rows or 16 MB")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Problem(name, 1, "the file is not in UTF-8: save it with this encoding")]
    if "\0" in text:
        return [], [Problem(name, 1, "the file is not in UTF-8: save it with this encoding")]
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    try:
        lines = [(rows.line_num, [cell.strip() for cell in row]) for row in rows]
    except csv.Error as error:
        return [], [Problem(name, max(rows.line_num, 1), f"this is no table: {error}")]
    return _read([(line, row) for line, row in lines if any(row)], name)


def to_csv(feeds: Sequence[Feed]) -> str:
    """Return a table of all scalar fields of feeds. Rules of pages are not in it."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for feed in feeds:
        values = msgspec.to_builtins(feed)
        writer.writerow([_cell(values[column]) for column in COLUMNS])
    return table.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)


def _read(lines: Sequence[tuple[int, list[str]]], name: str) -> tuple[list[Given], list[Problem]]:
    if not lines:
        return [], []
    (first_line, first), *others = lines
    if any("://" in cell for cell in first):
        columns, problems, others = ["url", "title"], list[Problem](), list(lines)
    else:
        columns = [_ALSO.get(cell.lower(), cell.lower()) for cell in first]
        problems = [Problem(name, first_line, what) for what in _wrong_columns(columns)]
    if problems:
        return [], problems
    given = []
    for line, row in others:
        values, wrong = _values(dict(zip(columns, row, strict=False)))
        problems += [Problem(name, line, what) for what in wrong]
        if not values.get("url"):
            problems.append(Problem(name, line, "url is missing: a feed needs url"))
        elif not wrong:
            given.append(Given(values, line))
    return given, problems


def _wrong_columns(columns: Sequence[str]) -> Iterator[str]:
    for column in columns:
        if column and column not in COLUMNS:
            yield f"{column:.40} is no column of feeds; {instead(column, COLUMNS, 'columns')}"
        elif column and columns.count(column) > 1:
            yield f"the column {column} is given twice"
    if "url" not in columns:
        yield "no column is named url: name the one with the addresses so"


def _values(row: Mapping[str, str]) -> tuple[Row, list[str]]:
    """Return the fields that have a value, and the mistakes."""
    values: Row = {}
    wrong: list[str] = []
    for column, cell in row.items():
        if not cell or not column:
            continue
        if column == "interval_seconds":
            try:
                values[column] = float(cell)
            except ValueError:
                wrong.append(f"interval_seconds is {cell!r:.40}: write a number, such as 60")
        elif column == "enabled":
            if cell.lower() in _FLAGS:
                values[column] = _FLAGS[cell.lower()]
            else:
                wrong.append(f"enabled is {cell!r:.40}: write true or false")
        else:
            values[column] = cell
    return values, wrong
