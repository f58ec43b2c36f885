"""The console entry: a table of sub-commands, each loaded when it is called."""

import importlib
import os
import sys

import click

from services import __version__
from services.commands.group import Group
from services.errors import ReportedlyError

_COMMANDS: dict[str, tuple[str, str, str]] = {
    # name: (module in services.commands, attribute, one line of help)
    "demo": ("demo", "demo", "Play the bundled story through the whole system and print each alert revision."),
    "up": ("up", "up", "Run the engines and all services until Ctrl-C."),
    "poll": ("run", "poll", "Run the poller: feeds to articles."),
    "tag-stream": ("run", "tag_stream", "Run the tagger: articles to tagged articles (Faust)."),
    "track": ("run", "track", "Run the tracker: tagged articles to claims."),
    "index": ("run", "index", "Run the indexer: everything to Elasticsearch."),
    "alert": ("run", "alert", "Run the alerter: articles and claims to alerts."),
    "notify": ("run", "notify", "Run the notifier: alerts to log and webhooks."),
    "api": ("run", "api", "Run the HTTP API."),
    "tag": ("tag", "tag", "Tag articles (JSON Lines) without any server."),
    "fold": ("fold", "fold", "Fold tagged articles (JSON Lines) into claims without any server."),
    "claims": ("claims", "claims", "Show the life of claims, and judge them: split, merge, dismiss, note, undo."),
    "match": ("match", "match", "Match articles (JSON Lines) against a watch file without any server."),
    "backtest": ("backtest", "backtest", "Run watches over history: what they would have told, when, and how much."),
    "why": ("why", "why", "Tell what became of an article, stage by stage, and why a watch kept silent."),
    "duplicates": ("duplicates", "duplicates", "Find articles that repeat an earlier one, without any server."),
    "names": ("names", "names", "Tell whether two names are spellings of one, without any server."),
    "actors": ("actors", "actors", "List, check, and import dictionaries of actors."),
    "events": ("events", "events", "Show the types of events and what the rules mean."),
    "feeds": ("feeds", "feeds", "Import and list feeds."),
    "watches": ("watches", "watches", "Import, list, remove, and try watches."),
    "alerts": ("alerts", "alerts", "List alerts; acknowledge, snooze, or mute them."),
    "dlq": ("dlq", "dlq", "List and redrive dead letters."),
    "state": ("state", "state", "List rows of state that can't be read; put them back or drop them."),
    "topics": ("topics", "topics", "Create the Kafka topics."),
    "templates": ("templates", "templates", "Create the Elasticsearch templates and indices."),
    "dashboards": ("dashboards", "dashboards", "Bring the dashboards into a Kibana."),
    "schemas": ("schemas", "schemas", "Write or check the generated schemas and templates."),
    "metrics": ("metrics", "metrics", "List the metrics that the services serve for Prometheus."),
    "health": ("health", "health", "Tell how every engine and service is doing."),
}


_OF_A_SYSTEM = (
    "claims", "backtest", "why", "feeds", "watches", "alerts", "dlq", "state", "topics", "templates", "dashboards", "health",
)  # fmt: skip
"""Commands that ask a running system."""


class _Commands(Group):
    """A group that imports a command's module only when it runs: `tag --help` needs no Kafka client."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command = getattr(importlib.import_module(f"services.commands.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__)
@click.pass_context
def root(context: click.Context) -> None:
    """News in, claims out, alerts that stay true.

    \b
    Examples:
      reportedly demo
      reportedly up --feeds examples/feeds.opml --watches examples/watches.yaml
      reportedly tag articles.jsonl | reportedly fold

    Commands that ask a system ask the one that `reportedly up` or `demo` runs in this folder (.reportedly/, or
    REPORTEDLY_DATA_DIR), unless
    REPORTEDLY_KAFKA_BOOTSTRAP and REPORTEDLY_ELASTIC_URL name another.
    """
    if context.invoked_subcommand in _OF_A_SYSTEM:
        from services.commands import world

        context.with_resource(world.lent_addresses(context))


def main() -> None:
    """Run a sub-command; an error made on purpose is a line on stderr, or one a problem, and exit code 2."""
    # Before NumPy is loaded, here and in workers: the matrices are so small that a second thread costs more than it brings.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        root(prog_name="reportedly")
    except ReportedlyError as error:
        for line in str(error).splitlines():
            click.echo(f"reportedly: {line}", err=True)
        sys.exit(2)
