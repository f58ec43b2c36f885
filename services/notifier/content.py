"""What a recipient is sent, as typed content. Each target renders it in the form of its service.

Nothing here is escaped: words of articles stand as they are, and a renderer makes them harmless.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.messages import Alert, ChangeKind, Revision

LetterKind = Literal[ChangeKind, "as-it-stands"]
"""`as-it-stands`: the first message of a channel that was added to an alert already told."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted sentence in three pieces; `marked` is the trigger's span. `at` is news time."""

    before: str
    marked: str
    after: str
    speaker: str = ""
    outlet: str = ""
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the API for one recipient, signed. "" where there is none.

    A GET of any of them shows a page and changes nothing.
    """

    acknowledge: str = ""
    snooze: str = ""
    unsubscribe: str = ""
    view: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One alert as it stands with one revision.

    - `key`: the same at every try, so that a receiver drops repeats.
    - `rings`: true if people should be disturbed: a first, a status, a denial, a correction.
    - `change`: the kind of change in front ("Now denied by the group"); "" with the first.
    - `sentence`: what is said to have happened, by whom, how sure.
    - `headline`: of the article that brings it; "" if the sentence is the headline.
    - `also`: the other incidents, each in words.
    - `voices`: "3 independent of 17 reports". `history`: a line for each earlier revision, oldest
      first.
    - `zone`: the IANA name of the zone in which the recipient reads times.
    """

    key: str
    alert: Alert
    revision: Revision
    kind: LetterKind
    rings: bool
    change: str
    sentence: str
    headline: str = ""
    also: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    voices: str = ""
    history: tuple[tuple[datetime | None, str], ...] = ()
    links: Links = Links()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Digest:
    """Several alerts of one watch in one message, the most urgent first.

    `left_out`: how many more there are, whose letters it does not hold.
    """

    key: str
    watch_id: str
    watch_name: str
    letters: tuple[Letter, ...]
    links: Links = Links()
    zone: str = "UTC"
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the system itself: a test, a target given up, the daily "watching".

    - `command`: a line of a shell, behind the others, shown as it is: it can be copied.
    - `at`: when what it tells happened; None: when it is sent.
    """

    key: str
    subject: str
    lines: tuple[str, ...]
    links: Links = Links()
    command: str = ""
    at: datetime | None = None


Content = Letter | Digest | Notice
