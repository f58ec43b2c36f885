"""A tagged article on a terminal: its incidents, then each sentence with its spans and reports."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from services.messages import TaggedArticle
from services.tagger.events.refused import Notes
from services.tagger.explain import (
    Mark,
    Passage,
    Statement,
    Story,
    explain,
    one_a_word,
    stories,
    summary,
)

STYLES = {
    "event": "bold red",
    "mention": "cyan",
    "cue": "yellow",
    "source": "magenta",
    "count": "green",
    "date": "green",
    "boilerplate": "dim",
}
"""Family of marks to style."""

FOLDED_FROM = 3
"""Sentences in a row without an event word that are told in one line. Set by hand."""

_INDENT = "  "
_NAMES = 10
"""Columns of the names of fields, with the blanks behind them."""

Field = tuple[str, str, str]
"""Name, value, and style of the value."""


def show(
    article: TaggedArticle, console: Console, notes: Notes | None = None, *, full: bool = False
) -> None:
    """Print an article: its incidents, then its sentences. Those without marks are dimmed.

    Each word has one mark, unless in full: then all marks, mentions, and rules are shown.
    """
    console.rule(Text(article.article_id, style="bold"), align="left")
    console.print(summary(article), markup=False)
    console.print()
    for number, story in enumerate(stories(article), start=1):
        _tell(number, story, console, full=full)
    for is_dull, run in groupby(explain(article, notes), attrgetter("has_no_event_word")):
        passages = list(run)
        if is_dull and len(passages) >= FOLDED_FROM and not full:
            _fold(len(passages), console)
            continue
        for passage in passages:
            _show(passage, article.text, console, full=full)
    console.print()


def _fold(n: int, console: Console) -> None:
    console.print()
    words = f"{n} sentences without a word that names an event: --full shows them"
    console.print(Text(f"{_INDENT}[{words}]", style="dim"))


def _tell(number: int, story: Story, console: Console, *, full: bool) -> None:
    """Print an incident; of one that people are not told of only a line, unless in full."""
    is_shown = story.told or full
    head = Text(f"[{number}] ", style="dim")
    head += Text(story.events, style=STYLES["event"] if is_shown else "dim")
    state = Text(story.state, style="" if is_shown else "dim")
    if head.cell_len + 2 + state.cell_len <= console.width:
        console.print(head + Text("  ") + state)
    else:
        console.print(head)
        console.print(Text("    ") + state)
    if not is_shown:
        return
    _list(_fields(story.parts), console, indent=4)
    _list([("quote", f"“{' '.join(story.quote.split())}”", "italic")], console, indent=4)


def _fields(parts: Sequence[tuple[str, str]]) -> list[Field]:
    return [(name, value, "") for name, value in parts]


def _show(passage: Passage, text: str, console: Console, *, full: bool) -> None:
    console.print()
    if passage.kind == "boilerplate":
        _show_boilerplate(passage, text, console)
        return
    marks = passage.marks if full else one_a_word(passage.marks)
    base = "bold" if passage.kind == "title" else "" if marks else "dim"
    for a, b in wrap(text, passage.start, passage.end, console.width - 4):
        line = Text(text[a:b], style=base)
        for mark in marks:
            line.stylize(STYLES[mark.family], max(mark.start, a) - a, max(0, min(mark.end, b) - a))
        console.print(Text(_INDENT) + line)
        for row in rows(text, marks, a, b, console.width - len(_INDENT)):
            console.print(Text(_INDENT) + row)
    for statement in passage.statements:
        _say(statement, console, full=full)
    for reason in passage.silent:
        console.print(Text(f"{_INDENT}no report: {reason}", style="dim"))
    if full:
        _list_mentions(passage, text, console)


def _show_boilerplate(passage: Passage, text: str, console: Console) -> None:
    mark = passage.marks[0]
    console.print(
        Text(f"{_INDENT}[{mark.label}] ", style="dim bold") + Text(mark.rule, style="dim")
    )
    for a, b in wrap(text, passage.start, passage.end, console.width - 4):
        console.print(Text(_INDENT + text[a:b], style="dim"))


def _list_mentions(passage: Passage, text: str, console: Console) -> None:
    for mark in dict.fromkeys(m for m in passage.marks if m.family == "mention"):
        words = " = ".join(filter(None, (text[mark.start : mark.end], mark.detail)))
        kind = Text(f"{_INDENT}  {mark.label} ", style=STYLES["mention"])
        console.print(kind + Text(f"{words}  ") + Text(mark.rule, style="dim"))


def _say(statement: Statement, console: Console, *, full: bool) -> None:
    head = Text(f"> {statement.event} ", style=STYLES["event"])
    head += Text(statement.stance, style="bold")
    head += Text(f"  of [{statement.number}]" if statement.number else "", style="dim")
    console.print(Text(_INDENT) + head)
    _list(_fields(statement.parts), console, indent=6)
    if full:
        _list([("rules", ", ".join(statement.rules), "dim")], console, indent=6)


def _list(fields: Sequence[Field], console: Console, indent: int) -> None:
    """Print fields, one a line, the values below each other."""
    at = indent + _NAMES
    for name, value, style in fields:
        for a, b in wrap(value, 0, len(value), console.width - at):
            head = Text(f"{'' if a else name:<{_NAMES}}".rjust(at), style="dim")
            console.print(head + Text(value[a:b], style=style))


def wrap(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    """Return the spans of lines of at most `width` columns, broken at blanks where possible."""
    lines, at = [], start
    while at < end:
        stop, columns = at, 0
        while (
            stop < end and text[stop] != "\n" and columns + cell_len(text[stop]) <= max(20, width)
        ):
            columns += cell_len(text[stop])
            stop += 1
        if stop < end and not text[stop].isspace():
            blank = max(text.rfind(" ", at, stop), at)
            stop = blank if blank > at else stop
        lines.append((at, stop))
        at = stop
        while at < end and text[at].isspace():
            at += 1
    return lines


def rows(text: str, marks: Sequence[Mark], start: int, end: int, columns: int) -> list[Text]:
    """Return the lines, of so many columns, that name the marks below text[start:end].

    Marks that touch are in different lines. A name that does not fit stands to the left.
    """
    found: list[Text] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        a, b = max(mark.start, start), min(mark.end, end)
        if a >= b:
            continue
        at, width = cell_len(text[start:a]), cell_len(text[a:b])
        label = mark.label if mark.start >= start else "…"
        drawn = f"└{label}".ljust(width - 1, "─") + "┘" if width > len(label) + 1 else f"└{label}"
        if at + cell_len(drawn) > columns and at >= len(label):
            at, drawn = at - len(label), f"{label}┘"
        row = next((r for r in found if r.cell_len < at), None)
        if row is None:
            row = Text()
            found.append(row)
        row.append(" " * (at - row.cell_len))
        row.append(drawn, STYLES[mark.family])
    return found
