"""Specificity: does a text tell of one event that happened, or of violence in general ("the killing of journalists goes on")?

A logistic model over few plain features of an incident; its weights are data (lexicon/specificity.yaml).
"""

import math
import re
from collections.abc import Sequence

from services.messages import Mention, Report
from services.tagger.dictionaries import cues
from services.text.names import fold

_PAST = re.compile(r"(?:ed|en|t|ot|ung|ain|ew|ound|oke|uck|ook|ead|urt|ell)$", re.IGNORECASE)
_QUOTES = re.compile(r"[\"“”]")
_FIRST_PERSON = re.compile(r"\b(?:we|our|us|i|my|you|your)\b", re.IGNORECASE)


def features(members: Sequence[Report], by_id: dict[str, Mention], text: str) -> dict[str, float]:
    """Return the features of an incident by name, each 0…1 or a small logarithm."""
    victims = [by_id[i] for r in members for i in r.patient if i in by_id]
    agents = [by_id[i] for r in members for i in r.agent if i in by_id]
    words = [text[slice(*r.trigger)] for r in members]
    first = min(r.sentence_index for r in members)
    nouns = [w for r, w in zip(members, words, strict=True) if r.rule.endswith("-noun@1")]
    sentences = {r.sentence: text[slice(*r.sentence)] for r in members}
    quoted = [len(_QUOTES.findall(text[r.sentence[0] : r.trigger[0]])) % 2 for r in members]
    return {
        "reports": math.log1p(len(members)),
        "sentences": math.log1p(len(sentences)),
        "dated": float(any(r.date is not None and r.date.span is not None for r in members)),
        "placed": float(any(by_id[i].geoname_id or by_id[i].country for r in members for i in r.place if i in by_id)),
        "named victim": float(any(_is_name(v) for v in victims)),
        "counted victim": float(any(r.counts for r in members)),
        "single victim": float(any(_is_single(v) for v in victims)),
        "bare plural victim": float(bool(victims) and all(_is_bare_plural(v) for v in victims)),
        "no victim": float(not victims),
        "soldier victim": float(bool(victims) and all(set(fold(v.surface).split()) & cues()["combatants"] for v in victims)),
        "thing hit": float(any(r.target for r in members)),
        "agent": float(bool(agents)),
        "named group": float(any(a.type == "group" and a.actor_id for a in agents)),
        "past verb": float(any(not r.rule.endswith("-noun@1") and _PAST.search(w) for r, w in zip(members, words, strict=True))),
        "only nouns": float(len(nouns) == len(members)),
        "plural noun": float(any(w.lower().endswith("s") for w in nouns)),
        "first": float(first <= 1),
        "early": math.log1p(first),
        "late": min(r.trigger[0] for r in members) / max(1, len(text)),
        "quoted": sum(quoted) / len(quoted),
        "first person": sum(bool(_FIRST_PERSON.search(s)) for s in sentences.values()) / len(sentences),
        "denied": float(any(r.stance == "denied" for r in members)),
        "asserted": float(any(r.stance == "asserted" for r in members)),
        "only deaths": float(all(r.event in ("killed", "wounded") for r in members)),
        "bombing": float(any(r.event == "bombing" for r in members)),
        "abducted": float(any(r.event == "abducted" for r in members)),
        "released": float(all(r.event == "released" for r in members)),
        "attack": float(all(r.event == "attack" for r in members)),
        "clash": float(any(r.event == "clash" for r in members)),
        "loss": float(any(r.event in ("arson", "destruction", "robbery") for r in members)),
    }


def _is_name(mention: Mention) -> bool:
    return mention.actor_id is not None or not mention.rule.startswith("phrase/") or mention.rule == "phrase/role@1"


def _is_single(mention: Mention) -> bool:
    return bool(
        re.match(r"(?:an?|one|the|his|her|another) ", mention.surface, re.IGNORECASE)
    ) and not mention.surface.lower().endswith("s")


def _is_bare_plural(mention: Mention) -> bool:
    return (
        not _is_name(mention)
        and mention.surface.lower().endswith("s")
        and not re.search(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|several)\b", mention.surface.lower())
    )
