"""spaCy's entity recogniser with its moves taken for a whole batch at once.

Its states know no more than the word ahead, and of an open entity the first word and the label
(Lample et al. 2016, transition system of chunks: begin, in, last, unit, out). So outside an entity
the best move of every word follows from the word alone, and one matrix product gives them all. The
entities that begin are followed word by word, all at the same time, until they close. spaCy takes
the moves one by one: the same moves, at five times the cost.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from spacy.tokens import Span

from services.tagger.parse.vectors import Matrix

Row = np.ndarray[Any, Any]
"""Numbers or flags, one a word."""


class Recogniser:
    """Sets the entities of parsed sentences as a greedy spaCy `ner` would."""

    def __init__(self, ner: Any) -> None:
        self._tok2vec = ner.model.get_ref("tok2vec")
        lower, upper = ner.model.get_ref("lower"), ner.model.get_ref("upper")
        # Features × hidden × pieces × input: the pieces of each maxout are set side by side.
        by_piece = lower.get_param("W").transpose(3, 0, 2, 1)
        self._n_features, self._hidden = by_piece.shape[1], by_piece.shape[3]
        self._features = np.ascontiguousarray(by_piece.reshape(by_piece.shape[0], -1))
        self._missing = lower.get_param("pad")[0].transpose(0, 2, 1).reshape(self._n_features, -1)
        self._bias = lower.get_param("b").T.reshape(-1)
        self._scores = np.ascontiguousarray(upper.get_param("W").T)
        self._score_bias = upper.get_param("b")
        names = map(ner.moves.get_class_name, range(ner.moves.n_moves))
        moves = [tuple(name.split("-", 1)) for name in names]
        self._labels = [move[1] if len(move) > 1 else "" for move in moves]
        self._begins, self._unit = (self._are(moves, kind) for kind in "BU")
        outside = np.array([move[0] == "O" for move in moves])
        self._never = ~(self._begins | self._unit | outside)
        self._in, self._last = (self._same_label(moves, kind) for kind in "IL")

    def _are(self, moves: Sequence[tuple[str, ...]], kind: str) -> Row:
        """Return which moves are of a kind and have a label."""
        labelled = zip(moves, self._labels, strict=True)
        return np.array([move[0] == kind and bool(label) for move, label in labelled])

    def _same_label(self, moves: Sequence[tuple[str, ...]], kind: str) -> Row:
        """Return, for each move, the move of a kind that has its label."""
        of_kind = (i for i, move in enumerate(moves) if move[0] == kind)
        places = {self._labels[i]: i for i in of_kind}
        return np.array([places.get(label, 0) for label in self._labels])

    def annotate(self, docs: Sequence[Any]) -> None:
        """Set the entities of sentences of one word at least."""
        attributes = np.concatenate([doc.to_array(["SENT_START", "IS_SPACE"]) for doc in docs])
        ends = np.cumsum(list(map(len, docs)))
        closes = np.roll(attributes[:, 0] == 1, -1)
        closes[ends - 1] = True
        features = self._tok2vec.predict(docs) @ self._features
        by_word = features.reshape(len(attributes), self._n_features, -1)
        moves = self._outside(by_word, closes, attributes[:, 1] == 1)
        found = list(self._entities(by_word, closes, moves))
        start = at = 0
        for doc, end in zip(docs, ends, strict=True):
            spans, free = [], start
            while at < len(found) and found[at][0] < end:
                first, last, move = found[at]
                if first >= free:
                    label = self._labels[move]
                    spans.append(Span(doc, first - start, last + 1 - start, label=label))
                    free = last + 1
                at += 1
            doc.set_ents(spans, default="outside")
            start = end

    def _outside(self, features: Matrix, closes: Row, is_space: Row) -> Row:
        """Return the best move of each word outside an entity.

        None begins where the sentence ends, or on white space.
        """
        scores = self._scored(features[:, 0] + (self._missing[1] + self._missing[2]))
        scores[:, self._never] = -np.inf
        scores[np.ix_(closes | is_space, self._begins)] = -np.inf
        scores[np.ix_(is_space, self._unit)] = -np.inf
        best: Row = scores.argmax(axis=1)
        return best

    def _entities(
        self, features: Matrix, closes: Row, moves: Row
    ) -> Iterator[tuple[int, int, int]]:
        """Return (first word, last word, first move) of the entities in order.

        Each is read as if it were reached outside another.
        """
        last = np.arange(len(moves))
        first = np.flatnonzero(self._begins[moves])
        word = first + 1
        while len(first):
            scores = self._scored(features[word, 0] + features[first, 1] + features[word - 1, 2])
            rows, begun = np.arange(len(first)), moves[first]
            ended = closes[word] | (scores[rows, self._last[begun]] > scores[rows, self._in[begun]])
            last[first[ended]] = word[ended]
            first, word = first[~ended], word[~ended] + 1
        begins = np.flatnonzero((self._begins | self._unit)[moves])
        return zip(begins.tolist(), last[begins].tolist(), moves[begins].tolist(), strict=True)

    def _scored(self, sums: Matrix) -> Matrix:
        sums = sums + self._bias
        hidden = np.maximum(sums[:, : self._hidden], sums[:, self._hidden :])
        scores: Matrix = hidden @ self._scores + self._score_bias
        return scores
