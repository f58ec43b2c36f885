"""Sources: the speakers of a report, with name, office, and body as the text gives them."""

from collections.abc import Iterable, Iterator
from itertools import chain

from services.messages import Attribution, AttributionSpan, Span, Speaker, TaggedArticle
from services.tracker.membership import key_of
from services.tracker.reports.offices import with_office

PRONOUN_REACH = 400
"""Characters back from a pronoun in which the speaker is looked for whom it stands for.

A guess: two paragraphs of a wire. Beyond them a careful writer names the speaker again.
"""

_OF_BODIES = frozenset({"it"})
_OF_PEOPLE = frozenset({"he", "she"})
_BODIES = frozenset({"group", "organisation", "state"})


class Sources:
    """The sources of one article."""

    def __init__(self, article: TaggedArticle) -> None:
        self._text = article.text
        self._mentions = {m.id: m for m in article.mentions}
        self._spoken = [said.source for said in article.attributions if said.source]
        of_reports = chain.from_iterable(report.attribution for report in article.reports)
        self._known = {
            said.source: said
            for said in (*self._quoted(article.attributions), *of_reports)
            if said.source and not self._is_pronoun(said.source)
        }

    def of(self, said: Iterable[Attribution]) -> tuple[Speaker, ...]:
        """Return the speakers of a report; of "it said" and "she said", who spoke last."""
        return tuple(self._speaker(self._antecedent(one)) for one in said)

    def are_pronouns(self, said: Iterable[Attribution]) -> bool:
        """True if all sources are pronouns, and each stands for an identified speaker."""
        found = [(one, self._antecedent(one)) for one in said]
        return bool(found) and all(one is not whole and whole.named for one, whole in found)

    def _quoted(self, spoken: Iterable[AttributionSpan]) -> Iterator[Attribution]:
        """Yield whom an article quotes by name, also on what is no event."""
        for said in spoken:
            mention = self._mentions.get(said.mention or "")
            if mention is not None and mention.is_named:
                yield Attribution(
                    mention=mention.id, kind="party", cue=said.cue, source=said.source, named=True
                )

    def _antecedent(self, said: Attribution) -> Attribution:
        """Return the last attribution before a pronoun if its source may be meant, else `said`."""
        if said.source is None or not self._is_pronoun(said.source):
            return said
        at = said.source[0]
        before = [
            span
            for span in self._spoken
            if at - PRONOUN_REACH <= span[0] < at and not self._is_pronoun(span)
        ]
        last = self._known.get(max(before)) if before else None
        return last if last is not None and self._may_be(said, last) else said

    def _may_be(self, pronoun: Attribution, source: Attribution) -> bool:
        mention = self._mentions.get(source.mention or "")
        if mention is None:
            return False
        if self._words(pronoun.source) in _OF_BODIES:
            return mention.type in _BODIES
        known = self._mentions.get(pronoun.mention or "")
        return mention.type == "person" and (known is None or known.key in ("", mention.key))

    def _is_pronoun(self, span: Span) -> bool:
        return self._words(span) in _OF_BODIES | _OF_PEOPLE

    def _words(self, span: Span | None) -> str:
        return self._text[slice(*span)].casefold() if span else ""

    def _speaker(self, said: Attribution) -> Speaker:
        mention = self._mentions.get(said.mention or "")
        span = (mention.start, mention.end) if mention else said.source
        is_person = mention is not None and mention.type == "person"
        words = with_office(self._text, span, is_person=is_person) if span else ""
        if mention is None:
            is_named = span is not None and not self._is_pronoun(span)
            label = self._text[slice(*span)] if span is not None and is_named else ""
            return Speaker(key=None, label=label, kind=said.kind, words=words)
        named = said.named and said.kind != "unnamed"
        key = key_of(mention) if named else None
        return Speaker(
            key=key,
            label=mention.shown,
            kind=said.kind,
            affiliation=mention.affiliation,
            words=words,
            type=mention.type,
        )
