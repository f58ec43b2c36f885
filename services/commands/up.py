"""`reportedly up`: everything on one machine, until Ctrl-C."""

import click
import msgspec
import structlog
from rich.console import Console

from services.commands import subscribers, watches, world
from services.commands.feed_store import import_files
from services.commands.preflight import check
from services.commands.system import SERVICES, running_system
from services.runtime.logs import configure, current_stderr
from services.runtime.waiting import Steps
from services.text.counts import counted

_log = structlog.get_logger()


@click.command()
@click.option(
    "--feeds",
    "feed_files",
    multiple=True,
    help="OPML or YAML file with feeds to poll; may be given again.",
)
@click.option(
    "--subscribers",
    "subscriber_files",
    multiple=True,
    help="YAML file with subscribers; may be given again.",
)
@click.option(
    "--watches", "watch_files", multiple=True, help="YAML file with watches; may be given again."
)
@click.option(
    "--partitions", type=click.IntRange(1), help="Partitions of each topic that is made now."
)
@click.option("--engines", is_flag=True, help="Run Kafka and Elasticsearch alone.")
def up(
    feed_files: tuple[str, ...],
    subscriber_files: tuple[str, ...],
    watch_files: tuple[str, ...],
    partitions: int | None,
    *,
    engines: bool,
) -> None:
    """Run Kafka, Elasticsearch, and all services until Ctrl-C; data stays in .reportedly/.

    All files and settings are checked before anything is started. Commands in the same folder, such
    as `reportedly health`, find the system by themselves.

    \b
    Examples:
      reportedly up
      reportedly up --feeds examples/feeds.opml --watches examples/watches.yaml
      reportedly up --subscribers examples/subscribers.yaml --watches watches.yaml
      REPORTEDLY_DATA_DIR=/srv/reportedly reportedly up
      reportedly up --engines         # to restore a backup
    """
    settings = world.settings()
    for warning in check(settings, feed_files, watch_files, subscriber_files):
        click.echo(str(warning), err=True)
    configure(settings, "up", current_stderr())
    settings = msgspec.structs.replace(settings, partitions=partitions or settings.partitions)
    services = {} if engines else SERVICES
    with _steps() as steps, running_system(settings, steps, services) as system:
        steps.end()
        system.tell_addresses()
        if feed_files:
            click.echo(
                f"{counted(import_files(system.settings, feed_files), 'feed')} to poll", err=True
            )
        for path in subscriber_files:
            n = subscribers.import_file(system.settings, path)
            click.echo(f"{counted(n, 'subscriber')} from {path}", err=True)
        for path in watch_files:
            n = watches.import_file(system.settings, path)
            click.echo(f"{counted(n, 'watch', 'watches')} from {path}", err=True)
        live = system.settings
        if engines:
            click.echo("Kafka and Elasticsearch run, and no service", err=True)
            system.wait()
            return
        for name, value in (
            ("Console", f"http://{live.api_host}:{live.api_port}/"),
            ("Logs", live.data_dir / "logs"),
        ):
            click.echo(f"{name:<15}{value}", err=True)
        click.echo(f"In another shell: {system.in_another_shell('health')}", err=True)
        system.wait()


def _steps() -> Steps:
    """Return what shows the start: a spinner on a terminal, elsewhere log lines like all others."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    return Steps(
        console, say=None if console.is_terminal else lambda line: _log.info("under way", step=line)
    )
