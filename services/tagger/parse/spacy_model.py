"""spaCy's pipeline with the same answers in a fifth of the time.

tok2vec ─► tagger ─► parser ─► words (attribute ruler, lemmatizer) ─► entities

The differences to spaCy are the word vectors (`vectors`), the recogniser's moves (`recogniser`),
the parser's moves, which are taken with the interpreter's lock held (spaCy gives it away and takes
it back at each), and the part of speech, morphology and lemma, for which the ruler and the
lemmatizer are asked once a word, tag and dependency.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Literal, TypeVar, get_args

import numpy as np
import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.util import minibatch
from thinc.api import NumpyOps

from services.tagger.parse.recogniser import Recogniser
from services.tagger.parse.vectors import mixed, quick_vectors

T = TypeVar("T")

BATCH = 256
"""Sentences that are parsed at once."""

TOKENS = 16_000
"""Tokens parsed at once, twice those of `BATCH` sentences of news; a sentence may have more.

The parser's work beforehand takes 6 kB a token: a text of quotation marks, each a token, would fill
gigabytes.
"""

_PARSER, _WORDS, _ENTITIES = "quick_parser", "quick_words", "quick_entities"
PARSING = (_PARSER, _WORDS, _ENTITIES)
"""The components after the tagger."""
_KEPT = 200_000
"""Words, with tag and dependency, that are remembered."""


def load_parser(model: str) -> Any:
    """Return a spaCy pipeline that is as quick as is known here to make it."""
    return quickened(spacy.load(model))


def parsed(
    nlp: Language,
    sentences: Iterable[tuple[str, T]],
    is_headline: Callable[[T], bool] = lambda _: False,
) -> Iterator[tuple[Doc, T]]:
    """Parse sentences, each with something of its caller's, in batches of bounded memory."""
    made = ((nlp.make_doc(text), context) for text, context in sentences)
    parted = ((_parted(doc) if is_headline(c) else doc, c) for doc, c in made)
    for batch in _batches(parted):
        yield from nlp.pipe(batch, as_tuples=True, batch_size=BATCH)


def _parted(doc: Doc) -> Doc:
    """Part a headline behind its first colon, so that the parser joins nothing across it.

    A source, a place, or a topic stands before it ("Army: Marta Olvin killed in firefight"), which
    the parser else takes for the subject.
    """
    colon = next((t for t in doc[1:-1] if t.text == ":" and t.whitespace_), None)
    if colon is not None:
        doc[colon.i + 1].is_sent_start = True
    return doc


def _batches(docs: Iterable[tuple[Doc, T]]) -> Iterator[list[tuple[Doc, T]]]:
    batch: list[tuple[Doc, T]] = []
    n_tokens = 0
    for doc, context in docs:
        if batch and (len(batch) == BATCH or n_tokens + len(doc) > TOKENS):
            yield batch
            batch, n_tokens = [], 0
        batch.append((doc, context))
        n_tokens += len(doc)
    if batch:
        yield batch


_Part = Literal["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner"]
_BUILD = get_args(_Part)
"""The components of the pipelines that can be made quicker."""


def quickened(nlp: Any) -> Any:
    """Return a spaCy pipeline with quicker components; one of another build than ours as it is."""
    if not set(_BUILD).issubset(nlp.pipe_names):
        return nlp
    parts: dict[_Part, Any] = {name: nlp.get_pipe(name) for name in _BUILD}
    ner, own = parts["ner"].model, parts["ner"].model.get_ref("tok2vec").layers[0]
    shared, quick = quick_vectors(parts["tok2vec"].model), quick_vectors(own)
    is_greedy = _is_greedy(parts["parser"]) and _is_greedy(parts["ner"])
    if shared is None or quick is None or not is_greedy:
        return nlp
    parts["tok2vec"].model = shared
    ner.replace_node(own, quick)
    for part in (parts["tagger"], parts["parser"], parts["ner"]):
        for node in part.model.walk():
            node.ops = NumpyOps(use_blis=False)
    for name in PARSING:
        nlp.add_pipe(name)
    nlp.select_pipes(enable=["tok2vec", "tagger", *PARSING])
    return nlp


