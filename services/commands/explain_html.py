"""A tagged article as a page of its own, with the same content as on a terminal.

The page has no script and fetches nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise

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

_STYLE = """
:root { color-scheme: light dark; }
:root { --line: light-dark(#d8d8d8, #444); --quiet: light-dark(#666, #9a9a9a); }
body { font: 16px/1.9 Georgia, serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.6; }
article + article { border-top: 1px solid var(--line); margin-top: 3rem; }
mark { color: inherit; background: none; }
mark { border-bottom: 3px solid; border-radius: 2px; padding: 0 1px; }
mark small { font: 600 .62rem/1 system-ui, sans-serif; margin-left: .25em; vertical-align: super; }
.event { border-color: #d33; background: light-dark(#fdd, #522); } .mention { border-color: #28a; }
.cue { border-color: #c90; } .source { border-color: #a4c; } .count, .date { border-color: #3a5; }
.boilerplate, .quiet { color: var(--quiet); }
.boilerplate { border-left: 3px solid var(--line); padding-left: .8rem; }
table { font: .8rem/1.5 system-ui, sans-serif; border-collapse: collapse; margin: -.4rem 0 1rem;
  width: 100%; table-layout: fixed; }
td, th { text-align: left; padding: .15rem .7rem .15rem 0; }
td, th { vertical-align: top; border-top: 1px solid var(--line); }
th { width: 20%; } td:last-child { width: 30%; padding-right: 0; }
code { font-size: .95em; color: var(--quiet); overflow-wrap: anywhere; }
caption { text-align: left; font-size: .95rem; padding-bottom: .2rem; }
.story { border-left: 3px solid #d33; padding-left: .8rem; margin: 0 0 1rem; display: block; }
.story.quiet { border-color: var(--line); }
.legend { font: .8rem/2 system-ui, sans-serif; } .legend mark { margin-right: .8rem; }
"""

_LEGEND = ("event", "mention", "cue", "source", "count", "date")


def page(articles: Iterable[tuple[TaggedArticle, Notes | None]], *, full: bool = False) -> str:
    """Return the whole HTML document of articles with the notes of their reading.

    Each word has one mark, unless in full: then all marks, mentions, and rules are shown.
    """
    legend = "".join(f'<mark class="{family}">{family}</mark>' for family in _LEGEND)
    body = "\n".join(_article(article, notes, full=full) for article, notes in articles)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Reportedly: what was read, and why</title><style>{_STYLE}</style></head>\n"
        f'<body><p class="legend">{legend}</p>\n{body}\n</body></html>\n'
    )


def _article(article: TaggedArticle, notes: Notes | None, *, full: bool) -> str:
    told = "\n".join(_story(n, story) for n, story in enumerate(stories(article), start=1))
    passages = "\n".join(
        _passage(passage, article.text, full=full) for passage in explain(article, notes)
    )
    head = f'<p class="legend"><b>{escape(article.article_id)}</b> {escape(summary(article))}</p>'
    name = escape(article.article_id, quote=True)
    return f'<article id="{name}">\n{head}\n{told}\n{passages}\n</article>'


def _story(number: int, story: Story) -> str:
    head = f"<caption>[{number}] <b>{escape(story.events)}</b> {escape(story.state)}</caption>"
    rows = [_row(name, escape(value)) for name, value in story.parts]
    rows.append(_row("quote", f"<q>{escape(story.quote)}</q>"))
    quiet = "" if story.told else " quiet"
    return f'<table class="story{quiet}">{head}{"".join(rows)}</table>'


def _passage(passage: Passage, text: str, *, full: bool) -> str:
    if passage.kind == "boilerplate":
        mark = passage.marks[0]
        quote = escape(text[passage.start : passage.end])
        why = f"<b>{escape(mark.label)}</b> <code>{escape(mark.rule)}</code>"
        return f'<p dir="auto" class="boilerplate">{quote}<br>{why}</p>'
    tag = "h1" if passage.kind == "title" else "p"
    quiet = "" if passage.marks else ' class="quiet"'
    marks = passage.marks if full else one_a_word(passage.marks)
    drawn = _marked(passage, marks, text)
    return f'<{tag} dir="auto"{quiet}>{drawn}</{tag}>{_table(passage, text, full=full)}'


def _marked(passage: Passage, marks: Sequence[Mark], text: str) -> str:
    """Return the passage with its marks. Where marks overlap, each stretch has all of them."""
    inner = {at for m in marks for at in (m.start, m.end) if passage.start < at < passage.end}
    cuts = sorted({passage.start, passage.end, *inner})
    return "".join(_stretch(text, a, b, marks) for a, b in pairwise(cuts))


def _stretch(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    drawn, named = escape(text[start:end]), set[str]()
    for mark in sorted(
        (m for m in marks if m.start < end and start < m.end), key=lambda m: m.end - m.start
    ):
        title = " · ".join(part for part in (mark.label, mark.detail, mark.rule) if part)
        label = (
            f"<small>{escape(mark.label)}</small>"
            if end == mark.end and mark.label not in named
            else ""
        )
        named.add(mark.label)
        drawn = (
            f'<mark class="{mark.family}" title="{escape(title, quote=True)}">{drawn}{label}</mark>'
        )
    return drawn


def _table(passage: Passage, text: str, *, full: bool) -> str:
    rows: list[str] = []
    for statement in passage.statements:
        rows += _statement(statement, full=full)
    rows += [_row("no report", escape(reason)) for reason in passage.silent]
    for mark in passage.marks if full else ():
        if mark.family == "mention":
            name = " = ".join(filter(None, (text[mark.start : mark.end], mark.detail)))
            rows.append(_row(mark.label, escape(name), (mark.rule,)))
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _statement(statement: Statement, *, full: bool) -> Iterator[str]:
    of = f" of [{statement.number}]" if statement.number else ""
    rules = statement.rules if full else ()
    yield _row(statement.event, f"<b>{escape(statement.stance)}</b>{of}", rules)
    for name, value in statement.parts:
        yield _row(name, escape(value))


def _row(head: str, body: str, rules: Sequence[str] = ()) -> str:
    codes = "<br>".join(f"<code>{escape(rule)}</code>" for rule in rules)
    return f"<tr><th>{escape(head)}</th><td>{body}</td><td>{codes}</td></tr>"
