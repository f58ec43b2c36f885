"""A claim's life in news time: a step whenever what articles say, or take back, changes the status."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from services.messages import OriginGroup, Transition
from services.tracker.claims.independence import Voice, cited_outlet, group, origin_group, origin_key, publishers, strongest
from services.tracker.claims.status import Standing, Tally, Word
from services.tracker.reports.element import LATEST, Element
from services.tracker.reports.evidence import evidence
from services.tracker.reports.sides import Side
from services.tracker.reports.speakers import Parties, claims, confirms, parties

MAX_STEPS = 200
"""Steps kept of a claim: half of them the first, half the last."""

_Change = tuple[datetime, bool, int]
"""When, whether the report enters, and which one it is."""


@dataclass(frozen=True)
class Life:
    """Where a claim stands, by which origins (those that still speak), and how it came there."""

    standing: Standing
    origins: tuple[OriginGroup, ...]
    history: tuple[Transition, ...]
    origin_of: Mapping[tuple[str, bool], int]
    """(article, denies) → number of the origin that it speaks for."""


def life(members: Sequence[Element], sides: Sequence[Side]) -> Life:
    """Return the life of a claim whose reports come in canonical order, with the side of each.

    What is known today of parties and copies is held to be true from the start; who said what is taken as it came.
    """
    outlets = publishers(m.article for m in members)
    voices = _voices(members, sides, outlets)
    joined = group(list(voices.values()))
    names = list(voices)
    origin_of = {names[i]: number for number, indices in enumerate(joined) for i in indices}
    known = [any(voices[names[i]].key[1] is not None for i in indices) for indices in joined]
    speaking = _Speaking(members, sides, origin_of, known, outlets)
    steps = speaking.steps()
    live = {
        (m.article.article_id, side == "against") for m, side in zip(members, sides, strict=True) if m.live and side != "neither"
    }
    present = [[voices[names[i]] for i in indices if names[i] in live] for indices in joined]
    origins = tuple(origin_group(found) for found in present if found)
    return Life(speaking.tally.standing(), origins, _kept(steps), origin_of)


class _Speaking:
    """The articles of a claim as they speak and fall silent, and the tally of what they say."""

    def __init__(
        self,
        members: Sequence[Element],
        sides: Sequence[Side],
        origin_of: Mapping[tuple[str, bool], int],
        known: Sequence[bool],
        outlets: Mapping[str, str],
    ) -> None:
        self.tally = Tally()
        self._members, self._sides, self._origin_of, self._known, self._outlets = members, sides, origin_of, known, outlets
        self._parties: Parties = parties(m.report for m in members)
        self._present: dict[tuple[str, bool], dict[int, Element]] = {}
        self._words: dict[tuple[str, bool], Word] = {}

    def steps(self) -> list[Transition]:
        steps: list[Transition] = []
        for at, batch in groupby(self._changes(), key=lambda change: change[0]):
            changes = list(batch)
            self._apply(changes)
            now = self.tally.standing()
            if not steps or steps[-1].to != now.status:
                # The report that comes is the cause, where none comes the one that goes.
                cause = self._members[max(changes, key=lambda c: (c[1], -c[2]))[2]]
                steps.append(_transition(at, steps[-1] if steps else None, now, cause))
        return steps

    def _changes(self) -> list[_Change]:
        spoken = [i for i, side in enumerate(self._sides) if side != "neither"]
        enter = [(self._members[i].at or LATEST, True, i) for i in spoken]
        leave = [(self._members[i].withdrawn_at or LATEST, False, i) for i in spoken if not self._members[i].live]
        return sorted([*enter, *leave])

    def _apply(self, changes: Iterable[_Change]) -> None:
        touched: dict[tuple[str, bool], None] = {}
        for _, enters, i in changes:
            name = (self._members[i].article.article_id, self._sides[i] == "against")
            touched[name] = None
            present = self._present.setdefault(name, {})
            if enters:
                present[i] = self._members[i]
            else:
                present.pop(i, None)
        # Denials last: an origin that says both at one time denies it.
        for name in sorted(touched, key=lambda n: (n[1], n[0])):
            self._speak(name)

    def _speak(self, name: tuple[str, bool]) -> None:
        before, now = self._words.get(name), self._word(name)
        if before == now:
            return
        if before:
            self.tally.remove(before)
        if now:
            self.tally.add(now)
            self._words[name] = now
        else:
            del self._words[name]

    def _word(self, name: tuple[str, bool]) -> Word | None:
        reports = [element.report for element in self._present[name].values()]
        if not reports:
            return None
        origin = self._origin_of[name]
        cited = [any(cited_outlet(s, self._outlets) for s in r.speakers) for r in reports]
        return Word(
            article_id=name[0],
            origin=origin,
            known=self._known[origin],
            denies=name[1],
            confirms=any(confirms(r, self._parties) for r in reports),
            claims=any(claims(r) and not c for r, c in zip(reports, cited, strict=True)),
        )


def _voices(members: Sequence[Element], sides: Sequence[Side], outlets: Mapping[str, str]) -> dict[tuple[str, bool], Voice]:
    """Return what each article ever says for and against, in canonical order of its first such report."""
    found: dict[tuple[str, bool], list[Element]] = {}
    for member, side in zip(members, sides, strict=True):
        if side != "neither":
            found.setdefault((member.article.article_id, side == "against"), []).append(member)
    return {
        name: Voice(said[-1].article, name[1], strongest(origin_key(said[-1].article, m.report, outlets) for m in said))
        for name, said in found.items()
    }


def _transition(at: datetime, before: Transition | None, now: Standing, cause: Element) -> Transition:
    return Transition(
        at=None if at == LATEST else at,
        from_=before.to if before else None,
        to=now.status,
        report_id=cause.report.report_id,
        article_id=cause.article.article_id,
        evidence=evidence(cause.article, cause.report),
        rule=now.rule,
    )


def _kept(steps: Sequence[Transition]) -> tuple[Transition, ...]:
    half = MAX_STEPS // 2
    return tuple(steps) if len(steps) <= MAX_STEPS else (*steps[:half], *steps[-half:])
