"""`reportedly search`: what was indexed, asked in the watch language."""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any, Literal, cast, get_args

import click
from rich.console import Console
from rich.text import Text

from services.api.feeds.atom import atom
from services.api.feeds.found import MOST_ENTRIES, listing
from services.commands import world
from services.commands.choices import Moment, OneOf
from services.commands.jsonl import say_none, write_line
from services.commands.search_text import shown
from services.errors import ConfigError
from services.messages import LEVELS
from services.ports import SearchIndex
from services.search.asked import CHOICES, KINDS, Asked, Filters, Kind, asked, in_words
from services.search.forms import csv_lines, json_lines
from services.search.pages import every_row, first_page, total_of
from services.search.rows import Row
from services.search.watch import as_watch, written
from services.settings import Settings
from services.text.counts import counted

Form = Literal["text", "jsonl", "csv", "atom"]

LIMIT = 20
"""Documents that a person is shown."""

SHOWN_VALUES = 5
"""Values of a facet in one line."""


def _many(name: str, about: str) -> Callable[..., Any]:
    kind = OneOf(name.upper(), lambda: CHOICES[name]) if name in CHOICES else str
    return click.option(f"--{name}", type=kind, multiple=True, help=about)


_FILTERS = (
    _many("event", "The type of event (`reportedly events list`)."),
    _many("actor", "A person, group, or state in any role, by id or by name."),
    _many("patient", "Whom it befell, by id or by name."),
    _many("agent", "Who did it, by id or by name."),
    _many("place", "A place by name."),
    _many("stance", "How an article presents an event."),
    _many("source", "The outlet."),
    _many("lang", "The language, such as en."),
    _many("status", "The status of a claim."),
    _many("time", "When an incident is, against its article's news; news alone by default."),
    click.option("--level", type=OneOf("LEVEL", lambda: LEVELS), help="Claims of this level."),
    click.option("--independent", type=click.IntRange(0), default=0, help="So many origins."),
    click.option("--killed", type=click.IntRange(0), default=0, help="At least so many dead."),
    click.option(
        "--confidence", type=click.FloatRange(0, 1), default=0.0, help="At least so sure."
    ),
)
_WHEN = (
    click.option("--from", "since", type=Moment(), help="From this time on."),
    click.option("--to", "until", type=Moment(), help="Before this time."),
)
_OUTPUT = (
    click.option("--limit", type=click.IntRange(1), help=f"Documents at most; {LIMIT} as text."),
    click.option("--facets", is_flag=True, help="Count the most frequent values, and the days."),
    click.option(
        "--format",
        "form",
        type=OneOf("FORM", lambda: get_args(Form)),
        help="text (in a terminal), jsonl (in a pipe), csv, or atom.",
    ),
)


def _with(options: Iterable[Callable[..., Any]]) -> Callable[[Callable[..., None]], Any]:
    return lambda command: reduce(lambda made, option: option(made), reversed([*options]), command)


when_and_output = _with([*_WHEN, *_OUTPUT])


@click.command()
@click.argument("query", default="")
@click.option(
    "--in",
    "kind",
    type=OneOf("KIND", lambda: KINDS),
    default="articles",
    show_default=True,
    help="articles, incidents, or claims.",
)
@_with(_FILTERS)
@when_and_output
@click.option("--as-watch", "watch_id", metavar="ID", help="Write the watch of this search.")
def search(
    *,
    query: str,
    kind: str,
    limit: int | None,
    facets: bool,
    form: str | None,
    watch_id: str | None,
    **given: Any,
) -> None:
    """Find articles, incidents, or claims by words in the watch language, and by filters.

    The newest come first. Of a filter that is given several times one value suffices; all filters
    must hold. An article or a claim is found exactly if a watch of the same words and filters
    waits for it: --as-watch writes that watch, and `watches search` asks one of the past.

    \b
    Examples:
      reportedly search '"orran front" AND (leader OR commander)'
      reportedly search --in claims --event killed --level corroborated --killed 10
      reportedly search --in incidents --place kostria --from 2031-05-01 --format csv > found.csv
      reportedly search 'title:strike*' --facets
      reportedly search 'halvane' --actor orran-front --as-watch leadership > watch.yaml
    """
    filters = Filters(**given)
    wanted = asked(cast(Kind, kind), query, filters)
    if watch_id is not None:
        click.echo(written(as_watch(wanted, watch_id)), nl=False)
        if filters.since or filters.until:
            click.echo("reportedly: a watch has no dates: --from and --to are left out", err=True)
        return
    show(world.settings(), wanted, limit, form, facets=facets)


def show(
    settings: Settings, wanted: Asked, limit: int | None, form: str | None, *, facets: bool
) -> None:
    """Write what a search finds. Raises ConfigError, TransientError."""
    index = world.index(settings)
    form = form or ("text" if sys.stdout.isatty() else "jsonl")
    if facets:
        _show_facets(index, wanted)
        return
    if form == "text":
        rows = every_row(index, wanted, limit or LIMIT)
        if not _show_text(index, wanted, rows):
            _tell_unknown(settings, wanted)
        return
    most = min(limit or MOST_ENTRIES, MOST_ENTRIES) if form == "atom" else limit
    for line in _lines(form, wanted, every_row(index, wanted, most), settings):
        write_line(line)


def _lines(form: str, wanted: Asked, rows: Iterator[Row], settings: Settings) -> Iterator[bytes]:
    if form == "csv":
        return (line.removesuffix("\n").encode() for line in csv_lines(wanted.kind, rows))
    if form == "atom":
        base = settings.public_url or f"http://{settings.api_host}:{settings.api_port}"
        return iter([atom(listing(wanted, [*rows], base.rstrip("/")))])
    return json_lines(rows)


def _show_text(index: SearchIndex, wanted: Asked, rows: Iterator[Row]) -> int:
    """Write what was found, and return how many documents that are."""
    console = Console(highlight=False, soft_wrap=True)
    n = 0
    for found in rows:
        for line in shown(found, in_colour=console.is_terminal):
            console.print(line)
        n += 1
    one = wanted.kind.removesuffix("s")
    if not n:
        say_none(f"{one} was found")
    elif wanted.node is None or wanted.condition is None:
        total = counted(total_of(index, wanted), one)
        console.print(f"{n:,} of {total}", style="bold")
    else:
        console.print(counted(n, one), style="bold")
    return n


def _tell_unknown(settings: Settings, wanted: Asked) -> None:
    """Write what is remarkable about the names of a search that found nothing."""
    from services.alerter.watch_check import query_remarks
    from services.commands.vocabulary import vocabulary

    names = Filters(actor=wanted.filters.actor, place=wanted.filters.place)
    for text in filter(None, (wanted.query, in_words("", names))):
        for remark in query_remarks(text, vocabulary(settings)):
            click.echo(f"reportedly: {remark.what}", err=True)


def _show_facets(index: SearchIndex, wanted: Asked) -> None:
    if wanted.node is not None and wanted.condition is not None:
        raise ConfigError("facets of claims by words can't be counted: leave the words out")
    page = first_page(index, wanted, 0, facets=True)
    console = Console(highlight=False, soft_wrap=True)
    for name, values in page.facets.items():
        if name == "day":
            continue
        line = ", ".join(f"{value} {n:,}" for value, n in values[:SHOWN_VALUES])
        console.print(Text(f"{name:<12}", style="cyan") + Text(line or "none"))
    for day, n in page.facets.get("day", ())[-SHOWN_VALUES:]:
        console.print(Text(f"{day:<12}", style="cyan") + Text(f"{n:,}"))
