"""What a search found as CSV and as JSON Lines."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from services.search.asked import Kind
from services.search.rows import Row

COLUMNS: dict[Kind, tuple[str, ...]] = {
    "articles": (
        "article_id", "first_seen_at", "published_at", "outlet", "title", "url", "language",
        "stance", "events", "actors", "excerpt",
    ),
    "incidents": (
        "incident_id", "article_id", "first_seen_at", "event", "stance", "time", "confidence",
        "patient_labels", "agent_labels", "place_name", "country", "killed_min", "killed_max",
        "wounded_min", "wounded_max", "event_from", "event_to", "outlet", "url", "quote",
    ),
    "claims": (
        "claim_id", "updated_at", "opened_at", "event", "status", "level", "confidence",
        "n_reports", "n_independent", "patient_labels", "agent_labels", "place_labels",
        "killed_min", "killed_max", "wounded_min", "wounded_max", "quotes",
    ),
}  # fmt: skip
"""The columns of a table, by kind of document."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Beginnings by which spreadsheets take text for a formula, also in full width.

Source: OWASP, CSV Injection.
"""
_SKIPPED = " \t\r\n\x00\ufeff\u00a0"
"""Characters that a spreadsheet may leave out before it looks for a formula."""


def csv_lines(kind: Kind, rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table line by line (RFC 4180), each with its line end; the names come first.

    Several values stand in one cell, with semicolons between. No cell is a formula.
    """
    yield _line(COLUMNS[kind])
    for row in rows:
        found = {**row.document, "excerpt": " … ".join(each.text for each in row.excerpts)}
        yield _line([_cell(found.get(name)) for name in COLUMNS[kind]])


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield each row as JSON, without a line end."""
    return (msgspec.json.encode(row.as_json()) for row in rows)


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe stands before one."""
    return f"'{text}" if text.lstrip(_SKIPPED).startswith(_FORMULA) else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return guarded("; ".join(str(each) for each in value))
    return guarded(value) if isinstance(value, str) else str(value)


def _line(cells: Iterable[str]) -> str:
    table = io.StringIO()
    csv.writer(table, lineterminator="\r\n").writerow(cells)
    return table.getvalue()
