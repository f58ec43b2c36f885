"""A line of `health` says once what matters, and nothing that is as it should be."""

import click
import pytest
from click.testing import CliRunner

from services.commands.health import WIDTH, _show
from services.commands.health_text import detail
from services.runtime.health import Pulse
from services.runtime.verdict import Verdict

RUNNING = Verdict("running", True)
NO_FEED = Verdict("failing", False, ("all 5 feeds fail: logs/a.log has the reasons",))


def pulse(pid=7, state="running", age=0.4, part="", **details):
    return Pulse("tracker", pid, state, age, part=part, details=details)


@pytest.mark.parametrize(
    ("verdict", "living", "lags", "told"),
    [
        (RUNNING, [pulse()], {}, "pid 7"),
        (
            RUNNING,
            [pulse(part="a"), pulse(part="b")],
            {"a": (0, 1), "b": (0, 1)},
            "pid 7; all read",
        ),
        (RUNNING, [pulse(), pulse(8)], {"a": (3, 2), "b": (0, 2)}, "pids 7, 8; a 3 behind"),
        (RUNNING, [pulse()], {"a": None}, "pid 7; nobody has joined a"),
        (RUNNING, [pulse(age=12.1, part="a")], {}, "pid 7; last heartbeat of a 12 s ago"),
        (NO_FEED, [pulse()], {"a": (3, 1)}, f"{NO_FEED.notes[0]}; pid 7; a 3 behind"),
        (RUNNING, [pulse(), pulse(8, "loading")], {}, "pids 7 (running), 8 (loading)"),
        (
            RUNNING,
            [pulse(part="n")],
            {"n": (0, 1)},
            "pid 7; all read",
        ),
        (
            Verdict("stuck", False, ("a has not beaten",)),
            [pulse(age=99.0)],
            {},
            "a has not beaten; pid 7",
        ),
    ],
)
def test_a_service_is_told_by_what_matters(verdict, living, lags, told):
    assert detail(verdict, living, lags) == told


def test_what_a_problem_says_of_a_group_is_not_said_again():
    nobody = Verdict("failing", False, ("nobody reads as a, though tracker runs",))
    assert detail(nobody, [pulse()], {"a": (0, 0)}) == f"{nobody.notes[0]}; pid 7; all read"


def test_a_long_reason_goes_on_below_its_beginning():
    row = {"name": "poller", "state": "failing", "well": False, "detail": "why " * 40}
    done = CliRunner().invoke(click.command()(lambda: _show([row])))
    first, *others = done.output.splitlines()
    assert first.split()[:2] == ["poller", "failing"]
    assert others
    assert all(line.startswith(" " * 25) for line in others)
    assert all(len(line) <= WIDTH for line in [first, *others])
