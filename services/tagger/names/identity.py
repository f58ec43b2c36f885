"""Which full names of an article are of one person; all of them get one key.

News writes one man as "General Oleg Petrovich Sorin", "Oleg Sorin" and "O. P. Sorin". Names that
fit are one person's (`full_names`), and so are two that the text makes equal (`aliases`). Two
people of one name stay two where the text tells them apart: by words ("not to be confused with"),
or by two offices in one sentence.
"""

import re
from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain

from services.messages import Mention
from services.tagger.lexicon.words import forms
from services.tagger.names.aliases import aliases
from services.tagger.names.bare import bare
from services.tagger.names.full_names import FullName, full_name
from services.tagger.names.mentions import Mentions
from services.tagger.names.offices import exclude_each_other, titles_before
from services.text.names import name_key

_NEW_SENTENCE = re.compile(r"(?<!\b[A-Z])[.!?][”\"’)]? |\n")
_SENTENCE = 400
"""Characters before a name in which its sentence begins."""
_DESCRIPTION = re.compile(r", ((?:[\w’'-]+ ){0,4}[\w’'-]+)(?=[,.;)])")


def join_people(mentions: Mentions) -> None:
    """Give all names of one person one key, and the actor and bodies that any of them has."""
    pairs = list(aliases(mentions))
    people = _People(mentions.text)
    for name in _full_names(mentions):
        people.take(name)
    for name, alias in pairs:
        people.join(name, alias)
    people.tell(mentions)


def _full_names(mentions: Mentions) -> list[Mention]:
    """Return the full names of people, those with most words first, else in order."""
    names = [m for m in mentions.in_order() if m.type == "person" and m.is_name]
    full = [name for name in names if full_name(name.surface).is_full]
    return sorted(full, key=lambda m: -full_name(m.surface).n_spelled)


@dataclass(eq=False)
class _Person:
    """A person: all mentions, and the names, the fullest first.

    `mark`: what tells a namesake from the person named first.
    """

    mark: str = ""
    mentions: list[Mention] = field(default_factory=list)
    """In order of the text."""
    names: dict[FullName, None] = field(default_factory=dict)
    actor_id: str | None = None

    def add(self, mention: Mention) -> None:
        insort(self.mentions, mention, key=_start)
        self.names.setdefault(full_name(mention.surface))
        self.actor_id = self.actor_id or mention.actor_id

    def take_over(self, other: "_Person") -> None:
        """Add the mentions of a person who is the same by another name."""
        self.mentions = sorted([*self.mentions, *other.mentions], key=_start)
        self.actor_id = self.actor_id or other.actor_id

    def may_be(self, mention: Mention) -> bool:
        """Return whether a mention may be of the person by its name and actor."""
        if None not in (self.actor_id, mention.actor_id) and self.actor_id != mention.actor_id:
            return False
        return all(map(full_name(mention.surface).may_be, self.names))

    def last_before(self, at: int) -> int:
        """Return where the person is named last before a place, -1 for nowhere."""
        before = bisect_left(self.mentions, at, key=_start)
        return self.mentions[before - 1].start if before else -1

    def near(self, mention: Mention) -> list[Mention]:
        """Return the mentions that may stand in one sentence with another, in order."""
        first = bisect_left(self.mentions, mention.start - _SENTENCE, key=_start)
        last = bisect_left(self.mentions, mention.start + _SENTENCE, key=_start)
        return self.mentions[first:last]

    def key(self) -> str:
        """Return the key of the shortest name with given and last name, as other texts write it."""
        first = next(iter(self.names))
        by_words = {name.words: name for name in self.names if name.is_full}
        fullest = by_words[first.words[1:]] if first.is_introduced(by_words) else first
        ends = fullest.sounds[0], fullest.sounds[-1]
        usual = [n for n in self.names if (n.sounds[0], n.sounds[-1]) == ends]
        shortest = min(usual, key=lambda name: len(name.words))
        return "-".join(filter(None, (shortest.usual_key, name_key(self.mark))))


