"""Who outlived a shot: the wounds of those who die are not counted beside their deaths.

"Shot", "stabbed", and "taken to hospital" leave open who lives. The dead are taken off those, unless the words at them say
that they live, or that they are somebody else than the dead: of another name, sex, or age.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from services.messages import AFFIRMING_STANCES, Count, Mention, SentenceReport
from services.tagger.discourse.blocks import is_named
from services.tagger.lexicon.ontology import type_named
from services.tagger.names.mentions import Mentions

_OTHERS = frozenset({"another", "other", "others", "second", "third"})
_SHOT = ("shot", "shoot", "shoots", "shooting", "stabbed", "stabbing")
_SURVIVING = frozenset(
    ("wounded", "wounding", "injured", "injure", "injures", "injuring", "hurt", "maimed", "grazed", "mutilated", "tortured")
)
_LIVES = re.compile(
    r"\b(?:stable|good|fair|satisfactory) condition|expected to (?:survive|recover|live|be (?:ok|okay|fine))|\bsurviv(?:ed|or)"
    r"|(?:non|not)[ -](?:believed to be )?life[ -]threatening|treated and released|\b(?:minor|superficial) (?:injur|wound)"
    r"|\bin (?:the|his|her|their|one) (?:\w+ )?(?:leg|foot|arm|hand|thigh|ankle|calf|buttocks?|shoulder|knee|finger|toe)s?\b",
    re.IGNORECASE,
)
_SEX = {
    **dict.fromkeys(("man", "boy", "father", "husband", "brother", "son", "uncle", "boyfriend", "he", "him", "male"), "m"),
    **dict.fromkeys(("woman", "girl", "mother", "wife", "sister", "daughter", "aunt", "girlfriend", "she", "her", "female"), "f"),
}
_PRONOUNS = frozenset({"he", "him", "she", "her"})
_YEARS_OLD = re.compile(r"\b(\d{1,3})[- ]years?[- ]old\b|^(\d{1,3})-year")
_AGE_BEHIND = re.compile(r", (?:age )?(\d{1,3})\b(?=[,.;]| of\b)")
_VICTIMS = ("victim", "victims")


class _Portrait(NamedTuple):
    """What a text tells of one person that tells them from others; None for what it leaves open."""

    sex: str | None
    age: str | None

    def is_other_than(self, other: "_Portrait") -> bool:
        return any(a is not None and b is not None and a != b for a, b in zip(self, other, strict=True))


def without_outlived(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Drop "X was shot" as a wound where the article goes on to say that X, or as many as were shot, died.

    Where more were shot than died ("two were shot, and one died"), the number of the wounded is that of those who live.
    """
    reports = _without_living_victims(reports, mentions.text)
    told = _Told(reports, mentions)
    return [told.of_survivors(report) for report in reports if not told.is_outlived(report)]


def _without_living_victims(reports: Sequence[SentenceReport], text: str) -> list[SentenceReport]:
    """Drop deaths that only the word "victims" tells where nothing else in the article does, and people were shot or hurt."""

    def is_victims(report: SentenceReport) -> bool:
        return _is_death(report) and text[slice(*report.trigger)].lower() in _VICTIMS

    dead = any(_is_death(r) and not is_victims(r) for r in reports)
    hurt = any(_is_wound(r) and not r.in_passing for r in reports)
    return [r for r in reports if dead or not hurt or not is_victims(r)]


