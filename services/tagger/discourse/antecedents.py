"""Antecedents of pronouns and descriptions in the roles of reports ("him", "the senator").

A description is resolved by its head noun: a person introduced as a senator, by apposition or
title, is the antecedent of "the senator" afterwards. Of several, the one named last is taken
(recency and agreement, as in Lappin and Leass 1994, without their weights).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, takewhile

import msgspec

from services.messages import Mention, SentenceReport
from services.tagger.discourse.arguments import fillers, identity
from services.tagger.lexicon.words import any_of, cues, endings, forms
from services.tagger.names.mentions import Mentions

_NAMED_WITHIN = 3000
"""Characters from a name to a later description that still refers to it. Set by hand."""
_VICTIM_WITHIN = 3
"""Sentences before "the victim" in which the person it refers to is looked for. Set by hand."""
_INTRODUCED_WITHIN = 60
"""Characters before a name in which its description stands."""
_BEFORE = re.compile(r"(?:[\w’'-]+ ){0,4}[\w-]+,? $")
_BEHIND = re.compile(
    r",? (?:\d\d?,? )?(?:who (?:is|was) )?(?:an?|the|former|ex-|then)? ?([^,.;:()\[\]]{3,60})"
)
_NOUN_OF = re.compile(
    r"([\w’'-]+) (?:of|for) (?:the |an? |its |their |his |her )?([\w’'-]+(?: [\w’'-]+){0,4})"
)
_DESCRIBED = re.compile(r"(?i:the|this|that) (?:[\w’'-]+ ){0,2}?" + _NOUN_OF.pattern)
_OPENS = re.compile(r",? (?:who (?:is|was) )?(?:the |an? |its |their )?(?:[\w’'-]+ ){0,2}")
_DEFINITE = re.compile(r"(?:the|this|that)(?: [\w’'-]+){1,3}", re.IGNORECASE)


def with_antecedents(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with antecedents in place of pronouns and descriptions that have one."""
    known = _Known(mentions)
    done: list[SentenceReport] = []
    for report in reports:
        patient = known.resolved(report.patient, done, report)
        agent = known.resolved(report.agent, done, report)
        done.append(msgspec.structs.replace(report, patient=patient, agent=agent))
    return done


class _Known:
    """The named people and groups of an article, as candidates for antecedents."""

    def __init__(self, mentions: Mentions) -> None:
        self._text = mentions.text
        self._by_id = mentions.by_id
        self._people = [m for m in mentions.in_order() if m.type == "person" and m.is_name]
        self._groups = list(filter(_is_known_group, mentions.in_order()))
        self._names: dict[str, Mention] = {}
        """The fullest name of each person."""
        for name in self._people:
            fullest = self._names.setdefault(identity(name), name)
            if len(name.surface.split()) > len(fullest.surface.split()):
                self._names[identity(name)] = name

    @cached_property
    def _described(self) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = {}
        for name in self._people:
            for noun in _descriptions(name, self._text):
                found.setdefault(noun, []).append(name)
        return found

    def resolved(
        self, ids: Sequence[str], earlier: Sequence[SentenceReport], report: SentenceReport
    ) -> tuple[str, ...]:
        """Return ids of mentions with those of antecedents in their place, each once.

        `earlier` holds the reports before `report`, resolved.
        """
        return tuple(dict.fromkeys(self._resolved(i, earlier, report) for i in ids))

    def _resolved(
        self, mention_id: str, earlier: Sequence[SentenceReport], report: SentenceReport
    ) -> str:
        mention = self._by_id.get(mention_id)
        if mention is None or mention.is_name:
            return mention_id
        antecedent = None
        if mention.type == "group":
            antecedent = self._group(mention)
        elif mention.type == "person":
            antecedent = (
                self._names.get(identity(mention))
                or self._described_as(mention)
                or self._victim(mention, earlier, report)
            )
        return antecedent.id if antecedent is not None else mention_id

    def _group(self, mention: Mention) -> Mention | None:
        """Return the group named last before "the group", "this Maoist organization"."""
        words = mention.surface.lower().split()
        if not _is_definite(mention) or words[-1] not in forms().group_nouns:
            return None
        return _last_before(self._groups, mention)

    def _described_as(self, mention: Mention) -> Mention | None:
        """Return the person described before by the noun of a definite description.

        The noun of the introduction may be a hyponym ("the politician": a senator).
        """
        of = _DESCRIBED.match(self._text, mention.start)
        noun = _definite_noun(mention)
        if of is not None and of.end(1) <= mention.end:
            described = self._described_by.get(of.group(1).lower(), ())
            people = [name for name, words in described if _fits(words, of.group(2).split())]
        elif noun is not None and not self._text.startswith((" of ", " for ", ", "), mention.end):
            nouns = (noun, *cues().kinds.get(noun, ()))
            people = list(chain.from_iterable(self._described.get(n, ()) for n in nouns))
        else:
            return None
        last = _last_before(people, mention)
        return self._names[identity(last)] if last is not None else None

    @cached_property
    def _described_by(self) -> dict[str, list[tuple[Mention, list[str]]]]:
        """The people described with a complement ("the head of the board"), by the noun."""
        found: dict[str, list[tuple[Mention, list[str]]]] = {}
        for name in self._people:
            for noun, of in _complements(name, self._text):
                found.setdefault(noun, []).append((name, of))
        return found

    def _victim(
        self, mention: Mention, earlier: Sequence[SentenceReport], report: SentenceReport
    ) -> Mention | None:
        """Return the one named patient of the reports just before, for "the victim"."""
        if _definite_noun(mention) not in forms().the_victim:
            return None
        near = [r for r in earlier if r.sentence_index >= report.sentence_index - _VICTIM_WITHIN]
        names = [m for m in fillers(near, "patient", self._by_id) if identity(m) in self._names]
        return names[-1] if len(set(map(identity, names))) == 1 else None


