"""A claim as a document that leaves the desk: Markdown to read, JSON to keep.

Words of articles are escaped, so that none of them is a heading, a link, or HTML.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from services.desk.articles import ArticleFact
from services.desk.claim import ClaimView
from services.desk.copies import Voice
from services.desk.dispute import Question
from services.desk.links import web_link
from services.desk.map import Place
from services.desk.timeline import Entry
from services.messages import Evidence
from services.text.clean import clean
from services.text.counts import counted
from services.text.happening import capital

FORMS = ("md", "json", "stix")
"""What a dossier may be."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~&:=@-])")
"""Characters that mean something to Markdown (CommonMark 0.31, 2.4), or make a link or an entity.
The full stop is not among them: at the beginning of a line stands always something of ours.
"""


_SUREST = 0.99


@dataclass(frozen=True, slots=True)
class Dossier:
    """A claim with its places, as it stood at `made_at`."""

    made_at: datetime
    claim: ClaimView
    places: tuple[Place, ...] = ()


def as_json(dossier: Dossier) -> dict[str, Any]:
    """Return a dossier as an object; times in RFC 3339."""
    found: dict[str, Any] = msgspec.to_builtins(dossier)
    return found


def as_markdown(dossier: Dossier) -> str:
    """Return a dossier as CommonMark."""
    claim = dossier.claim
    parts = [
        _head(dossier),
        _section("Why", _quotes(claim.shown_by)),
        _section("Answers", _answers(claim.questions)),
        _section("Places", (_place(place) for place in dossier.places)),
        _section("How it came about", _life(claim.timeline.entries, claim.timeline.gap)),
        _section(f"Voices: {claim.voices.summary}", _voices(claim)),
        _section("Judgements", (_judged(d.at, d.heading, d.why) for d in claim.decisions)),
        _section("Left out", (f"- {words(each)}" for each in claim.left_out)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def words(text: str | None) -> str:
    """Return text of strangers on one line, with which Markdown does nothing."""
    return _SPECIAL.sub(r"\\\1", " ".join(clean(text or "").split()))


def link(name: str, url: str) -> str:
    """Return a link, or the name alone if its address may be none."""
    to = web_link(url)
    return f"[{words(name)}](<{to}>)" if to else words(name)


def _head(dossier: Dossier) -> str:
    claim = dossier.claim
    facts = [
        f"**{claim.status_name}.** {words(claim.why)}".strip(),
        f"{capital(claim.voices.summary)}.",
    ]
    if claim.confidence is not None:
        # Nobody is sure of everything that was read, whatever a product of chances says.
        sure = round(min(claim.confidence, _SUREST) * 100)
        facts.append(f"{sure}% sure that it was read correctly.")
    if claim.merged_into:
        facts.append(f"It is part of another claim now: {words(claim.merged_into)}.")
    dates = f"First reported {_when(claim.opened_at)}, last {_when(claim.updated_at)}."
    made = f"Claim {words(claim.claim_id)}, as it stood {_when(dossier.made_at)}."
    return "\n\n".join([f"# {words(claim.sentence)}", " ".join(facts), dates, made])


def _section(title: str, rows: Iterable[str]) -> str:
    found = list(rows)
    return "\n".join([f"## {title}", "", *found]) if found else ""


def _quotes(evidence: Iterable[Evidence], indent: str = "") -> Iterator[str]:
    for said in evidence:
        yield f"{indent}- “{words(said.quote)}”"
        yield f"{indent}  {_source(said)}"


def _source(said: Evidence) -> str:
    outlet = link(said.outlet or "an unknown outlet", said.url or "")
    named = f"{words(said.speaker)} in {outlet}" if said.speaker else outlet
    return f"{named}, {_when(said.at)}"


def _answers(questions: Iterable[Question]) -> Iterator[str]:
    for question in questions:
        disputed = " (disputed)" if question.is_disputed else ""
        summary = f": {words(question.summary)}" if question.summary else ""
        yield f"- **{words(question.asked)}**{disputed}{summary}"
        for answer in question.answers:
            yield f"  - {words(answer.label)}: {words(answer.speakers)}"
            yield from _quotes(answer.quotes, "    ")
        if question.left_out:
            yield f"  - {counted(question.left_out, 'more answer')}"


def _life(entries: Iterable[Entry], gap: int) -> Iterator[str]:
    for entry in entries:
        why = f" {words(entry.why)}" if entry.why else ""
        yield f"- {_when(entry.at)}: **{words(entry.heading)}**{why}"
        yield from _quotes(entry.quotes, "  ")
        changes = entry.article.changes if entry.kind == "edit" and entry.article else ()
        for change in changes:
            yield f"  - taken out “{words(change.out)}”, put in “{words(change.put)}”"
    if gap:
        yield f"- {counted(gap, 'more entry', 'more entries')} in the middle"


def _voices(claim: ClaimView) -> Iterator[str]:
    for voice in claim.voices.shown:
        yield f"- **{words(voice.name)}** ({words(voice.kind)}), {counted(voice.n, 'article')}"
        yield from (f"  - {_article(article)}" for article in _members(voice))
        if voice.left_out:
            yield f"  - {counted(voice.left_out, 'more article')}"
    if claim.voices.left_out:
        yield f"- {counted(claim.voices.left_out, 'more source')}"


def _members(voice: Voice) -> Iterator[ArticleFact]:
    if voice.first is not None:
        yield voice.first
    yield from voice.copies
    if voice.last is not None:
        yield voice.last


def _article(article: ArticleFact) -> str:
    outlet = f", {words(article.outlet)}" if article.outlet else ""
    return f"{link(article.name, article.url)}{outlet}, {_when(article.at)}"


def _place(place: Place) -> str:
    kind = f" ({place.precision})" if place.precision else ""
    return (
        f"- {words(place.name)}{kind}: {place.lat:.3f}, {place.lon:.3f}, "
        f"{counted(place.reports, 'report')}"
    )


def _judged(at: datetime, heading: str, why: str) -> str:
    return f"- {_when(at)}: {words(heading)}: {words(why)}"


def _when(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "at an unknown time"
