"""`reportedly templates`: index templates and indices."""

import click
import structlog

from services.commands import world
from services.commands.group import Group
from services.indexer.roles import roles, roles_file
from services.indexer.templates import templates as all_templates
from services.indexer.templates import undated
from services.settings import Settings

_log = structlog.get_logger()


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


@templates.command(name="roles")
def roles_() -> None:
    """Write the roles for an Elasticsearch with security, one a line: its file `roles.yml`.

    What follows the name is the body for its API.

    \b
    Example:
      reportedly templates roles > roles.yml
    """
    click.echo(roles_file(roles(world.settings().index_prefix)), nl=False)


def apply(settings: Settings) -> None:
    """Write all templates, and create the indices that every system has, behind their aliases.

    Older indices that can't be extended are logged. What is in them can be searched; the indexer
    waits with what they can't hold.
    """
    admin = world.index_admin(settings)
    for pattern, reason in admin.apply_templates(all_templates()).items():
        _log.warning("older indices can't hold new documents", indices=pattern, reason=reason)
    for name in undated():
        admin.ensure(name)
