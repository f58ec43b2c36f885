"""A claim's level and status from the voices for and against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.messages import ClaimReport, Level, OriginGroup, Status
from services.tracker.independence import Voice, group, origin_group


@dataclass(frozen=True)
class Standing:
    """What a set of voices amounts to."""

    level: Level | None
    status: Status
    origins: tuple[OriginGroup, ...]
    n_independent: int
    rule: str


def standing(voices: Sequence[Voice]) -> Standing:
    """Return level and status of the voices, given in canonical order (an origin's last word is its word).

    The rules are the table in docs/claims.md: nothing left is `retracted`, only denials `denied`, different origins for
    and against `disputed`, else the level.
    """
    groups = [[voices[i] for i in indices] for indices in group(voices)]
    for_it = [g for g in groups if not g[-1].denies]
    against = [g for g in groups if g[-1].denies]
    known = [g for g in for_it or against if origin_group(g).key is not None]
    origins = tuple(origin_group(g) for g in groups)
    if not groups:
        return Standing(None, "retracted", (), 0, "status/nothing-left@1")
    if not for_it:
        return Standing(None, "denied", origins, len(known), "status/only-denials@1")
    level, rule = _level([v for g in for_it for v in g if not v.denies], len(known))
    if against:
        return Standing(level, "disputed", origins, len(known), "status/origins-contradict@1")
    return Standing(level, level, origins, len(known), rule)


def _level(voices: Sequence[Voice], n_independent: int) -> tuple[Level, str]:
    reports = [report for voice in voices for report in voice.reports]
    agents = _keys_of(reports, "agent")
    affected = _keys_of(reports, "patient") - agents
    if any(_confirms(report, affected, agents) for report in reports):
        return "confirmed", "level/affected-side-or-authority@1"
    if n_independent >= 2 and len({voice.article.article_id for voice in voices}) >= 2:
        return "corroborated", "level/independent-origins@1"
    if any(report.stance in ("claimed", "confirmed") for report in reports):
        return "claimed", "level/named-party@1"
    return "reported", "level/reported@1"


def _confirms(report: ClaimReport, affected: set[str], agents: set[str]) -> bool:
    """Tell whether the affected side, its kin, or an authority that is no party to the act says so."""
    if report.stance not in ("confirmed", "claimed", "asserted"):
        return False
    for speaker in report.speakers:
        sides = {key for key in (speaker.key, *speaker.affiliation) if key}
        if sides & affected:
            return True
        if speaker.kind == "official" and speaker.key and not sides & agents:
            return True
    return False


def _keys_of(reports: Sequence[ClaimReport], slot: str) -> set[str]:
    answers = [answer for report in reports for answer in getattr(report, slot)]
    return {key for answer in answers for key in (answer.key, *answer.affiliation)}