def _start(mention: Mention) -> int:
    return mention.start


class _People:
    """The people of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[_Person, None] = {}
        self._by_end: defaultdict[tuple[int, str], dict[_Person, None]] = defaultdict(dict)
        """People by the sound of the first (0) and of the last word (-1) of a name."""

    def take(self, mention: Mention) -> None:
        """Add a mention to the one person that it may be of, else to a new one."""
        name = full_name(mention.surface)
        ends = [(at, name.sounds[at]) for at in (0, -1)]
        known = dict.fromkeys(chain.from_iterable(self._by_end[end] for end in ends))
        fitting = [person for person in known if person.may_be(mention)]
        others = [person for person in fitting if self._tells_apart(person, mention)]
        fitting = [person for person in fitting if person not in others]
        namesakes = [person for person in fitting if name in person.names]
        if namesakes:
            fitting = [max(namesakes, key=lambda person: person.last_before(mention.start))]
        if len(fitting) != 1:
            is_namesake = any(name in person.names for person in others)
            fitting = [_Person(self._mark(mention) if is_namesake else "")]
        person = fitting[0]
        person.add(mention)
        self._found.setdefault(person)
        for end in ends:
            self._by_end[end].setdefault(person)

    def join(self, name: Mention, alias: Mention) -> None:
        """Make one person of those of two mentions."""
        person, other = self._person_of(name), self._person_of(alias)
        if person is not other:
            person.take_over(other)
            del self._found[other]

    def tell(self, mentions: Mentions) -> None:
        """Give all mentions what is known of their person; no two people share a key."""
        taken = set[str]()
        for person in self._found:
            key = person.actor_id or person.key()
            if person.actor_id is None and key in taken:
                key = next(iter(person.names)).key
            taken.add(key)
            bodies = tuple(dict.fromkeys(b for m in person.mentions for b in m.affiliation))
            same = {"key": key, "actor_id": person.actor_id, "affiliation": bodies}
            for mention in person.mentions:
                label = ", ".join(filter(None, (bare(mention.surface), person.mark)))
                mentions.update(mention, label=label, **same)

    def _person_of(self, mention: Mention) -> _Person:
        known = next((p for p in self._found if mention in p.mentions), None)
        if known is None:
            known = _Person()
            known.add(mention)
            self._found.setdefault(known)
        return known

    def _tells_apart(self, person: _Person, mention: Mention) -> bool:
        """Return whether the text says that a mention is of somebody else than a person.

        It says so by words, by two offices in one sentence, and by two different full names in one
        ("Hassan Olvin, the son of Adar Hassan Olvin").
        """
        start = self._sentence_start(mention)
        between = " ".join(self._text[start : mention.start].lower().split())
        if any(words in between for words in forms().telling_apart):
            return True
        name, titles = full_name(mention.surface), titles_before(self._text, mention.start)
        for other in person.near(mention):
            if start <= other.start < mention.start or self._is_later_beside(other, mention):
                if full_name(other.surface) != name:
                    return True
                if exclude_each_other(titles, titles_before(self._text, other.start)):
                    return True
        return False

    def _is_later_beside(self, other: Mention, mention: Mention) -> bool:
        return self._sentence_start(other) <= mention.start < other.start

    def _mark(self, namesake: Mention) -> str:
        """Return the words that describe a namesake: the title, else the apposition."""
        titles = sorted(titles_before(self._text, namesake.start))
        behind = _DESCRIPTION.match(self._text, namesake.end)
        return " ".join(titles) or (behind.group(1) if behind else "another")

    def _sentence_start(self, mention: Mention) -> int:
        first = max(0, mention.start - _SENTENCE)
        ends = [end.end() for end in _NEW_SENTENCE.finditer(self._text, first, mention.start)]
        return ends[-1] if ends else first
