"""The life of a claim, each thing once: steps of its status, new voices, edits, and judgements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from services.desk.articles import ArticleFact
from services.desk.copies import Voice
from services.desk.naming import quotes_of_step, sentences_of
from services.desk.verdicts import in_words
from services.desk.words import STATUS_NAMES
from services.messages import Claim, Evidence, Judgement, Transition, Verdict
from services.text.counts import counted
from services.text.names import fold
from services.text.rule_names import rule_name

EntryKind = Literal["status", "report", "edit", "withdrawn", "judgement"]

MOST_ENTRIES = 40
"""Entries that are shown: the first `FIRST_ENTRIES` and the last ones, and each step of the status
among the last `MOST_STEPS`. A guess: three screens.
"""

FIRST_ENTRIES = 10
"""Entries from the beginning: how it became known."""

MOST_STEPS = 15
"""Steps of the status that are shown though entries around them are not."""

WHY: dict[str, str] = {
    "level/affected-side-or-authority": "The affected side, or a competent authority, confirms it.",
    "level/independent-origins": "Two or more independent sources say so.",
    "level/named-party": "A named party says so; nobody else confirms it.",
    "level/reported": "It is reported; nobody who could know has confirmed it.",
    "status/nothing-left": "No article reports it any more.",
    "status/only-denials": "Only denials are left.",
    "status/origins-contradict": "Some sources say that it happened, others that it did not.",
    "judgement/dismissed": "An analyst dismissed it.",
    "verdict/no-event": "The desk found that there is no such event.",
    "verdict/old": "The desk found that it is old.",
    "verdict/denied": "The desk found that the article denies it.",
    "verdict/copy": "The desk found that an article copies another one.",
    "verdict/who": "The desk found that the wrong one is named.",
    "verdict/where": "The desk found that the place is wrong.",
    "verdict/number": "The desk found that the number is wrong.",
}
"""Rule, without its version, to the reason in words."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to a claim.

    - `status`: what it became, of a step. `why`: the reason, in words of ours or an analyst's.
    - `quotes`: the sentences that it rests on. `article`: the one that it is about.
    - `copies`: further articles of the same voice.
    """

    kind: EntryKind
    at: datetime | None
    heading: str
    status: str = ""
    why: str = ""
    quotes: tuple[Evidence, ...] = ()
    article: ArticleFact | None = None
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries, oldest first. `gap`: how many are left out behind the first `gap_after` shown."""

    entries: tuple[Entry, ...]
    gap: int = 0
    gap_after: int = 0


def timeline_of(
    claim: Claim, articles: Mapping[str, ArticleFact], voices: Sequence[Voice]
) -> Timeline:
    """Return the life of a claim."""
    steps = list(_steps(claim, articles))
    told_of = {step.article_id for step in claim.history if step.article_id}
    others = [*_reports(claim, voices, told_of), *_edits(articles.values()), *_judgements(claim)]
    # Articles in the middle of a large claim are not looked up: nobody knows their time.
    known = [entry for entry in others if entry.at is not None or entry.kind != "report"]
    # A step and what caused it have one time: the step comes first, as it has the sentence.
    told = sorted([*steps, *known], key=lambda entry: entry.at or _LONG_AGO)
    return _bounded(_once(told), len(others) - len(known))


def reason(step: Transition) -> str:
    """Return why a step was taken, in words."""
    return WHY.get(rule_name(step.rule), "")


def decided(judgement: Judgement) -> str:
    """Return what an analyst decided: "mara split 2 articles off"."""
    done = {
        "split": f"split {counted(len(judgement.articles), 'article')} off",
        "merge": "merged another claim into it",
        "dismiss": "dismissed it",
        "note": "noted",
        "undo": "took a judgement back",
    }
    return f"{judgement.by} {done[judgement.kind]}"


def called(verdict: Verdict) -> str:
    """Return what the desk called a claim: "amira called it wrong: no such event"."""
    return f"{verdict.by} called it {in_words(verdict)}"


