"""An article in, a tagged article out, in three passes (docs/tagger.md).

article ─► canonical text ─► boilerplate ─► sentences ─► (those with a trigger or a cue) parse
    ─► mentions (names/read) ─► reports of sentences (reports) ─► the whole article (completion)
    ─► incidents (incidents/)
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

import msgspec
from spacy.language import Language

from services.messages import Article, Boilerplate, Report, Span, TaggedArticle, provenance
from services.messages.limits import bounded
from services.messages.tagged import AttributionSpan
from services.tagger.bounds import READ, Findings, bounded_findings, bounded_incidents
from services.tagger.completion import ReportWork, complete
from services.tagger.events.refused import Notes
from services.tagger.incidents.build import incidents_of
from services.tagger.incidents.view import ArticleView
from services.tagger.layout.boilerplate import find_boilerplate, story_start
from services.tagger.layout.dateline import find_dateline
from services.tagger.layout.sentences import sentences
from services.tagger.layout.truecase import Truecaser, is_shouting, lowered
from services.tagger.lexicon.matcher import Actors, open_lexicon, packaged_lexicon
from services.tagger.lexicon.ontology import ontology
from services.tagger.names.mentions import Mentions, renumbered
from services.tagger.names.read import find_names
from services.tagger.parse.doc import Doc
from services.tagger.parse.repair import repaired
from services.tagger.parse.sentence import Parsed
from services.tagger.parse.spacy_model import load_parser, parsed
from services.tagger.reports import headline_stance, read_reports
from services.tagger.sources.find import speech_pattern
from services.tagger.sources.origin import find_origin
from services.tagger.stance.taken_up import untrue_pattern
from services.tagger.timing.clock import Clock
from services.text.canonical import canonical
from services.text.language import language_of
from services.text.sketch import sketch

_ENGLISH = "en"
"""The language of the rules. A text in another one would be misread. Names are found in all."""


@dataclass
class _Draft:
    """An article being tagged. Only sentences with a trigger's stem, and the title, are parsed."""

    article: Article
    text: str
    reading: str
    """The text that is parsed, in mixed case if the article's own has none."""
    title_end: int
    boilerplate: tuple[Boilerplate, ...]
    spans: list[Span]
    language: str
    cut: str | None
    parsed: list[Parsed] = field(default_factory=list)

    @property
    def story_start(self) -> int:
        return story_start(self.boilerplate, self.title_end)


