"""The alerts of `bench/deliver.py`: one watch a destination, each alert in ten revisions.

A revision's sentence holds its own mark (`a17r4`), so whoever reads a message knows how new it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.messages import Alert, ChangeKind, Channel, Evidence, Revision, Told, Wording

KINDS: tuple[ChangeKind, ...] = (
    "first", "independent", "count", "status", "independent", "denied", "independent", "status",
    "count", "corrected",
)  # fmt: skip
"""Of the revisions of each alert. All are wanted."""

RINGING = frozenset({"first", "status", "denied", "corrected"})
CORRECTING = frozenset({"denied", "corrected"})

_MARK = re.compile(r"\ba(\d+)r(\d+)\b")


@dataclass
class Story:
    """An alert that grows. `number` is that of its last revision."""

    index: int
    to: str
    revisions: list[Revision] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.revisions)

    @property
    def alert_id(self) -> str:
        return f"alert-{self.index}"

    @property
    def watch_id(self) -> str:
        return f"watch-{self.to.replace(':', '-').replace('/', '-')[:40]}"

    def grown(self) -> Alert:
        """Return the alert with one revision more."""
        number = self.number + 1
        kind = KINDS[(number - 1) % len(KINDS)]
        change = f"Change {number}: {kind}" if number > 1 else ""
        core = f"Something happened in Meris, as a{self.index}r{number} has it"
        now = datetime.now(UTC)
        self.revisions.append(
            Revision(
                id=f"{self.alert_id}-{number}",
                number=number,
                kind=kind,
                corrects=kind in CORRECTING,
                text=f"{change}: {core}" if change else core,
                at=now,
                evidence=(_said(number),),
                told=Told(event="killed", status="reported", n_reports=number, n_independent=1),
                wording=Wording(change=change, core=core),
            )
        )
        return Alert(
            alert_id=self.alert_id,
            watch_id=self.watch_id,
            watch_version=1,
            watch_name="Meris",
            revisions=tuple(self.revisions),
            channels=(Channel(to=self.to, when=tuple(dict.fromkeys(KINDS))),),
            version=number,
        )


def marks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the alerts that a text is about, and the newest revision that it holds of each."""
    newest: dict[int, int] = {}
    for index, number in _MARK.findall(text):
        newest[int(index)] = max(int(number), newest.get(int(index), 0))
    yield from newest.items()


def _said(number: int) -> Evidence:
    quote = f"Police said for the {number}. time that something happened in the market of Meris."
    return Evidence(
        article_id=f"article-{number}",
        version=1,
        quote=quote,
        mark=(quote.index("happened"), quote.index("happened") + 8),
        speaker="police",
        outlet="Coast Post",
        url=f"https://coast-post.example/meris/{number}",
    )
