"""Runs a command that never outlives its parent: `python leash.py USER COMMAND…`.

The parent holds standard input open. USER "" is our own; another one (as root only) gets no further
groups.

When the parent ends, even by kill -9, standard input closes. The command's process group then gets
SIGTERM and, ten seconds later, SIGKILL. The exit code is the command's. On Linux the command also
gets SIGTERM if the leash itself is killed. This file imports nothing of the project, so it starts
fast.
"""

import ctypes
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from functools import partial

GRACE_SECONDS = 10.0
"""Seconds between SIGTERM and SIGKILL."""
_PR_SET_PDEATHSIG = 1


def main(user: str, command: list[str]) -> int:
    """Run the command until it ends, a signal comes, or standard input closes."""
    is_told = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal is_told
        is_told = True

    # Before the command starts: a signal in between would end the leash alone.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    child = _started(user, command)
    while child.poll() is None and not is_told:
        ready, _, _ = select.select([0], [], [], 0.1)
        if ready and not os.read(0, 4096):
            break
    return _end(child)


def wait(leash: "subprocess.Popen[bytes]") -> None:
    """Wait for a leash that was told to end. Kill it, and so its command, if it does not."""
    try:
        leash.wait(timeout=GRACE_SECONDS + 5)
    except subprocess.TimeoutExpired:
        leash.kill()
        leash.wait()


def _started(user: str, command: list[str]) -> "subprocess.Popen[bytes]":
    end_with = partial(_end_with_the_leash, os.getpid())
    if not user:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with
        )
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with,
        user=user,
        group=pwd.getpwnam(user).pw_gid,
        extra_groups=[],
        cwd="/",
    )


def _end_with_the_leash(pid: int) -> None:
    """Run in the child after the change of user, which would reset this setting.

    `pid`: of the leash. One that has ended by now sends no signal.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != pid:
            os._exit(1)


def _end(child: "subprocess.Popen[bytes]") -> int:
    """Stop the whole group, gently first. Return the command's exit code."""
    if child.poll() is None:
        _signal(child.pid, signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS
    while child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    _signal(child.pid, signal.SIGKILL)
    return child.wait()


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
