"""Finding: the references under which claims that may be one event find each other."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations, product

from services.messages import Known, Party
from services.tracker.grouping.guests import MEET_WITHIN
from services.tracker.grouping.rules import MANY_WORDS

_PERIOD = 6
"""Days of a period under which a name is looked up; any number gives the same groups.

A claim of a day looks into two of twice MEET_WITHIN. A longer one finds more in vain.
"""

MOST_WORDINGS = 3
"""Wordings of a claim, the first ones, by whose words it is found. It bounds the row. A guess."""


def found_under(party: Party) -> set[str]:
    """Return the references under which a party is found."""
    found = set[str]()
    for name in party.names:
        words = _words(name)
        found |= {f"all:{words[0]}"} if len(words) == 1 else _pairs(words)
        found |= {f"has:{word}" for word in words}
    return _references(party, found | _rare_words(party), timedelta(0))


def looks_under(party: Party) -> set[str]:
    """Return the references of all parties with a name, near in time, or an incident in common.

    Two names are one if all words of one are in the other (`are_one_name`). So both have two words
    in common, or one of them has a single word. A word alone ("al", "city") finds no longer names.
    """
    found = set[str]()
    for name in party.names:
        words = _words(name)
        found |= {f"has:{words[0]}"} if len(words) == 1 else _pairs(words)
        found |= {f"all:{word}" for word in words}
    return _references(party, found | _rare_words(party), MEET_WITHIN)


def _rare_words(party: Party) -> set[str]:
    """Return words of which two texts have one in common if they have MANY_WORDS in common.

    In any order of all words, the first common one has MANY_WORDS - 1 behind it (prefix filter,
    Chaudhuri et al. 2006). The long ones come first: they are rare (Zipf 1935).
    """
    found = set[str]()
    for wording in party.known.wordings[:MOST_WORDINGS]:
        ordered = sorted(wording, key=lambda word: (-len(word), word))
        found.update(f"word:{word}" for word in ordered[: max(0, len(ordered) - MANY_WORDS + 1)])
    return found


def _words(name: str) -> list[str]:
    return sorted(set(name.split("-")))


def _pairs(words: Iterable[str]) -> set[str]:
    return {f"both:{a}-{b}" for a, b in combinations(words, 2)}


def _references(party: Party, marked: Iterable[str], around: timedelta) -> set[str]:
    """Return marked words by period, and incidents, as references in the family of a party."""
    family, periods = party.block.partition(":")[0], _periods(party.known, around)
    found = {f"{family}|{mark}|{period}" for mark, period in product(marked, periods)}
    return found | {f"{family}|{incident}" for incident in party.incidents}


def _periods(known: Known, around: timedelta) -> range:
    """Return the numbers of the periods from a time before a claim's first report to its last."""
    if known.first_at is None or known.last_at is None:
        return range(1)
    first, last = known.first_at - around, known.last_at + around
    return range(first.toordinal() // _PERIOD, last.toordinal() // _PERIOD + 1)
