"""`reportedly watches test`: try a query before it is saved, with its hits marked in the text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click
from rich.console import Console
from rich.text import Text

from services.alerter.watch_check import query_remarks
from services.commands import world
from services.commands.articles import read_tagged
from services.commands.jsonl import InputFile, Unread
from services.commands.vocabulary import vocabulary
from services.errors import ConfigError
from services.messages import TaggedArticle
from services.ports import JsonObject
from services.query.ast import Node, Phrase
from services.query.atoms import asked_by_key, asks_the_tagger, atoms, written
from services.query.compile import compile_query
from services.query.document import document
from services.query.evaluate import evaluate, holds
from services.query.parse import parse
from services.settings import Settings
from services.tagger.lexicon.actors import packaged_actors
from services.text.counts import counted
from services.text.tokens import Span, tokens

HIT = "bold reverse"
AROUND = 120
"""Characters shown before and after a hit."""

NEWEST = 20
"""Articles of the index that are listed."""


@dataclass
class Tally:
    """Counts over all articles."""

    articles: int = 0
    matched: int = 0
    boilerplate: int = 0
    holding: Counter[str] = field(default_factory=Counter)


@click.command(name="test")
@click.argument("query")
@click.argument("files", nargs=-1, type=InputFile())
@click.option(
    "--history",
    is_flag=True,
    help="Ask Elasticsearch, instead of files, and list the newest articles that match.",
)
def test(query: str, files: tuple[str, ...], history: bool) -> None:
    """Show what QUERY finds in articles, tagged or not (JSON Lines), with the hits marked.

    A summary counts the articles that match, and those with each word or phrase. A hit in
    boilerplate only is dimmed: it would not alert. A query that can't be saved is refused with the
    reason, and the exit code is 2.

    \b
    Examples:
      reportedly watches test '"orran front" AND (leader OR commander)' articles.jsonl
      reportedly watches test 'actor:idris-halvane AND stance:denied' tagged.jsonl
      reportedly watches test 'title:strike*' --history
    """
    settings, console = world.settings(), Console(highlight=False, soft_wrap=True)
    node, unread = _checked(query, settings), Unread("article", "tagged")
    if history:
        _from_history(settings, node, console)
    else:
        tally = Tally()
        for article in read_tagged(files, settings, unread, in_full=asks_the_tagger(node)):
            _try(node, article, tally, console)
        _sum_up(node, tally, console)
    for line in suggestions(node):
        console.print(line, style="dim")
    unread.end()


def _checked(query: str, settings: Settings) -> Node:
    """Return the query as a tree. Warnings go to standard error.

    Raises ConfigError for a query that can't be saved.
    """
    remarks = list(query_remarks(query, vocabulary(settings)))
    for remark in remarks:
        if remark.is_warning:
            click.echo(f"warning: {remark.what}", err=True)
    if refused := [remark.what for remark in remarks if not remark.is_warning]:
        raise ConfigError("\n".join(refused))
    return parse(query)


def _try(node: Node, article: TaggedArticle, tally: Tally, console: Console) -> None:
    clean = document(article)
    tally.articles += 1
    keys = asked_by_key(node)
    held = (written(atom) for atom, _ in atoms(node) if holds(atom, clean))
    tally.holding.update({keys.get(name, name) for name in held})
    spans, style = evaluate(node, clean), HIT
    if spans is not None:
        tally.matched += 1
    elif article.boilerplate:
        spans, style = evaluate(node, document(article, without_boilerplate=False)), "dim reverse"
        tally.boilerplate += spans is not None
    if spans is not None:
        only = "  only in boilerplate" if style != HIT else ""
        console.print(
            Text(f"{article.article_id}  {article.outlet or ''}".rstrip(), style="cyan")
            + Text(only, style="dim")
        )
        for line in marked(article, spans, style, console.is_terminal):
            console.print(line)
        console.print()


def marked(
    article: TaggedArticle, spans: Sequence[Span], style: str, in_colour: bool
) -> Iterator[Text]:
    """Yield the title and every other line with a hit.

    Hits are in `style`, or in [brackets] without colours.
    """
    at = 0
    for line in article.text.split("\n"):
        inside = [
            (max(a, at) - at, min(b, at + len(line)) - at)
            for a, b in spans
            if a < at + len(line) and b > at
        ]
        if line and (inside or at < article.title_end):
            yield Text("  ") + _line(
                line, inside, style if in_colour else "", "bold" if at < article.title_end else ""
            )
        at += len(line) + 1


def _line(line: str, spans: Sequence[Span], style: str, base: str) -> Text:
    """Return the line with its hits marked. Text farther than AROUND from any hit is left out."""
    text, at = Text(style=base), 0
    for start, end in _apart(spans):
        text.append(_clipped(line[at:start], first=at == 0))
        text.append(line[start:end] if style else f"[{line[start:end]}]", style)
        at = end
    return text.append(_clipped(line[at:], last=True))


def _clipped(between: str, *, first: bool = False, last: bool = False) -> str:
    before, after = ("" if first else between[:AROUND]), ("" if last else between[-AROUND:])
    return between if len(between) <= len(before) + len(after) else f"{before}…{after}"


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Return the spans, with overlapping ones joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _sum_up(node: Node, tally: Tally, console: Console) -> None:
    aside = f"; {tally.boilerplate} more only in boilerplate" if tally.boilerplate else ""
    console.print(f"{tally.matched:,} of {tally.articles:,} articles match{aside}", style="bold")
    keys = asked_by_key(node)
    rows = dict.fromkeys(
        (written(atom), excluded) for atom, excluded in atoms(node) if written(atom) not in keys
    )
    for name, excluded in rows:
        console.print(f"  {tally.holding[name]:>7,}  {'NOT ' if excluded else ''}{name}")


def _from_history(settings: Settings, node: Node, console: Console) -> None:
    body: JsonObject = {"query": compile_query(node), "size": NEWEST, "track_total_hits": True}
    body |= {"sort": [{"first_seen_at": {"order": "desc", "unmapped_type": "date"}}]}
    hits = world.index(settings).search("articles", body)["hits"]
    console.print(
        f"{counted(hits['total']['value'], 'article')} of the index match; the newest:",
        style="bold",
    )
    for row in (hit["_source"] for hit in hits["hits"]):
        console.print(
            Text(f"  {row['first_seen_at'] or '?':.16}  {row['outlet'] or '?'}  ", style="cyan")
            + Text(row["title"])
        )


def suggestions(node: Node) -> Iterator[str]:
    """Yield advice for each phrase that names a known actor: `actor:` finds all spellings."""
    asked = {atom.words for atom, _ in atoms(node) if isinstance(atom, Phrase)}
    for actor in packaged_actors():
        if any(tuple(tokens(name).words) in asked for name in (actor.name, *actor.aliases)):
            yield f"actor:{actor.id} finds {actor.name} in all spellings"
