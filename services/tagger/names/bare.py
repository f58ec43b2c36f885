"""The name itself behind the titles and nouns that news writes before it ("Warlord Adar Tuomi")."""

import re
from functools import lru_cache

from services.tagger.lexicon.words import cues, endings, forms

_WORD = re.compile(r"[^\W\d_][\w’'-]*\.?")


def bare_start(text: str, start: int, end: int) -> int:
    """Return where the name itself starts in text[start:end]; the last word always belongs to it.

    Words before it are left out up to the last that is a title, or a common noun for one person:
    "Prime Minister Marta Olvin" is Marta Olvin, "Defector Adar Tuomi" is Adar Tuomi.
    """
    words = list(_WORD.finditer(text, start, end))
    for number, word in enumerate(words[:-1]):
        written = word.group().rstrip(".").lower()
        if is_title(written):
            start = words[number + 1].start()
        elif written not in cues().title_parts:
            break
    return start


def bare(name: str) -> str:
    """Return a person's name without what stands before it."""
    return name[bare_start(name, 0, len(name)) :]


@lru_cache(maxsize=32_768)
def is_title(word: str) -> bool:
    """Return whether a word, in lower case, introduces a person's name.

    A noun that is also a given name ("Hunter", "Mason") does not.
    """
    if word in cues().title_heads:
        return True
    is_noun = word in cues().person_nouns or word in cues().roles
    return is_noun and word not in forms().given_names and not _is_plural(word)


def _is_plural(word: str) -> bool:
    is_form = word.endswith(endings().plurals) and word[:-1] in cues().person_nouns
    return is_form or word in cues().group_words
