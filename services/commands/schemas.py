"""`reportedly schemas`: write or check the generated files under schemas/."""

import json
from pathlib import Path

import click

from services.alerter.watch_file import file_schema
from services.commands.group import Group
from services.indexer.templates import templates
from services.messages.export import schemas as message_schemas
from services.notifier import subscriber_file
from services.notifier.webhook_body import schema as webhook_schema
from services.text.counts import counted
from services.watching.vocabulary import event_names


@click.group(cls=Group)
def schemas() -> None:
    """Write or check the generated schemas and templates.

    \b
    Examples:
      reportedly schemas write
      reportedly schemas check
    """


@schemas.command()
@click.option(
    "--to", default="schemas", type=click.Path(path_type=Path), help="Folder (default: schemas)."
)
def write(to: Path) -> None:
    """Write all generated files."""
    for name, text in generated().items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    click.echo(f"{counted(len(generated()), 'file')} written to {to}")


@schemas.command()
@click.option(
    "--in",
    "folder",
    default="schemas",
    type=click.Path(path_type=Path),
    help="Folder (default: schemas).",
)
def check(folder: Path) -> None:
    """Exit 1 if a generated file differs from what the code generates."""
    stale = [
        name
        for name, text in generated().items()
        if not (folder / name).exists() or (folder / name).read_text() != text
    ]
    for name in stale:
        click.echo(f"{folder / name} is not up to date: run `reportedly schemas write`", err=True)
    if stale:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(generated())} generated files are up to date")


def generated() -> dict[str, str]:
    """Return file name to content. The same code always gives the same bytes."""
    files = {
        f"{topic}.v1.schema.json": _text(schema) for topic, schema in message_schemas().items()
    }
    files["watch-file.v1.schema.json"] = _text(file_schema(event_names()))
    files["subscriber-file.v1.schema.json"] = _text(subscriber_file.file_schema())
    files["webhook.v1.schema.json"] = _text(webhook_schema())
    return files | {
        f"index/{name}.template.json": _text(body) for name, body in templates().items()
    }


def _text(value: object) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
