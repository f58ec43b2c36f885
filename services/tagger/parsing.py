"""spaCy's pipeline with the same answers in a third of the time.

tok2vec ─► tagger ─► parser ─► words (attribute ruler, lemmatizer) ─► entity recogniser

What is other than in spaCy: the word vectors (`vectors`); the moves of parser and recogniser are taken with the interpreter's
lock held, which theirs give away and take back at every move; and what follows from a word, its tag and its dependency (part of
speech, morphology, lemma) is asked of the ruler and the lemmatizer once.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.util import minibatch
from thinc.api import NumpyOps

from services.tagger.vectors import mixed, quick_vectors

BATCH = 256
"""Sentences that are parsed at once."""
_GREEDY, _WORDS = "reportedly_greedy", "reportedly_words"
PARSING = ("quick_parser", "quick_words", "quick_ner")
"""The components after the tagger."""
_KEPT = 200_000


def load_parser(model: str) -> Any:
    """Return a spaCy pipeline whose parts are exchanged for quicker ones where they are of the kinds known here."""
    nlp = spacy.load(model)
    tok2vec, ner = nlp.get_pipe("tok2vec"), nlp.get_pipe("ner")
    tok2vec.model = quick_vectors(tok2vec.model) or tok2vec.model
    own = ner.model.get_ref("tok2vec").layers[0]
    quick = quick_vectors(own)
    if quick is not None:
        ner.model.replace_node(own, quick)
    for name in ("tok2vec", "tagger", "parser", "ner"):
        for node in nlp.get_pipe(name).model.walk():
            node.ops = NumpyOps(use_blis=False)
    nlp.add_pipe(_GREEDY, name="quick_parser", config={"of": "parser"})
    nlp.add_pipe(_WORDS, name="quick_words")
    nlp.add_pipe(_GREEDY, name="quick_ner", config={"of": "ner"})
    nlp.select_pipes(enable=["tok2vec", "tagger", *PARSING])
    return nlp


@Language.factory(_GREEDY)
class _Greedy:
    """Takes the best move of a transition system at each step, of a batch of sentences at once."""

    def __init__(self, nlp: Any, name: str, of: str) -> None:
        self._system = nlp.get_pipe(of)

    def __call__(self, doc: Any) -> Any:
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Any], batch_size: int = BATCH) -> Iterator[Any]:
        for batch in minibatch(docs, batch_size):
            if any(len(doc) for doc in batch):
                self._annotate([doc for doc in batch if len(doc)])
            yield from batch

    def _annotate(self, docs: Sequence[Any]) -> None:
        states = moving = self._system.moves.init_batch(docs)
        step = self._system.model.predict(docs)
        while moving:
            moving = self._system.transition_states(moving, step.predict(moving))
        self._system.set_annotations(docs, states)


@Language.factory(_WORDS)
class _Words:
    """Part of speech, morphology and lemma, remembered by word, tag and dependency: the rules look at nothing else.

    But for the few rules of several words ("let 's"): a sentence with a word that one starts with is left to the rules.
    """

    def __init__(self, nlp: Any, name: str) -> None:
        self._ruler, self._lemmatizer = nlp.get_pipe("attribute_ruler"), nlp.get_pipe("lemmatizer")
        rules = chain.from_iterable(rule["patterns"] for rule in self._ruler.patterns)
        self._openers = Matcher(nlp.vocab)
        self._openers.add("opener", [rule[:1] for rule in rules if len(rule) > 1])
        self._known: dict[int, tuple[int, int, int] | None] = {}

    def __call__(self, doc: Any) -> Any:
        keys = mixed(doc.to_array(["ORTH", "TAG", "DEP"])) if len(doc) else []
        known = [self._known.get(key) for key in keys]
        if None in known:
            self._learn(doc, keys)
        elif known:
            doc.from_array(["POS", "MORPH", "LEMMA"], np.array(known, "uint64"))
        return doc

    def _learn(self, doc: Any, keys: Sequence[int]) -> None:
        self._lemmatizer(self._ruler(doc))
        if not self._openers(doc, allow_missing=True):
            self._known = self._known if len(self._known) < _KEPT else {}
            self._known |= zip(keys, map(tuple, doc.to_array(["POS", "MORPH", "LEMMA"]).tolist()), strict=True)
