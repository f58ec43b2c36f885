"""What `up` reports of its services: once that all run, and once each that is in trouble."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from services.runtime.health import SERVICES, pulses
from services.runtime.verdict import Verdict, judge

LOOK_SECONDS = 2.0
"""How often the heartbeats are looked at: they are written once a second."""

_log = structlog.get_logger()


@dataclass
class ServiceWatch:
    """Reports services in trouble as `health` judges them.

    The supervisor reports those that have died or hang: it starts them again.
    """

    verdicts: Callable[[], Mapping[str, Verdict]]
    _looked_at: float = -LOOK_SECONDS
    _has_told_all: bool = False
    _troubles: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def look(self, now: float) -> None:
        """Look, unless that was done a moment ago; `now` is monotonic."""
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        found = self.verdicts()
        for name, verdict in found.items():
            self._tell(name, verdict)
        if not self._has_told_all and all(verdict.state == "running" for verdict in found.values()):
            self._has_told_all = True
            _log.info("all services run")

    def _tell(self, name: str, verdict: Verdict) -> None:
        if verdict.state == "running":
            if self._troubles.pop(name, None):
                _log.info("a service is well again", name=name)
        elif verdict.state in ("failing", "waiting") and not verdict.is_well:
            if self._troubles.get(name) != verdict.notes:
                _log.warning("a service is in trouble", name=name, reason="; ".join(verdict.notes))
            self._troubles[name] = verdict.notes


def verdicts(run_dir: Path) -> dict[str, Verdict]:
    """Judge every service by the heartbeats of a folder."""
    living = [pulse for pulse in pulses(run_dir) if pulse.is_alive]
    return {name: judge(name, [p for p in living if p.service == name], {}) for name in SERVICES}