def _is_greedy(system: Any) -> bool:
    """Return whether a transition system takes the best move at each step.

    It has the two layers that spaCy's small models have.
    """
    model = system.model
    is_small = model.attrs["has_upper"] and model.get_ref("lower").get_dim("nP") == 2
    return bool(system.cfg["beam_width"] == 1 and is_small)


class _InBatches:
    """A component that annotates many sentences at once."""

    def __call__(self, doc: Any) -> Any:
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Any], batch_size: int = BATCH) -> Iterator[Any]:
        for batch in minibatch(docs, batch_size):  # type: ignore[no-untyped-call]
            filled = [doc for doc in batch if len(doc)]
            if filled:
                self.annotate(filled)
            yield from batch

    def annotate(self, docs: Sequence[Any]) -> None:
        raise NotImplementedError


@Language.factory(_PARSER)
class _Parser(_InBatches):
    """Takes the best move of spaCy's parser at each step, of all sentences at once.

    The interpreter's lock is held throughout.
    """

    def __init__(self, nlp: Any, name: str) -> None:
        self._parser = nlp.get_pipe("parser")

    def annotate(self, docs: Sequence[Any]) -> None:
        states = moving = self._parser.moves.init_batch(docs)
        step = self._parser.model.predict(docs)
        while moving:
            moving = self._parser.transition_states(moving, step.predict(moving))
        # It holds 4 kB a token, in a circle of references that only the garbage collector breaks.
        step.clear_memory()
        self._parser.set_annotations(docs, states)


@Language.factory(_ENTITIES)
class _Entities(_InBatches):
    """Takes the best moves of spaCy's entity recogniser."""

    def __init__(self, nlp: Any, name: str) -> None:
        self._recogniser = Recogniser(nlp.get_pipe("ner"))

    def annotate(self, docs: Sequence[Any]) -> None:
        self._recogniser.annotate(docs)


@Language.factory(_WORDS)
class _Words:
    """Part of speech, morphology and lemma, remembered by word, tag and dependency.

    The rules look at nothing else, except the few of several words ("let 's"): a sentence in which
    one of them holds is left to the rules.
    """

    def __init__(self, nlp: Any, name: str) -> None:
        self._ruler, self._lemmatizer = nlp.get_pipe("attribute_ruler"), nlp.get_pipe("lemmatizer")
        patterns = chain.from_iterable(rules["patterns"] for rules in self._ruler.patterns)
        joint = [rule for rule in patterns if len(rule) > 1]
        self._joint, self._first = Matcher(nlp.vocab), Matcher(nlp.vocab)
        self._joint.add("joint", joint)
        self._first.add("first", [rule[:1] for rule in joint])
        self._known: dict[int, tuple[int, int, int]] = {}
        self._openers: set[int] = set()

    def __call__(self, doc: Any) -> Any:
        keys = mixed(doc.to_array(["ORTH", "TAG", "DEP"])) if len(doc) else []
        known = [self._known.get(key) for key in keys]
        may_join = not self._openers.isdisjoint(keys)
        if None in known or (may_join and self._joint(doc, allow_missing=True)):
            self._learn(doc, keys)
        elif known:
            doc.from_array(_ANSWERS, np.array(known, "uint64"))
        return doc

    def _learn(self, doc: Any, keys: Sequence[int]) -> None:
        if self._joint(doc, allow_missing=True):
            self._lemmatizer(self._ruler(doc))
            return
        if len(self._known) > _KEPT:
            self._known, self._openers = {}, set()
        self._openers.update(keys[start] for _, start, _ in self._first(doc, allow_missing=True))
        self._lemmatizer(self._ruler(doc))
        answers = map(tuple, doc.to_array(_ANSWERS).tolist())
        self._known |= zip(keys, answers, strict=True)


_ANSWERS = ["POS", "MORPH", "LEMMA"]
