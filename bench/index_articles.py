"""Made-up tagged articles of 3 KB for bench/index.py, made by seed."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from services.messages import Count, EventDate, Incident, Mention, Report, Span, TaggedArticle
from services.text.sketch import sketch

START = datetime(2031, 5, 2, tzinfo=UTC)
LETTERS = 3_000
"""Characters of an article."""
MENTIONS, REPORTS, INCIDENTS = 30, 4, 2
"""Found in an article. An article of agencies has about as many; a live blog has more."""
SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "ar", "en", "ost")]
TYPOGRAPHIC = 0.5
"""Share of articles with curly quotation marks and accents, which most agencies set."""


class Writer:
    """Writes articles. The same seed gives the same ones."""

    def __init__(self, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        # Words are as unequal as in a language: the n-th is used as often as 1/n.
        self._words = ["".join(self._chance.choices(SYLLABLES, k=n % 3 + 1)) for n in range(30_000)]
        self._weights = list(accumulate(1 / (n + 10) for n in range(len(self._words))))

    def articles(self, n: int) -> Iterator[TaggedArticle]:
        for number in range(n):
            yield self._article(f"a{number:08}", START + timedelta(seconds=number))

    def _article(self, id: str, at: datetime) -> TaggedArticle:
        title = self._sentence(9).rstrip(".")
        sentences, text = list[Span](), title + "\n\n"
        while len(text) < LETTERS:
            sentence = self._sentence(22)
            sentences.append((len(text), len(text) + len(sentence)))
            text += sentence + (" " if len(sentences) % 4 else "\n\n")
        if self._chance.random() < TYPOGRAPHIC:
            text = text.replace("'", "’").replace("are ", "aré ", 9)
        mentions = tuple(self._mentions(text))
        reports = tuple(self._report(f"{id}-r{n}", sentences, mentions) for n in range(REPORTS))
        return TaggedArticle(
            article_id=id,
            version=int(at.timestamp() * 1000),
            url=f"https://post.example/{at:%Y/%m/%d}/{id}",
            url_key=f"post.example/{id}",
            feed_id=f"feed-{self._chance.randint(0, 999)}",
            outlet=f"Outlet {self._chance.randint(0, 300)}",
            published_at=at,
            first_seen_at=at,
            seen_at=at,
            tagged_at=at,
            language="en",
            text=text,
            title_end=len(title),
            sketch=sketch(text[:200]),
            mentions=mentions,
            reports=reports,
            incidents=tuple(self._incidents(id, reports)),
        )

    def _sentence(self, n: int) -> str:
        words = self._chance.choices(self._words, cum_weights=self._weights, k=n)
        words[n // 2] += "'s"
        return " ".join(words).capitalize() + "."

    def _mentions(self, text: str) -> Iterator[Mention]:
        for n in range(MENTIONS):
            start = self._chance.randrange(len(text) - 20)
            surface = text[start : start + 12]
            is_place = n % 3 == 0
            where: dict[str, Any] = (
                {"lat": 12.5, "lon": 41.25, "precision": "town", "within": ("vale",)}
                if is_place
                else {}
            )
            yield Mention(
                id=f"m{n}",
                start=start,
                end=start + 12,
                surface=surface,
                label=surface,
                type="place" if is_place else "person",
                key=surface.lower(),
                rule="names/person@1",
                **where,
            )

    def _report(self, id: str, sentences: list[Span], mentions: tuple[Mention, ...]) -> Report:
        at = self._chance.randrange(len(sentences))
        return Report(
            report_id=id,
            event="killed",
            plover="ASSAULT",
            trigger=(sentences[at][0], sentences[at][0] + 4),
            sentence=sentences[at],
            sentence_index=at,
            patient=(mentions[1].id,),
            agent=(mentions[2].id,),
            place=(mentions[0].id,),
            counts=(Count(of="killed", min=2, max=2, span=sentences[at]),),
            stance="reported",
            claim_block=f"violence:{mentions[1].key}",
            rule="event/kill@1",
        )

    def _incidents(self, id: str, reports: tuple[Report, ...]) -> Iterator[Incident]:
        for n in range(INCIDENTS):
            told_by = reports[n::INCIDENTS]
            yield Incident(
                incident_id=f"{id}-i{n}",
                claim_block=told_by[0].claim_block,
                main=n == 0,
                events=("killed", "bombing"),
                reports=tuple(report.report_id for report in told_by),
                patient=told_by[0].patient,
                agent=told_by[0].agent,
                place=told_by[0].place,
                counts=told_by[0].counts,
                date=EventDate(from_="2031-05-02", to="2031-05-02", basis="on friday"),
                time="news",
                stance="reported",
                quote=told_by[0].sentence,
                confidence=0.8,
            )