def _is_known_group(mention: Mention) -> bool:
    is_recognised = mention.basis == "recogniser" and mention.form == "name"
    return mention.type == "group" and bool(mention.actor_id or is_recognised)


def _last_before(candidates: Iterable[Mention], mention: Mention) -> Mention | None:
    """Return the candidate that stands last before a mention, and not too far before it."""
    first = mention.start - _NAMED_WITHIN
    before = [m for m in candidates if first <= m.start < mention.start]
    return sorted(before, key=lambda m: m.start)[-1] if before else None


def _is_definite(mention: Mention) -> bool:
    """True for a definite description, but one of somebody else ("the second senator")."""
    words = mention.surface.lower().split()
    return bool(_DEFINITE.fullmatch(mention.surface)) and forms().distinguishing.isdisjoint(words)


def _definite_noun(mention: Mention) -> str | None:
    """Return the head noun of a definite description of one person, None for anything else."""
    words = mention.surface.lower().split()
    if not _is_definite(mention):
        return None
    return None if words[-1].endswith(endings().plurals) else _head(words)


def _descriptions(name: Mention, text: str) -> Iterator[str]:
    """Yield the nouns that introduce a name.

    "Senator NAME", "NAME, 45, a judge from", "the rector, NAME".
    """
    introductions = [name.surface.lower().split()[:-1]]
    before = _BEFORE.search(text, max(0, name.start - _INTRODUCED_WITHIN), name.start)
    if before is not None:
        introductions.append(before.group().replace(",", "").lower().split())
    behind = _BEHIND.match(text, name.end)
    if behind is not None and text[name.end : name.end + 2] in (", ", " ("):
        words = behind.group(1).lower().split()
        introductions.append(list(takewhile(lambda word: word not in forms().phrase_ends, words)))
    yield from filter(None, map(_head, introductions))


def _fits(complement: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether words begin with a complement, or with its common noun alone.

    "The head of the Lake family" may be "the head of the family" afterwards, but "the envoy for
    Asia" is not "the envoy for Central Asia".
    """
    starts = [0, *(n for n, word in enumerate(complement) if word.islower())]
    return any(words[: len(complement) - at] == complement[at:] for at in starts)


def _complements(name: Mention, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield noun and complement of the descriptions beside a name.

    "NAME, the head of the board", "the head of the board, NAME".
    """
    start = max(0, name.start - _INTRODUCED_WITHIN)
    beside = list(_NOUN_OF.finditer(text, start, name.start))
    if beside and text[beside[-1].end() : name.start] in (" ", ", "):
        yield beside[-1].group(1).lower(), beside[-1].group(2).split()
    behind = _NOUN_OF.search(text, name.end, name.end + _INTRODUCED_WITHIN)
    if behind is not None and _OPENS.fullmatch(text[name.end : behind.start()]):
        yield behind.group(1).lower(), behind.group(2).split()


def _head(words: Sequence[str]) -> str | None:
    """Return the last word, if it is a noun for one person."""
    if not words or words[-1] not in any_of(cues().person_nouns, cues().roles, cues().title_heads):
        return None
    is_compound = not forms().title_prefixes.isdisjoint(words[-2:-1])
    return " ".join(words[-2:]) if is_compound else words[-1]
