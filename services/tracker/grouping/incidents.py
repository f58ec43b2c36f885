"""Incidents: the reports of one article, grouped by the incident that they bear."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.tracker.grouping.gist import Gist, gist_of
from services.tracker.grouping.rules import Rules
from services.tracker.reports.element import LATEST, Element


@dataclass(frozen=True, slots=True)
class Incident:
    """The reports of one article on one event, in order of time and text, and their gist."""

    members: tuple[Element, ...]
    gist: Gist

    @property
    def order(self) -> tuple[datetime, str]:
        """Its place in the canonical order: that of its first report."""
        return min(m.order for m in self.members)


def incidents(said: Iterable[Element], rules: Rules) -> list[Incident]:
    """Return the reports of one article by incident.

    A report without one, of an older version of the program, joins the latest that it fits.
    """
    found: list[Incident] = []
    for element in sorted(said, key=_order_in_article):
        gist = gist_of(element)
        if element.incident:
            i = _same(found, element)
        else:
            i = _latest_fitting(found, gist, rules)
        if i is None:
            found.append(Incident((element,), gist))
        else:
            found[i] = Incident((*found[i].members, element), found[i].gist.of_one(gist))
    return found


def _order_in_article(element: Element) -> tuple[datetime, tuple[int, int], str]:
    return (element.at or LATEST, element.report.sentence, element.report.report_id)


def _same(found: Sequence[Incident], element: Element) -> int | None:
    return next((i for i, f in enumerate(found) if f.members[0].incident == element.incident), None)


def _latest_fitting(found: list[Incident], gist: Gist, rules: Rules) -> int | None:
    for i in reversed(range(len(found))):
        if rules.can_be_one(found[i].gist, gist, of_one_article=True):
            return i
    return None
