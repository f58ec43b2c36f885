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

NAMED_BY = 0.3
"""Share of the articles of an event that name its victim: the others name the place alone.

The first are in the block of the victim, the others in that of the place, where they meet.
"""

OWN_WORDS = 8
"""Words by which the articles of an event tell it from others at its place."""

SHARE_OF_EVENTS = 0.5
"""Share of articles that tell of an event; the others pass without a report."""

STANCES: tuple[IncidentStance, ...] = ("reported", "asserted", "claimed", "reported", "confirmed")


@dataclass(frozen=True)
class Event:
    """A made-up event: whom it befell, how many, where; in which words it is told, until when."""

    person: str
    toll: int
    place: str
    words: str
    until: datetime


class Stream:
    """Articles in order of time. The same arguments give the same articles."""

    def __init__(self, a_day: int, hits_a_day: int, places: int = PLACES, seed: int = 5) -> None:
        self._chance, self._places = random.Random(seed), places
        self._a_day, self._hit = a_day, min(1.0, hits_a_day / a_day)
        self._events: list[Event] = []
        self._n = 0

    def day(self, number: int) -> Iterator[TaggedArticle]:
        for i in range(self._a_day):
            at = START + timedelta(days=number, seconds=86_400 * i / self._a_day)
            yield self._article(at)

    def _article(self, at: datetime) -> TaggedArticle:
        chance, self._n = self._chance, self._n + 1
        how = "broadly" if chance.random() < self._hit else "reportedly"
        event = self._event(at) if chance.random() < SHARE_OF_EVENTS else None
        lead, found = f"This was {how} so.", dict[str, Any]()
        title, filler = f"Title of {self._n}\n\n", self._words(110)
        if event:
            who = event.person if chance.random() < NAMED_BY else "Somebody"
            n = event.toll + chance.choice((0, 0, 0, 1))
            lead = f"{who} and {n} others were killed in {event.place}, {how}: {event.words}."
            found = _told(f"a{self._n}", f"{title}{lead}", event, n, chance)
        text = f"{title}{lead} {filler}."
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

    def _words(self, n: int) -> str:
        return " ".join(f"w{self._chance.randint(0, 20_000)}" for _ in range(n))

    def _event(self, at: datetime) -> Event:
        """Return an event that is still told, or a new one."""
        chance, events = self._chance, self._events
        if chance.random() > 1 / TOLD_BY:
            while events:
                i = chance.randrange(len(events))
                if events[i].until > at:
                    return events[i]
                events[i] = events[-1]
                events.pop()
        event = Event(
            person=f"Person {self._n}",
            toll=3 + int(chance.expovariate(1 / 8)),
            place=f"Place {chance.randrange(self._places)}",
            words=self._words(OWN_WORDS),
            until=at + timedelta(hours=chance.expovariate(1 / 12)),
        )
        events.append(event)
        return event


def _told(
    article_id: str, text: str, event: Event, n: int, chance: random.Random
) -> dict[str, Any]:
    """Return mentions, reports, and incidents of an article that tells of an event."""
    person, place = (
        _mention(id, text, words, type)
        for id, words, type in (("m1", event.person, "person"), ("m2", event.place, "place"))
    )
    is_named = person.start >= 0
    start = text.find("\n\n") + 2
    sentence, at = (start, len(text)), text.find("killed")
    count = Count(of="killed", min=n, max=n, span=(start, start + 1))
    stance = chance.choice(STANCES)
    shared: dict[str, Any] = {
        "patient": ("m1",) if is_named else (),
        "place": ("m2",),
        "counts": (count,),
        "stance": stance,
        "claim_block": f"violence:{(person if is_named else place).key}",
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
    mentions = (person, place) if is_named else (place,)
    return {"mentions": mentions, "reports": (report,), "incidents": (incident,)}


def _mention(id: str, text: str, words: str, type: Any) -> Mention:
    at = text.find(words)
    return Mention(
        id=id,
        start=at,
        end=at + len(words),
        surface=words,
        label=words,
        type=type,
        key=words.lower().replace(" ", "-"),
        rule="phrase/name@1",
    )
