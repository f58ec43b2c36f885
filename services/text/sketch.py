"""A small sketch of a text, by which copies are found where messages meet.

MinHash (Broder 1997) over word 4-grams, 64 permutations of 32 bits. The standard error of the
estimate is at most 1/sqrt(64) = 0.125, and 0.05 at a similarity of 0.8.
"""

import base64
import struct
from functools import lru_cache

from rensa import RMinHash

from services.text.names import fold

N_PERMUTATIONS = 64
"""Hashes of a sketch, of 4 bytes each. More would make the estimate finer."""
_SEED = 20_240_229
_NGRAM = 4
"""Words of a gram."""
_FORMAT = f"<{N_PERMUTATIONS}I"
_HALVES = f"<{N_PERMUTATIONS // 2}Q"
"""Half bands: two permutations each."""


def sketch(text: str) -> str:
    """Return the sketch of `text` as base64; "" for a text without words."""
    words = fold(text).split()
    if not words:
        return ""
    grams = {" ".join(words[i : i + _NGRAM]) for i in range(max(1, len(words) - _NGRAM + 1))}
    minhash = RMinHash(num_perm=N_PERMUTATIONS, seed=_SEED)
    minhash.update(list(grams))
    return base64.b64encode(struct.pack(_FORMAT, *minhash.digest())).decode("ascii")


SKETCHES = 2_048
"""Sketches whose bands are remembered: those of a claim that is folded anew, twice over.

It bounds memory: one takes 1.3 kB. A hit asks for its own a few times within a message.
"""


@lru_cache(maxsize=SKETCHES)
def bands(value: str | None) -> tuple[int, ...]:
    """Return keys for locality-sensitive hashing of a sketch.

    Two sketches of similarity 0.8 share a key, except 2 in 10,000. 16 bands of 4 permutations:
    Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, 3.4. A key is a hash of a band and its
    number, small, and the same in each process of one Python: hashes of numbers have no seed.
    """
    halves = struct.unpack(_HALVES, base64.b64decode(value)) if value else ()
    return tuple(hash((i, *halves[i : i + 2])) for i in range(0, len(halves), 2))


def similarity(a: str | None, b: str | None) -> float:
    """Return the estimated Jaccard similarity of two sketches, from 0 to 1; 0 if one is missing."""
    if not a or not b:
        return 0.0
    left, right = (struct.unpack(_FORMAT, base64.b64decode(s)) for s in (a, b))
    same: int = sum(x == y for x, y in zip(left, right, strict=True))
    return same / N_PERMUTATIONS


COPY_SIMILARITY = 0.8
"""Estimated Jaccard similarity of word 4-grams from which two texts count as copies."""


def are_copies(a: str | None, b: str | None) -> bool:
    """Return True if two sketches are of one text.

    The tracker's voices and the alerter's hits use it.
    """
    return similarity(a, b) >= COPY_SIMILARITY
