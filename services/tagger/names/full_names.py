"""Full names as sequences of words, and whether two may be of one person."""

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from services.tagger.lexicon.words import endings, forms
from services.tagger.names.bare import bare
from services.text.names import key_of_words, name_key, name_words

_INITIALS = re.compile(r"(?<=\b[^\W\d_]\.)(?=\w)")


@dataclass(frozen=True, slots=True)
class FullName:
    """The significant words of a name, given name first, and the sound of each.

    Titles and particles are left out; initials are words of one letter. `generation`: "jr", "iii".
    """

    words: tuple[str, ...]
    sounds: tuple[str, ...]
    generation: str = ""

    @property
    def is_full(self) -> bool:
        """True for a name of two words at least."""
        return len(self.words) > 1

    @property
    def n_spelled(self) -> int:
        """The number of words that are no initials."""
        return sum(len(word) > 1 for word in self.words)

    @property
    def has_initials(self) -> bool:
        return self.n_spelled < len(self.words)

    @property
    def key(self) -> str:
        """The key with every word, also those that `name_key` leaves out."""
        return "-".join(filter(None, (*self.sounds, self.generation)))

    @property
    def usual_key(self) -> str:
        """The key of the name as other texts write it (`name_key`)."""
        return name_key(" ".join(filter(None, (*self.words, self.generation))))

    def may_be(self, other: "FullName") -> bool:
        """Return whether two full names may be of one person in one text.

        Given and last name fit, and so do the first middle names if both have some. Or one name is
        the beginning or the end of the other ("Abu Olvin", "Khalid Abu Olvin"). Father and son have
        different generations ("Adar Tuomi Jr.").
        """
        if self.generation != other.generation:
            return False
        short, long = sorted((self, other), key=lambda name: len(name.words))
        if not short.is_full:
            return False
        if short._fits(0, long, 0) and short._fits(-1, long, -1) and _middles_fit(short, long):
            return True
        n = len(short.sounds)
        return not short.has_initials and short.sounds in (long.sounds[:n], long.sounds[-n:])

    def is_introduced(self, full: Container[tuple[str, ...]]) -> bool:
        """Return whether a name is a full one behind a noun for people ("Trumpeter Adar Tuomi").

        `full`: the words of each name of two words at least.
        """
        return self.words[1:] in full and self.words[0].endswith(endings().people)

    def _fits(self, at: int, other: "FullName", other_at: int) -> bool:
        """Return whether a word of a name sounds like one of another, or is its initial."""
        if self.sounds[at] == other.sounds[other_at]:
            return True
        mine, theirs = self.words[at], other.words[other_at]
        return (len(mine) == 1 or len(theirs) == 1) and mine[0] == theirs[0]


def _middles_fit(short: FullName, long: FullName) -> bool:
    n = len(short.words) - 2
    return all(short._fits(at, long, at) for at in range(1, n + 1))


@lru_cache(maxsize=32_768)
def full_name(surface: str) -> FullName:
    """Return the full name that a mention's words write, without titles."""
    words = name_words(_INITIALS.sub(" ", bare(surface)))
    generation = words[-1] if len(words) > 1 and words[-1] in forms().generations else ""
    words = words[:-1] if generation else words
    return FullName(words, tuple(key_of_words((word,)) for word in words), generation)
