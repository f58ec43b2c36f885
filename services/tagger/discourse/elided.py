"""Numerals without a noun ("20 soldiers were killed and 10 wounded"): the noun is elided.

The kind of people is that of a counted noun before the numeral; "one of them" looks for it in the
sentences before, too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from services.messages import Count, Mention, SentenceReport, Span
from services.tagger.discourse.arguments import fillers, ids_of, known
from services.tagger.lexicon.words import any_of, cues, forms
from services.tagger.names.mentions import Mentions
from services.tagger.names.unnamed import is_people
from services.tagger.values.counts import number

_WORD = re.compile(r"[\w’'-]+")
_PARTS = re.compile(r"\bof (?:them|these|those|whom|which)$", re.IGNORECASE)
_BREAK = re.compile(r"[,;:.]|\b(?:and|or|of|in|at|was|were)\b")
"""Punctuation and words between a numeral and a noun that it does not count."""
_PART = re.compile(r"\bincluding (?:(?!, and\b)[^.;:\n])*$")
"""Who is part of a number told before: "12 people, including three children and a nurse"."""
_KIND_WITHIN = 250
"""Characters before the sentence in which "of them" looks for a kind."""
_WORDS_BETWEEN = 3
"""Words between a number and the noun that it counts."""


def with_kinds(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with the kind of people ("soldiers") in place of a numeral alone.

    The counts of a report still say how many.
    """
    agents = fillers(reports, "agent", mentions.by_id)
    done = []
    for report in reports:
        patients = known(report.patient, mentions.by_id)
        kinds = [_kind(m, report.sentence, agents, mentions) or m for m in patients]
        done.append(msgspec.structs.replace(report, patient=ids_of(kinds)))
    return done


def with_own_counts(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with one for each group that has a number of its own.

    "Six monks and two cooks were killed" gives two reports. A report with a named patient stays
    whole: its parts would have different principals, and so fall into different blocks.
    """
    done: list[SentenceReport] = []
    for report in reports:
        done += _by_count(report, known(report.patient, mentions.by_id))
    return done


def _by_count(report: SentenceReport, patients: Sequence[Mention]) -> Iterator[SentenceReport]:
    own = {m.id: counts_within(report, m) for m in patients}
    if len(patients) < 2 or not any(own.values()) or any(m.is_name for m in patients):
        yield report
        return
    rest = []
    for patient, counts in own.items():
        if counts:
            yield msgspec.structs.replace(report, patient=(patient,), counts=counts)
        else:
            rest.append(patient)
    if rest:
        parted = sum(own.values(), ())
        counts = tuple(c for c in report.counts if c not in parted)
        yield msgspec.structs.replace(report, patient=tuple(rest), counts=counts)


def counts_within(report: SentenceReport, mention: Mention) -> tuple[Count, ...]:
    """Return the counts of a report that stand in a mention ("two guards")."""
    start, end = mention.start, mention.end
    return tuple(c for c in report.counts if start <= c.span[0] and c.span[1] <= end)


def _kind(
    mention: Mention, sentence: Span, agents: Iterable[Mention], mentions: Mentions
) -> Mention | None:
    """Return the kind of people that a numeral counts; None for anything but a numeral."""
    words = mention.surface.lower().split()
    if mention.type != "person" or mention.form != "description" or not _is_elided(words):
        return None
    is_part = _PARTS.search(mention.surface) is not None
    start = max(0, sentence[0] - _KIND_WITHIN) if is_part else sentence[0]
    for span in _counted(mentions.text, start, mention.start, any_plural=is_part):
        if not any(agent.start <= span[0] < agent.end for agent in agents):
            return mentions.add(*span, "person", "phrase/kind", form="description")
    return None


def _is_elided(words: Sequence[str]) -> bool:
    """True if words count people without a noun for them ("at least 10 others", "two of them")."""
    if words[-2:-1] == ["of"]:
        words = words[:-2]
    fitting = any_of(forms().number_modifiers, forms().fates)
    return any(map(_is_numeral, words)) and all(w in fitting or _is_numeral(w) for w in words)


def _is_numeral(word: str) -> bool:
    return word in forms().bare_quantities or number(word) is not None


def _counted(text: str, start: int, end: int, *, any_plural: bool) -> Iterator[Span]:
    """Yield the spans of the counted nouns for people in a range, the nearest to its end first.

    With `any_plural`, a plural needs no numeral before it.
    """
    words = list(_WORD.finditer(text, start, end))
    for at in range(len(words) - 1, -1, -1):
        noun = words[at].group().lower()
        if not _is_kind(noun) or is_included(text, words[at].start()):
            continue
        first = _behind_numeral(words, at)
        if first is not None:
            between = text[words[first].start() : words[at].start()]
            if not _BREAK.search(between):
                yield words[first].start(), words[at].end()
        elif any_plural and is_people(noun):
            yield words[at].span()


def is_included(text: str, start: int) -> bool:
    """True for people who are part of a number told before ("12 people, including three boys")."""
    return _PART.search(text, max(0, start - _KIND_WITHIN), start) is not None


def _is_kind(noun: str) -> bool:
    """True if a word says what people they are, not what became of them or how many they are."""
    if noun in any_of(forms().fates, forms().bare_quantities):
        return False
    return is_people(noun) or noun in cues().person_nouns


def _behind_numeral(words: Sequence[re.Match[str]], noun: int) -> int | None:
    """Return the number of the word behind the last numeral or article before a noun."""
    for at in range(noun - 1, max(-1, noun - _WORDS_BETWEEN - 2), -1):
        word = words[at].group().lower()
        if word in forms().counting_determiners or number(word) is not None:
            return at + 1
    return None
