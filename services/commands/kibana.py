"""The import of saved objects into a Kibana, over HTTP."""

import time
from collections.abc import Callable, Iterator, Sequence

import httpx

from services.dashboards.api_form import api_form
from services.dashboards.definition import Dashboard
from services.errors import ConfigError, TransientError
from services.ports import JsonObject
from services.runtime.retry import delay
from services.text.counts import counted

REQUEST_SECONDS = 60.0
_LATER = (408, 425, 429)
API_VERSION = "2023-10-31"
"""The version of Kibana's public HTTP interface that has the Dashboards API."""

_KINDS = {"index-pattern": "data view", "search": "saved search"}
"""Names of types of objects where people know another one."""


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


def put_dashboards(client: httpx.Client, boards: Sequence[Dashboard], until: float) -> None:
    """Make or replace dashboards by the Dashboards API; what they name is imported already.

    Raises ConfigError for a refusal, TransientError if time runs out.
    """
    version = {"elastic-api-version": API_VERSION}
    for board in boards:
        form = api_form(board)

        def send(id: str = board.id, form: JsonObject = form) -> JsonObject | None:
            return _answer(client.put(f"/api/dashboards/{id}", json=form, headers=version))

        _insist(send, until, "can't take a dashboard now")


def told(answer: JsonObject) -> Iterator[str]:
    """Yield what an import did: how many objects are new, and each one that it replaced."""
    written = answer.get("successResults") or []
    replaced = [row for row in written if row.get("overwrite")]
    yield (
        f"{counted(answer['successCount'], 'object')} imported, "
        f"{len(replaced) or 'none'} in place of an earlier one"
    )
    for row in replaced:
        title = row.get("meta", {}).get("title", "")
        yield f"  replaced {_KINDS.get(row['type'], row['type'])} {row['id']}: {title}"


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
    if response.status_code not in (200, 201):
        raise ConfigError(
            f"Kibana answers {response.status_code} to {response.request.url.path}: "
            f"{response.text[:300].strip()}"
        )
    found: JsonObject = response.json()
    return found
