"""The words of `reportedly health` about one service. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from services.runtime.health import Pulse
from services.runtime.verdict import Lag, Verdict

OLD_SECONDS = 5.0
"""The age from which a heartbeat is worth a word. A loop beats once a second if it has no work."""


def detail(verdict: Verdict, living: Sequence[Pulse], lags: Mapping[str, Lag | None]) -> str:
    """Return what is wrong, then the processes, then what is unread."""
    is_told = verdict.state == "stuck"
    old = () if is_told else (_age(p) for p in living if p.age_seconds > OLD_SECONDS)
    return "; ".join([*verdict.notes, *_processes(living), *old, *_unread(verdict, lags)])


def _processes(living: Sequence[Pulse]) -> Iterable[str]:
    """Yield the process ids; with their states only where these differ."""
    states: dict[int, dict[str, None]] = {}
    for pulse in living:
        states.setdefault(pulse.pid, {})[pulse.state] = None
    if not states:
        return
    is_mixed = len({pulse.state for pulse in living}) > 1
    shown = [
        f"{pid} ({', '.join(of_one)})" if is_mixed else f"{pid}" for pid, of_one in states.items()
    ]
    yield f"{'pid' if len(shown) == 1 else 'pids'} {', '.join(shown)}"


def _age(pulse: Pulse) -> str:
    part = f" of {pulse.part}" if pulse.part and pulse.part != pulse.service else ""
    return f"last heartbeat{part} {pulse.age_seconds:.0f} s ago"


def _unread(verdict: Verdict, lags: Mapping[str, Lag | None]) -> Iterable[str]:
    """Return what each group has not read; "all read" if that is nothing."""
    words = [
        word
        for group, lag in lags.items()
        for word in _of_group(group, lag)
        if not any(f"reads as {group}," in note for note in verdict.notes)
    ]
    return words or (["all read"] if _is_all_read(lags) else [])


def _of_group(group: str, lag: Lag | None) -> Iterable[str]:
    if lag is None or lag[1] == 0:
        yield f"nobody has joined {group}"
    if lag is not None and lag[0] > 0:
        yield f"{group} {lag[0]} behind"


def _is_all_read(lags: Mapping[str, Lag | None]) -> bool:
    return bool(lags) and all(lag is not None and lag[0] <= 0 for lag in lags.values())