class Tagger:
    """The language pipeline and the dictionaries, loaded once for each process."""

    def __init__(self, nlp: Language, actors: Actors) -> None:
        self._nlp = nlp
        self._actors = actors
        self._stems = _stems()
        self._speech = speech_pattern()
        self._untrue = untrue_pattern()
        self._caser = Truecaser(nlp, actors.names())

    @classmethod
    def load(
        cls, model: str, lexicons: Sequence[tuple[str, str | bytes | memoryview]] = ()
    ) -> "Tagger":
        """Return a tagger. Raises ConfigError.

        `lexicons`: (name, YAML text or compiled bytes) of user dictionaries; later ones override.
        """
        own = [open_lexicon(content, name) for name, content in lexicons]
        return cls(load_parser(model), Actors((packaged_lexicon(), *own)))

    def tag(self, articles: Sequence[Article]) -> list[TaggedArticle]:
        """Return the articles tagged, in order, without `tagged_at`.

        Their sentences are parsed in one batch.
        """
        return [self._finish(draft) for draft in self._parsed(articles)]

    def tag_with_notes(self, articles: Sequence[Article]) -> list[tuple[TaggedArticle, Notes]]:
        """Return the articles tagged as `tag` does, each with the notes of its reading."""
        found: list[tuple[TaggedArticle, Notes]] = []
        for draft in self._parsed(articles):
            notes = Notes()
            found.append((self._finish(draft, notes), notes))
        return found

    def _parsed(self, articles: Sequence[Article]) -> list[_Draft]:
        drafts = [self._draft(article) for article in articles]
        self._parse(drafts)
        return drafts

    def _draft(self, article: Article) -> _Draft:
        kept = bounded(article.title, article.text)
        text, title_end = canonical(kept.title, kept.text)
        boilerplate = find_boilerplate(text, title_end)
        reading = self._caser.read(text[:READ], title_end) + text[READ:]
        spans = sentences(reading, title_end, boilerplate)
        language, cut = language_of(text, article.language), article.cut or kept.cut
        return _Draft(article, text, reading, title_end, boilerplate, spans, language, cut)

    def _parse(self, drafts: Iterable[_Draft]) -> None:
        wanted = chain.from_iterable(map(self._to_parse, drafts))
        for doc, (draft, index, span) in parsed(self._nlp, wanted, _is_in_title):
            sentence = repaired(Doc(doc))
            draft.parsed.append(Parsed(sentence, span, index, is_title=span[1] <= draft.title_end))

    def _to_parse(self, draft: _Draft) -> Iterator[tuple[str, tuple[_Draft, int, Span]]]:
        """Yield the title, and the sentences that may hold an event or a source."""
        for index, span in enumerate(draft.spans if draft.language == _ENGLISH else ()):
            sentence, is_title = draft.reading[slice(*span)], span[1] <= draft.title_end
            if span[1] <= READ and (is_title or self._may_tell(sentence.lower())):
                yield _for_parser(sentence, is_title=is_title), (draft, index, span)

    def _may_tell(self, lowered: str) -> bool:
        """Return True if a sentence in lower case has the stem of a trigger or of a cue."""
        patterns = (self._speech, self._stems, self._untrue)
        return any(pattern.search(lowered) for pattern in patterns)

    def _finish(self, draft: _Draft, notes: Notes | None = None) -> TaggedArticle:
        dateline = find_dateline(draft.reading, draft.story_start)
        at = draft.article.published_at
        published = at.date() if at else dateline.day if dateline else None
        mentions = find_names(draft.reading, self._actors, draft.parsed, dateline, published)
        seen = draft.article.first_seen_at.date()
        clock = Clock.of(published, seen, mentions.text, has_title=draft.title_end > 0)
        found, sources = read_reports(draft.parsed, mentions, draft.spans, clock, notes)
        work = ReportWork(
            article_id=draft.article.article_id,
            text=draft.text,
            mentions=mentions,
            sentences=draft.spans,
            dateline=dateline.place if dateline else None,
            published=published,
            reports=[report for report in found if not report.in_passing],
            passing=[report for report in found if report.in_passing],
            moments=clock.moments,
            sources=sources,
        )
        complete(work)
        return _message(draft, mentions, work, published)


def _is_in_title(of: tuple[_Draft, int, Span]) -> bool:
    draft, _, span = of
    return span[1] <= draft.title_end


def _in_order(sources: Mapping[Span, AttributionSpan]) -> list[AttributionSpan]:
    return [sources[cue] for cue in sorted(sources)]


def _message(
    draft: _Draft, mentions: Mentions, work: ReportWork, published: date | None
) -> TaggedArticle:
    article = draft.article
    origin = find_origin(article, mentions, draft.story_start)
    sources = _in_order(work.sources)
    found = bounded_findings(Findings(work.linked, mentions.in_order(), sources, draft.boilerplate))
    mentions.keep(found.mentions)
    ids = renumbered(mentions, draft.text)
    reports = tuple(_renamed(report, ids) for report in found.reports)
    view = ArticleView(
        article_id=article.article_id,
        text=draft.text,
        title_end=draft.title_end,
        published=published,
        reports=reports,
        mentions=mentions.by_id,
        dateline=work.dateline,
    )
    incidents, notes = bounded_incidents(incidents_of(view))
    body = _without(draft.text, draft.boilerplate, draft.title_end) or draft.text[: draft.title_end]
    return TaggedArticle(
        **provenance(article, TaggedArticle),
        language=draft.language,
        skipped="; ".join(filter(None, (draft.cut, _skipped(draft), *found.notes, *notes))) or None,
        text=draft.text,
        title_end=draft.title_end,
        origin=origin,
        sketch=sketch(body),
        boilerplate=tuple(found.boilerplate),
        mentions=tuple(mentions.in_order()),
        reports=reports,
        incidents=tuple(incidents),
        attributions=tuple(_renamed_source(s, ids) for s in found.attributions),
        stance=headline_stance(work.linked, draft.parsed, draft.reading, draft.title_end),
        changes=article.changes,
        withdrawn=article.withdrawn,
    )


