"""Structured logs on standard error: readable on a terminal, JSON lines elsewhere."""

import io
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

import structlog

from services.settings import Settings

_TOLD_OTHERWISE = ("event", "exception", "level", "service", "timestamp")


class _CurrentStderr(io.TextIOBase):
    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def current_stderr() -> TextIO:
    """Return a stream that writes to the current `sys.stderr`.

    A running spinner replaces that, so that lines appear above it.
    """
    return cast(TextIO, _CurrentStderr())


def configure(settings: Settings, service: str, log: TextIO | None = None) -> None:
    """Set up structlog for this process. Every line carries the service.

    `log` takes the lines in place of standard error.
    """
    on_terminal = sys.stderr.isatty()
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not on_terminal)
    renderer: structlog.typing.Processor
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=on_terminal)
    )
    _configure(settings, service, [renderer], log or sys.stderr)


@contextmanager
def logged_to_file(settings: Settings, service: str, path: Path) -> Iterator[None]:
    """Send all log lines to a file inside the context, as JSON, while a person reads the screen.

    Warnings and errors also go to standard error, as plain lines.
    """
    before = structlog.get_config()
    last: list[structlog.typing.Processor] = [
        _tell_warnings,
        structlog.processors.JSONRenderer(),
    ]
    with path.open("a", encoding="utf-8") as log:
        # A cached logger would find the file closed afterwards.
        _configure(settings, service, last, log, is_kept=False)
        try:
            yield
        finally:
            structlog.configure(**before)


def _configure(
    settings: Settings,
    service: str,
    last: Sequence[structlog.typing.Processor],
    log: TextIO,
    *,
    is_kept: bool = True,
) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _named(service),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            getattr(logging, settings.log_level.upper())
        ),
        logger_factory=structlog.PrintLoggerFactory(log),
        cache_logger_on_first_use=is_kept,
    )


def _tell_warnings(
    _logger: object, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if method in ("warning", "error", "critical", "exception"):
        details = ", ".join(
            f"{name}: {value}" for name, value in event.items() if name not in _TOLD_OTHERWISE
        )
        current_stderr().write(
            f"{event['level']}: {event['event']}" + (f" ({details})\n" if details else "\n")
        )
    return event


def _named(service: str) -> structlog.typing.Processor:
    def add(
        _logger: object, _method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event.setdefault("service", service)
        return event

    return add
