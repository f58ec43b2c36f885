"""`poll`, `tag-stream`, `track`, `index`, `alert`, `api`: each runs one service."""

import importlib
import os

import click


def _service(name: str, noun: str, text: str) -> click.Command:
    @click.command(
        name=name,
        help=f"{text}\n\n\b\nExample:\n  REPORTEDLY_KAFKA_BOOTSTRAP=kafka:9092 reportedly {name}",
    )
    def command() -> None:
        run_service(noun)

    return command


def run_service(noun: str) -> None:
    """Run a service until told to stop."""
    from services.commands.world import settings as settings_of_environment
    from services.runtime import data_version, standstill
    from services.runtime.logs import configure
    from services.runtime.metrics_http import serve_metrics
    from services.runtime.outlook import start_outlook
    from services.runtime.private import warn_of_exposed_secrets
    from services.runtime.shutdown import install_stop
    from services.runtime.traces import traced
    from services.runtime.watchdog import Watchdog
    from services.wiring import collector, connect

    settings = settings_of_environment()
    configure(settings, service=noun)
    warn_of_exposed_secrets(os.environ)
    spans_to = collector(settings)
    serve_metrics(settings, noun)
    Watchdog().start()
    world = connect(settings, stop := install_stop())
    outlook = start_outlook(world, noun)
    data_version.check(world, noun)
    outlook.speak()
    standstill.watch(world.broker, stop)
    with traced(spans_to, noun, settings.traces_share):
        importlib.import_module(f"services.{noun}.service").run(world)


poll = _service("poll", "poller", "Poll feeds and publish articles until told to stop.")
tag_stream = _service(
    "tag-stream", "tagger", "Tag articles as they come, until told to stop (a Faust worker)."
)
track = _service("track", "tracker", "Fold reports into claims until told to stop.")
index = _service("index", "indexer", "Fill Elasticsearch until told to stop.")
alert = _service("alert", "alerter", "Match watches and keep alerts until told to stop.")
api = _service("api", "api", "Serve the HTTP API until told to stop.")
