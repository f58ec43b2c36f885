"""Times: when the events of small articles happened, against the news of the article.

an article ─► the reports whose trigger stands in given words ─► their time
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import yaml
from gold.article import DATA, Row
from stories.figures import Figure, Mistake, Tally
from stories.story import line_of

from services.errors import ConfigError
from services.messages import Report, TaggedArticle, Time

PARTS = ("read", "held")
"""The part that may be looked at, and the part that is only scored."""


class Timed(Row, frozen=True, kw_only=True):
    """An event: words that stand once in the article, with its trigger, and the right times."""

    words: str
    time: Time | tuple[Time, ...]

    @property
    def times(self) -> tuple[Time, ...]:
        return (self.time,) if isinstance(self.time, str) else self.time


class TimedArticle(Row, frozen=True, kw_only=True):
    """A small article, published on the day `at`, and the times of its events."""

    id: str
    title: str
    text: str
    at: datetime.date
    times: tuple[Timed, ...]


def load_times(part: str) -> list[TimedArticle]:
    """Return the articles of a part. Raises ConfigError as `file:line: what is wrong`."""
    path = DATA / "time" / f"{part}.yaml"
    return read_times(path.read_text(encoding="utf-8"), str(path))


def read_times(text: str, name: str) -> list[TimedArticle]:
    """Return checked articles. Raises ConfigError as `name:line: what is wrong`."""
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    try:
        articles = msgspec.convert(yaml.safe_load(text), list[TimedArticle])
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}:{line_of(root, str(error))}: {error}") from error
    for i, article in enumerate(articles):
        for timed in article.times:
            n = f"{article.title}\n\n{article.text}".count(timed.words)
            if n != 1:
                where = line_of(root, f"$[{i}]")
                raise ConfigError(f"{name}:{where}: {timed.words!r} stands there {n} times")
    return articles


FIGURES = ("events with a report", "right", "news kept", "given as news that are news")
"""Figures of a part. `right` is of the events that have a report, as are those of news."""


def judge_times(
    part: str, articles: Sequence[TimedArticle], tagged: Mapping[str, TaggedArticle]
) -> tuple[list[Figure], list[Mistake]]:
    """Return the figures of a part, and the events that are wrong; `tagged` by article id."""
    tally = Tally()
    mistakes: list[Mistake] = []
    for article in articles:
        for timed in article.times:
            reports = _reports(timed, tagged[article.id])
            if not tally.add("events with a report", bool(reports)):
                continue
            given = sorted({report.time for report in reports})
            if "news" in timed.times:
                tally.add("news kept", "news" in given)
            if "news" in given:
                tally.add("given as news that are news", "news" in timed.times)
            if not tally.add("right", set(given) <= set(timed.times)):
                said = f"{'/'.join(given)}, not {timed.time}: {timed.words}"
                mistakes.append(Mistake(article.id, f"time ({part})", said))
    return [_figure(tally, part, name) for name in FIGURES], mistakes


def _figure(tally: Tally, part: str, name: str) -> Figure:
    figure = tally.figure(name)
    return Figure(f"time, {part}: {name}", figure.value, figure.n)


def _reports(timed: Timed, article: TaggedArticle) -> list[Report]:
    start = article.text.index(timed.words)
    end = start + len(timed.words)
    found = [r for r in article.reports if start <= r.trigger[0] and r.trigger[1] <= end]
    # "Jailed" tells of a sentence, and of an arrest in passing.
    return [report for report in found if not report.in_passing] or found
