"""Words for the dependency tree: the relations that the rules are written in.

The labels are those of spaCy's English models: ClearNLP's conversion of Penn Treebank phrase
structure (Choi & Palmer 2012, "Guidelines for the CLEAR Style Constituent to Dependency
Conversion"). Prepositions govern their objects there: "killed in a raid" is
`killed ─prep─► in ─pobj─► raid`.

What hangs on what is worked out once for each sentence (`doc`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import TypeVar

from services.tagger.lexicon.lists import Form, Lemma
from services.tagger.lexicon.words import any_of, cues, forms
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.labels import Label

_Word = TypeVar("_Word", bound=str)

_BEFORE_NOUN = frozenset({"ADJ", "DET", "NOUN", "NUM", "PROPN"})
"""Parts of speech between a negation and the noun that it rules out. The parser may hang them
elsewhere ("body double, not militia chief NAME")."""


# What a token is.


def label_of(token: Token) -> Label:
    """Return the label by which a token hangs on its head."""
    return token.dep


def is_a(token: Token, *labels: Label) -> bool:
    """Return whether a token hangs on its head by one of these labels."""
    return token.dep in labels


def lemma_of(token: Token) -> Lemma:
    """Return the lemma in lower case."""
    return token.lemma


def words_of(token: Token) -> set[str]:
    """Return the lemma of a token and its form, both in lower case."""
    return {token.lemma, token.lower_}


def is_noun(token: Token) -> bool:
    """Return whether a token is a common noun or a name."""
    return token.pos_ in ("NOUN", "PROPN")


def is_verb(token: Token) -> bool:
    """Return whether a token is a verb, an auxiliary included."""
    return token.pos_ in ("VERB", "AUX")


def is_when(token: Token) -> bool:
    """Return whether a token belongs to a date or a time of day ("on Friday")."""
    return token.ent_type_ in ("DATE", "TIME")


def is_quantity(token: Token) -> bool:
    """Return whether a word counts people that are left out ("several injured", "another")."""
    return token.pos_ == "NUM" or token.lower_ in cues().quantities


def is_relative(token: Token) -> bool:
    """Return whether a token is a relative pronoun ("who", "which", "that")."""
    return token.tag_ in ("WDT", "WP")


def is_ruled_out(noun: Token) -> bool:
    """Return whether a contrast says that it is not this one ("not NAME", "rather than NAME")."""
    doc, at = noun.doc, noun.i - 1
    while at >= 0 and (doc[at].pos_ in _BEFORE_NOUN or doc[at].tag_ == "POS"):
        at -= 1
    if phrase(doc[max(0, at - 1) : at + 1]) in forms().contrasting:
        return True
    if at > 0 and is_a(noun, "pobj") and doc[at].pos_ == "ADP":
        at -= 1  # "by the army, not by rebels"
    if at < 0 or doc[at].lower_ != "not":
        return False
    return doc[at + 1].lower_ not in any_of(cues().pseudo_negation_after, forms().all_of_them)


# What several tokens are.


def lemmas_of(tokens: Iterable[Token]) -> set[Lemma]:
    """Return the lemmas of tokens in lower case."""
    return {token.lemma for token in tokens}


def forms_of(tokens: Iterable[Token]) -> set[Form]:
    """Return the forms of tokens in lower case, as they stand in the text."""
    return {token.lower_ for token in tokens}


def phrase(tokens: Sequence[Token]) -> str:
    """Return the words of neighbours in lower case, parted as in the text."""
    return "".join(token.text + token.whitespace_ for token in tokens).strip(" ").lower()


def untimed(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens that belong to no date or time of day."""
    return [token for token in tokens if not is_when(token)]


# What a sentence holds.


def tokens_of(doc: Doc) -> list[Token]:
    """Return the tokens of a sentence in text order."""
    return list(doc.words)


def lemmas_in(doc: Doc) -> AbstractSet[Lemma]:
    """Return the lemmas of a sentence in lower case."""
    return doc.by_lemma.keys()


