"""The target `log:`: a line in the log of the notifier, and one in a file if that is set."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from services.notifier.content import Content, Letter
from services.notifier.targets.target import Done, Later, Outcome
from services.notifier.texts.plain import subject
from services.runtime.files import Lines

_log = structlog.get_logger()


class LogTarget:
    """Writes each revision as a line. `path`: the file, or ""."""

    can_edit = False
    can_thread = False
    takes_digests = False
    tells_each = True

    def __init__(self, path: str) -> None:
        self._file = Lines(Path(path)) if path else None

    async def post(self, address: str, content: Content) -> Outcome:  # noqa: ARG002 - of the port
        """Write a line."""
        if self._file is not None and isinstance(content, Letter):
            try:
                await asyncio.to_thread(self._file.append, log_row(content, datetime.now(UTC)))
            except OSError as error:
                names = f"REPORTEDLY_DELIVERIES_LOG names {self._file.path}"
                return Later(f"{names}, which can't be written: {error.strerror}")
        told = {"subject": subject(content)}
        if isinstance(content, Letter):
            told |= {"alert_id": content.alert.alert_id, "watch_id": content.alert.watch_id}
        _log.info("alert", **told)
        return Done()

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:  # noqa: ARG002 - of the port
        """Write a line: nothing is edited here."""
        return await self.post(address, letter)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:  # noqa: ARG002 - of the port
        """Write a line: there is no thread."""
        return await self.post(address, letter)


def log_row(letter: Letter, at: datetime) -> bytes:
    """Return one line of JSON: alert without history, revision, channel, machine time."""
    alert = msgspec.to_builtins(letter.alert)
    for left_out in ("revisions", "channels", "policy"):
        del alert[left_out]
    row = {
        "delivered_at_unix": at.timestamp(),
        "alert": alert,
        "revision": letter.revision,
        "channel": "log:",
    }
    return msgspec.json.encode(row) + b"\n"
