"""A parsed sentence as plain objects, copied once out of spaCy's.

spaCy makes a new object at each look at a token, and a new string at each look at one of its
words. The rules look hundreds of times at each token: a copy costs less than ten of these looks.
The names of the attributes are spaCy's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast, overload

from spacy.strings import StringStore
from spacy.tokens import Doc as SpacyDoc

from services.tagger.lexicon.lists import Form, Lemma
from services.tagger.lexicon.words import endings
from services.tagger.parse.labels import Label
from services.tagger.parse.vectors import mixed


class Token:
    """A word or mark of a sentence.

    `i`: its number in the sentence. `idx`: the offset of its first character. `whitespace_`: what
    stands behind it, a space or nothing. `head`: the token that it hangs on, itself at a root.
    `lemma`: in lower case. `kids`: what hangs on it in text order.
    """

    __slots__ = (
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
        self.words = _tokens(self, parsed)
        self.text = "".join([token.text + token.whitespace_ for token in self.words])
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


_KEPT = 200_000
"""Words, each with its part of speech, labels, lemma and blank, that are remembered."""

_COPIED: list[int | str] = ["ORTH", "LEMMA", "POS", "TAG", "DEP", "ENT_TYPE", "SPACY"]
"""Attributes of spaCy's tokens that are copied as they are."""


_known: dict[int, tuple[str, Form, Lemma, str, str, Label, str, str, int]] = {}


def _tokens(doc: Doc, parsed: SpacyDoc) -> list[Token]:
    """Return the tokens of a sentence, hung on each other."""
    if not len(parsed):
        return []
    rows, offset = parsed.to_array(_COPIED), 0
    keys = mixed(rows)
    if not _known.keys() >= set(keys):
        _learn(parsed.vocab.strings, keys, rows)
    words = [Token() for _ in keys]
    heads = parsed.to_array("HEAD").astype("int64").tolist()
    for at, (token, key, above) in enumerate(zip(words, keys, heads, strict=True)):
        token.doc, token.i, token.idx = doc, at, offset
        (
            token.text,
            token.lower_,
            token.lemma,
            token.pos_,
            token.tag_,
            token.dep,
            token.ent_type_,
            token.whitespace_,
            length,
        ) = _known[key]
        token.head = words[at + above]
        token.kids = ()
        offset += length
    for token in words:
        head = token.head
        if head is not token:
            if head.kids:
                cast(list[Token], head.kids).append(token)
            else:
                head.kids = [token]
    return words


def _learn(strings: StringStore, keys: Sequence[int], rows: Any) -> None:
    if len(_known) > _KEPT:
        _known.clear()
    pasts = endings().pasts
    for key, row in zip(keys, rows.tolist(), strict=True):
        text, lemma, pos, tag, dep, ent = (str(strings[number]) for number in row[:-1])
        lemma, blank = lemma.lower(), " " * row[-1]
        _known[key] = (
            text,
            cast(Form, text.lower()),
            cast(Lemma, pasts.get(lemma, lemma)),
            pos,
            tag,
            cast(Label, dep),
            ent,
            blank,
            len(text + blank),
        )
