"""The word lists that rules compare with: one field a class of words.yaml, with what it is for.

The file and the fields are compared when the file is loaded: a class that no field names is
refused, and so is a field that no class fills. A misspelt class is a type error. So is a lemma
that is looked for among forms: `lemma_of` gives a `Lemma`, and mypy refuses `lemma_of(token) in
forms().auxiliaries`. A test holds set operations to the same. Classes are in alphabetical order.
"""

from typing import NewType

import msgspec

Lemma = NewType("Lemma", str)
"""The lemma of a token in lower case."""

Form = NewType("Form", str)
"""A word in lower case as it stands in a text, or several with single spaces between them."""

LemmaSet = frozenset[Lemma]
FormSet = frozenset[Form]


class Lemmas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The classes that are compared with lemmas: each word is one."""

    companies: LemmaSet
    """Nouns whose "of" says how many they are ("a crew of nine"): counts."""


class Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The classes that are compared with words as they stand in a text."""

    at_least: FormSet
    """What stands before the lowest number ("no fewer than"): counts."""
    at_most: FormSet
    """What stands before the highest number ("up to"): counts."""
    clock: FormSet
    """What stands behind a number that is a time of day or a fraction ("9 p.m."): counts."""
    indefinite: FormSet
    """Words before a role that say it is not one known person ("a leader"): phrases."""
    ranges: FormSet
    """Words between the two ends of a range ("20 to 25"): counts."""
    third_person_singular: FormSet
    """Pronouns that may stand for one person named before: phrases."""


class Numbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words that have a number."""

    cardinals: dict[str, int]
    """Numbers in one word: counts."""
    factors: dict[str, int]
    """Words that multiply the number before them ("two hundred"): counts."""
    together: dict[str, int]
    """Words for two or three people, by themselves or before their noun ("both men"): counts."""
    vague: dict[str, int]
    """Words for many people: the lowest number that each stands for; there is no highest: counts."""


class WordLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of words.yaml."""

    lemmas: Lemmas
    forms: Forms
    numbers: Numbers
