"""A tagged article on a terminal: each sentence with its spans drawn below, and its reports."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from services.messages import TaggedArticle
from services.tagger.explain import Mark, Passage, Statement, explain, summary

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

_INDENT = "  "


def show(article: TaggedArticle, console: Console) -> None:
    """Print an article. Passages without marks are dimmed, which shows what was skipped."""
    console.print(Text(f"{article.article_id}  {summary(article)}", style="bold"))
    for passage in explain(article):
        _show(passage, article.text, console)
    console.print()


def _show(passage: Passage, text: str, console: Console) -> None:
    console.print()
    if passage.kind == "boilerplate":
        mark = passage.marks[0]
        console.print(
            Text(f"{_INDENT}[{mark.label}] ", style="dim bold") + Text(mark.rule, style="dim")
        )
        for a, b in wrap(text, passage.start, passage.end, console.width - 4):
            console.print(Text(_INDENT + text[a:b], style="dim"))
        return
    base = "bold" if passage.kind == "title" else "" if passage.marks else "dim"
    for a, b in wrap(text, passage.start, passage.end, console.width - 4):
        line = Text(text[a:b], style=base)
        for mark in passage.marks:
            line.stylize(STYLES[mark.family], max(mark.start, a) - a, max(0, min(mark.end, b) - a))
        console.print(Text(_INDENT) + line)
        for row in rows(text, passage.marks, a, b):
            console.print(Text(_INDENT) + row)
    for statement in passage.statements:
        _say(statement, console)
    for mark in dict.fromkeys(m for m in passage.marks if m.family == "mention"):
        console.print(
            Text(f"{_INDENT}  {mark.label} ", style=STYLES["mention"])
            + Text(
                " = ".join(part for part in (text[mark.start : mark.end], mark.detail) if part)
                + "  "
            )
            + Text(mark.rule, style="dim")
        )


def _say(statement: Statement, console: Console) -> None:
    rules = Text(f"  by {', '.join(statement.rules)}", style="dim")
    head = Text(f"> {statement.event} ", style=STYLES["event"]) + Text(
        statement.stance, style="bold"
    )
    console.print(Padding(head + rules, (0, 0, 0, 2)))
    parts = Text("  ").join(
        Text(f"{name} ", style="dim") + Text(value) for name, value in statement.parts
    )
    console.print(Padding(parts, (0, 0, 0, 4)))


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


def rows(text: str, marks: Sequence[Mark], start: int, end: int) -> list[Text]:
    """Return the lines that name the marks below text[start:end].

    Marks that touch are in different lines.
    """
    found: list[Text] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        a, b = max(mark.start, start), min(mark.end, end)
        if a >= b:
            continue
        at, width = cell_len(text[start:a]), cell_len(text[a:b])
        label = mark.label if mark.start >= start else "…"
        drawn = f"└{label}".ljust(width - 1, "─") + "┘" if width > len(label) + 1 else f"└{label}"
        row = next((r for r in found if r.cell_len < at), None)
        if row is None:
            row = Text()
            found.append(row)
        row.append(" " * (at - row.cell_len))
        row.append(drawn, STYLES[mark.family])
    return found
