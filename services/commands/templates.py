"""`reportedly templates`: index templates and indices."""

import click

from services.commands import world
from services.commands.group import Group
from services.indexer.templates import fixed_indices
from services.indexer.templates import templates as all_templates
from services.settings import Settings


@click.group(cls=Group)
def templates() -> None:
    """Create the Elasticsearch templates and indices.

    \b
    Example:
      REPORTEDLY_ELASTIC_URL=http://elasticsearch:9200 reportedly templates apply
    """


@templates.command(name="apply")
def apply_() -> None:
    """Write the templates and create the missing indices."""
    apply(world.settings())
    click.echo("templates and indices are in place")


def apply(settings: Settings) -> None:
    """Write all templates, and create the undated indices behind their aliases."""
    index = world.index(settings)
    index.apply_templates(all_templates())
    for name, alias in fixed_indices().items():
        index.ensure_index(name, alias)
