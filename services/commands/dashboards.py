"""`reportedly dashboards`: import data views and dashboard into a Kibana."""

import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click
import httpx

from services.commands.group import Group
from services.errors import ConfigError, ReportedlyError, TransientError
from services.ports import JsonObject
from services.runtime.retry import delay
from services.text.counts import counted

FILE = Path("deploy/kibana/reportedly.ndjson")
REQUEST_SECONDS = 60.0
_LATER = (408, 425, 429)
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
    """Import the dashboards into a Kibana.

    \b
    Example:
      reportedly dashboards import --url http://127.0.0.1:5601
    """


@dashboards.command(name="import")
@click.option("--url", default="http://127.0.0.1:5601", show_default=True, help="Kibana's address.")
@click.option(
    "--file",
    "path",
    default=FILE,
    show_default=True,
    type=click.Path(path_type=Path),
    help="Saved objects (NDJSON).",
)
@click.option(
    "--timeout",
    type=TIMEOUT,
    default=300.0,
    show_default=True,
    help="Seconds to wait for Kibana: its first start takes minutes.",
)
def import_(url: str, path: Path, timeout: float) -> None:
    """Wait until Kibana is ready, then import. Objects of an earlier import are replaced.

    Exits 1 if Kibana refuses an object or isn't ready in time. KIBANA_API_KEY is sent if it is set.
    """
    _require_web_address(url)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    key = os.environ.get("KIBANA_API_KEY", "")
    headers = {"kbn-xsrf": "true"} | ({"Authorization": f"ApiKey {key}"} if key else {})
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=REQUEST_SECONDS) as client:
            answer = import_objects(client, path.name, data, time.monotonic() + timeout)
    except ReportedlyError as error:
        click.echo(f"reportedly: {error}", err=True)
        raise click.exceptions.Exit(1) from error
    for line in faults(answer):
        click.echo(f"reportedly: {line}", err=True)
    if answer.get("success") is not True:
        raise click.exceptions.Exit(1)
    click.echo(f"{counted(answer['successCount'], 'object')} imported")


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


def import_objects(client: httpx.Client, name: str, data: bytes, until: float) -> JsonObject:
    """Return Kibana's answer to the import.

    `until` is monotonic seconds. Raises TransientError if time runs out.
    """
    _insist(lambda: _ready(client.get("/api/status")), until, "not ready")

    def send() -> JsonObject | None:
        files = {"file": (name, data, "application/ndjson")}
        return _answer(
            client.post("/api/saved_objects/_import", params={"overwrite": "true"}, files=files)
        )

    return _insist(send, until, "can't import now")


def faults(answer: JsonObject) -> list[str]:
    """Return one line for each object that Kibana refused, or for the whole request."""
    rows = answer.get("errors") or []
    lines = []
    for row in rows:
        error = row.get("error", {})
        missing = ", ".join(f"{r['type']} {r['id']}" for r in error.get("references", []))
        detail = missing or error.get("message", "")
        lines.append(
            f"{row.get('type')} {row.get('id')}: "
            f"{error.get('type', 'refused')}{f' ({detail})' if detail else ''}"
        )
    if not lines and answer.get("success") is not True:
        lines.append(f"Kibana refused the import: {answer.get('message', answer)}")
    return lines


def _insist(ask: Callable[[], JsonObject | None], until: float, what: str) -> JsonObject:
    """Ask again, with growing pauses, until there is an answer.

    Raises TransientError at `until`.
    """
    tries, reason = 0, ""
    while True:
        try:
            answer: JsonObject | None = ask()
            reason = ""
        except httpx.TransportError as error:
            answer, reason = None, f": {type(error).__name__}: {error}"
        if answer is not None:
            return answer
        tries += 1
        pause = min(delay(tries), 5.0)
        if time.monotonic() + pause > until:
            raise TransientError(f"Kibana is {what}, and the time is up{reason}")
        time.sleep(pause)


def _ready(response: httpx.Response) -> JsonObject | None:
    """Return None while Kibana starts: it answers 503, or 200 with a level below `available`."""
    if response.status_code != 200:
        return _answer(response)
    level = response.json().get("status", {}).get("overall", {}).get("level")
    return {"level": level} if level in ("available", "degraded") else None


def _answer(response: httpx.Response) -> JsonObject | None:
    """Return the JSON, or None if the same request may pass later.

    Raises ConfigError for a permanent refusal.
    """
    if response.status_code >= 500 or response.status_code in _LATER:
        return None
    if response.status_code != 200:
        raise ConfigError(
            f"Kibana answers {response.status_code} to {response.request.url.path}: "
            f"{response.text[:300].strip()}"
        )
    found: JsonObject = response.json()
    return found
