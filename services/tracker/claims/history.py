"""The history of a claim in news time: a step for each change of its status."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby

import msgspec

from services.messages import ClaimReport, Evidence, OriginGroup, Transition
from services.tracker.claims.independence import (
    UNKNOWN,
    Voice,
    cited_outlet,
    group,
    origin_group,
    origin_key,
    publishers,
    strongest,
)
from services.tracker.claims.status import Standing, Tally, Word
from services.tracker.reports.element import LATEST, Element, articles_of, reports_of
from services.tracker.reports.evidence import evidence
from services.tracker.reports.sides import Side
from services.tracker.reports.speakers import Parties, claims, confirms, parties

MAX_STEPS = 200
"""Steps kept of a claim: half of them the first, half the last."""

VoiceName = tuple[str, bool]
"""Article id, and whether the voice denies the event: an article may have a voice on each side."""

_Change = tuple[datetime, bool, int]
"""Time, whether a report comes (else it is withdrawn), and the number of the report."""


@dataclass(frozen=True)
class Life:
    """The present standing of a claim, the origins that still speak, and the history.

    `origin_of` gives the number of the origin that each voice belongs to.
    """

    standing: Standing
    origins: tuple[OriginGroup, ...]
    history: tuple[Transition, ...]
    origin_of: Mapping[VoiceName, int]


@dataclass(frozen=True)
class _Origins:
    """The voices of each origin, whether its key is known, and the origin of each voice."""

    groups: Sequence[Mapping[VoiceName, Voice]]
    known: Sequence[bool]
    of: Mapping[VoiceName, int]


def life(members: Sequence[Element], sides: Sequence[Side]) -> Life:
    """Return the life of a claim whose reports come in canonical order, with the side of each.

    Parties and copies are taken as known from the start. Reports count from their own time.
    """
    outlets = publishers(articles_of(members))
    voices = _voices(members, sides, outlets)
    origins = _origins(voices)
    speaking = _Speaking(members, sides, origins, outlets)
    steps = speaking.steps()
    live = _live_voices(members, sides)
    present: list[OriginGroup] = []
    for voices_of_one in origins.groups:
        still = [voice for name, voice in voices_of_one.items() if name in live]
        if still:
            present.append(origin_group(still))
    return Life(speaking.tally.standing(), tuple(present), _kept(steps), origins.of)


def _origins(voices: Mapping[VoiceName, Voice]) -> _Origins:
    names = list(voices)
    groups, known = list[Mapping[VoiceName, Voice]](), list[bool]()
    origin_of: dict[VoiceName, int] = {}
    for number, indices in enumerate(group(list(voices.values()))):
        own = {names[i]: voices[names[i]] for i in indices}
        groups.append(own)
        known.append(any(voice.key[1] is not None for voice in own.values()))
        origin_of |= dict.fromkeys(own, number)
    return _Origins(groups, known, origin_of)


def _live_voices(members: Sequence[Element], sides: Sequence[Side]) -> set[VoiceName]:
    """Return the voices with a report that is not withdrawn."""
    live: set[VoiceName] = set()
    for member, side in zip(members, sides, strict=True):
        if member.live and side != "neither":
            live.add(_name(member, side))
    return live


def _name(member: Element, side: Side) -> VoiceName:
    return (member.article.article_id, side == "against")


class _Speaking:
    """The articles of a claim as they make and withdraw reports, and the tally of their words."""

    def __init__(
        self,
        members: Sequence[Element],
        sides: Sequence[Side],
        origins: _Origins,
        outlets: Mapping[str, str],
    ) -> None:
        self.tally = Tally()
        self._members, self._sides = members, sides
        self._origins, self._outlets = origins, outlets
        self._parties: Parties = parties(reports_of(members))
        self._present: dict[VoiceName, dict[int, Element]] = {}
        self._words: dict[VoiceName, Word] = {}

    def steps(self) -> list[Transition]:
        """Return a step for each time at which the status changes."""
        steps: list[Transition] = []
        for at, batch in groupby(self._changes(), key=lambda change: change[0]):
            changes = list(batch)
            self._apply(changes)
            now = self.tally.standing()
            if not steps or steps[-1].to != now.status:
                # The cause is the first report that came, else the first that was withdrawn.
                cause = self._members[max(changes, key=lambda c: (c[1], -c[2]))[2]]
                shown_by = self._shown_by(now)
                steps.append(_transition(at, steps[-1] if steps else None, now, cause, shown_by))
        if steps:
            # A sentence may be withdrawn while another one still shows the same status.
            last = self._shown_by(self.tally.standing())
            steps[-1] = msgspec.structs.replace(steps[-1], shown_by=last)
        return steps

    def _shown_by(self, standing: Standing) -> tuple[Evidence, ...]:
        """Return the sentences that show a status: one that confirms, or both of a dispute."""
        if standing.status not in ("confirmed", "disputed"):
            return ()
        is_confirmed = standing.level == "confirmed"
        found = [next(self._sentences(denies=False, confirms=is_confirmed))]
        if standing.status == "disputed":
            found.append(next(self._sentences(denies=True, confirms=False)))
        return tuple(evidence(member.article, member.report) for member in found)

    def _sentences(self, *, denies: bool, confirms: bool) -> Iterator[Element]:
        """Yield the reports in force of one side, the first ones first; or those that confirm."""
        for name, word in self._words.items():
            is_in_force = word.denies == denies == self.tally.denies(word.origin)
            if not is_in_force or (confirms and not word.confirms):
                continue
            for member in self._present[name].values():
                if not confirms or self._confirms(member.report):
                    yield member

    def _changes(self) -> list[_Change]:
        changes: list[_Change] = []
        for i, member in enumerate(self._members):
            if self._sides[i] != "neither":
                changes.append((member.at or LATEST, True, i))
                if not member.live:
                    changes.append((member.withdrawn_at or LATEST, False, i))
        return sorted(changes)

    def _apply(self, changes: Iterable[_Change]) -> None:
        touched: dict[VoiceName, None] = {}
        for _, comes, i in changes:
            name = _name(self._members[i], self._sides[i])
            touched[name] = None
            present = self._present.setdefault(name, {})
            if comes:
                present[i] = self._members[i]
            else:
                present.pop(i, None)
        # Denials last: an origin that says both at one time denies it.
        for name in sorted(touched, key=lambda n: (n[1], n[0])):
            self._update(name)

    def _update(self, name: VoiceName) -> None:
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

    def _word(self, name: VoiceName) -> Word | None:
        """Return the present word of a voice; None if all its reports are withdrawn."""
        reports = reports_of(self._present[name].values())
        if not reports:
            return None
        origin = self._origins.of[name]
        return Word(
            article_id=name[0],
            origin=origin,
            known=self._origins.known[origin],
            denies=name[1],
            confirms=any(map(self._confirms, reports)),
            claims=any(map(self._is_by_party, reports)),
        )

    def _confirms(self, report: ClaimReport) -> bool:
        return confirms(report, self._parties)

    def _is_by_party(self, report: ClaimReport) -> bool:
        """True if a named party says so; an outlet is no party."""
        if not claims(report):
            return False
        return not any(cited_outlet(speaker, self._outlets) for speaker in report.speakers)


def _voices(
    members: Sequence[Element], sides: Sequence[Side], outlets: Mapping[str, str]
) -> dict[VoiceName, Voice]:
    """Return all voices, withdrawn ones too, in canonical order of the first report of each."""
    found: dict[VoiceName, list[Element]] = {}
    for member, side in zip(members, sides, strict=True):
        if side != "neither":
            found.setdefault(_name(member, side), []).append(member)
    return {name: _voice(name, said, outlets) for name, said in found.items()}


def _voice(name: VoiceName, said: Sequence[Element], outlets: Mapping[str, str]) -> Voice:
    article = said[-1].article
    key = strongest(origin_key(article, member.report, outlets) for member in said)
    if any(member.repeats for member in said):
        key = UNKNOWN
    speakers = dict.fromkeys(chain.from_iterable(m.report.speakers for m in said))
    return Voice(article, name[1], key, tuple(speakers))


def _transition(
    at: datetime,
    before: Transition | None,
    now: Standing,
    cause: Element,
    shown_by: tuple[Evidence, ...],
) -> Transition:
    return Transition(
        at=None if at == LATEST else at,
        from_=before.to if before else None,
        to=now.status,
        report_id=cause.report.report_id,
        article_id=cause.article.article_id,
        evidence=evidence(cause.article, cause.report),
        shown_by=shown_by,
        rule=now.rule,
    )


def _kept(steps: Sequence[Transition]) -> tuple[Transition, ...]:
    half = MAX_STEPS // 2
    return tuple(steps) if len(steps) <= MAX_STEPS else (*steps[:half], *steps[-half:])