def _skipped(draft: _Draft) -> str | None:
    if draft.language == _ENGLISH:
        is_long = len(draft.text) > READ
        return f"events: those behind the first {READ:,} characters" if is_long else None
    if not draft.spans:
        return None
    if draft.language == "und":
        return "events: the language is not known"
    return f"events: there are no rules for {draft.language}"


def _renamed(report: Report, ids: dict[str, str]) -> Report:
    fields: dict[str, Any] = {}
    for slot in ("patient", "target", "agent", "instrument", "place"):
        known = filter(None, map(ids.get, getattr(report, slot)))
        fields[slot] = tuple(dict.fromkeys(known))
    fields["attribution"] = tuple(
        msgspec.structs.replace(said, mention=ids.get(said.mention or ""))
        for said in report.attribution
    )
    return msgspec.structs.replace(report, **fields)


def _renamed_source(source: AttributionSpan, ids: dict[str, str]) -> AttributionSpan:
    return AttributionSpan(
        source=source.source,
        mention=ids.get(source.mention or ""),
        cue=source.cue,
        content=source.content,
    )


def _without(text: str, boilerplate: Sequence[Boilerplate], title_end: int) -> str:
    pieces, at = [], title_end
    for part in boilerplate:
        pieces.append(text[at : part.start])
        at = part.end
    return "".join([*pieces, text[at:]]).strip()


def _for_parser(sentence: str, *, is_title: bool) -> str:
    """Return a sentence in the form that the parser reads best, of the same length.

    Title case and capitals are lowered. An acronym in square brackets ("the Salt Front [SF]")
    breaks a parse in two; one in round brackets does not.
    """
    sentence = _ACRONYM.sub(r"(\1)", sentence)
    words = _LONGER_WORD.findall(sentence)
    n_capitals = sum(word[0].isupper() for word in words)
    is_title_case = len(words) >= _TITLE_WORDS and n_capitals > _TITLE_CASE * len(words)
    if words and (is_shouting(sentence) or (is_title and is_title_case)):
        return lowered(sentence)
    return sentence


_ACRONYM = re.compile(r"\[(\w+)\]")
_LONGER_WORD = re.compile(r"[A-Za-z][\w'’-]{3,}")
_TITLE_WORDS, _TITLE_CASE = 4, 0.8
"""Longer words of a title, and the share of capitals beyond which it is in title case."""


_IRREGULAR = (
    r"caught|struck|slain|chosen?|shot|took|taken|held|blew|blown|went|gone|beat|"
    r"threw|thrown|fought|fled|s[au]nk|sw[oe]re?|met|gave|given|sent|lost|stole|"
    r"broken?|stepp|drew|withdrew|burnt|hung|led|put|stood|cut|victim|bod(?:y|ies)|"
    r"corpse|hostage|deceased|fatalit|remains|fell|froze|frozen|bled|leapt|"
    r"over(?:thr|ran|took)|re(?:took|taken)|swept|r[au]ng\b|ran\b|brought|spat\b|drove\b"
)


def _stems() -> re.Pattern[str]:
    """Return a pattern that every sentence with a trigger matches in lower case.

    It has the triggers without their last letters.
    """
    words = set[str]()
    for kind in ontology():
        words.update(map(_stem, kind.stems()))
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, words)))}|{_IRREGULAR})")


def _stem(word: str) -> str:
    return word if len(word) < _STEM_CHARS else word[:-1]


_STEM_CHARS = 5
"""Letters from which a word is looked for without its last."""
