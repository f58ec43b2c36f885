"""How near the tagger comes to the gold articles: precision,
recall, and F1 of each part, and every mistake in words.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gold.article import GoldArticle, GoldReport, Number
from stories.figures import Figure, Mistake

from services.messages import Mention, Report, TaggedArticle

COUNTED = frozenset({"asserted", "reported", "claimed", "confirmed", "denied"})
"""Stances that open or change a claim."""
SLOTS = ("patient", "agent", "target", "place")
_NAMED = (
    "dictionary/",
    "entity/",
    "mention/dateline",
    "mention/acronym",
    "mention/short",
    "mention/name",
    "mention/person",
    "place/",
)
_BODIES = {"group": "body", "organisation": "body", "state": "place"}


@dataclass
class Score:
    """True and false positives and false negatives by part,
    rights and wrongs by part, and the mistakes.
    """

    hits: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    mistakes: list[Mistake] = field(default_factory=list)

    def ask(self, part: str, article: GoldArticle, right: bool, otherwise: str) -> None:
        self.asked[part] += 1
        self.right[part] += right
        if not right:
            self.mistakes.append(Mistake(article.id, part, otherwise))

    def compare(
        self, part: str, article: GoldArticle, wanted: Sequence[str], found: Iterable[str]
    ) -> None:
        """Count surfaces; one that holds the other's words is the same."""
        open_, extra = list(wanted), 0
        given = list(dict.fromkeys(found))
        for surface in given:
            same = [w for w in wanted if _same(w, surface)]
            extra += not same
            open_ = [w for w in open_ if w not in same]
        self.hits[part] += len(wanted) - len(open_)
        self.missed[part] += len(open_)
        self.extra[part] += extra
        if open_ or extra:
            self.mistakes.append(Mistake(article.id, part, f"{given}, not {list(wanted)}"))

    def figures(self) -> list[Figure]:
        """Return all figures: F1 with precision and recall, then shares."""
        found: list[Figure] = []
        for part in self.hits:
            precision = _share(self.hits[part], self.hits[part] + self.extra[part])
            recall = _share(self.hits[part], self.hits[part] + self.missed[part])
            n = self.hits[part] + self.missed[part]
            f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
            found += [
                Figure(f"{part}, precision", precision, n),
                Figure(f"{part}, recall", recall, n),
                Figure(part, f1, n),
            ]
        return found + [
            Figure(part, _share(self.right[part], n), n) for part, n in self.asked.items()
        ]


def judge(articles: Sequence[GoldArticle], tagged: Mapping[str, TaggedArticle]) -> Score:
    """Return the score of the tagged articles (by id)."""
    score = Score()
    for article in articles:
        _Judge(score, article, tagged[article.id]).judge()
    return score


