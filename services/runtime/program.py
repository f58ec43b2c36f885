"""How messages name this program, so that a shell runs what they say."""

import os
import shlex
import shutil
import sys
from pathlib import Path


def program(called: str | None = None) -> str:
    """Return how a shell in this folder calls this program.

    That is its name if the shell finds it, else its path. `called` is its `sys.argv[0]`.
    """
    path = Path(sys.argv[0] if called is None else called)
    found = shutil.which("reportedly")
    if path.name != "reportedly" or (found is not None and path.samefile(found)):
        return "reportedly"
    return shlex.quote(os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path))
