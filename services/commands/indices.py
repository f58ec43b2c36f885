"""`reportedly indices`: what is in Elasticsearch, and what leaves it."""

import click
import msgspec

from services.commands import world
from services.commands.group import Group
from services.commands.jsonl import say_none, write_line
from services.index_names import family, month_of, name_of
from services.indexer.documents import INDICES
from services.indexer.retention import LEAST_MONTHS, TIMED, expired, older
from services.text.counts import counted


@click.group(cls=Group)
def indices() -> None:
    """List the indices of Elasticsearch, and remove those of old months.

    \b
    Examples:
      reportedly indices list | jq -r '[.index, .documents, .bytes] | @tsv'
      reportedly indices retain --months 24
    """


@indices.command(name="list")
def list_() -> None:
    """Write each index with its aliases, documents, and bytes, as JSON Lines.

    An index without an alias is read by nobody: `replay` left it there.
    """
    facts = [f for f in world.index_admin(world.settings()).indices() if _is_ours(f.index)]
    for each in facts:
        row = {
            "index": each.index,
            "aliases": sorted(each.aliases),
            "documents": each.n_documents,
            "bytes": each.n_bytes,
        }
        write_line(msgspec.json.encode(row))
    if not facts:
        say_none("indices")


@indices.command()
@click.option(
    "--months",
    required=True,
    type=click.IntRange(min=LEAST_MONTHS),
    help=f"Whole months that stay, besides the present one: {LEAST_MONTHS} or more.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def retain(months: int, *, dry_run: bool) -> None:
    """Remove articles, reports, and incidents of months that are over for longer.

    Hits without an alert, deliveries, orders, and dead letters of that time go too. Claims and
    alerts stay. An article of a removed month that is edited comes back.

    \b
    Examples:
      reportedly indices retain --months 24 --dry-run
      reportedly indices retain --months 24
    """
    settings = world.settings()
    now, admin = world.now(settings), world.index_admin(settings)
    gone = expired([facts.index for facts in admin.indices()], now, months)
    for index in gone:
        click.echo(index)
    if dry_run:
        click.echo(f"{counted(len(gone), 'index', 'indices')} would be removed", err=True)
        return
    admin.drop(gone)
    search = world.index(settings)
    n = sum(search.remove(alias, older(now, months)) for alias in TIMED)
    click.echo(
        f"{counted(len(gone), 'index', 'indices')} and {counted(n, 'document')} removed", err=True
    )


def _is_ours(index: str) -> bool:
    """Return True for an index that a month or an alias of ours was made for."""
    name = name_of(index)
    return family(name) in INDICES and (name in INDICES or month_of(name) is not None)
