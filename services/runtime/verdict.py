"""Judges a service by its heartbeats and its consumer groups. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.runtime.health import WAITING_SECONDS, Pulse
from services.text.counts import counted

Lag = tuple[int, int]
"""Records behind, and the number of members of the group."""

JOINING_SECONDS = 60.0
"""Seconds that a running service may be without a member in its group.

Joining takes seconds; a lost session ten.
"""


@dataclass(frozen=True)
class Verdict:
    """The health of a service.

    - `state`: one of down, elsewhere, unseen, stuck, waiting, failing, loading, running.
    - `notes`: sentences with the reason and what to do.
    """

    state: str
    is_well: bool
    notes: tuple[str, ...] = ()


def start(program: str) -> str:
    """Return the advice if nothing runs. `program`: as a shell calls it."""
    return f"start `{program} up`"


def judge(
    service: str,
    living: Sequence[Pulse],
    lags: Mapping[str, Lag | None],
    program: str = "reportedly",
    *,
    is_apart: bool = False,
) -> Verdict:
    """Judge a service by its living processes' heartbeats and its groups' lags (None: unknown).

    `program`: how a shell calls this program. `is_apart`: the service may run on another machine or
    in another container, whose heartbeats nobody sees here.
    """
    if not living:
        return _apart(service, lags) if is_apart else _down(service, program)
    still = [p for p in living if not p.is_beating]
    if still:
        return Verdict("stuck", False, tuple(map(_stuck, still)))
    waiting = [p for p in living if p.state == "waiting"]
    if waiting:
        is_well = all(p.state_seconds <= WAITING_SECONDS for p in waiting)
        return Verdict("waiting", is_well, tuple(dict.fromkeys(p.reason for p in waiting)))
    if any(p.state == "loading" for p in living):
        return Verdict("loading", True)
    problems = [*_of_feeds(living), *_of_groups(service, living, lags)]
    notes = tuple(_alarms(living))
    if problems:
        return Verdict("failing", False, (*problems, *notes))
    return Verdict("running", True, notes)


def _down(service: str, program: str) -> Verdict:
    advice = f"{start(program)}, or look into logs/{service}.log"
    return Verdict("down", False, (f"no process runs here: {advice}",))


def _apart(service: str, lags: Mapping[str, Lag | None]) -> Verdict:
    """Judge a service without a process here: who reads as its groups tells that it runs."""
    if not lags:
        note = "no process runs here, and it joins no group that would tell of one elsewhere"
        return Verdict("unseen", False, (f"{note}: ask its address for /health",))
    members = [lag[1] if lag is not None else 0 for lag in lags.values()]
    if not all(members):
        return Verdict("down", False, (f"none runs here or elsewhere: read the log of {service}",))
    return Verdict("elsewhere", True, (counted(max(members), "process", "processes"),))


def _stuck(pulse: Pulse) -> str:
    return (
        f"{pulse.part or pulse.service} has not beaten for {pulse.age_seconds:.0f} s, its longest "
        "step takes "
        f"{pulse.longest_step_seconds:.0f} s: `reportedly up` and Docker start it again after "
        "twice that time"
    )


def _of_feeds(living: Sequence[Pulse]) -> list[str]:
    """Return the trouble that all feeds share, and how many feeds can't be read.

    Other trouble of single feeds is not the service's.
    """
    feeds, failing, overdue = (_total(living, name) for name in ("feeds", "failing", "overdue"))
    problems = []
    on_topic = _total(living, "on_topic")
    if on_topic > feeds:
        problems.append(
            f"{on_topic - feeds} of {on_topic} feeds can't be read and are not polled: "
            "logs/poller.log names them; save them again by `reportedly feeds import`"
        )
    if feeds and failing >= feeds:
        problems.append(
            f"all {feeds} feeds fail: is the network there? logs/poller.log has the reasons; "
            "private networks need "
            "REPORTEDLY_FETCH_ALLOW_NETWORKS"
        )
    if feeds and overdue >= feeds:
        problems.append(
            f"all {feeds} feeds are late by an interval or more: raise "
            "REPORTEDLY_POLL_INTERVAL_SECONDS, or run more pollers"
        )
    return problems


def _alarms(living: Sequence[Pulse]) -> list[str]:
    """Return what needs a person. Trouble of a feed or a receiver is not the service's."""
    died, quiet = _total(living, "died"), _total(living, "quiet")
    words = [
        *([f"{counted(died, 'feed')} died"] if died else []),
        *([f"{counted(quiet, 'feed')} silent for longer than ever"] if quiet else []),
    ]
    told = [f"{' and '.join(words)}: `reportedly feeds check` names them"] if words else []
    lost, waiting = _total(living, "troubles"), _total(living, "waiting")
    if lost:
        of_them = counted(lost, "destination")
        told.append(f"{of_them} could not be reached: `reportedly deliveries list` names them")
    if waiting:
        of_them = counted(waiting, "delivery", "deliveries")
        told.append(f"{of_them} waiting: `reportedly deliveries list` says for what")
    return told


def _of_groups(service: str, living: Sequence[Pulse], lags: Mapping[str, Lag | None]) -> list[str]:
    if any(p.state_seconds < JOINING_SECONDS for p in living):
        return []
    return [
        f"nobody reads as {group}, though {service} runs: does it use another "
        "REPORTEDLY_KAFKA_BOOTSTRAP or _TOPIC_PREFIX?"
        for group, lag in lags.items()
        if lag is not None and lag[1] == 0
    ]


def _total(living: Sequence[Pulse], name: str) -> int:
    return sum(int(p.details.get(name, 0)) for p in living)
