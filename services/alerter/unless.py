"""The exceptions of a watch: words that the sentence on which an alert rests must not hold, and
rules that it must not be read by.

A reader who is told of "the first victim of the price war" does not want the word "victim" less,
but this use of it. One for whom a rule of the tagger reads much wrongly has others to rely on.
"""

from collections.abc import Callable, Iterator, Sequence

from services.messages import Claim, ClaimCause, Watch
from services.text.findings import Finding
from services.text.phrases import holds_phrase
from services.text.tokens import words
from services.text.typed_yaml import Row

MAX_EXCEPTIONS = 50
"""Exceptions of one watch. A guess: who needs more asks for something else."""

MAX_RULES = 20
"""Rules that one watch leaves out. A guess: who distrusts more asks for a higher confidence."""

MAX_EXCEPTION_CHARS = 100
"""Characters of one exception: a phrase, not a sentence."""


def is_excepted(watch: Watch, sentence: str, rule: str = "") -> bool:
    """True if a sentence holds one of the exceptions: its words, side by side, in any case; or if
    it was read by a rule that the watch leaves out. `rule`: its name."""
    return rule in watch.not_rules or holds_phrase(sentence, watch.unless)


def is_claim_excepted(watch: Watch, claim: Claim, cause: ClaimCause | None) -> bool:
    """True if the sentence by which an article tells a claim is an exception.

    Without a sentence of its own it is the claim's first one.
    """
    said = cause.evidence if cause and cause.evidence else next(iter(claim.evidence), None)
    return said is not None and is_excepted(watch, said.quote, said.rule)


def exceptions_refused(
    row: Row, is_rule: Callable[[str], bool] = lambda _: True
) -> Iterator[Finding]:
    """Yield the mistakes in the exceptions of a watch. `is_rule`: the names of rules."""
    yield from _rules_refused(row.get("not_rules") or (), is_rule)
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


def _rules_refused(names: Sequence[str], is_rule: Callable[[str], bool]) -> Iterator[Finding]:
    if len(names) > MAX_RULES:
        what = f"a watch leaves at most {MAX_RULES} rules out, and here are {len(names)}"
        yield Finding(".not_rules", what)
    for number, name in enumerate(names[:MAX_RULES]):
        if not is_rule(name):
            what = f"no rule is called {name:.60}: docs/events.md has the names, without @1"
            yield Finding(f".not_rules[{number}]", what)
