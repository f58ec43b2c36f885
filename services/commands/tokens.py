"""`reportedly tokens`: who may use the API."""

from datetime import UTC, datetime
from typing import get_args

import click
import msgspec

from services.api.access.making import DAYS, make_token, shown
from services.commands import world
from services.commands.choices import require_known
from services.commands.group import Group
from services.commands.jsonl import say_none
from services.commands.topic import read_topic
from services.messages import Scope, Token, decode, encode
from services.ports import Outgoing
from services.settings import Settings


@click.group(cls=Group)
def tokens() -> None:
    """Make, list, and revoke the tokens by which people and programs use the API.

    A reader reads; an editor also changes watches, answers alerts, and judges; an operator may do
    everything. A person sees the watches that are theirs (`owner` of a watch is their name), those
    of their groups (`group:NAME`), and those of nobody.

    \b
    Examples:
      reportedly tokens add amira --scope operator
      reportedly tokens list
      reportedly tokens revoke k7mq2xvd
    """


@tokens.command()
@click.argument("person")
@click.option(
    "--scope", type=click.Choice(get_args(Scope)), default="reader", help="What it allows."
)
@click.option("--group", "groups", multiple=True, help="A group of the person; may be given again.")
@click.option("--label", default="", help="What it is for, such as laptop.")
@click.option("--days", default=DAYS, help=f"Days until it expires; 0: never (default: {DAYS}).")
def add(person: str, scope: Scope, groups: tuple[str, ...], label: str, days: int) -> None:
    """Make a token, and write it. It is stored nowhere, so it can't be shown again.

    \b
    Examples:
      reportedly tokens add amira --scope operator
      reportedly tokens add desk-bot --scope editor --group levant --label ticker --days 90
      docker compose exec api reportedly tokens add amira --scope operator
    """
    settings = world.settings()
    token, text = make_token(person, scope, groups, label=label, days=days, now=datetime.now(UTC))
    world.send(settings, Outgoing("tokens", token.token_id, encode(token)))
    click.echo(text)
    until = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "until it is revoked"
    click.echo(f"This is {scope} {person}, {until}. It is not shown again.", err=True)


@tokens.command(name="list")
def list_() -> None:
    """Write the tokens as JSON Lines, without what they are."""
    found = saved(world.settings())
    for token in found.values():
        click.echo(msgspec.json.encode(shown(token)))
    if not found:
        say_none("token was made: `reportedly tokens add PERSON` makes one")


@tokens.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Take a token back. It opens nothing from the next second on.

    \b
    Example:
      reportedly tokens revoke k7mq2xvd
    """
    settings = world.settings()
    require_known("token", token_id, saved(settings), "tokens")
    world.send(settings, Outgoing("tokens", token_id, None))
    click.echo(f"{token_id} revoked")


def saved(settings: Settings) -> dict[str, Token]:
    """Return the tokens by id."""
    return {key: decode(Token, value) for key, value in read_topic(settings, "tokens").items()}
