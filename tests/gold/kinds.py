"""The fifteen kinds of things that an article about a leader's reported death asks:
what share of each is right.
"""

from collections.abc import Mapping, Sequence

from gold.article import Sentence, Wanted, WantedMention
from stories.figures import Figure, Mistake

from services.messages import Mention, Report, TaggedArticle


def judge_kinds(
    kinds: Mapping[str, Sequence[Sentence]], tagged: Mapping[str, Sequence[TaggedArticle]]
) -> tuple[list[Figure], list[Mistake]]:
    """Return a figure of all, one a kind, and the sentences that are wrong."""
    figures: list[Figure] = []
    mistakes: list[Mistake] = []
    for kind, sentences in kinds.items():
        right = 0
        for sentence, article in zip(sentences, tagged[kind], strict=True):
            if is_right(sentence, article):
                right += 1
            else:
                mistakes.append(
                    Mistake(kind, "kinds", sentence.title or sentence.text.replace("\n\n", " | "))
                )
        figures.append(Figure(f"kind: {kind}", right / len(sentences), len(sentences)))
    n = sum(map(len, kinds.values()))
    return [Figure("sentences of the kinds", 1 - len(mistakes) / n, n), *figures], mistakes


def is_right(sentence: Sentence, article: TaggedArticle) -> bool:
    """Tell whether a sentence's tagged article has what is asked of it."""
    if sentence.report is not None:
        return any(_fits(sentence.report, report, article) for report in article.reports)
    if sentence.silent is not None:
        return not any(_fits(sentence.silent, report, article) for report in article.reports)
    if sentence.mention is not None:
        return any(_is_mention(sentence.mention, mention, article) for mention in article.mentions)
    assert sentence.boilerplate is not None
    at = article.text.index(sentence.boilerplate)
    return any(part.start <= at < part.end for part in article.boilerplate)


def _fits(wanted: Wanted, report: Report, article: TaggedArticle) -> bool:
    names = {m.id: m.surface for m in article.mentions}
    events = (wanted.event,) if isinstance(wanted.event, str) else wanted.event
    sources = [
        names.get(a.mention or "") or (article.text[slice(*a.source)] if a.source else "")
        for a in report.attribution
    ]
    return (
        report.event in events
        and (not wanted.stance or report.stance in wanted.stance)
        and (wanted.patient is None or any(wanted.patient in names[i] for i in report.patient))
        and (
            wanted.agent is None
            or _any_of(wanted.agent, [names[i] for i in (*report.agent, *report.instrument)])
        )
        and (wanted.source is None or _any_of(wanted.source, sources))
        and (wanted.count is None or any(wanted.count in (c.min, c.max) for c in report.counts))
    )


def _any_of(words: str, surfaces: Sequence[str]) -> bool:
    return any(
        word.casefold() in surface.casefold() for word in words.split("|") for surface in surfaces
    )


def _is_mention(wanted: WantedMention, mention: Mention, article: TaggedArticle) -> bool:
    if (
        wanted.surface not in mention.surface
        or mention.type != wanted.type
        or (mention.role or "") != wanted.role
    ):
        return False
    whose = next((m.surface for m in article.mentions if m.id == mention.of), "")
    return wanted.of in whose
