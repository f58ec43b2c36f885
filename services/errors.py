"""Errors that decide what happens to a message.

ReportedlyError
├── InvalidMessage    dead letter with the reason, no retry; the stream goes on
│   └── Unwritable    the same, for a message that we made and that can't be written
├── TransientError    wait and retry; the offset is not committed
│   ├── RefusedError   the same, for a login or a right that an engine refuses
│   ├── Occupied      the same, for a limit of our own: nobody was asked
│   └── PointInTimeEnded   a frozen view of an index is gone; another can be opened
└── FatalError        exit code 2: wrong configuration, or a state that no retry mends
    └── ConfigError
"""


class ReportedlyError(Exception):
    """The base of all errors that this project raises on purpose."""


class InvalidMessage(ReportedlyError):
    """A message that no retry can make readable.

    - `reason`: a short stable code (`not-json`, `wrong-schema`, `too-large` …), by which dead
      letters are grouped.
    - `detail`: a sentence for a person.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["InvalidMessage"], tuple[str, str]]:
        """Make the error picklable; by default it would be rebuilt from one text."""
        return type(self), (self.reason, self.detail)


class Unwritable(InvalidMessage):
    """A message that a stage made and that can't be written: too large, or with invalid values.

    The input that led to it becomes a dead letter. A machine's state in memory may then be ahead of
    its topics, so a loop with state loads it again.
    """


class TransientError(ReportedlyError):
    """A broker, an index, or a host does not answer, or refuses for now."""


class RefusedError(TransientError):
    """An engine refuses our login, or a right. The message says whose, and what to do.

    It is no FatalError: an operator mends it in the engine, and then the service goes on.
    """


class Occupied(TransientError):
    """All connections that we allow ourselves are in use. It says nothing of the receiver."""


class PointInTimeEnded(TransientError):
    """The point in time that a search asked is not kept any more."""

    def __init__(self) -> None:
        super().__init__("the point in time of this search has ended: begin the search again")


class FatalError(ReportedlyError):
    """An error that no retry mends. The message says in one line what to do; the exit code is 2."""


class ConfigError(FatalError):
    """A setting, file, or flag that can't be used as given."""
