"""Outlived wounds: a wound that somebody dies of is not counted beside the death.

"Shot", "stabbed", and "taken to hospital" leave open whether the wounded live. The dead are
subtracted from them, unless the text says that they live, or that they are other people than the
dead: of another name, sex, or age.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

import msgspec

from services.messages import AFFIRMING_STANCES, Count, Mention, SentenceReport
from services.tagger.discourse.arguments import fillers, identity, known
from services.tagger.discourse.traits import is_death, is_wound
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.words import any_of, forms
from services.tagger.names.mentions import Mentions

_LIVES = re.compile(
    r"\b(?:stable|good|fair|satisfactory) condition"
    r"|expected to (?:survive|recover|live|be (?:ok|okay|fine))|\bsurviv(?:ed|or)"
    r"|(?:non|not)[ -](?:believed to be )?life[ -]threatening|treated and released"
    r"|\b(?:minor|superficial) (?:injur|wound)"
    r"|\bin (?:the|his|her|their|one) (?:\w+ )?"
    r"(?:leg|foot|arm|hand|thigh|ankle|calf|buttocks?|shoulder|knee|finger|toe)s?\b",
    re.IGNORECASE,
)
_YEARS_OLD = re.compile(r"\b(\d{1,3})[- ]years?[- ]old\b|^(\d{1,3})-year")
_AGE_BEHIND = re.compile(r", (?:age )?(\d{1,3})\b(?=[,.;]| of\b)")


class _Portrait(NamedTuple):
    """Sex and age of one person; None for what the text leaves open."""

    sex: str | None
    age: str | None

    def is_other_than(self, other: "_Portrait") -> bool:
        return _differ(self.sex, other.sex) or _differ(self.age, other.age)


def _differ(ours: str | None, theirs: str | None) -> bool:
    return ours is not None and theirs is not None and ours != theirs


def without_outlived(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports without wounds ("X was shot") of people who died of them.

    Where more were shot than died ("two were shot, and one died"), the number of the wounded
    becomes that of the survivors.
    """
    reports = _without_living_victims(reports, mentions.text)
    dead = _Dead(reports, mentions)
    return [dead.of_survivors(report) for report in reports if not dead.is_outlived(report)]


def _without_living_victims(reports: Sequence[SentenceReport], text: str) -> list[SentenceReport]:
    """Return the reports without deaths that rest on the word "victims" alone.

    They are dropped where people were shot or hurt and no other words report a death.
    """
    others: list[SentenceReport] = []
    for report in reports:
        is_victims = is_death(report) and text[slice(*report.trigger)].lower() in forms().victims
        if not is_victims:
            others.append(report)
    if any(map(is_death, others)) or not any(map(_is_told_wound, reports)):
        return list(reports)
    return others


class _Dead:
    """The dead of an article, by name, number, and portrait."""

    def __init__(self, reports: Sequence[SentenceReport], mentions: Mentions) -> None:
        self._text = mentions.text
        self._by_id = mentions.by_id
        deaths = list(filter(_is_affirmed_death, reports))
        dead = fillers(deaths, "patient", self._by_id)
        self._names = {identity(mention) for mention in dead if mention.is_particular}
        self._portraits = list(map(self._portrait, dead))
        self._n_dead = _most_people(deaths)
        # A person named only as shot may be one of the unnamed dead.
        self._n_nameless = _most_people(r for r in deaths if not self._has_name(r))
        shot = fillers(filter(self._is_shot, reports), "patient", self._by_id)
        self._shot_by_name = {identity(m) for m in shot if m.is_named} - self._names

    def is_outlived(self, report: SentenceReport) -> bool:
        """True if a report of a wound is of somebody who died of it."""
        people = self._people(report)
        are_others = self._says_survived(report) or any(map(_is_another, people))
        if are_others or not _is_told_wound(report):
            return False
        if not self._names.isdisjoint(identity(m) for m in people if m.is_particular):
            return True
        if self._lives(report) or self._are_other_people(people):
            return False
        if self._has_name(report):
            return len(self._shot_by_name) <= self._n_nameless and self._is_shot(report)
        # "Ten suffered injuries" beside ten dead are ten more.
        most = self._n_dead if self._is_shot(report) else min(self._n_dead, 1)
        return _n_people(report) <= most

    def of_survivors(self, report: SentenceReport) -> SentenceReport:
        """Return a report of people shot or stabbed with the dead subtracted from their number."""
        are_others = any(map(_is_another, self._people(report)))
        if are_others or not self._n_dead or not self._is_shot(report):
            return report
        return msgspec.structs.replace(report, counts=tuple(map(self._less, report.counts)))

    def _less(self, count: Count) -> Count:
        if type_named(count.of).harm != "wound" or count.min is None or count.min != count.max:
            return count
        left = count.min - self._n_dead
        return msgspec.structs.replace(count, min=left, max=left) if left > 0 else count

    def _is_shot(self, report: SentenceReport) -> bool:
        """True if a report is of a wound by a word that leaves open whether the victim lives."""
        return is_wound(report) and self._word(report) in forms().shot_or_stabbed

    def _word(self, report: SentenceReport) -> str:
        return self._text[slice(*report.trigger)].lower()

    def _says_survived(self, report: SentenceReport) -> bool:
        """True if the trigger parts wounded from dead; "the injured man" may have died later."""
        of_one = report.frame == "adjective" and _n_people(report) == 1
        return self._word(report) in forms().surviving and not of_one

    def _lives(self, report: SentenceReport) -> bool:
        return bool(_LIVES.search(self._text, *report.sentence))

    def _are_other_people(self, people: Sequence[Mention]) -> bool:
        """True if the portraits of people fit none of the dead."""
        pairs = list(product(map(self._portrait, people), self._portraits))
        return bool(pairs) and all(ours.is_other_than(dead) for ours, dead in pairs)

    def _people(self, report: SentenceReport) -> list[Mention]:
        return known(report.patient, self._by_id)

    def _has_name(self, report: SentenceReport) -> bool:
        return any(person.is_named for person in self._people(report))

    def _portrait(self, mention: Mention) -> _Portrait:
        return _Portrait(_sex(mention), self._age(mention))

    def _age(self, mention: Mention) -> str | None:
        age = _YEARS_OLD.search(mention.surface) or _AGE_BEHIND.match(self._text, mention.end)
        return next(filter(None, age.groups())) if age is not None else None


def _sex(mention: Mention) -> str | None:
    """Return the sex by the last noun, or by a pronoun that stands alone ("her husband": m)."""
    words = re.findall(r"\w+", mention.surface.lower())
    pronouns = forms().third_person_singular if len(words) > 1 else frozenset()
    known = any_of(forms().female, forms().male) - pronouns
    nouns = [word for word in words if word in known]
    return ("f" if nouns[-1] in forms().female else "m") if nouns else None


def _is_affirmed_death(report: SentenceReport) -> bool:
    return is_death(report) and report.stance in AFFIRMING_STANCES


def _is_told_wound(report: SentenceReport) -> bool:
    return is_wound(report) and not report.in_passing


def _is_another(mention: Mention) -> bool:
    """True if a description sets a person apart from those before ("a second man")."""
    return not forms().further.isdisjoint(mention.surface.lower().split())


def _most_people(reports: Iterable[SentenceReport]) -> int:
    return max(map(_n_people, reports), default=0)


def _n_people(report: SentenceReport) -> int:
    """Return the highest number of people that a report counts, else that of its patients."""
    return max((count.min or 0 for count in report.counts), default=len(report.patient) or 1)
