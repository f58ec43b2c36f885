"""The console command: a table of sub-commands, each loaded when it is called."""

import importlib
import os
import sys

import click

from services import __version__
from services.commands.group import Group
from services.errors import ReportedlyError

_COMMANDS: dict[str, str] = {
    "demo": "Play the bundled story through the whole system and print each alert revision.",
    "up": "Run the engines and all services until Ctrl-C.",
    "poll": "Run the poller: feeds to articles.",
    "tag-stream": "Run the tagger: articles to tagged articles (Faust).",
    "track": "Run the tracker: tagged articles to claims.",
    "index": "Run the indexer: everything to Elasticsearch.",
    "alert": "Run the alerter: articles and claims to alerts.",
    "notify": "Run the notifier: alerts to channels; or send a test message.",
    "api": "Run the HTTP API.",
    "tag": "Tag articles (JSON Lines) without any server.",
    "fold": "Fold tagged articles (JSON Lines) into claims without any server.",
    "claims": "List and show claims, and judge them: split, merge, dismiss, note, undo.",
    "verdicts": "Say what is right and wrong, and see how right the program is.",
    "match": "Match articles (JSON Lines) against a watch file without any server.",
    "search": "Find articles, incidents, and claims by words and filters.",
    "backtest": "Run watches over past articles: the alerts that they would have sent.",
    "why": "Show what happened to an article at each stage, and why a watch was silent.",
    "entries": "Read saved feeds: their entries as JSON Lines. Without any server.",
    "duplicates": "Find articles that repeat an earlier one, without any server.",
    "extract": "Read the articles of saved web pages, without any server.",
    "names": "Compare two names: are they spellings of one? Without any server.",
    "actors": "List, check, and import dictionaries of actors.",
    "events": "Show the types of events and what the rules mean.",
    "feeds": "Import, add, list, check, and remove feeds; read kept documents again.",
    "backfill": "Read the feeds and pages of WARC files, as articles of the past.",
    "watches": "Import, list, remove, and try watches.",
    "subscribers": "Check, import, list, and remove subscribers: the people whom watches tell.",
    "tokens": "Make, list, and revoke the tokens by which people use the API.",
    "alerts": "List alerts; acknowledge, snooze, or mute them.",
    "deliveries": "List deliveries that wait or were given up, and try these again.",
    "dlq": "List and redrive dead letters.",
    "state": "List unreadable rows of state; restore or drop them.",
    "secrets": "Make the passwords of the engines of docker-compose.yml.",
    "topics": "Create the Kafka topics, and show who may do what with them.",
    "templates": "Create the Elasticsearch templates and indices.",
    "indices": "List the indices of Elasticsearch; remove those of old months.",
    "backup": "Save all topics into a file.",
    "restore": "Put a backup into an empty system.",
    "forget": "Remove the text of articles from everything.",
    "replay": "Make all documents of Elasticsearch anew from Kafka.",
    "dashboards": "Draw the dashboards, or import them into a Kibana.",
    "schemas": "Write or check the generated schemas and templates.",
    "metrics": "List the metrics that the services serve for Prometheus.",
    "config": "Check settings, secrets, files, and engines.",
    "health": "Show the state of every engine and service.",
}
"""Name to one line of help. The command is in the module of its name, or in `run`."""

_SERVICES = frozenset({"poll", "tag-stream", "track", "index", "alert", "api"})
"""Commands that run one service; they are in the module `run`."""


_OF_A_SYSTEM = (
    "claims", "verdicts", "search", "backtest", "why", "feeds", "backfill", "watches",
    "subscribers", "tokens",
    "alerts", "deliveries", "dlq", "state", "topics", "templates", "indices", "replay",
    "backup", "restore", "forget",
    "dashboards", "health",
)  # fmt: skip
"""Commands that need a running system."""


class _Commands(Group):
    """A group that imports a command's module only when it runs.

    So `tag --help` needs no Kafka client.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        attribute = cmd_name.replace("-", "_")
        module = "run" if cmd_name in _SERVICES else attribute
        command = getattr(importlib.import_module(f"services.commands.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__)
@click.pass_context
def root(context: click.Context) -> None:
    """News in, claims out, alerts that stay true.

    \b
    Examples:
      reportedly demo
      reportedly up --feeds examples/feeds.opml --watches examples/watches.yaml
      reportedly tag articles.jsonl | reportedly fold

    Commands that need a system use the one that `reportedly up` or `demo` runs in this folder
    (.reportedly/, or REPORTEDLY_DATA_DIR), unless REPORTEDLY_KAFKA_BOOTSTRAP and
    REPORTEDLY_ELASTIC_URL name another.
    """
    if context.invoked_subcommand in _OF_A_SYSTEM:
        from services.commands import world

        context.with_resource(world.lent_addresses(context))


def main() -> None:
    """Run a sub-command. Expected errors are printed on stderr, one line each, with exit code 2."""
    # Set before NumPy is loaded, here and in workers. For such small matrices a second thread costs
    # more than it gains.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        root(prog_name="reportedly")
    except ReportedlyError as error:
        for line in str(error).splitlines():
            click.echo(f"reportedly: {line}", err=True)
        sys.exit(2)
