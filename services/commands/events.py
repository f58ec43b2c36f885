"""`reportedly events`: show the ontology and the rules."""

import click
import msgspec

from services.commands.group import Group
from services.commands.jsonl import write_line
from services.errors import ConfigError
from services.tagger.lexicon.ontology import ontology
from services.tagger.lexicon.rules import rule_of, rules
from services.tagger.rulebook import handbook as handbook_text
from services.text.choices import did_you_mean


@click.group(cls=Group)
def events() -> None:
    """Show the types of events and what the rules mean.

    \b
    Examples:
      reportedly events list | jq -r .event
      reportedly events show airstrike
      reportedly events show hedge/reportedly@1
      reportedly events handbook > docs/events.md
    """


@events.command(name="list")
def list_() -> None:
    """Write the event types as JSON Lines, in order of precedence."""
    for kind in ontology():
        write_line(msgspec.json.encode(kind))


@events.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the meaning of an event type or a rule id."""
    kind = next((k for k in ontology() if k.event == name), None)
    rule = rule_of(name)
    if kind is not None:
        click.echo(
            f"{kind.event}: {kind.about}  (PLOVER {kind.plover}, CAMEO {kind.cameo or '–'}, family "
            f"{kind.family})"
        )
    elif rule is not None:
        click.echo(f"{name}: {rule.says}  ({rule.pattern}, {rule.section}, version {rule.version})")
        click.echo(f"  where: services/tagger/{rule.where}")
        for example in rule.examples:
            told = " / ".join(part for part in (example.title, example.text) if part)
            click.echo(f"  example: {told}")
        if rule.source:
            click.echo(f"  rests on: {rule.source}")
    else:
        meant = did_you_mean(
            name, [*(kind.event for kind in ontology()), *(rule.pattern for rule in rules())]
        )
        raise ConfigError(
            f"{name!r} is neither an event type nor a rule: "
            f"{meant or '`reportedly events list` has the types'}"
        )


@events.command()
def handbook() -> None:
    """Write the handbook of all types and rules (Markdown)."""
    click.echo(handbook_text(), nl=False)
