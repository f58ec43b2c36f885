"""The last word of an article on an incident: what all its reports together make of it.

Each source has a commitment of its own (FactBank's nested sources, Saurí and Pustejovsky 2009):

    who is said to have done it denies it ─► only the agent is in doubt, and the event stands
    one party says so, another denies it ─► disputed
    a party takes its own word back, he lives and says so ─► denied
    a source answers for a detail alone ─► the article itself asserts the event
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from services.messages import COUNTED_STANCES, IncidentStance, Mention, Report, Stance
from services.tagger.discourse.arguments import fillers, identity, known
from services.tagger.incidents.view import ArticleView

_CERTAINTY: tuple[IncidentStance, ...] = ("confirmed", "claimed", "reported", "asserted")
_PASSED_ON: frozenset[Stance] = frozenset({"reported", "claimed"})
_LEAST_PASSED_ON = Fraction(1, 3)
"""Share of an incident's reports from which its sources answer for all of it.

Set by hand: from a quarter to two fifths, more stances are right on articles in which a reader
wrote them down; with a half, an incident with an attribution in every other sentence is asserted.
"""


def last_word(members: Sequence[Report], view: ArticleView) -> IncidentStance:
    """Return what an article says of an incident in the end; `members`: its reports in order."""
    said = [r for r in members if r.stance in COUNTED_STANCES]
    said = _without_denials_by_doers(said, view.mentions)
    stances = [r.stance for r in said]
    if not stances:
        return "asserted"
    if "denied" not in stances:
        return _surest(said, view)
    if _are_two_sides(said, view.mentions):
        return "disputed"
    if _is_outvoted(said):
        return "asserted"
    return "denied" if "denied" in (stances[-1], stances[0]) else "disputed"


def _surest(said: Sequence[Report], view: ArticleView) -> IncidentStance:
    """Return the surest stance of reports that deny nothing.

    Titles leave sources out. One that a title names, or the first sentence of the body, answers
    for the whole incident; that of a few later reports only for the detail that they add.
    """
    body = [r for r in said if not view.is_title(r)]
    opening = [r for r in said if view.is_title(r) or r.sentence == body[0].sentence]
    n_passed_on = sum(r.stance in _PASSED_ON for r in body)
    is_of_a_detail = n_passed_on < _LEAST_PASSED_ON * len(body) and all(
        r.stance not in _PASSED_ON for r in opening
    )
    left_out = _PASSED_ON if is_of_a_detail else frozenset[Stance]()
    return next(s for s in _CERTAINTY if s in {r.stance for r in said} - left_out)


def _without_denials_by_doers(
    said: Sequence[Report], mentions: Mapping[str, Mention]
) -> list[Report]:
    """Return the reports without denials of a deed by its doer, where others tell of the event."""
    doers = set(map(identity, fillers(said, "agent", mentions)))
    told_by_others = [
        r for r in said if r.stance != "denied" and not (_speakers(r, mentions) & doers)
    ]
    if not told_by_others:
        return list(said)
    return [r for r in said if r.stance != "denied" or not _speakers(r, mentions) & doers]


def _are_two_sides(said: Sequence[Report], mentions: Mapping[str, Mention]) -> bool:
    """True if one party says that it happened, and another, who did not undergo it, denies it."""
    victims = set(map(identity, fillers(said, "patient", mentions)))
    denying = {k for r in said if r.stance == "denied" for k in _speakers(r, mentions)} - victims
    saying = {
        k for r in said if r.stance in ("claimed", "confirmed") for k in _speakers(r, mentions)
    }
    return bool(denying) and bool(saying - denying)


def _is_outvoted(said: Sequence[Report]) -> bool:
    """True if an article itself asserts it at first and at last, and no source denies it."""
    own = said[0].stance == said[-1].stance == "asserted"
    return own and not any(r.attribution for r in said if r.stance == "denied")


def _speakers(report: Report, mentions: Mapping[str, Mention]) -> set[str]:
    ids = [said.mention for said in report.attribution if said.mention is not None]
    return set(map(identity, known(ids, mentions)))
