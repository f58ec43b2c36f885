"""The exceptions of a watch: words that the sentence on which an alert rests must not hold.

A reader who is told of "the first victim of the price war" does not want the word "victim" less,
but this use of it.
"""

from collections.abc import Iterator

from services.messages import Claim, ClaimCause, Watch
from services.text.findings import Finding
from services.text.phrases import holds_phrase
from services.text.tokens import words
from services.text.typed_yaml import Row

MAX_EXCEPTIONS = 50
"""Exceptions of one watch. A guess: who needs more asks for something else."""

MAX_EXCEPTION_CHARS = 100
"""Characters of one exception: a phrase, not a sentence."""


def is_excepted(watch: Watch, sentence: str) -> bool:
    """True if a sentence holds one of the exceptions: its words, side by side, in any case."""
    return holds_phrase(sentence, watch.unless)


def is_claim_excepted(watch: Watch, claim: Claim, cause: ClaimCause | None) -> bool:
    """True if the sentence by which an article tells a claim holds an exception.

    Without a sentence of its own it is the claim's first one.
    """
    said = cause.evidence if cause and cause.evidence else next(iter(claim.evidence), None)
    return said is not None and is_excepted(watch, said.quote)


def exceptions_refused(row: Row) -> Iterator[Finding]:
    """Yield the mistakes in the exceptions of a watch."""
    given = row.get("unless") or ()
    if len(given) > MAX_EXCEPTIONS:
        what = f"a watch has at most {MAX_EXCEPTIONS} exceptions, and here are {len(given)}"
        yield Finding(".unless", what)
    for number, phrase in enumerate(given[:MAX_EXCEPTIONS]):
        at = f".unless[{number}]"
        if not words(phrase):
            yield Finding(at, "an exception is a word, or some words side by side")
        elif len(phrase) > MAX_EXCEPTION_CHARS:
            yield Finding(at, f"an exception has at most {MAX_EXCEPTION_CHARS} characters")
