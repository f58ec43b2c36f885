"""`reportedly metrics`: every metric that the services serve for Prometheus."""

import sys
import textwrap

import click

from services.runtime.metric_defs import DEFINITIONS, OTHER, Definition

_HEAD = """\
# Metrics

Each service serves these at `/metrics` when `REPORTEDLY_METRICS_PORT` is set ([operations.md](operations.md)); a series is
there from the first event on. No label holds a feed, an address, or anything else that outsiders choose: a value that is not
listed is counted as `other`. `process_…` metrics are those of every Prometheus client.

This page is made by `reportedly metrics --markdown > docs/metrics.md`.
"""


@click.command()
@click.argument("words", nargs=-1)
@click.option("--markdown", is_flag=True, help="Write docs/metrics.md.")
def metrics(words: tuple[str, ...], markdown: bool) -> None:
    """List the metrics, or those whose name or meaning holds all WORDS.

    \b
    Examples:
      reportedly metrics
      reportedly metrics age seconds
      REPORTEDLY_METRICS_PORT=9100 reportedly poll      # then: curl http://127.0.0.1:9100/metrics
    """
    if markdown:
        click.echo(page(), nl=False)
        return
    found = [(n, d) for n, d in DEFINITIONS.items() if all(word.lower() in f"{n} {d.help}".lower() for word in words)]
    if not found:
        click.echo(f"no metric's name or meaning holds: {' '.join(words)}", err=True)
        sys.exit(1)
    for name, definition in found:
        labels = f" {{{', '.join(definition.labels)}}}" if definition.labels else ""
        click.echo(f"{name}{labels}  ({definition.kind})")
        click.echo(textwrap.indent(textwrap.fill(definition.help, 100), "    "))


def page() -> str:
    """Return docs/metrics.md: the same bytes for the same definitions."""
    rows = [_row(name, definition) for name, definition in DEFINITIONS.items()]
    labels: dict[str, dict[str, None]] = {}
    for definition in DEFINITIONS.values():
        for label, values in definition.labels.items():
            labels.setdefault(label, {}).update(dict.fromkeys(values))
    return "\n".join(
        [
            _HEAD,
            "| metric | kind | labels | meaning |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "| label | values |",
            "| --- | --- |",
            *(f"| `{label}` | {', '.join(f'`{value}`' for value in [*values, OTHER])} |" for label, values in labels.items()),
            "",
        ]
    )


def _row(name: str, definition: Definition) -> str:
    labels = ", ".join(f"`{label}`" for label in definition.labels)
    return f"| `{name}` | {definition.kind} | {labels} | {definition.help} |"