def forms_in(doc: Doc) -> AbstractSet[Form]:
    """Return the forms of a sentence in lower case."""
    return doc.by_form.keys()


def tokens_of_lemma(doc: Doc, lemmas: AbstractSet[str]) -> list[Token]:
    """Return the tokens of a sentence with one of these lemmas, in text order."""
    return _found(doc.by_lemma, lemmas)


def tokens_called(doc: Doc, words: AbstractSet[str]) -> list[Token]:
    """Return the tokens of a sentence that are one of these words in lower case, in text order."""
    return _found(doc.by_form, words)


def _found(index: Mapping[_Word, list[Token]], words: AbstractSet[str]) -> list[Token]:
    found: list[Token] = []
    for word in index.keys() & words:
        found += index[word]
    return sorted(found, key=attrgetter("i"))


# What hangs on a token.


def kids(token: Token, *labels: Label) -> list[Token]:
    """Return what hangs on a token by one of these labels, or by any, in text order."""
    if not labels:
        return list(token.kids)
    return [kid for kid in token.kids if kid.dep in labels]


def kid(token: Token, *labels: Label) -> Token | None:
    """Return the first of what hangs on a token by one of these labels; None without one."""
    return next((kid for kid in token.kids if kid.dep in labels), None)


def has(token: Token, *labels: Label) -> bool:
    """Return whether anything hangs on a token by one of these labels."""
    return any(kid.dep in labels for kid in token.kids)


def kids_called(token: Token, *words: str) -> list[Token]:
    """Return what hangs on a token, by any label, and is one of these words in lower case."""
    return [kid for kid in token.kids if kid.lower_ in words]


def has_called(token: Token, *words: str) -> bool:
    """Return whether one of these words, in lower case, hangs on a token by any label."""
    return any(kid.lower_ in words for kid in token.kids)


def kids_of_all(
    tokens: Iterable[Token], *labels: Label, words: Collection[str] | None = None
) -> list[Token]:
    """Return what hangs on any of several tokens, token by token, of `words` only if given."""
    found: list[Token] = []
    for token in tokens:
        found += kids(token, *labels)
    return found if words is None else [kid for kid in found if kid.lower_ in words]


def with_kids(tokens: Iterable[Token]) -> list[Token]:
    """Return several tokens, each followed by what hangs on it."""
    found: list[Token] = []
    for token in tokens:
        found += (token, *token.kids)
    return found


# Prepositions.


def prepositions(token: Token, *words: str) -> list[Token]:
    """Return the prepositions of a token: all, or those that are one of these words."""
    found = kids(token, "prep")
    return [prep for prep in found if prep.lower_ in words] if words else found


def behind(token: Token, *words: str) -> list[Token]:
    """Return the objects of a token's prepositions: "by rebels in Meris" gives rebels, Meris.

    With `words`, whatever hangs on the token as one of them counts as a preposition: the parser
    labels "by" of a passive `agent`, and "to" of a gift `dative`.
    """
    heads = kids_called(token, *words) if words else kids(token, "prep")
    return kids_of_all(heads, "pobj")


# Verbs.


def own_subjects(verb: Token) -> list[Token]:
    """Return the subjects that hang on a verb itself, of the active or the passive."""
    return kids(verb, "nsubj", "nsubjpass")


def undergoers(verb: Token) -> list[Token]:
    """Return what undergoes a verb: its direct objects and passive subjects."""
    return kids(verb, "dobj", "nsubjpass")


def by_phrase(verb: Token) -> list[Token]:
    """Return the nouns of a passive's by-phrase: "was killed by rebels" gives rebels."""
    return kids_of_all(kids(verb, "agent"), "pobj")


def is_passive(verb: Token) -> bool:
    """Return whether a verb has the subject or the auxiliary of a passive."""
    return has(verb, "nsubjpass", "auxpass")


def is_passive_participle(verb: Token) -> bool:
    """Return whether a past participle is a passive, with or without helper ("the men held")."""
    return verb.tag_ == "VBN" and (is_passive(verb) or not has(verb, "aux"))
