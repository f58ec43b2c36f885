"""`reportedly secrets`: the passwords of a system's own engines, each in a file."""

import os
import secrets as random
from pathlib import Path

import click

from services.commands.group import Group
from services.commands.logins import ENGINE_UID, Login, engine_files, logins
from services.errors import ConfigError
from services.runtime.private import private_file, private_folder
from services.text.counts import counted

PASSWORD_BYTES = 32
"""Random bytes of a password: nobody guesses 256 bits."""

SALT_BYTES = 32
"""Random bytes of a salt, as Elasticsearch's hashes have them."""


@click.group(cls=Group)
def secrets() -> None:
    """Make the passwords of the Kafka and the Elasticsearch of docker-compose.yml.

    \b
    Example:
      docker compose run --rm secrets
    """


@secrets.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def write(folder: Path) -> None:
    """Write a password for each user of both engines, and the files that the engines read.

    Each file has mode 0600, and belongs to the user of the container that reads it, so this runs
    as root. A password that is there stays: remove its file, and run this again for another one.

    \b
    Example:
      docker compose run --rm secrets
    """
    try:
        n_made = _write(folder)
    except OSError as error:
        raise ConfigError(
            f"{error.filename or folder}: {error.strerror}: this runs as root, as "
            "`docker compose run --rm secrets` does"
        ) from error
    click.echo(f"{counted(n_made, 'password')} made in {folder}")


def _write(folder: Path) -> int:
    """Write all files. Return the number of new passwords. Raises OSError."""
    private_folder(folder)
    passwords = dict[Login, str]()
    n_made = 0
    for login in logins():
        path = folder / login.file
        if not path.exists():
            _file(path, random.token_urlsafe(PASSWORD_BYTES), login.uid)
            n_made += 1
        passwords[login] = path.read_text(encoding="ascii").strip()
    for name, content in engine_files(passwords, os.urandom(SALT_BYTES)).items():
        _file(folder / name, content, ENGINE_UID)
    return n_made


def _file(path: Path, content: str, uid: int) -> None:
    """Write a file that its user alone may read."""
    with open(path, "w", encoding="ascii", opener=private_file) as file:
        file.write(content)
    os.chown(path, uid, uid)
