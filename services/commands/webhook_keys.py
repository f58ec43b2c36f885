"""`reportedly deliveries keys`: make a key for a webhook."""

import secrets

import click

from services.notifier.signing import SEED_BYTES, pair_of, secret_of

RANDOM_BYTES = 32
"""Bytes of a shared secret: as many as the hash of its signatures has (RFC 2104, 3)."""


@click.command()
@click.option("--asymmetric", is_flag=True, help="A pair for ed25519 instead of a shared secret.")
def keys(*, asymmetric: bool) -> None:
    """Make a key for one webhook. Nothing is saved.

    The key goes into the file of REPORTEDLY_CHANNEL_SECRETS, beside the address of the webhook.
    Without `--asymmetric` the receiver gets the same key.

    \b
    Examples:
      reportedly deliveries keys
      reportedly deliveries keys --asymmetric
    """
    if asymmetric:
        private, public = pair_of(secrets.token_bytes(SEED_BYTES))
        click.echo(f"{private}\nthe receiver gets {public}")
    else:
        click.echo(secret_of(secrets.token_bytes(RANDOM_BYTES)))
