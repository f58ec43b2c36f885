"""Numbers alone that stand for more of a kind named before: "20 soldiers were killed and 10 wounded", "one of them was hurt"."""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from services.messages import Mention, SentenceReport, Span
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions
from services.tagger.names.unnamed import is_people
from services.tagger.values.counts import number

_WORD = re.compile(r"[\w’'-]+")
_PARTS = re.compile(r"\bof (?:them|these|those|whom|which)$", re.IGNORECASE)
_QUANTITIES = frozenset({"another", "other", "others", "several", "many", "some", "both", "all", "more", "few"})
_BESIDE = frozenset(
    {"at", "least", "about", "approximately", "around", "nearly", "almost", "some", "over", "only", "than", "further", "the"}
)
_FATES = frozenset({"dead", "wounded", "injured", "missing"})
_INTRODUCE = frozenset({"a", "an", "several", "some", "many", "more", "another"})
_KIND_WITHIN = 250
"""Characters before the sentence in which "of them" looks for a kind."""
_WORDS_BETWEEN = 3
"""Words between a number and the noun that it counts."""


def with_kinds(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with the kind of people ("soldiers") in place of a number alone; their counts say how many."""
    by_id = mentions.by_id
    doers = [(m.start, m.end) for r in reports for i in r.agent if (m := by_id.get(i)) is not None]
    done = []
    for report in reports:
        patients = (by_id.get(i) for i in report.patient)
        kinds = tuple(k.id for m in patients if m is not None and (k := _kind(m, report.sentence, doers, mentions) or m))
        done.append(msgspec.structs.replace(report, patient=tuple(dict.fromkeys(kinds))))
    return done


def with_own_counts(reports: Sequence[SentenceReport], mentions: Mentions) -> list[SentenceReport]:
    """Return the reports with one for each group that has a number of its own ("six monks and two cooks were killed").

    Only where nobody of them is named, so that all stay in one claim block: there an article's highest number is its toll.
    """
    by_id = mentions.by_id
    return [part for report in reports for part in _by_count(report, [by_id[i] for i in report.patient if i in by_id])]


def _by_count(report: SentenceReport, patients: Sequence[Mention]) -> Iterator[SentenceReport]:
    own = {m.id: tuple(c for c in report.counts if m.start <= c.span[0] and c.span[1] <= m.end) for m in patients}
    if len(patients) < 2 or not any(own.values()) or any(m.is_name for m in patients):
        yield report
        return
    for mention in patients:
        if own[mention.id]:
            yield msgspec.structs.replace(report, patient=(mention.id,), counts=own[mention.id])
    rest = tuple(m.id for m in patients if not own[m.id])
    if rest:
        counts = tuple(c for c in report.counts if not any(c in counted for counted in own.values()))
        yield msgspec.structs.replace(report, patient=rest, counts=counts)


def _kind(mention: Mention, sentence: Span, doers: Iterable[Span], mentions: Mentions) -> Mention | None:
    words = mention.surface.lower().split()
    if mention.type != "person" or mention.form != "description" or not _is_elided(words):
        return None
    parts = _PARTS.search(mention.surface) is not None
    start = max(0, sentence[0] - _KIND_WITHIN) if parts else sentence[0]
    for span in _counted(mentions.text, start, mention.start, any_plural=parts):
        if not any(a <= span[0] < b for a, b in doers):
            return mentions.add(*span, "person", "phrase/kind", form="description")
    return None


def _is_elided(words: Sequence[str]) -> bool:
    """Tell whether words count people without saying what people they are."""
    if words[-2:-1] == ["of"]:
        words = words[:-2]
    counting = [w for w in words if w in _QUANTITIES or number(w) is not None]
    return bool(counting) and all(w in _BESIDE | _FATES or w in counting for w in words)


def _counted(text: str, start: int, end: int, *, any_plural: bool) -> Iterator[Span]:
    """Yield the spans of the nouns for people that are counted in a range, the nearest to its end first."""
    words = list(_WORD.finditer(text, start, end))
    for at in range(len(words) - 1, -1, -1):
        noun = words[at].group().lower()
        if noun in _FATES | _QUANTITIES or not (is_people(noun) or noun in cues().person_nouns):
            continue
        before = [w.group().lower() for w in words[max(0, at - _WORDS_BETWEEN - 1) : at]]
        counts = [i for i, w in enumerate(before) if w in _INTRODUCE or number(w) is not None]
        if counts:
            first = at - len(before) + counts[-1] + 1
            between = text[words[first].start() : words[at].start()]
            if not re.search(r"[,;:.]|\b(?:and|or|of|in|at|was|were)\b", between):
                yield words[first].start(), words[at].end()
        elif any_plural and is_people(noun):
            yield words[at].span()
