"""A made-up stream of tagged articles for bench/state.py: events in places, told for hours."""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.messages import Count, Incident, IncidentStance, Mention, Report, TaggedArticle
from services.text.sketch import sketch

START = datetime(2031, 5, 2, tzinfo=UTC)

PLACES = 3_000
"""Places that things happen in, again and again."""

TOLD_BY = 4
"""Articles of one event on average: most have one, a few have dozens."""

SHARE_OF_EVENTS = 0.5
"""Share of articles that tell of an event; the others pass without a report."""

STANCES: tuple[IncidentStance, ...] = ("reported", "asserted", "claimed", "reported", "confirmed")


@dataclass(frozen=True)
class Event:
    """A made-up event: its block, who it befell, how many articles are left, and since when."""

    number: int
    block: str
    person: str
    place: str
    until: datetime


class Stream:
    """Articles in order of time. The same arguments give the same articles."""

    def __init__(self, a_day: int, hits_a_day: int, seed: int = 5) -> None:
        self._chance = random.Random(seed)
        self._a_day, self._hit = a_day, min(1.0, hits_a_day / a_day)
        self._events: list[Event] = []
        self._n = 0

    def day(self, number: int) -> Iterator[TaggedArticle]:
        for i in range(self._a_day):
            at = START + timedelta(days=number, seconds=86_400 * i / self._a_day)
            yield self._article(at)

    def _article(self, at: datetime) -> TaggedArticle:
        chance, self._n = self._chance, self._n + 1
        filler = " ".join(f"w{chance.randint(0, 20_000)}" for _ in range(110))
        how = "broadly" if chance.random() < self._hit else "reportedly"
        event = self._event(at) if chance.random() < SHARE_OF_EVENTS else None
        lead, n = f"This was {how} so.", chance.randint(3, 6)
        if event:
            lead = f"{event.person} and {n} others were killed in {event.place}, {how}."
        text = f"Title of {self._n}\n\n{lead} {filler}."
        found = _told(f"a{self._n}", text, event, n, chance) if event else {}
        return TaggedArticle(
            article_id=f"{self._n:020x}",
            version=1,
            outlet=f"outlet {chance.randint(0, 500)}",
            url=f"https://outlet.example/news/2031/05/{self._n}-title-of-an-article",
            published_at=at,
            first_seen_at=at,
            seen_at=at,
            last_poll_at=at - timedelta(minutes=1),
            text=text,
            title_end=text.find("\n\n"),
            sketch=sketch(text),
            **found,
        )

    def _event(self, at: datetime) -> Event:
        chance = self._chance
        if self._events and chance.random() > 1 / TOLD_BY:
            i = chance.randrange(len(self._events))
            if self._events[i].until > at:
                return self._events[i]
            self._events[i] = self._events[-1]
            self._events.pop()
        place, person = f"Place {chance.randrange(PLACES)}", f"Person {self._n}"
        is_named = chance.random() < 0.3
        key = f"person-{self._n}" if is_named else place.lower().replace(" ", "-")
        until = at + timedelta(hours=chance.expovariate(1 / 12))
        event = Event(self._n, f"violence:{key}", person, place, until)
        self._events.append(event)
        return event


def _told(
    article_id: str, text: str, event: Event, n: int, chance: random.Random
) -> dict[str, Any]:
    """Return mentions, reports, and incidents of an article that tells of an event."""
    person = _mention("m1", text, event.person, "person", event.person.lower().replace(" ", "-"))
    place = _mention("m2", text, event.place, "place", event.place.lower().replace(" ", "-"))
    start = text.find("\n\n") + 2
    sentence, at = (start, text.find(".", start) + 1), text.find("killed")
    count = Count(of="killed", min=n, max=n, span=(start, start + 1))
    stance = chance.choice(STANCES)
    shared: dict[str, Any] = {
        "patient": ("m1",),
        "place": ("m2",),
        "counts": (count,),
        "stance": stance,
        "claim_block": event.block,
    }
    report = Report(
        report_id=f"{article_id}r",
        event="killed",
        plover="ASSAULT",
        trigger=(at, at + 6),
        sentence=sentence,
        sentence_index=1,
        rule="event/kill@1",
        **shared,
    )
    incident = Incident(
        incident_id=f"{article_id}i",
        main=True,
        events=("killed",),
        reports=(report.report_id,),
        time="news",
        quote=sentence,
        confidence=0.9,
        **shared,
    )
    return {"mentions": (person, place), "reports": (report,), "incidents": (incident,)}


def _mention(id: str, text: str, words: str, type: Any, key: str) -> Mention:
    at = text.find(words)
    return Mention(
        id=id,
        start=at,
        end=at + len(words),
        surface=words,
        label=words,
        type=type,
        key=key,
        rule="phrase/name@1",
    )
