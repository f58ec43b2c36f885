"""`reportedly templates`: index templates and indices."""

import os

import click

from services.adapters.elastic import ElasticIndex
from services.indexer.templates import fixed_indices
from services.indexer.templates import templates as all_templates
from services.settings import Settings


@click.group()
def templates() -> None:
    """Create the Elasticsearch templates and indices.

    \b
    Example:
      REPORTEDLY_ELASTIC_URL=http://elasticsearch:9200 reportedly templates apply
    """


@templates.command(name="apply")
def apply_() -> None:
    """Write the templates and create the indices that are missing."""
    apply(Settings.parse(os.environ))
    click.echo("templates and indices are in place")


def apply(settings: Settings) -> None:
    """Write all templates, then make sure that every index without a date stands behind its alias."""
    index = ElasticIndex(settings.elastic_url, settings.elastic_user, settings.elastic_password, prefix=settings.index_prefix)
    index.apply_templates(all_templates())
    for name, alias in fixed_indices().items():
        index.ensure_index(name, alias)