def _steps(claim: Claim, articles: Mapping[str, ArticleFact]) -> Iterator[Entry]:
    causes = {one.judgement_id: (decided(one), one.why) for one in claim.judgements}
    causes |= {one.verdict_id: (called(one), one.note) for one in claim.verdicts}
    for n, step in enumerate(claim.history):
        by_desk, why = causes.get(step.report_id, ("", ""))
        name = STATUS_NAMES.get(step.to, step.to)
        heading = f"First {name.lower()}" if n == 0 else f"Now {name.lower()}"
        yield Entry(
            kind="status",
            at=step.at,
            heading=f"{name}: {by_desk}" if by_desk else heading,
            status=step.to,
            why=why if by_desk else reason(step),
            quotes=quotes_of_step(step),
            article=articles.get(step.article_id or ""),
        )


def _reports(claim: Claim, voices: Iterable[Voice], told: set[str]) -> Iterator[Entry]:
    """Yield the first article of each voice, unless a step of the status told of it already."""
    said = {each.article_id: each for each in reversed([*sentences_of(claim)])}
    for voice in voices:
        first = voice.first
        if first is None or first.article_id in told:
            continue
        quote = said.get(first.article_id)
        yield Entry(
            kind="report",
            at=first.at or (quote.at if quote else None),
            heading=_new_voice(voice, first),
            quotes=(quote,) if quote else (),
            article=first,
            copies=voice.n - 1,
        )


def _new_voice(voice: Voice, article: ArticleFact) -> str:
    outlet = article.outlet or "An outlet"
    if not voice.is_counted:
        return f"{outlet} reports it, and names no source"
    if fold(voice.name) in fold(article.outlet):
        return f"{outlet} reports it"
    return f"{outlet} reports it, from {voice.name}"


def _edits(articles: Iterable[ArticleFact]) -> Iterator[Entry]:
    for article in articles:
        outlet = article.outlet or "An outlet"
        if article.withdrawn:
            heading = f"{outlet} took its article back"
            at = article.edited_at or article.at
            yield Entry("withdrawn", at, heading, why=article.withdrawn, article=article)
        elif article.changes:
            heading = f"{outlet} changed its article"
            yield Entry("edit", article.edited_at or article.at, heading, article=article)


def _judgements(claim: Claim) -> Iterator[Entry]:
    """Yield what the desk decided; a step tells of the dismissal that it shows."""
    shown = {step.report_id for step in claim.history}
    for judgement in claim.judgements:
        if judgement.judgement_id not in shown:
            yield Entry("judgement", judgement.at, decided(judgement), why=judgement.why)
    for verdict in claim.verdicts:
        if verdict.verdict_id not in shown:
            yield Entry("judgement", verdict.at, called(verdict), why=verdict.note)


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in which each sentence of an article is quoted once, where it comes first."""
    seen: set[tuple[str, str]] = set()
    told: list[Entry] = []
    for entry in entries:
        new = tuple(q for q in entry.quotes if (q.article_id, q.quote) not in seen)
        seen |= {(q.article_id, q.quote) for q in new}
        told.append(replace(entry, quotes=new))
    return told


def _bounded(entries: Sequence[Entry], n_unknown: int) -> Timeline:
    """Return the first and last entries, and the last steps of the status between them."""
    if len(entries) <= MOST_ENTRIES:
        return Timeline(tuple(entries), n_unknown, min(len(entries) - 1, FIRST_ENTRIES))
    first, rest = entries[:FIRST_ENTRIES], entries[FIRST_ENTRIES:]
    steps = [entry for entry in rest if entry.kind == "status"][-MOST_STEPS:]
    room = MOST_ENTRIES - len(first) - len(steps)
    others = [entry for entry in rest if entry.kind != "status"][-room:]
    kept = {id(entry) for entry in (*steps, *others)}
    shown = (*first, *(entry for entry in rest if id(entry) in kept))
    return Timeline(shown, gap=len(entries) - len(shown) + n_unknown, gap_after=len(first))