class _Judge:
    """Compares one tagged article with its gold, and counts in `score`."""

    def __init__(self, score: Score, article: GoldArticle, tagged: TaggedArticle) -> None:
        self._score = score
        self._article = article
        self._tagged = tagged
        self._by_id = {mention.id: mention for mention in tagged.mentions}

    def judge(self) -> None:
        self._names()
        counted = [report for report in self._tagged.told if report.stance in COUNTED]
        self._silence(counted)
        self._made_up(counted)
        answers = _answers(self._article.reports, self._tagged, self._by_id)
        for gold, reports in zip(self._article.reports, answers, strict=True):
            self._report(gold, reports)

    def _names(self) -> None:
        if self._article.names is None:
            return
        wanted = {
            surface: kind for kind, surfaces in self._article.names.items() for surface in surfaces
        }
        given = {
            m.surface.removeprefix("the "): m.type
            for m in self._tagged.mentions
            if m.rule.startswith(_NAMED)
        }
        self._compare("names", tuple(wanted), given)
        for surface, kind in wanted.items():
            found = next((k for s, k in given.items() if _same(s, surface)), None)
            if found is not None:
                right = _BODIES.get(found, found) == _BODIES.get(kind, kind)
                self._ask("type of name", right, f"{surface}: {found}, not {kind}")

    def _silence(self, counted: Sequence[Report]) -> None:
        if self._article.also or any(gold.counts_for_a_claim for gold in self._article.reports):
            return
        told = [f"{r.event}/{r.stance} “{self._sentence(r)}”" for r in counted]
        self._ask("silence kept", not told, "; ".join(told))

    def _made_up(self, counted: Sequence[Report]) -> None:
        known = {event for gold in self._article.reports for event in gold.events} | set(
            self._article.also
        )
        for event in sorted({report.event for report in counted} - known):
            self._score.extra["events"] += 1
            said = next(r for r in counted if r.event == event)
            self._mistake("events made up", f"{event} “{self._sentence(said)}”")

    def _report(self, gold: GoldReport, reports: Sequence[Report]) -> None:
        if not gold.counts_for_a_claim:
            told = [
                r for r in reports if r.stance not in gold.stances | {"hypothetical", "background"}
            ]
            self._ask(
                "not told as news", not told, "; ".join(f"{r.event}/{r.stance}" for r in told)
            )
            return
        self._score.hits["events"] += bool(reports)
        self._score.missed["events"] += not reports
        if not reports:
            self._mistake("events missed", "/".join(sorted(gold.events)))
            return
        self._slots(
            gold, [r for r in reports if r.sentence[0] >= self._tagged.title_end] or reports
        )
        self._date(gold, reports)
        for of, number in gold.counts.items():
            given = [(c.min, c.max) for r in reports for c in r.counts if c.of == of]
            self._ask("count", _pair(number) in given, f"{of}: {given}, not {_pair(number)}")
        self._sources(gold, reports)

    def _slots(self, gold: GoldReport, body: Sequence[Report]) -> None:
        """Judge roles and stance by what the body says;
        the headline stands in where nothing else does.
        """
        for slot in SLOTS:
            wanted: tuple[str, ...] = getattr(gold, slot)
            if wanted:
                given = [self._by_id[i] for r in body for i in getattr(r, slot)]
                if slot == "place":
                    # A site without a name ("his home") is more than the gold asks for.
                    given = [m for m in given if m.is_name] or given
                self._compare(slot, wanted, [mention.surface for mention in given])
        if gold.stances:
            first = body[0]
            self._ask(
                "stance",
                first.stance in gold.stances,
                f"{first.event}: {first.stance}, not {sorted(gold.stances)}",
            )

    def _date(self, gold: GoldReport, reports: Sequence[Report]) -> None:
        if gold.date:
            days = [(r.date.from_, r.date.to) for r in reports if r.date]
            first, last = gold.date if isinstance(gold.date, tuple) else (gold.date, gold.date)
            self._ask(
                "date",
                (first.isoformat(), last.isoformat()) in days,
                f"{days}, not {first} to {last}",
            )

    def _sources(self, gold: GoldReport, reports: Sequence[Report]) -> None:
        if not gold.by:
            return
        given: dict[str, str] = {}
        for said in (a for r in reports for a in r.attribution):
            surface = self._tagged.text[slice(*said.source)] if said.source else ""
            given[self._by_id[said.mention].surface if said.mention in self._by_id else surface] = (
                said.kind
            )
        self._compare("source", tuple(gold.by), given)
        for source, kinds in gold.by.items():
            kind = next((k for surface, k in given.items() if _same(source, surface)), None)
            if kind is not None and kinds:
                right = kind == kinds if isinstance(kinds, str) else kind in kinds
                self._ask("kind of source", right, f"{source}: {kind}, not {kinds}")

    def _sentence(self, report: Report) -> str:
        return self._tagged.text[slice(*report.sentence)]

    def _ask(self, part: str, right: bool, otherwise: str) -> None:
        self._score.ask(part, self._article, right, otherwise)

    def _compare(self, part: str, wanted: Sequence[str], found: Iterable[str]) -> None:
        self._score.compare(part, self._article, wanted, found)

    def _mistake(self, part: str, otherwise: str) -> None:
        self._score.mistakes.append(Mistake(self._article.id, part, otherwise))


def _answers(
    golds: Sequence[GoldReport], tagged: TaggedArticle, by_id: Mapping[str, Mention]
) -> list[list[Report]]:
    """Return for each gold report those that say it:
    of several with its event the one whose people fit, else whose place.
    """
    answers: list[list[Report]] = [[] for _ in golds]
    for report in tagged.told:
        fitting = [i for i, gold in enumerate(golds) if report.event in gold.events]
        people = [by_id[i].surface for i in (*report.patient, *report.target)]
        places = [by_id[i].surface for i in report.place]
        of_people = [
            i for i in fitting if any(_same(w, p) for w in golds[i].patient for p in people)
        ]
        of_places = [i for i in fitting if any(_same(w, p) for w in golds[i].place for p in places)]
        for i in (of_people or of_places or fitting)[:1]:
            answers[i].append(report)
    return answers


def _pair(number: Number) -> tuple[int | None, int | None]:
    return (number, number) if isinstance(number, int) else number


def _same(a: str, b: str) -> bool:
    """Tell whether one surface holds the other; either may give alternatives (`a|b`)."""
    ones, others = (
        [f" {' '.join(words.split())} " for words in s.casefold().split("|")] for s in (a, b)
    )
    return any(one in other or other in one for one in ones for other in others)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
