"""Which side a report takes: that the event was, that it was not, or neither."""

from collections.abc import Sequence
from typing import Literal

from services.messages import Answer, ClaimReport
from services.tracker.reports.speakers import is_side_of, keys
from services.tracker.reports.words import lists

Side = Literal["for", "against", "neither"]

_POSSESSIVES = ("its ", "their ", "his ", "her ", "our ")


def sides(reports: Sequence[ClaimReport]) -> list[Side]:
    """Return the side of each report of one claim, in order.

    Who is accused and denies it denies a part in the event, not the event; who could not confirm it says nothing. Where
    there is nothing else, both are taken at their word.
    """
    named = (a for r in reports if r.stance != "denied" for a in r.agent if not _by_itself(r))
    accused = list({(a.key, a.label, a.affiliation): a for a in named}.values())
    found = [_side(report, accused) for report in reports]
    return found if any(side != "neither" for side in found) else [_plain(report) for report in reports]


def denies_its_part(report: ClaimReport, accused: Sequence[Answer]) -> bool:
    """Tell whether a denial is of one's own part: the speaker is the agent denied, or accused by somebody else of the act."""
    if report.stance != "denied" or not report.speakers:
        return False
    if any(is_side_of(s, report.agent) for s in report.speakers) or _of_its_own_men(report):
        return True
    is_act = report.event in lists().acts or not any(p.named and p.type == "person" for p in report.patient)
    return is_act and any(is_side_of(s, accused) for s in report.speakers)


def _side(report: ClaimReport, accused: Sequence[Answer]) -> Side:
    return "neither" if "unverified" in report.cues or denies_its_part(report, accused) else _plain(report)


def _plain(report: ClaimReport) -> Side:
    return "against" if report.stance == "denied" else "for"


def _by_itself(report: ClaimReport) -> bool:
    """Tell whether a report names its own speaker as the one who did it."""
    acting = {key for a in report.agent for key in (a.key, *a.affiliation)}
    return any(keys(s) & acting for s in report.speakers)


def _of_its_own_men(report: ClaimReport) -> bool:
    return any(a.label.casefold().startswith(_POSSESSIVES) for a in report.agent)
