"""`reportedly dashboards`: import the dashboards into a Kibana, or draw them without one."""

import math
import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
import httpx

from services.commands import world
from services.commands.choices import Moment
from services.commands.group import Group
from services.commands.kibana import (
    REQUEST_SECONDS,
    faults,
    import_objects,
    put_dashboards,
    told,
)
from services.dashboards.asking import Answer, Window, body, rows
from services.dashboards.boards import DASHBOARDS
from services.dashboards.definition import Dashboard
from services.errors import ConfigError, ReportedlyError
from services.ports import SearchIndex
from services.text.counts import counted

MOST_WAIT_SECONDS = 86_400.0
"""The longest wait for a Kibana: a day."""


class _Seconds(click.FloatRange):
    """A number of seconds; `nan` is refused, though no comparison excludes it."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        found: float = super().convert(value, param, ctx)
        return (
            self.fail(f"{value!r} is no number of seconds", param, ctx)
            if math.isnan(found)
            else found
        )


TIMEOUT = _Seconds(0.0, MOST_WAIT_SECONDS)


@click.group(cls=Group)
def dashboards() -> None:
    """Import the dashboards into a Kibana, or draw them without one.

    \b
    Examples:
      reportedly dashboards import --url http://127.0.0.1:5601
      reportedly dashboards render --html dashboards.html
    """


@dashboards.command(name="import")
@click.option("--url", default="http://127.0.0.1:5601", show_default=True, help="Kibana's address.")
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    help="Saved objects (NDJSON) in place of those of this version.",
)
@click.option(
    "--api",
    "by_api",
    is_flag=True,
    help="Write the dashboards by the Dashboards API (Kibana 9.5 and newer), which has no maps.",
)
@click.option(
    "--timeout",
    type=TIMEOUT,
    default=300.0,
    show_default=True,
    help="Seconds to wait for Kibana: its first start takes minutes.",
)
def import_(url: str, path: Path | None, by_api: bool, timeout: float) -> None:
    """Wait until Kibana is ready, then import. Objects of an earlier import are replaced and named.

    Exits 1 if Kibana refuses an object or isn't ready in time. KIBANA_API_KEY is sent if it is set,
    else the login for Elasticsearch (REPORTEDLY_ELASTIC_USER), which Kibana takes too.
    """
    from services.dashboards.files import SAVED_OBJECTS, files

    _require_web_address(url)
    if path is not None and by_api:
        raise click.UsageError("--api writes the dashboards of this version: leave --file out")
    name = path.name if path else SAVED_OBJECTS
    data = _read(path) if path else files()[SAVED_OBJECTS].encode()
    key, settings = os.environ.get("KIBANA_API_KEY", ""), world.settings()
    headers = {"kbn-xsrf": "true"}
    headers |= {"Authorization": f"ApiKey {key}"} if key else {}
    login = (settings.elastic_user, settings.elastic_password)
    auth = login if settings.elastic_user and not key else None
    until = time.monotonic() + timeout
    try:
        with httpx.Client(
            base_url=url, headers=headers, auth=auth, timeout=REQUEST_SECONDS
        ) as client:
            answer = import_objects(client, name, data, until)
            refused = faults(answer)
            if by_api and not refused:
                put_dashboards(client, DASHBOARDS, until)
    except ReportedlyError as error:
        click.echo(f"reportedly: {error}", err=True)
        raise click.exceptions.Exit(1) from error
    for line in refused:
        click.echo(f"reportedly: {line}", err=True)
    if refused:
        raise click.exceptions.Exit(1)
    for line in told(answer):
        click.echo(line)


@dashboards.command()
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page with charts there. Without it, the numbers go to the terminal.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3_660),
    help="Days up to --until (default: as long as each dashboard shows in Kibana).",
)
@click.option(
    "--since", type=Moment(), help="Documents of this time and later, in place of --days."
)
@click.option("--until", type=Moment(), help="Documents before this time (default: now).")
def render(
    page: Path | None, days: int | None, since: datetime | None, until: datetime | None
) -> None:
    """Draw every panel of the dashboards with the numbers of Elasticsearch; needs no Kibana.

    The page stands alone: it has no script and fetches nothing.

    \b
    Examples:
      reportedly dashboards render
      reportedly dashboards render --html dashboards.html --days 7
      reportedly dashboards render --html may.html --since 2031-05-01 --until 2031-06-01
    """
    if since is not None and days is not None:
        raise click.UsageError("give --days or --since, not both")
    settings = world.settings()
    end = until or world.now(settings)
    if since is not None and since >= end:
        raise click.UsageError(
            f"--since {since:%Y-%m-%d %H:%M} is not before {end:%Y-%m-%d %H:%M}: nothing would be "
            "left"
        )
    windows = [Window(since or end - timedelta(days=days or b.days), end) for b in DASHBOARDS]
    index = world.index(settings)
    answers = [ask(index, board, window) for board, window in zip(DASHBOARDS, windows, strict=True)]
    if page is None:
        _print(windows, answers)
    else:
        _write(page, windows, answers)


def ask(index: SearchIndex, board: Dashboard, window: Window) -> tuple[Answer, ...]:
    """Return what Elasticsearch answers to each panel. Raises TransientError."""
    return tuple(
        rows(panel, index.search(panel.view.index, body(panel, window)))
        for _, panel in board.panels
    )


def _print(windows: Sequence[Window], answers: Sequence[tuple[Answer, ...]]) -> None:
    from services.dashboards.plain import lines
    from services.dashboards.scales import moment

    for board, window, given in zip(DASHBOARDS, windows, answers, strict=True):
        click.echo("\n".join(lines(board, given)))
        click.echo(f"\n{moment(window.since)} to {moment(window.until)} (UTC)\n")


def _write(path: Path, windows: Sequence[Window], answers: Sequence[tuple[Answer, ...]]) -> None:
    from services.dashboards.land import land
    from services.dashboards.page import Drawn, page

    drawn = [Drawn(*one) for one in zip(DASHBOARDS, windows, answers, strict=True)]
    try:
        path.write_text(page(drawn, land()), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--html {path}: {error.strerror}") from error
    panels = sum(len(board.panels) for board in DASHBOARDS)
    click.echo(f"{counted(panels, 'panel')} drawn: {path}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def _require_web_address(url: str) -> None:
    """Raise ConfigError for anything but the address of a web server."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ConfigError(f"--url {url!r} is no address: {error}") from error
    if not is_usable:
        raise ConfigError(
            f"--url {url!r} is no address with http:// or https://, such as http://127.0.0.1:5601"
        )
