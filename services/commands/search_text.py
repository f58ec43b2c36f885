"""What a search found, as lines of a terminal."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from services.ports import JsonObject
from services.search.marks import Excerpt
from services.search.rows import Row

HIT = "bold reverse"
_MOST_LABELS = 3
"""People and places in one line. A guess: more are a list."""


def shown(row: Row, *, in_colour: bool) -> Iterator[Text]:
    """Yield the lines of a document; hits are in [brackets] without colours."""
    document = row.document
    yield Text(_head(row), style="cyan")
    yield Text(f"  {_title(row)}", style="bold")
    for each in row.excerpts:
        yield Text("  ") + _marked(each, in_colour=in_colour)
    if not row.excerpts and (quote := _quote(document)):
        yield Text(f"  “{quote}”")
    yield Text("")


def _head(row: Row) -> str:
    document = row.document
    at = document.get("first_seen_at") or document.get("updated_at") or "no date"
    return "  ".join(filter(None, (row.id, f"{at:.16}", str(document.get("outlet") or ""))))


def _title(row: Row) -> str:
    document = row.document
    if row.kind == "articles":
        return " ".join(str(document.get("title", "")).split())
    whom = _labels(document, "patient_labels")
    where = document.get("place_name") or _labels(document, "place_labels")
    parts = [str(document.get("event", "")), whom, f"in {where}" if where else ""]
    killed = document.get("killed_max") or document.get("killed_min")
    standing = str(document.get("status") or document.get("stance") or "")
    aside = ", ".join(filter(None, (standing, f"{killed:,} killed" if killed else "")))
    return " ".join(filter(None, parts)) + f" ({aside})"


def _labels(document: JsonObject, name: str) -> str:
    return ", ".join(document.get(name, ())[:_MOST_LABELS])


def _quote(document: JsonObject) -> str:
    quotes: Sequence[str] = document.get("quotes") or [document.get("quote") or ""]
    return " ".join(quotes[0].split())


def _marked(excerpt: Excerpt, *, in_colour: bool) -> Text:
    text, at = Text(), 0
    for start, end in excerpt.marks:
        if start < at:
            continue  # two words of a query that overlap are marked as one
        text.append(excerpt.text[at:start])
        hit = excerpt.text[start:end]
        text.append(hit if in_colour else f"[{hit}]", HIT if in_colour else "")
        at = end
    return text.append(excerpt.text[at:])