class _Told:
    """The dead of an article, by name, number, and portrait."""

    def __init__(self, reports: Sequence[SentenceReport], mentions: Mentions) -> None:
        self._text = mentions.text
        self._by_id = mentions.by_id
        deaths = [r for r in reports if _is_death(r) and r.stance in AFFIRMING_STANCES]
        dead = [m for r in deaths for m in self._people(r)]
        self._names = {_identity(m) for m in dead if is_named(m)}
        self._portraits = [self._portrait(m) for m in dead]
        self._n_dead = max((_n_people(r) for r in deaths), default=0)
        # A person named only as shot may be one of the unnamed dead.
        nameless = [r for r in deaths if not any(_has_name(m) for m in self._people(r))]
        self._n_nameless = max((_n_people(r) for r in nameless), default=0)
        shot = [m for r in reports if _is_wound(r) and self._word(r) in _SHOT for m in self._people(r)]
        self._shot_by_name = {_identity(m) for m in shot if _has_name(m)} - self._names

    def is_outlived(self, report: SentenceReport) -> bool:
        """Tell whether a report of a wound is of somebody who died of it."""
        people = self._people(report)
        if not _is_wound(report) or report.in_passing or self._says_survived(report) or _are_others(people):
            return False
        if any(_identity(m) in self._names for m in people if is_named(m)):
            return True
        if self._lives(report) or self._are_other_people(people):
            return False
        if any(_has_name(m) for m in people):
            return len(self._shot_by_name) <= self._n_nameless and self._word(report) in _SHOT
        # "Ten suffered injuries" beside ten dead are ten more.
        return _n_people(report) <= (self._n_dead if self._word(report) in _SHOT else min(self._n_dead, 1))

    def of_survivors(self, report: SentenceReport) -> SentenceReport:
        """Return a report of people shot or stabbed with the dead taken off their number."""
        if not _is_wound(report) or not self._n_dead or self._word(report) not in _SHOT or _are_others(self._people(report)):
            return report
        return msgspec.structs.replace(report, counts=tuple(map(self._less, report.counts)))

    def _less(self, count: Count) -> Count:
        ours = (
            type_named(count.of).harm == "wound" and count.min is not None and count.min == count.max and count.min > self._n_dead
        )
        left = count.min - self._n_dead if ours and count.min else None
        return msgspec.structs.replace(count, min=left, max=left) if left else count

    def _word(self, report: SentenceReport) -> str:
        return self._text[slice(*report.trigger)].lower()

    def _says_survived(self, report: SentenceReport) -> bool:
        """Tell whether a word tells the wounded from the dead; "the injured man" may have died later."""
        of_one = report.frame == "adjective" and _n_people(report) == 1
        return self._word(report) in _SURVIVING and not of_one

    def _lives(self, report: SentenceReport) -> bool:
        return bool(_LIVES.search(self._text, *report.sentence))

    def _are_other_people(self, people: Sequence[Mention]) -> bool:
        """Tell whether the portraits of people fit none of the dead."""
        if not people or not self._portraits:
            return False
        return all(self._portrait(m).is_other_than(d) for m in people for d in self._portraits)

    def _people(self, report: SentenceReport) -> list[Mention]:
        return [self._by_id[i] for i in report.patient if i in self._by_id]

    def _portrait(self, mention: Mention) -> _Portrait:
        words = re.findall(r"\w+", mention.surface.lower())
        sex = next((_SEX[w] for w in reversed(words) if w in _SEX and (len(words) == 1 or w not in _PRONOUNS)), None)
        return _Portrait(sex, next(self._ages(mention), None))

    def _ages(self, mention: Mention) -> Iterator[str]:
        for found in (_YEARS_OLD.search(mention.surface), _AGE_BEHIND.match(self._text, mention.end)):
            if found is not None:
                yield next(group for group in found.groups() if group)


def _is_death(report: SentenceReport) -> bool:
    return type_named(report.event).harm == "death"


def _is_wound(report: SentenceReport) -> bool:
    return type_named(report.event).harm == "wound"


def _has_name(mention: Mention) -> bool:
    return is_named(mention) and mention.form != "pronoun"


def _identity(mention: Mention) -> str:
    return mention.actor_id or mention.key


def _are_others(people: Sequence[Mention]) -> bool:
    return any(_OTHERS & set(m.surface.lower().split()) for m in people)


def _n_people(report: SentenceReport) -> int:
    return max((count.min or 0 for count in report.counts), default=len(report.patient) or 1)
