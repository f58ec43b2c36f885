"""`reportedly watches search`: what a watch would have waited for, in what was indexed."""

from datetime import datetime

import click

from services.commands import world
from services.commands.choices import require_known
from services.commands.jsonl import InputFile
from services.commands.search import show, when_and_output
from services.search.asked import Filters
from services.search.watch import of_watch


@click.command(name="search")
@click.argument("watch_id")
@click.option("--file", "path", type=InputFile(), help="Watch file; without it, what is saved.")
@when_and_output
def search_watch(
    *,
    watch_id: str,
    path: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    form: str | None,
    facets: bool,
) -> None:
    """Find what a watch waits for among all that was indexed, the newest first.

    A watch of words finds articles, one with a condition claims: exactly those that it would have
    matched, whether they were alerted or held back.

    \b
    Examples:
      reportedly watches search leadership
      reportedly watches search leadership --from 2031-05-01 --format csv
      reportedly watches search leadership --file watches.yaml --facets
    """
    # This command is part of that group, which therefore imports this module.
    from services.commands.watches import read_file, saved

    settings = world.settings()
    known = (
        {watch.id: watch for watch in read_file(path, settings, delivers=False)}
        if path
        else saved(settings)
    )
    require_known("watch", watch_id, known, "watches")
    wanted = of_watch(known[watch_id], Filters(since=since, until=until))
    show(settings, wanted, limit, form, facets=facets)
