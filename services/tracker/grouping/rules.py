"""The rules that exclude that two incidents are one event.

An incident joins the best claim that no rule excludes. No two incidents of a claim may exclude each
other (`exclusion.py`). A named person is killed once, so little else is asked about that. What else
befalls one may come again, and many things happen at one place or to one body: there something must
speak for one event.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from services.messages import ClaimReport
from services.tracker.grouping.exclusion import any_excluded
from services.tracker.grouping.gist import Gist
from services.tracker.grouping.marks import DAYS_WITHIN
from services.tracker.reports.words import lists

PERSON_WITHIN = timedelta(days=30)
"""News time since the last report of a claim beyond which a named person's event is another one.

A guess: news of a death is retold for weeks, and a false death is rare.
"""

PLACE_WITHIN = timedelta(days=10)
"""The same if the claim is about a place, a body, or a state. bench/grouping.py measures it."""

HINT_WITHIN = timedelta(days=3)
"""News time within which a common site or toll speaks for one event. A guess."""

ALIKE = 0.33
"""Share of the shorter wording's words that two must have in common.

bench/grouping.py measures it.
"""

COMMON_WORDS, COMMON_WORDS_ALONE, MANY_WORDS = 1, 2, 5
"""Words that two wordings must have in common at least: beside other evidence, where only words
count, and where claims of two blocks have no name in common. Guesses, tried on stories and ECB+.
"""

ANY = 0.0
"""The same share beside a common day: COMMON_WORDS are enough. Two attacks in one town on one day
are two events, if nothing but the day is common.
"""

HALF = 0.5
"""The same share as ALIKE where no name is common, as in a block without a principal. A guess."""

NO_PRINCIPAL = "?"
"""The principal of a block whose reports name nobody."""

_NEIGHBOURS = range(-DAYS_WITHIN, DAYS_WITHIN + 1)

_WIDE = frozenset({"state", "nationality", "group", "organisation"})
"""Types of principals to which many things happen at one time."""


def marks(block: str, report: ClaimReport) -> frozenset[str]:
    """Return the roles that the block's principal plays in a report.

    A role is a mention type, "victim" (a named person who is harmed), or "scene" (the place).
    """
    principal = principal_of(block)
    found: set[str] = set()
    for answer in (*report.patient, *report.agent, *report.place):
        if answer.key == principal:
            found.add(answer.type)
    for patient in report.patient:
        if patient.key == principal and patient.named and patient.type == "person":
            found.add("victim")
    if any(place.key == principal for place in report.place):
        found.add("scene")
    return frozenset(found)


def rules_for(block: str, marked: Collection[str]) -> "Rules":
    """Return the rules of a block by the roles of its principal in all reports.

    A principal that is also a scene is no victim: it is a town that was misread as a person.
    """
    is_wide = bool(_WIDE & set(marked)) and "place" not in marked
    of_a_person = "victim" in marked and "scene" not in marked
    is_nameless = principal_of(block) == NO_PRINCIPAL
    return Rules(of_a_person, is_nameless or is_wide, is_nameless)


@dataclass(frozen=True)
class Rules:
    """The rules of one block.

    `of_a_person`: the principal is a named person. `says_little`: the block has no principal
    (`is_nameless`), or the principal is a state or a body; then only words can speak for one event.
    """

    of_a_person: bool
    says_little: bool
    is_nameless: bool = False

    def can_be_one(self, a: Gist, b: Gist, of_one_article: bool = False) -> bool:
        """True if a claim or incident so far (`a`) and a report or incident can be one event."""
        if a.kinds and b.kinds and a.kinds.isdisjoint(b.kinds):
            return False
        if any_excluded(a.marks, b.marks):
            return False
        if of_one_article:
            return True
        if self.of_a_person:
            is_one = _are_deaths(a, b) or _has_hint(a, b) or are_alike(a, b, COMMON_WORDS)
            return is_one and _is_near(a, b, PERSON_WITHIN)
        if is_before_its_day(a, b):
            return False
        if self.says_little:
            share = HALF if self.is_nameless else ALIKE
            within = PLACE_WITHIN if _count_the_same(a, b) else HINT_WITHIN
            return _is_near(a, b, within) and are_alike(a, b, COMMON_WORDS_ALONE, share)
        if not _is_near(a, b, PLACE_WITHIN):
            return False
        return _has_hint(a, b) or are_alike(a, b, COMMON_WORDS)


def _are_deaths(a: Gist, b: Gist) -> bool:
    return not (a.kinds.isdisjoint(lists().deaths) or b.kinds.isdisjoint(lists().deaths))


def affinity(claim: Gist, incident: Gist) -> tuple[int, int, int]:
    """Return how well an incident fits a claim: by firm dates, sites, kinds in common."""
    return (
        int(_same_day(claim, incident)),
        len(claim.sites & incident.sites),
        len(claim.kinds & incident.kinds),
    )


def _has_hint(a: Gist, b: Gist) -> bool:
    """True if a day with a common word, a site, or a toll speaks for one event."""
    if _is_near(a, b, HINT_WITHIN) and (a.sites & b.sites or a.tolls & b.tolls):
        return True
    has_day = _same_day(a, b) or bool(a.days & b.days)
    return has_day and are_alike(a, b, COMMON_WORDS, ANY)


def _count_the_same(a: Gist, b: Gist) -> bool:
    """True if both count one kind of victims: a toll rises for days, up to a last one."""
    some, others = (
        {(t.of, t.who) for m in gist.marks for t in m.tolls if t.who} for gist in (a, b)
    )
    return not some.isdisjoint(others)


def _is_near(a: Gist, b: Gist, within: timedelta) -> bool:
    """True if `b` begins within some time of the end of `a`, or both have the same firm date."""
    if a.last is None or b.published is None or abs(b.published - a.last) <= within:
        return True
    return _same_day(a, b)


def principal_of(block: str) -> str:
    return block.partition(":")[2]


def are_alike(a: Gist, b: Gist, least: int, share: float = ALIKE) -> bool:
    """True if a wording of one and a wording of the other have enough words in common.

    `least`: how many at least. `share`: of the shorter one's words.
    """
    for some in a.wordings:
        for others in b.wordings:
            enough = max(least, share * min(len(some), len(others)))
            if len(some & others) >= enough:
                return True
    return False


def _same_day(a: Gist, b: Gist) -> bool:
    """True if both have firm dates that are at most DAYS_WITHIN apart."""
    if not a.dates or not b.dates:
        return False
    few, many = sorted((a.dates, b.dates), key=len)
    return any(day + by in many for day, by in product(few, _NEIGHBOURS))


def is_before_its_day(a: Gist, b: Gist) -> bool:
    """True if only one has firm dates, and the other was published before them."""
    if a.dates and b.dates:
        return False
    return _is_published_before(a, b.dates) or _is_published_before(b, a.dates)


def _is_published_before(gist: Gist, days: frozenset[int]) -> bool:
    return bool(days) and gist.published is not None and gist.published.toordinal() < min(days)
