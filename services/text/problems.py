"""Mistakes in files of users, all of a file together, each with its place and the correct form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.errors import ConfigError
from services.text.choices import did_you_mean

MOST_LISTED = 60
"""Allowed values that a message lists."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: its place, and what to write instead. A warning stops nothing.

    Lines count from 1. Line 0: the file can't be opened.
    """

    file: str
    line: int
    what: str
    is_warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {'warning: ' if self.is_warning else ''}{self.what}"


class FileProblems(ConfigError):
    """All mistakes of one or more files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        lines = [*map(str, self.problems)]
        super().__init__(
            "\n".join(lines if len(lines) == 1 else [f"{len(lines)} mistakes:", *lines])
        )


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that are no warnings."""
    return [problem for problem in problems if not problem.is_warning]


def refuse(problems: Iterable[Problem]) -> None:
    """Raise FileProblems if a problem is no warning."""
    if found := errors(problems):
        raise FileProblems(found)


def instead(
    given: str,
    allowed: Sequence[str] | Mapping[str, object],
    what: str,
    meant: Sequence[str] = (),
) -> str:
    """Return `did you mean …? The <what> are …`, with similar allowed values if there are any.

    `meant` are allowed values that stand before those of similar spelling.
    """
    if not allowed:
        return f"there are no {what}"
    hint = f"did you mean {' or '.join(meant)}?" if meant else did_you_mean(given, allowed)
    shown = [*allowed][:MOST_LISTED]
    listed = f"{what} are {', '.join(shown)}{' …' if len(allowed) > MOST_LISTED else ''}"
    return f"{hint} The {listed}" if hint else f"the {listed}"
