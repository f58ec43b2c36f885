"""Checks a watch that a form or a request describes, as files of watches are checked. Pure."""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from services.addresses import Allowed
from services.alerter.expected import ARTICLES_A_DAY
from services.alerter.vocabulary import Vocabulary
from services.alerter.watch import compile_watch
from services.alerter.watch_check import findings
from services.alerter.watch_file import expected_alerts, too_many, with_ids
from services.errors import ConfigError
from services.messages import Watch
from services.text.findings import Finding

__all__ = ["ARTICLES_A_DAY", "SET_BY_US", "Checked", "Row", "Vocabulary", "check", "expected_of"]

Row = dict[str, Any]
"""A watch as an object of JSON, without what is set when it is saved."""

SET_BY_US = ("version", "saved_at")
"""Fields that are set when a watch is saved: a row that has them is refused."""

_PLACE = re.compile(r"(?P<what>.+?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a row.

    - `watch`: with the ids of the actors that it names; None if there is a mistake.
    - `findings`: mistakes, and warnings, which leave the watch usable.
    - `expected`: alerts a day that are expected of it; None if there is a mistake.
    """

    watch: Watch | None
    findings: tuple[Finding, ...]
    expected: float | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The mistakes."""
        return tuple(each for each in self.findings if not each.is_warning)


def check(row: Row, vocabulary: Vocabulary, allowed: Allowed) -> Checked:
    """Return the watch of a row with what is to be said of it. `allowed`: networks of webhooks."""
    strange = [name for name in row if name not in Watch.__struct_encode_fields__]
    mistakes = [Finding(f".{name:.60}", "a watch has no such field") for name in strange]
    mistakes += [Finding(f".{name}", "it is set when saved") for name in SET_BY_US if name in row]
    try:
        watch = msgspec.convert(row, Watch)
    except msgspec.ValidationError as error:
        return Checked(None, (*mistakes, _of_type(error)))
    found = (*mistakes, *findings(row, vocabulary, allowed))
    if any(not each.is_warning for each in found):
        return Checked(None, found)
    try:
        compiled = compile_watch(with_ids(watch, vocabulary))
    except ConfigError as error:  # a mistake that no check above knows
        return Checked(None, (*found, Finding("", str(error))))
    expected = expected_alerts(compiled, vocabulary)
    return Checked(compiled.watch, (*found, *too_many(compiled, expected)), expected)


def expected_of(watch: Watch, vocabulary: Vocabulary) -> float | None:
    """Return about how many alerts a day a saved watch brings; None if it can't be read any more:
    it may be of a version that allowed more."""
    try:
        return expected_alerts(compile_watch(watch), vocabulary)
    except ConfigError:
        return None


def _of_type(error: msgspec.ValidationError) -> Finding:
    """Return the mistake of a value of the wrong type, at its place."""
    found = _PLACE.fullmatch(str(error))
    what, path = (found["what"], found["path"]) if found else (str(error), None)
    return Finding(path or "", what[:1].lower() + what[1:])
