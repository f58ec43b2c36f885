"""Phrases that go with what a watch tells wrongly: exceptions that it may have. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from services.desk.past import PastAlert
from services.messages import Watch
from services.text.tokens import words

LEAST_HELD = 2
"""Wrong alerts that must hold an exception: what one alone holds is chance."""

MOST_PHRASES = 8
"""Exceptions of one suggestion. A guess: a reader can weigh as many at a glance."""

MOST_TRIED = 2_000
"""Phrases that are tried for one watch, those that most wrong alerts hold. It bounds the work."""

CHANCE = 0.05
"""The greatest chance that no right alert would hold a phrase as common as in the wrong ones.

So few wrong alerts need many right ones: "said" is in every second sentence of all news.
"""

LEAST_LETTERS = 4
"""Letters of the longest word of a phrase: "of the" is in every sentence."""

_COMMON_WORDS = """
about above after again against almost along also although always among another around because
been before behind being below between both came come could does doing done down during each
either else even ever every everywhere from gave give goes have having here hers high himself
into itself just less like liked long made make many more most much must near need never next
nobody none noon nothing often once only onto other others over past same says seen several
should since some soon still such take than that their them then there these they this those
through till took towards twice under until upon used very want wants well went were what when
where which while whom whose will with within without would year years your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words of every text: a sentence does not go wrong by one of them alone."""


def exceptions(
    watch: Watch, bad: Sequence[PastAlert], good: Sequence[PastAlert]
) -> tuple[str, ...]:
    """Return phrases that bad alerts hold and no right one does, the most useful first.

    One after the other, that which most bad alerts hold that are still told; of equals the longer
    one, which takes fewer others with it. A word that the watch asks for is none.
    """
    asked = {*words(watch.query or "")}
    held, spoilt = _held(bad, asked), _held(good, asked)
    candidates = sorted(
        (
            p
            for p, ids in held.items()
            if p not in spoilt and is_no_chance(len(ids), len(bad), len(good))
        ),
        key=lambda p: (-len(held[p]), p),
    )[:MOST_TRIED]
    chosen, left = list[str](), {alert.alert_id for alert in bad}
    while candidates and len(chosen) < MOST_PHRASES:
        best = min(candidates, key=lambda p: (-len(held[p] & left), -len(p.split()), p))
        if len(held[best] & left) < LEAST_HELD:
            break
        chosen.append(best)
        left -= held[best]
    return tuple(chosen)


def is_no_chance(n_held: int, n_bad: int, n_right: int) -> bool:
    """True if that no right alert holds a phrase of some bad ones is hardly chance."""
    return n_held >= LEAST_HELD and (1 - n_held / n_bad) ** n_right <= CHANCE


def _held(alerts: Iterable[PastAlert], asked: set[str]) -> dict[str, set[str]]:
    """Return by phrase of one or two words the alerts whose sentences hold it."""
    found: dict[str, set[str]] = {}
    for alert in alerts:
        for sentence in alert.sentences:
            said = words(sentence)
            for phrase in (*((word,) for word in said), *pairwise(said)):
                is_told = any(map(_says_something, phrase))
                if is_told and not asked.issuperset(phrase):
                    found.setdefault(" ".join(phrase), set()).add(alert.alert_id)
    return found


def _says_something(word: str) -> bool:
    return len(word) >= LEAST_LETTERS and word.isalpha() and word not in _COMMON
