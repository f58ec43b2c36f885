"""The clock of an article: what its sentences say of the time of their events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.messages import Span
from services.tagger.events.found import Found
from services.tagger.parse.sentence import Parsed
from services.tagger.timing.reading import Moment, is_several, read_moment
from services.tagger.timing.scope import Timeline
from services.tagger.values.dates import latest_day

Moments = Mapping[tuple[Span, str], Moment]
"""What the sentences say of the time of their reports, by trigger and event type."""


@dataclass
class Clock:
    """Reads the moments of an article's events, sentence by sentence, and keeps them.

    `published`: the day that "today" means; None if it is not known. `written`: a day on which the
    article was not yet written, or its day. `seen`: the day by which it was written. `opening`: the
    number of the sentence that opens the body.
    """

    published: date | None
    written: date | None
    seen: date
    opening: int
    moments: dict[tuple[Span, str], Moment] = field(default_factory=dict)

    @classmethod
    def of(cls, published: date | None, seen: date, text: str, *, has_title: bool) -> "Clock":
        return cls(published, published or latest_day(text), published or seen, int(has_title))

    def read(self, sentence: Parsed, dated: str, events: Sequence[Found]) -> None:
        """Read a sentence with its events; `dated`: its text without what is no date in it."""
        triggers = {event.trigger.i for event in events}
        timeline = Timeline(sentence.doc, dated, triggers, self.written, self.seen)
        is_lead = sentence.index <= self.opening
        for event in events:
            several = is_several(event.trigger, [count.min for count in event.counts])
            moment = read_moment(event.trigger, timeline, several=several, is_lead=is_lead)
            self.moments[_key(event, sentence)] = moment

    def moment(self, event: Found, sentence: Parsed) -> Moment:
        """Return the moment of an event of a sentence that has been read."""
        return self.moments[_key(event, sentence)]


def _key(event: Found, sentence: Parsed) -> tuple[Span, str]:
    start = sentence.span[0] + event.trigger.idx
    return (start, start + len(event.trigger)), event.type.event
