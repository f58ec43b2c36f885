"""`reportedly feeds`: import, add, list, check, remove, and export the feeds to poll."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Literal

import click
import msgspec

from services.addresses import without_login
from services.commands import world
from services.commands.feed_adding import Candidate, find_feeds
from services.commands.feed_files import read_feed_file
from services.commands.feed_health import checked
from services.commands.feed_reread import reread
from services.commands.feed_store import named, remove, save, saved
from services.commands.group import Group
from services.commands.jsonl import say_none, write_line
from services.desk.feeds.checking import feed_of, mistakes
from services.desk.feeds.opml import opml
from services.desk.feeds.table import to_csv
from services.errors import ConfigError
from services.poller.hosts import is_same_origin
from services.runtime.feed_secrets import FeedSecrets, read_secrets
from services.settings import Settings
from services.text.counts import counted
from services.text.feed_health import GOOD
from services.text.problems import refuse
from services.text.times import parse_length
from services.text.typed_yaml import Row


@click.group(cls=Group)
def feeds() -> None:
    """Import, add, list, check, remove, and export the feeds to poll.

    \b
    Examples:
      reportedly feeds import feeds.opml more.csv
      reportedly feeds add https://herald.example
      reportedly feeds check
      reportedly feeds remove https://herald.example/rss
      reportedly feeds export > feeds.opml
    """


@feeds.command(name="import")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--dry-run", is_flag=True, help="Write one row for each feed and send nothing; needs no Kafka."
)
def import_(files: Sequence[str], dry_run: bool) -> None:
    """Add the feeds of OPML, CSV, or YAML files.

    All mistakes are reported at once, and a file with a mistake saves nothing. OPML that is not
    well-formed is read outline by outline, with a warning.

    Two addresses that differ in http and https, a default port, a last slash, or tracking
    parameters are one feed. A feed that is saved already keeps its id.
    """
    settings = world.settings()
    found = {path: read_feed_file(path, settings) for path in files}
    problems = [*chain.from_iterable(read.problems for read in found.values())]
    for problem in problems:
        if problem.is_warning:
            click.echo(str(problem), err=True)
    refuse(problems)
    _tell_missing_credentials(
        settings, (feed.credentials for read in found.values() for feed in read.feeds)
    )
    if dry_run:
        for path, read in found.items():
            for feed in read.feeds:
                click.echo(
                    msgspec.json.encode({"file": path, "url": feed.url, "title": feed.title})
                )
    else:
        n = save(settings, [*chain.from_iterable(read.feeds for read in found.values())])
        click.echo(f"{counted(n, 'feed')} saved")


@feeds.command()
@click.argument("address")
@click.option("--outlet", help="The outlet's name for readers (default: the feed's title).")
@click.option("--family", help="Joins the titles of one publisher.")
@click.option("--interval", type=float, help="Seconds between two polls.")
@click.option("--credentials", help="The name of an entry of the file REPORTEDLY_FEED_SECRETS.")
@click.option("--all", "take_all", is_flag=True, help="Add all feeds of the site.")
def add(
    address: str,
    *,
    outlet: str | None,
    family: str | None,
    interval: float | None,
    credentials: str | None,
    take_all: bool,
) -> None:
    """Add a feed by its address, or by that of its web site.

    Of a web site, the feeds that its page declares are looked for, then the common places. If
    there are several, they are listed, and nothing is saved: name one, or give --all.

    \b
    Examples:
      reportedly feeds add https://herald.example
      reportedly feeds add wire.example/world --outlet "The Wire" --interval 30
    """
    settings = world.settings()
    row: Row = {
        "url": address if "://" in address else f"https://{address}",
        "outlet": outlet,
        "outlet_family": family,
        "interval_seconds": interval,
        "credentials": credentials,
    }
    if wrong := list(mistakes(row, settings.fetch_allow_networks)):
        raise ConfigError("\n".join(wrong))
    world.broker(settings)  # What can't be saved need not be looked for.
    search = find_feeds(
        world.fetcher(settings), row["url"], FeedSecrets(settings.feed_secrets).headers(credentials)
    )
    if not search.found:
        raise ConfigError(f"no feed found at {row['url']} ({search.why_not})")
    if len(search.found) > 1 and not take_all:
        for one in search.found:
            click.echo(_shown(one))
        raise ConfigError(
            f"{row['url']} has {len(search.found)} feeds: add one by its address, or give --all"
        )
    rows = [_as_row(row, one) for one in search.found]
    if wrong := [*chain.from_iterable(mistakes(r, settings.fetch_allow_networks) for r in rows)]:
        raise ConfigError("\n".join(wrong))
    n = save(settings, [*map(feed_of, rows)])
    for one in search.found if n else ():
        click.echo(f"saved: {_shown(one)}")


@feeds.command(name="list")
def list_() -> None:
    """Write the saved feeds as JSON Lines, each with its health, last new item, and next poll."""
    settings = world.settings()
    found = checked(settings, saved(settings))
    for one in found:
        write_line(msgspec.json.encode(one.row()))
    if not found:
        say_none("feed is saved: `reportedly feeds import FILE` saves some")


@feeds.command()
@click.argument("names", nargs=-1, metavar="[FEED…]")
@click.option("--all", "show_all", is_flag=True, help="Show feeds that are well, too.")
def check(names: Sequence[str], show_all: bool) -> None:
    """Say of each feed that is not well what is wrong with it, or of the FEEDs named how they are.

    Exits 1 if one is not well.

    \b
    Examples:
      reportedly feeds check
      reportedly feeds check https://herald.example/rss "The Wire"
    """
    settings = world.settings()
    known = saved(settings)
    found = checked(settings, named(names, known) if names else known)
    bad = [one for one in found if one.diagnosis.health not in GOOD]
    for one in found if names or show_all else bad:
        click.echo(f"{one.feed.outlet}  {one.feed.url}\n    {one.diagnosis.verdict}")
    if not names:
        click.echo(f"{counted(len(found) - len(bad), 'feed')} well, {len(bad)} not")
    if bad:
        raise click.exceptions.Exit(1)


@feeds.command(name="remove")
@click.argument("names", nargs=-1, required=True, metavar="FEED…")
def remove_(names: Sequence[str]) -> None:
    """Delete feeds, each named by its id, its address, or its outlet. Their articles stay.

    \b
    Example:
      reportedly feeds remove https://herald.example/rss
    """
    settings = world.settings()
    gone = named(names, saved(settings))
    remove(settings, gone)
    for feed in gone:
        click.echo(f"{feed.url} removed")


@feeds.command(name="reread")
@click.argument("names", nargs=-1, metavar="[FEED…]")
@click.option("--since", help="Only documents of the last time, such as 6h or 2d.")
def reread_(names: Sequence[str], since: str | None) -> None:
    """Read kept documents again with the present parser: of the FEEDs named, or of all.

    Changed documents are kept for three days. What was missed is added, and what was read wrongly
    is mended, with the cause `backfill`: nobody is alerted.

    \b
    Examples:
      reportedly feeds reread
      reportedly feeds reread https://herald.example/rss --since 6h
    """
    settings = world.settings()
    known = saved(settings)
    asked = named(names, known) if names else known
    begin = world.now(settings) - parse_length(since) if since else None
    n, n_unreadable = reread(settings, {feed.feed_id for feed in asked}, begin)
    click.echo(f"{counted(n, 'document')} sent to be read again")
    if n_unreadable:
        click.echo(f"{counted(n_unreadable, 'document')} can't be unpacked", err=True)
        raise click.exceptions.Exit(1)


@feeds.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["opml", "csv"]),
    default="opml",
    help="OPML, which readers know, or a table with all settings of each feed.",
)
def export(form: Literal["opml", "csv"]) -> None:
    """Write the saved feeds as OPML or CSV. Secrets are in neither.

    \b
    Examples:
      reportedly feeds export > feeds.opml
      reportedly feeds export --format csv > feeds.csv
    """
    found = saved(world.settings())
    click.echo(opml(found) if form == "opml" else to_csv(found), nl=False)


def _as_row(row: Row, found: Candidate) -> Row:
    """Return a feed that was found as a row, with what the user gave.

    Credentials are for the origin that the user named. A feed elsewhere goes without, and that is
    told.
    """
    credentials = row["credentials"]
    if credentials and not is_same_origin(found.url, row["url"]):
        click.echo(
            f"warning: {without_login(found.url):.200} is saved without credentials {credentials}: "
            f"it is elsewhere than {row['url']:.200}; if they are for it, add it by its address",
            err=True,
        )
        credentials = None
    own = {"url": found.url, "title": found.title or None, "site_url": found.site_url}
    return {**row, **own, "credentials": credentials}


def _shown(found: Candidate) -> str:
    return f"{found.url}  {found.title}  ({counted(found.n_entries, 'entry', 'entries')})"


def _tell_missing_credentials(settings: Settings, names: Iterable[str | None]) -> None:
    """Warn of credentials that this machine's file lacks. Another machine may poll."""
    wanted = {name for name in names if name is not None}
    known = read_secrets(settings.feed_secrets) if wanted and settings.feed_secrets else {}
    for name in sorted(wanted - known.keys()):
        where = (
            settings.feed_secrets or "the file of REPORTEDLY_FEED_SECRETS, which is not set here"
        )
        click.echo(
            f"warning: credentials {name} are not in {where}: add "
            f"`{name}: {{user: …, password: …}}` where the poller runs",
            err=True,
        )
