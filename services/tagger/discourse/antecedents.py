"""Antecedents: the names that pronouns and descriptions in a report's roles stand for ("him", "the senator", "the victim").

A description is taken up by its head noun: who was introduced as a senator, by apposition or title, is "the senator"
afterwards; of several the one named last (recency and agreement, as in Lappin and Leass 1994, without their weights).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from services.messages import Mention, SentenceReport
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions

_ROLES = ("patient", "agent")
_TAKEN_UP_WITHIN = 3000
"""Characters from a name to a later description that still refers to it. Set by hand."""
_VICTIM_WITHIN = 3
"""Sentences before "the victim" in which the person it refers to is looked for. Set by hand."""
_BEFORE = re.compile(r"(?:[\w’'-]+ ){0,4}[\w-]+,? $")
_BEHIND = re.compile(r",? (?:\d\d?,? )?(?:who (?:is|was) )?(?:an?|the|former|ex-|then)? ?([^,.;:()\[\]]{3,60})")
_TAKEN_UP = re.compile(r"(?:the|this|that)(?: [\w’'-]+){1,3}", re.IGNORECASE)
_PREPOSITIONS = frozenset(
    {"of", "from", "for", "in", "at", "with", "who", "and", "to", "by", "on", "was", "is", "has", "had", "said"}
)
_VICTIM = frozenset({"victim", "deceased"})
_BODIES = frozenset({"group", "organisation", "organization", "movement", "faction", "gang", "cartel", "outfit"})
_SOMEBODY_ELSE = frozenset({"former", "ex", "another", "other", "second", "third", "fourth", "next", "new", "last"})


def with_antecedents(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with the mentions of names in place of those of pronouns and descriptions that stand for them."""
    known = _Known(mentions)
    done: list[SentenceReport] = []
    for report in reports:
        named = {slot: known.named(getattr(report, slot), done, report) for slot in _ROLES}
        done.append(msgspec.structs.replace(report, **named))
    return done


class _Known:
    def __init__(self, mentions: Mentions) -> None:
        self._text = mentions.text
        people = [m for m in mentions.in_order() if m.type == "person"]
        names = [m for m in people if m.is_name]
        self._by_id = mentions.by_id
        self._names: dict[str, Mention] = {}
        for name in names:
            best = self._names.setdefault(_identity(name), name)
            if len(name.surface.split()) > len(best.surface.split()):
                self._names[_identity(name)] = name
        self._people = names
        self._groups = [
            m for m in mentions.in_order() if m.type == "group" and (m.actor_id or (m.basis == "recogniser" and m.form == "name"))
        ]

    @cached_property
    def _described(self) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = {}
        for name in self._people:
            for noun in _descriptions(name, self._text):
                found.setdefault(noun, []).append(name)
        return found

    def named(self, ids: Sequence[str], told: Sequence[SentenceReport], report: SentenceReport) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._name(self._by_id[i], told, report) if i in self._by_id else i for i in ids))

    def _name(self, mention: Mention, told: Sequence[SentenceReport], report: SentenceReport) -> str:
        if mention.is_name or mention.type not in ("person", "group"):
            return mention.id
        if mention.type == "group":
            body = self._body(mention)
            return body.id if body is not None else mention.id
        name = self._names.get(_identity(mention)) or self._taken_up(mention) or self._victim(mention, told, report)
        return name.id if name is not None else mention.id

    def _body(self, mention: Mention) -> Mention | None:
        """Return the group named last before "the group", "this Maoist organization"."""
        words = mention.surface.lower().split()
        if not _TAKEN_UP.fullmatch(mention.surface) or words[-1] not in _BODIES or _SOMEBODY_ELSE & set(words):
            return None
        first = mention.start - _TAKEN_UP_WITHIN
        before = [g for g in self._groups if first <= g.start < mention.start]
        return before[-1] if before else None

    def _taken_up(self, mention: Mention) -> Mention | None:
        """Return who was described before by the noun of "the NOUN", or by one of its kinds ("the politician": a senator)."""
        noun = _definite_noun(mention)
        if noun is None or self._text.startswith((" of ", " for ", ", "), mention.end):
            return None
        nouns = (noun, *cues().kinds.get(noun, ()))
        named = sorted((m for n in nouns for m in self._described.get(n, ())), key=lambda m: m.start)
        before = [m for m in named if mention.start - _TAKEN_UP_WITHIN <= m.start < mention.start]
        return self._names[_identity(before[-1])] if before else None

    def _victim(self, mention: Mention, told: Sequence[SentenceReport], report: SentenceReport) -> Mention | None:
        """Return the one named person to whom the reports just before did something, for "the victim"."""
        if _definite_noun(mention) not in _VICTIM:
            return None
        near = [r for r in told if r.sentence_index >= report.sentence_index - _VICTIM_WITHIN]
        names = [self._by_id[i] for r in near for i in r.patient if i in self._by_id and _identity(self._by_id[i]) in self._names]
        return names[-1] if len({_identity(m) for m in names}) == 1 else None


def _identity(mention: Mention) -> str:
    return mention.actor_id or mention.key


def _definite_noun(mention: Mention) -> str | None:
    """Return the head noun of a definite description of one person, None for anything else."""
    words = mention.surface.lower().split()
    if not _TAKEN_UP.fullmatch(mention.surface) or _SOMEBODY_ELSE & set(words) or words[-1].endswith(("s", "men", "people")):
        return None
    return _head(words)


def _descriptions(name: Mention, text: str) -> Iterator[str]:
    """Yield the nouns that a name is introduced by: "Senator NAME", "NAME, 45, a judge from", "the rector, NAME"."""
    title = name.surface.lower().split()[:-1]
    before = _BEFORE.search(text, max(0, name.start - 60), name.start)
    for words in (title, before.group().replace(",", "").lower().split() if before else []):
        noun = _head(words)
        if noun is not None:
            yield noun
    behind = _BEHIND.match(text, name.end)
    if behind is not None and text[name.end : name.end + 2] in (", ", " ("):
        words = behind.group(1).lower().split()
        end = next((i for i, w in enumerate(words) if w in _PREPOSITIONS), len(words))
        noun = _head(words[:end])
        if noun is not None:
            yield noun


def _head(words: Sequence[str]) -> str | None:
    """Return the last word, if it is a noun for one person."""
    if not words or words[-1] not in cues().person_nouns | cues().roles | cues().title_heads:
        return None
    return " ".join(words[-2:]) if words[-2:-1] in (["attorney"], ["prime"], ["vice"]) else words[-1]
