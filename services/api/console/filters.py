"""What templates do with values: times, spans of a text, addresses, and numbers in words.

Each takes whatever a document holds, also nothing, and returns text that is safe to show.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from services.desk.links import web_link
from services.text.counts import counted

NO_DATE = "no date"
_NOTHING: Mapping[str, object] = MappingProxyType({})

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""Years that a page shows; a date outside is a mistake of whoever wrote it."""

_STEPS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def when(value: object) -> datetime | None:
    """Return a time of a message or a document; None if there is none, or none that can be true."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or not FIRST_YEAR <= value.year <= LAST_YEAR:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


@pass_context
def moment(context: Context, value: object) -> Markup:
    """Return a `<time>`: the hour, and the day unless it is today's; the exact one as its title.

    The script writes it in the reader's zone. `now` of the page says which day is today.
    """
    at = when(value)
    if at is None:
        return Markup('<span class="quiet">{}</span>').format(NO_DATE)
    now = when(context.get("now"))
    shown = f"{at:%H:%M}" if now and now.date() == at.date() else f"{at.day} {at:%b}, {at:%H:%M}"
    if now and now.year != at.year:
        shown = f"{at.day} {at:%b} {at:%Y}"
    return _time(at, "moment", shown)


@pass_context
def ago(context: Context, value: object) -> Markup:
    """Return a `<time>`: how long ago it was by the `now` of the page. The script keeps it true."""
    at, now = when(value), when(context.get("now"))
    if at is None or now is None:
        return Markup('<span class="quiet">{}</span>').format(NO_DATE)
    return _time(at, "ago", f"{in_short(now - at)} ago")


def in_short(span: timedelta) -> str:
    """Return a span of time in its largest unit: `3 d`, `5 h`, `12 min`, `40 s`; never below 0."""
    for unit, name in _STEPS:
        if span >= unit:
            return f"{span // unit} {name}"
    return f"{max(0, int(span.total_seconds()))} s"


def _time(at: datetime, kind: str, shown: str) -> Markup:
    exact = f"{at.day} {at:%B} {at:%Y}, {at:%H:%M:%S} UTC"
    return Markup('<time class="{}" datetime="{:%Y-%m-%dT%H:%M:%SZ}" title="{}">{}</time>').format(
        kind, at, exact, shown
    )


def marked(text: str | None, spans: Iterable[Sequence[Any]] = ()) -> Markup:
    """Return a text with spans in `<mark>`; everything of the text is escaped.

    `spans`: rows of start, end (code points of `text`), a class, and an id, the last two if wanted.
    What lies outside the text is cut off. Where spans overlap, the piece has the classes of all of
    them; the first piece of a span has its id.
    """
    text = text or ""
    known = sorted(
        span for each in spans if (span := _within(each, len(text))) and span[0] < span[1]
    )
    edges = sorted({0, len(text), *(edge for span in known for edge in span[:2])})
    pieces: list[Markup] = []
    open_: list[tuple[int, int, str, str]] = []
    n = 0
    for start, end in pairwise(edges):
        opened = n
        while n < len(known) and known[n][0] <= start:
            n += 1
        open_ = [span for span in (*open_, *known[opened:n]) if span[1] > start]
        piece = escape(text[start:end])
        if open_:
            classes = " ".join(dict.fromkeys(span[2] for span in open_ if span[2]))
            id = next((span[3] for span in known[opened:n] if span[3]), "")
            piece = Markup("<mark{}{}>{}</mark>").format(
                _attribute("class", classes), _attribute("id", id), piece
            )
        pieces.append(piece)
    return Markup("").join(pieces)


def _within(span: Sequence[Any], length: int) -> tuple[int, int, str, str]:
    name, id = (*span[2:4], "", "")[:2]
    return max(0, int(span[0])), min(length, int(span[1])), str(name), str(id)


def _attribute(name: str, value: str) -> Markup:
    return Markup(' {}="{}"').format(name, value) if value else Markup("")


def address(path: str, given: Mapping[str, object] = _NOTHING, **changes: object) -> str:
    """Return a path with parameters: those given, as changed; what is empty or None is left out."""
    kept = {name: value for name, value in {**given, **changes}.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def span(seconds: float) -> str:
    """Return a number of seconds in its largest unit."""
    return in_short(timedelta(seconds=seconds))


def seconds(value: float | None) -> str:
    """Return a number of seconds as one reads it: `0.4 s`, `12 s`, `3 min`; "–" for None."""
    if value is None:
        return "–"
    if value >= 9.95:
        return in_short(timedelta(seconds=value))
    return f"{value:.1f} s" if value >= 0.05 else "0 s"


def percent(share: float | None) -> str:
    """Return a share in whole percent; "–" for None."""
    return "–" if share is None else f"{round(share * 100)}%"


FILTERS = {
    "moment": moment,
    "ago": ago,
    "marked": marked,
    "web": web_link,
    "span": span,
    "percent": percent,
    "seconds": seconds,
    "counted": counted,
}
