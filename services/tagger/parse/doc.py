"""A parsed sentence as plain objects, copied once out of spaCy's.

spaCy makes a new object at each look at a token, and a new string at each look at one of its
words. The rules look hundreds of times at each token: a copy costs less than ten of these looks.
The names of the attributes are spaCy's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from sys import intern
from typing import cast, overload

import numpy as np
from spacy.strings import StringStore
from spacy.tokens import Doc as SpacyDoc

from services.tagger.lexicon.lists import Form, Lemma
from services.tagger.lexicon.words import endings
from services.tagger.parse.labels import Label

_NOTHING: dict[str, list["Token"]] = {}
"""What hangs by label on a token that nothing hangs on: shared, and never changed."""


class Token:
    """A word or mark of a sentence.

    `i`: its number in the sentence. `idx`: the offset of its first character. `whitespace_`: what
    stands behind it, a space or nothing. `head`: the token that it hangs on, itself at a root.
    `lemma`: in lower case. `kids`: what hangs on it in text order; `by_label`: the same by label.
    """

    __slots__ = (
        "by_label",
        "dep",
        "doc",
        "ent_type_",
        "head",
        "i",
        "idx",
        "kids",
        "lemma",
        "lower_",
        "pos_",
        "tag_",
        "text",
        "whitespace_",
    )

    doc: "Doc"
    i: int
    idx: int
    text: str
    whitespace_: str
    lower_: Form
    lemma: Lemma
    pos_: str
    tag_: str
    dep: Label
    ent_type_: str
    head: "Token"
    kids: Sequence["Token"]
    by_label: dict[str, list["Token"]]

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return self.text

    def nbor(self, distance: int = 1) -> "Token":
        """Return the token so many behind this one, before it if negative. Raises IndexError."""
        if self.i + distance < 0:
            raise IndexError(self.i + distance)
        return self.doc.words[self.i + distance]

    @property
    def subtree(self) -> list["Token"]:
        """Return the token and all below it in text order."""
        return sorted(self._below(), key=_place)

    @property
    def left_edge(self) -> "Token":
        """Return the first token, in text order, of the subtree."""
        return min(self._below(), key=_place)

    def _below(self) -> list["Token"]:
        found = [self]
        for token in found:  # grows while it is walked: a chain may be as long as the sentence
            found += token.kids
        return found

    @property
    def ancestors(self) -> Iterator["Token"]:
        """Yield the tokens above, the nearest first."""
        token = self
        while token.head is not token:
            token = token.head
            yield token

    def is_ancestor(self, other: "Token") -> bool:
        """Return whether another token hangs below this one."""
        return any(token is self for token in other.ancestors)


def _place(token: Token) -> int:
    return token.i


@dataclass(frozen=True)
class Entity:
    """A named entity of a sentence: its label, and the tokens from `start` to before `end`."""

    doc: "Doc"
    start: int
    end: int
    label_: str

    @property
    def words(self) -> list[Token]:
        return self.doc.words[self.start : self.end]

    @property
    def start_char(self) -> int:
        return self.doc.words[self.start].idx

    @property
    def end_char(self) -> int:
        last = self.doc.words[self.end - 1]
        return last.idx + len(last.text)

    @property
    def root(self) -> Token:
        """Return the token with the fewest above it; the first of several."""
        return min(self.words, key=lambda token: len(list(token.ancestors)))


class Doc:
    """A parsed sentence: its tokens in text order, its text and its named entities."""

    __slots__ = ("_by_form", "_by_lemma", "ents", "text", "words")

    def __init__(self, parsed: SpacyDoc) -> None:
        self.text: str = parsed.text
        self.words = _tokens(self, parsed)
        self.ents = [Entity(self, e.start, e.end, e.label_) for e in parsed.ents]
        self._by_form: dict[Form, list[Token]] | None = None
        self._by_lemma: dict[Lemma, list[Token]] | None = None

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.words)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> list[Token]: ...
    def __getitem__(self, at: int | slice) -> Token | list[Token]:
        return self.words[at]

    @property
    def by_form(self) -> dict[Form, list[Token]]:
        """Return the tokens by their form in lower case."""
        if self._by_form is None:
            self._by_form = {}
            for token in self.words:
                self._by_form.setdefault(token.lower_, []).append(token)
        return self._by_form

    @property
    def by_lemma(self) -> dict[Lemma, list[Token]]:
        """Return the tokens by their lemma."""
        if self._by_lemma is None:
            self._by_lemma = {}
            for token in self.words:
                self._by_lemma.setdefault(token.lemma, []).append(token)
        return self._by_lemma


_LABELS: dict[int, str] = {}
"""The model's labels by spaCy's hash of them, which is the same for every vocabulary."""

_COPIED: list[int | str] = [
    *("ORTH", "LOWER", "LEMMA", "POS", "TAG", "DEP", "ENT_TYPE", "SPACY", "HEAD")
]
"""Attributes of spaCy's tokens that are copied. Its `HEAD` is relative to the token."""


def _tokens(doc: Doc, parsed: SpacyDoc) -> list[Token]:
    """Return the tokens of a sentence, hung on each other."""
    strings, pasts, offset = parsed.vocab.strings, endings().pasts, 0
    words = [Token() for _ in range(len(parsed))]
    rows = parsed.to_array(_COPIED)
    heads = rows[:, -1].astype(np.int64).tolist() if words else []
    for at, (token, row) in enumerate(zip(words, rows.tolist(), strict=True)):
        orth, lower, lemma, pos, tag, dep, ent, spaced, _ = row
        token.doc, token.i, token.idx = doc, at, offset
        token.text = text = strings[orth]
        token.whitespace_ = " " if spaced else ""
        token.lower_ = cast(Form, strings[lower])
        found = strings[lemma].lower()
        token.lemma = cast(Lemma, pasts.get(found, found))
        token.pos_, token.tag_ = _label(strings, pos), _label(strings, tag)
        token.dep, token.ent_type_ = cast(Label, _label(strings, dep)), _label(strings, ent)
        token.kids, token.by_label = (), _NOTHING
        token.head = words[at + heads[at]]
        offset += len(text) + spaced
    _hang(words)
    return words


def _label(strings: StringStore, key: int) -> str:
    label = _LABELS.get(key)
    if label is None:
        label = _LABELS[key] = intern(strings[key])
    return label


def _hang(words: Sequence[Token]) -> None:
    """Give each token what hangs on it."""
    for token in words:
        above = token.head
        if above is token:
            continue
        if isinstance(above.kids, list):
            above.kids.append(token)
        else:
            above.kids, above.by_label = [token], {}
        above.by_label.setdefault(token.dep, []).append(token)
