"""Errors are routing verdicts: what is caught says what happens to the message.

ReportedlyError
├── InvalidMessage    dead letter with the reason, never retried; the stream goes on
│   └── Unwritable    the same, for a message that was made and can't be written
├── TransientError    back off and retry, the offset stays
└── FatalError        exit code 2: wrong configuration, or a state no retry can mend
    └── ConfigError
"""


class ReportedlyError(Exception):
    """Base of every error that this project raises on purpose."""


class InvalidMessage(ReportedlyError):
    """A message that no retry can make readable.

    `reason` is a short stable code (`not-json`, `wrong-schema`, `too-large` …) that a dead letter is filed under;
    `detail` is the sentence for a person.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["InvalidMessage"], tuple[str, str]]:
        """Exceptions are rebuilt from `args` by default, which hold one text here; this one crosses processes."""
        return type(self), (self.reason, self.detail)


class Unwritable(InvalidMessage):
    """A message that a stage made and that can't be written: too large, or of values that nobody could read.

    The input that led to it becomes a dead letter. What a machine holds in memory by then may be ahead of its topics, so a
    loop with state loads it again.
    """


class TransientError(ReportedlyError):
    """The world said no for now: a broker, an index, or a host that may answer later."""


class FatalError(ReportedlyError):
    """Nothing to retry: tell what to do in one line and leave with exit code 2."""


class ConfigError(FatalError):
    """A setting, file, or flag that can't be used as given."""
