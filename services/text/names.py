"""The significant words of a name, and a key that all its spellings share.

"Gen. Zahran Alloosh", "Alloush, Zahran" and "Захран Аллуш" have one key. The key is for equality;
`same_name.name_likeness` compares different names.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
import yaml

from services.text.romanise import ARABIC, romanise
from services.text.sounds import sounds

_SUN_ARTICLE = re.compile(
    r"\b(?:al|el|ul|ash|as|ad|an|ar|at|az|ed|es|en|er|ez|esh|us|ud|ur)[-‐–](?=\w)"
)
_OF_GOD = re.compile(r"(?<=\w{3})[aou]ll[aeh]h?$")
_SERVANT = re.compile(r"^(?:abdul|abdel|abdal|abdoul|abdol)(?=\w{3})(?!lah|la$|lha)")
_FAITH = re.compile(r"(?<=\w\w)(?:e|u|a|i)d{1,2}(?:in|ine|een|yn)$")
_PATRONYMIC = re.compile(r"[a-z]{2,}(?:[eo]vi[ct]?ch|ov[iy]ch|yich|[eoi]vna|i[ct]?hna)$")
"""The endings by which East Slavic languages make a middle name of the father's.

Latin spellings of -ович, -евич, -ич, -овна, -евна, -ична, and of Ukrainian -ович, -івна (Comrie et
al. 1996, The Russian Language in the Twentieth Century, ch. 7).
"""
_ARABIC_ARTICLES = ("", "ال", "وال", "لل", "و")
_BARE_ALEF = str.maketrans("أإآٱ", "اااا")
_ACRONYM = re.compile(r"\b(?:\w\.){2,}")
_WORD = re.compile(r"[a-z0-9]+")


class NameWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists of names.yaml; see there."""

    honorifics: str
    particles: str
    groups: dict[str, str]
    arabic: dict[str, str]
    legal_forms: dict[str, str]


@cache
def word_lists() -> NameWords:
    """Return the packaged word lists."""
    return msgspec.convert(
        yaml.safe_load((files("services.text") / "names.yaml").read_text(encoding="utf-8")),
        NameWords,
    )


def fold(text: str) -> str:
    """Return `text` case-folded, without marks and punctuation, words joined by one blank.

    By NFKD (Unicode UAX #15).
    """
    plain = (
        text if text.isascii() else _BEYOND_ASCII.sub(lambda letters: _plain(letters.group()), text)
    )
    return " ".join(plain.translate(_ASCII).split())


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{1,32}")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | {
    ord("'"): None
}


@lru_cache(maxsize=16_384)
def _plain(letters: str) -> str:
    """Return `fold` of letters beyond ASCII, with a blank for each other character.

    Each letter is folded by itself.
    """
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c)
    )
    joined = bare.casefold().replace("'", "").replace("’", "")
    return "".join(c if c.isalnum() else " " for c in joined)


@lru_cache(maxsize=32_768)
def name_words(name: str) -> tuple[str, ...]:
    """Return the significant words of a name, romanised, family name last.

    Without honorifics, articles, and particles. "Abd al-Rahman" and "Nur al-Din" are one word each,
    like "Abdulrahman" and "Noureddine". A name of particles only keeps them; "" has no words.
    """
    honorifics, particles = _skipped()
    latin = romanise(
        _vocalised(_family_last(_ACRONYM.sub(lambda m: m.group().replace(".", ""), name)))
    )
    words = [part for word in _WORD.findall(_SUN_ARTICLE.sub("", latin)) for part in _parts(word)]
    while len(words) > 1 and words[0] in honorifics:
        del words[0]
    return tuple(_attached([w for w in words if w not in particles] or words))


@lru_cache(maxsize=32_768)
def name_key(name: str) -> str:
    """Return the key of a name: the sounds of its words, joined by hyphens.

    "" for a name without letters. Vowels count by class (a e, i y, o u), consonants by sound, so
    "Hasan" and "Husayn" are different. A patronymic and initials in the middle are left out: one
    text writes "Oleg Petrovich Sorin" or "Jana R. Wirth", another "Oleg Sorin" or "Jana Wirth".
    """
    first, *others = name_words(name) or ("",)
    middle = [word for word in others[:-1] if not _is_optional(word)]
    return key_of_words((first, *middle, *others[-1:]))


def key_of_words(words: Iterable[str]) -> str:
    """Return the key of the words of a name, every one of them."""
    return "-".join(filter(None, map(_class_of, words)))


def _is_optional(middle: str) -> bool:
    """Return whether texts that mean one person write a middle name or leave it out."""
    return len(middle) == 1 or _PATRONYMIC.search(middle) is not None


def _family_last(name: str) -> str:
    """Return "Family, Given" as "Given Family". Any other comma stays."""
    family, comma, given = name.partition(",")
    return (
        f"{given} {family}"
        if comma and given.strip() and "," not in given and len(given.split()) <= 3
        else name
    )


def _vocalised(name: str) -> str:
    if not ARABIC.search(name):
        return name
    return " ".join(_vocalised_word(word) for word in name.split())


def _vocalised_word(word: str) -> str:
    bare = unicodedata.normalize("NFKC", word).translate(_BARE_ALEF)
    known = word_lists().arabic
    return next(
        (
            known[bare[len(start) :]]
            for start in _ARABIC_ARTICLES
            if bare.startswith(start) and bare[len(start) :] in known
        ),
        word,
    )


def _parts(word: str) -> list[str]:
    """Return the parts of a compound word, with group words in English.

    Compounds are "abdulrahman", "noureddine".
    """
    servant, faith, of_god = _SERVANT.match(word), _FAITH.search(word), _OF_GOD.search(word)
    if servant:
        return ["abd", *_parts(word[servant.end() :])]
    if faith and len(word) > 5:
        return [word[: faith.start()], "din"]
    if of_god:
        return [*_parts(word[: of_god.start()]), "allah"]
    return (
        ["abd"] if word in ("abdul", "abdel", "abdal") else [_meanings().get(_class_of(word), word)]
    )


def _attached(words: list[str]) -> Iterator[str]:
    """Yield the words, with "abd" joined to the next and "din" and "allah" to the one before."""
    held = ""
    for word in words:
        if held and word not in ("din", "allah") and not held.endswith("abd"):
            yield held
            held = ""
        held += f"'{word}" if held else word
    if held:
        yield held


@cache
def _skipped() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(word_lists().honorifics.split()), frozenset(word_lists().particles.split())


@cache
def _meanings() -> dict[str, str]:
    return {
        _class_of(word): meaning
        for meaning, words in word_lists().groups.items()
        for word in words.split()
    }


_SOUND_CLASSES = "e:a u:o y:i Y:ai W:ao S:sh C:sh X:h T:t D:d G:g J:j q:k w:v"
_CLASSES = str.maketrans(dict(pair.split(":") for pair in _SOUND_CLASSES.split()))


def _class_of(word: str) -> str:
    return (
        re.sub(r"(.)\1+", r"\1", sounds(word).translate(_CLASSES)) if not word.isdigit() else word
    )
