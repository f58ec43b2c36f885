"""The people whom each sentence speaks of, one by one: candidates for what a pronoun means.

Names come from the mentions, nouns ("the driver") and pronouns from the words. In a sentence that
is not parsed, a noun can't be told from an apposition, so it only stands in the way of a name.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from services.messages import Mention, Span
from services.tagger.lexicon.words import any_of, cues, endings, forms, lemmas
from services.tagger.names.mentions import Mentions
from services.tagger.parse.doc import Token
from services.tagger.parse.sentence import Parsed
from services.tagger.parse.tree import has_called, is_a, kids, lemma_of, tokens_of

Sex = Literal["f", "m"]

_WORD = re.compile(r"[\w’'-]+")
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+")
"""Words in capitals that may be a name: the recogniser reads only what is parsed."""
_TITLE_WITHIN = 12
"""Characters before a name in which its title stands ("Mrs")."""


@dataclass(frozen=True)
class Person:
    """One person whom a sentence speaks of.

    - `start`: the offset of the word in the text; of a name, that of its last word.
    - `word`: what two words for the person share, if nothing better is known: a noun's lemma.
    - `mention`: of a name. `token`: of a word in a sentence that is parsed.
    - `sex`: as far as the words tell. `speaks`: the sentence quotes the person.
    """

    start: int
    word: str
    mention: Mention | None = None
    token: Token | None = None
    sex: Sex | None = None
    speaks: bool = False
    is_pronoun: bool = False


def people_of(sentence: Parsed, mentions: Mentions, speakers: AbstractSet[int]) -> list[Person]:
    """Return the people of a parsed sentence in text order.

    `speakers`: the offsets in the text of the words that name those quoted.
    """
    found: list[Person] = []
    base = sentence.span[0]
    ends = {m.end for m in mentions.overlapping(*sentence.span) if _is_persons_name(m)}
    for token in tokens_of(sentence.doc):
        start, end = base + token.idx, base + token.idx + len(token)
        may_be_pronoun = token.lower_ in forms().third_person_singular
        may_be_one_of_them = may_be_pronoun or _is_somebody(token)
        if not (end in ends or may_be_one_of_them):
            continue
        name = _name_at(mentions, start, end)
        is_pronoun = name is None and may_be_pronoun
        if name is not None and end < name.end:
            continue  # Only the last word of a name hangs on the rest of the sentence.
        if name is None and not may_be_one_of_them:
            continue
        beside = _set_beside(token)
        told = (sex for sex in (sex_of(word.lower_) for word in beside) if sex is not None)
        known = {person.word for person in found}
        word = lemma_of(token)
        is_another = is_pronoun or (word in known and has_called(token, *forms().indefinite))
        found.append(
            Person(
                start=start,
                word=f"{word} {start}" if is_another else word,
                mention=name,
                token=token,
                sex=next(told, None) or _sex_of_title(name.start if name else start, mentions.text),
                speaks=not speakers.isdisjoint(base + word.idx for word in beside),
                is_pronoun=is_pronoun,
            )
        )
    return found


def people_by_words(span: Span, mentions: Mentions) -> list[Person]:
    """Return the people of a sentence that is not parsed, in text order."""
    found: list[Person] = []
    for match in _WORD.finditer(mentions.text, *span):
        word, (start, end) = match.group().lower(), match.span()
        name = _name_at(mentions, start, end)
        is_pronoun = name is None and word in forms().third_person_singular
        if name is not None:
            if end == name.end:
                sex = _sex_of_title(name.start, mentions.text)
                found.append(Person(start, word, name, sex=sex))
        elif is_pronoun or may_be_one(word):
            key = f"{word} {start}"
            found.append(Person(start, key, sex=sex_of(word), is_pronoun=is_pronoun))
    unknown = (m for m in _NAME.finditer(mentions.text, *span) if not mentions.overlaps(*m.span()))
    found += (Person(match.start(), match.group()) for match in unknown)
    return sorted(found, key=lambda person: person.start)


def sex_of(word: str) -> Sex | None:
    """Return the sex that a noun, a pronoun, or a title tells."""
    if word in any_of(forms().female, forms().female_titles) or word.endswith("woman"):
        return "f"
    is_male = word in any_of(forms().male, forms().male_titles) or word.endswith("man")
    return "m" if is_male else None


def _name_at(mentions: Mentions, start: int, end: int) -> Mention | None:
    mention = mentions.at(start, end)
    return mention if mention is not None and _is_persons_name(mention) else None


def _is_persons_name(mention: Mention) -> bool:
    return mention.type == "person" and mention.is_name


def _is_somebody(token: Token) -> bool:
    """True for a noun for one person that is no title, predicate, or apposition of another."""
    if token.tag_ != "NN" or not may_be_one(lemma_of(token)):
        return False
    if is_a(token, "appos", "attr", "compound", "amod", "nmod", "npadvmod", "oprd"):
        return False
    is_as = is_a(token, "pobj") and token.head.lower_ == "as"
    beside_a_name = any(word.pos_ == "PROPN" for word in kids(token, "appos"))
    return not is_as and not beside_a_name and not has_called(token, "no")


def may_be_one(noun: str) -> bool:
    """True for a noun for one person, not one for many ("crew", "mob", "gunmen")."""
    if noun not in any_of(cues().person_nouns, cues().roles):
        return False
    many = any_of(lemmas().companies, lemmas().small_groups, cues().group_words, cues().protesters)
    return noun not in any_of(many, cues().quantities) and not noun.endswith(endings().plurals)


def _set_beside(token: Token) -> list[Token]:
    """Return a word and those that it is set beside: "his mother, NAME", "spokesman NAME"."""
    found = [token, *kids(token, "appos", "compound")]
    if is_a(token, "appos", "compound"):
        found += [token.head, *kids(token.head, "appos")]
    return found


def _sex_of_title(start: int, text: str) -> Sex | None:
    before = _WORD.findall(text, max(0, start - _TITLE_WITHIN), start)
    return next(filter(None, map(sex_of, map(str.lower, before[-1:]))), None)
