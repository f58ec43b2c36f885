"""Finding: the references under which claims that may be one event find each other."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations, product

from services.messages import Known, Party
from services.tracker.grouping.guests import MEET_WITHIN

_PERIOD = 6
"""Days of a period under which a name is looked up; any number gives the same groups.

A claim of a day looks into two of twice MEET_WITHIN. A longer one finds more in vain.
"""


def found_under(party: Party) -> set[str]:
    """Return the references under which a party is found."""
    found = set[str]()
    for name in party.names:
        words = _words(name)
        found |= {f"all:{words[0]}"} if len(words) == 1 else _pairs(words)
        found |= {f"has:{word}" for word in words}
    found |= set(map(_word, _own_words(party)))
    return _in_periods(party, found, timedelta(0)) | _incidents(party)


def looks_under(party: Party) -> set[str]:
    """Return the references of parties with a name in common, near in time, or an incident.

    Two names are one if all words of one are in the other (`are_one_name`). So both have two words
    in common, or one of them has a single word. A word alone ("al", "city") finds no longer names.
    """
    found = set[str]()
    for name in party.names:
        words = _words(name)
        found |= {f"has:{words[0]}"} if len(words) == 1 else _pairs(words)
        found |= {f"all:{word}" for word in words}
    return _in_periods(party, found, MEET_WITHIN) | _incidents(party)


def words_under(parties: Iterable[Party]) -> list[set[str]]:
    """Return by period the references of whose words one has MANY_WORDS in common with a party.

    Whoever has so many in common with one of these parties, near in time, has so many references
    of a period. Of a period, so that words that most claims have can be left out (`keys_of`).
    """
    found = dict[int, set[str]]()
    for party in parties:
        for period in _periods(party.known, MEET_WITHIN):
            words = (_reference(party, _word(word), period) for word in _own_words(party))
            found.setdefault(period, set()).update(words)
    return list(found.values())


def _words(name: str) -> list[str]:
    return sorted(set(name.split("-")))


def _pairs(words: Iterable[str]) -> set[str]:
    return {f"both:{a}-{b}" for a, b in combinations(words, 2)}


def _own_words(party: Party) -> set[str]:
    return set[str]().union(*party.known.wordings)


def _word(word: str) -> str:
    return f"word:{word}"


def _in_periods(party: Party, marked: Iterable[str], around: timedelta) -> set[str]:
    """Return marked words by period as references in the family of a party."""
    periods = _periods(party.known, around)
    return {_reference(party, mark, period) for mark, period in product(marked, periods)}


def _reference(party: Party, mark: str, period: int) -> str:
    return f"{_family(party)}|{mark}|{period}"


def _incidents(party: Party) -> set[str]:
    return {f"{_family(party)}|{incident}" for incident in party.incidents}


def _family(party: Party) -> str:
    return party.block.partition(":")[0]


def _periods(known: Known, around: timedelta) -> range:
    """Return the numbers of the periods from a time before a claim's first report to its last."""
    if known.first_at is None or known.last_at is None:
        return range(1)
    first, last = known.first_at - around, known.last_at + around
    return range(first.toordinal() // _PERIOD, last.toordinal() // _PERIOD + 1)
