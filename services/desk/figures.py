"""How right the program is, by the desk's verdicts: ratios with their intervals, and the sample.

verdicts in force ─► one outcome for each thing judged ─► right, wrong, unwanted by rule and watch
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from typing import Literal

from services.messages import Verdict
from services.messages.undoing import not_undone
from services.text.hashes import digest

Z = 1.96
"""Standard deviations of a 95 % interval of the normal distribution."""

SAMPLE = 20
"""Claims of a week that the desk is asked about.

All right, they leave at least 84 % (Wilson); ten minutes of somebody's week. A choice.
"""

MOST_LISTED = 50
"""Rules, watches, or types of event that a table lists: those with most verdicts."""

Outcome = Literal["right", "wrong", "unwanted"]


@dataclass(frozen=True, slots=True)
class Figure:
    """How often something was right. `unwanted` are right, too, but not for the watch."""

    name: str
    right: int
    wrong: int
    unwanted: int = 0

    @property
    def n(self) -> int:
        return self.right + self.unwanted + self.wrong

    @property
    def share(self) -> float | None:
        """The share that is right, from 0 to 1; None without a verdict."""
        return (self.n - self.wrong) / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return wilson(self.n - self.wrong, self.n)

    @property
    def wanted(self) -> float | None:
        """The share that is right and wanted; None without a verdict."""
        return self.right / self.n if self.n else None

    @property
    def wanted_interval(self) -> tuple[float, float]:
        return wilson(self.right, self.n)


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures. Each table has the names with most verdicts first, at most `MOST_LISTED`."""

    all: Figure
    events: tuple[Figure, ...]
    rules: tuple[Figure, ...]
    watches: tuple[Figure, ...]
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A week's sample: its name ("2031-W18"), how many claims it asks about, and its figure."""

    name: str
    asked: int
    figure: Figure


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of `right` in `n`; (0, 1) if `n` is 0.

    Wilson's score interval (1927, JASA 22): it stays within 0 and 1 and holds for few verdicts.
    """
    if n <= 0:
        return 0.0, 1.0
    share, square = right / n, Z * Z
    middle = share + square / (2 * n)
    spread = Z * sqrt(share * (1 - share) / n + square / (4 * n * n))
    whole = 1 + square / n
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def in_force(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts that nobody took back, in order of time, without undos."""
    standing = not_undone(verdicts, lambda verdict: verdict.verdict_id)
    return sorted((v for v in standing if v.answer != "undo"), key=lambda v: (v.at, v.verdict_id))


def figures(verdicts: Iterable[Verdict], most: int | None = MOST_LISTED) -> Figures:
    """Return what verdicts amount to; of those taken back nothing is counted.

    Each table has at most so many rows (`most`; None: all).

    A thing counts once, however many judged it: it is wrong if one says so. That an article is a
    copy is no mistake of a rule: the event was read right.
    """
    standing = in_force(verdicts)
    events: dict[str, list[Outcome]] = defaultdict(list)
    rules: dict[str, list[Outcome]] = defaultdict(list)
    watches: dict[str, list[Outcome]] = defaultdict(list)
    outcomes: list[Outcome] = []
    for said in by_thing(standing).values():
        outcomes.append(outcome(said))
        read = outcome([v for v in said if v.reason != "copy"]) if _is_read(said) else "right"
        for event in {v.event for v in said if v.event}:
            events[event].append(read)
        for rule in {rule for v in said for rule in v.rules}:
            rules[rule].append(read)
        for watch in {v.watch_id for v in said if v.watch_id}:
            watches[watch].append(outcome([v for v in said if v.watch_id == watch]))
    reasons: dict[str, int] = defaultdict(int)
    for verdict in standing:
        if verdict.reason:
            reasons[verdict.reason] += 1
    return Figures(
        all=_figure("all", outcomes),
        events=_table(events, most),
        rules=_table(rules, most),
        watches=_table(watches, most),
        reasons=tuple(sorted(reasons.items(), key=lambda row: (-row[1], row[0]))),
    )


def by_thing(standing: Iterable[Verdict]) -> dict[tuple[str, str], list[Verdict]]:
    """Return the verdicts in force on each thing: what it is, and its id."""
    found: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in standing:
        found[verdict.about, verdict.id].append(verdict)
    return found


def outcome(said: Sequence[Verdict]) -> Outcome:
    """Return what verdicts on one thing amount to: wrong before unwanted before right."""
    answers = {verdict.answer for verdict in said}
    return "wrong" if "wrong" in answers else "unwanted" if "unwanted" in answers else "right"


def _is_read(said: Iterable[Verdict]) -> bool:
    return any(verdict.reason != "copy" for verdict in said)


def _figure(name: str, outcomes: Sequence[Outcome]) -> Figure:
    wrong, unwanted = outcomes.count("wrong"), outcomes.count("unwanted")
    return Figure(name, len(outcomes) - wrong - unwanted, wrong, unwanted)


def _table(rows: Mapping[str, Sequence[Outcome]], most: int | None) -> tuple[Figure, ...]:
    found = [_figure(name, outcomes) for name, outcomes in rows.items()]
    return tuple(sorted(found, key=lambda f: (-f.n, f.name))[:most])


def most_judged(table: Sequence[Figure], most: int, rest: str) -> list[Figure]:
    """Return the first rows of a table, and the sum of all others, which is called `rest`.

    A row of that name is among the others.
    """
    named = [figure for figure in table if figure.name != rest][:most]
    others = [figure for figure in table if figure not in named]
    if not others:
        return named
    wrong, unwanted = sum(f.wrong for f in others), sum(f.unwanted for f in others)
    return [*named, Figure(rest, sum(f.right for f in others), wrong, unwanted)]


def week_of(at: datetime) -> str:
    """Return the ISO week of a time, in UTC: "2031-W18"."""
    year, week, _ = at.astimezone(UTC).isocalendar()
    return f"{year:04}-W{week:02}"


def week_before(at: datetime) -> str:
    """Return the last week that is over at a time: no claim joins its sample any more."""
    return week_of(at - timedelta(days=7))


def days_of(week: str) -> tuple[datetime, datetime]:
    """Return when a week begins and when it is over. Raises ValueError for what is no week."""
    monday = date.fromisoformat(f"{week}-1")
    start = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    return start, start + timedelta(days=7)


def sample(week: str, claim_ids: Iterable[str]) -> list[str]:
    """Return the claims of a week that the desk is asked about.

    They are those whose digests with the week's name are the smallest: nobody chooses, and whoever
    asks gets the same ones.
    """
    return sorted(set(claim_ids), key=lambda id: (digest(week, id), id))[:SAMPLE]


def weeks(verdicts: Iterable[Verdict], asked: Mapping[str, int] | None = None) -> Iterator[Week]:
    """Yield the figure of each week's sample, the newest first.

    `asked`: how many claims the sample of a week had, if it is known to be fewer than `SAMPLE`.
    """
    found: dict[str, dict[str, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    for verdict in in_force(verdicts):
        if verdict.sample is not None and verdict.about == "claim":
            found[verdict.sample][verdict.id].append(verdict)
    for name in sorted(found, reverse=True):
        outcomes = [outcome(said) for said in found[name].values()]
        yield Week(name, (asked or {}).get(name, SAMPLE), _figure(name, outcomes))
