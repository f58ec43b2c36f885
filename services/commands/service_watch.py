"""What `up` reports about its services: once how many run, and once each that is in trouble."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from services.runtime.health import living
from services.runtime.verdict import Verdict, judge

LOOK_SECONDS = 2.0
"""Seconds between two looks at the heartbeats, which are written once a second."""

_log = structlog.get_logger()


@dataclass
class ServiceWatch:
    """Reports services in trouble, judged as by `health`.

    The supervisor reports those that died or hang, since it restarts them.
    """

    verdicts: Callable[[], Mapping[str, Verdict]]
    _looked_at: float = -LOOK_SECONDS
    _has_told_all: bool = False
    _has_told_some: bool = False
    _troubles: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def look(self, now: float) -> None:
        """Look at the heartbeats, unless that was done a moment ago. `now` is monotonic."""
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        found = self.verdicts()
        for name, verdict in found.items():
            self._report(name, verdict)
        self._count(found)

    def _count(self, found: Mapping[str, Verdict]) -> None:
        """Report once that all run; before that, once how many do if the others are in trouble."""
        others = {name: verdict for name, verdict in found.items() if verdict.state != "running"}
        if self._has_told_all:
            return
        if not others:
            self._has_told_all = True
            _log.info("all services run")
        elif not self._has_told_some and others.keys() <= self._troubles.keys():
            self._has_told_some = True
            _log.warning(
                f"{len(found) - len(others)} of {len(found)} services run",
                others="; ".join(f"{name} is {verdict.state}" for name, verdict in others.items()),
            )

    def _report(self, name: str, verdict: Verdict) -> None:
        if verdict.state == "running":
            if self._troubles.pop(name, None):
                _log.info("a service is well again", name=name)
        elif verdict.state in ("failing", "waiting") and not verdict.is_well:
            if self._troubles.get(name) != verdict.notes:
                _log.warning("a service is in trouble", name=name, reason="; ".join(verdict.notes))
            self._troubles[name] = verdict.notes


def verdicts(run_dir: Path) -> dict[str, Verdict]:
    """Judge every service by the heartbeats in a folder."""
    return {name: judge(name, of_one, {}) for name, of_one in living(run_dir).items()}
