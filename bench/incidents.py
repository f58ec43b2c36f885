"""Incidents of ours beside those that a careful reader wrote down: which are the same.

A reader's incident is a mapping: events, patients, agents, places (each a list of entities, an
entity a list of surfaces), time, stance, and quote, the start of the sentence that tells it best.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.messages import Incident, TaggedArticle
from services.tagger.incidents.confidence import kind_of
from services.tagger.incidents.view import ArticleView
from services.tagger.lexicon.ontology import ontology

ENOUGH = 1.6
"""Agreement from which two incidents are one: a type, and people or the telling sentence."""
SHORTEST_WORD = 4
"""Letters of the shortest word that two names may share."""
QUOTED_WORDS = 6
"""Words of a quotation that are looked for in the sentences of an incident."""
PASSED_ON = frozenset({"reported", "claimed"})

Known = Mapping[str, Any]


def is_of_ours(known: Known) -> bool:
    """True for an incident whose type is one of the ontology's."""
    return not str(known["events"][0]).startswith("other")


def paired(ours: Sequence[Incident], known: Sequence[Known], view: ArticleView) -> dict[int, int]:
    """Return the numbers of our incidents with those of the reader's that they are, one to one."""
    table = sorted(
        (
            (-agreement(incident, other, view), n, m)
            for n, incident in enumerate(ours)
            for m, other in enumerate(known)
        ),
    )
    found: dict[int, int] = {}
    for score, n, m in table:
        if -score >= ENOUGH and n not in found and m not in found.values():
            found[n] = m
    return found


def view_of(article: TaggedArticle) -> ArticleView:
    """Return the article that its incidents were made of."""
    published = article.published_at
    return ArticleView(
        article_id=article.article_id,
        text=article.text,
        title_end=article.title_end,
        published=published.date() if published else None,
        reports=article.reports,
        mentions={mention.id: mention for mention in article.mentions},
    )


def agreement(incident: Incident, known: Mapping[str, Any], view: ArticleView) -> float:
    """Return how far two incidents agree in what happened, to whom, by whom, where, and where told.

    0 where their types have nothing in common.
    """
    same_type = bool(set(incident.events) & set(known["events"]))
    if not same_type and set(map(_group, incident.events)).isdisjoint(map(_group, known["events"])):
        return 0.0
    quote = " ".join(_words(known["quote"])[:QUOTED_WORDS])
    told = {r.sentence for r in view.reports if r.report_id in incident.reports}
    sentences = [" ".join(_words(view.text[start:end])) for start, end in told]
    score = 1.0 if same_type else 0.6
    score += 1.0 * _share(known["patients"], (*incident.patient, *incident.target), view)
    score += 0.5 * _share(known["agents"], incident.agent, view)
    score += 0.4 * _share(known["places"], incident.place, view)
    score += 1.0 * any(bool(quote) and quote in sentence for sentence in sentences)
    return score


def _group(event: str) -> str:
    """Return the group of a type; a reader's own words for a type are a group of their own."""
    known = {kind.event for kind in ontology()}
    return kind_of(event) if event in known else event


def _share(names: Sequence[Sequence[str]], ids: Sequence[str], view: ArticleView) -> bool:
    """True if one of the entities shares a word with the mentions."""
    ours = {word for i in ids for word in _words(view.mentions[i].surface)}
    theirs = {word for surfaces in names for surface in surfaces for word in _words(surface)}
    return any(len(word) >= SHORTEST_WORD for word in ours & theirs)


def is_right(incident: Incident, known: Mapping[str, Any], view: ArticleView) -> bool:
    undergo = (*incident.patient, *incident.target)
    if known["time"] != "news" or (undergo and not _share(known["patients"], undergo, view)):
        return False
    both = {incident.stance, known["stance"]}
    return len(both) == 1 or both <= PASSED_ON


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
