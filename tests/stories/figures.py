"""What judging yields: figures, and every mistake in words."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """One line of the table: `name` is its key in levels.yaml,
    `n` what it rests on; `at_most`: lower is better.
    """

    name: str
    value: float
    n: int
    at_most: bool = False

    def reaches(self, level: float | None) -> bool:
        return level is None or (self.value <= level if self.at_most else self.value >= level)


@dataclass(frozen=True)
class Mistake:
    """What differs from the gold, by kind, with what explains it."""

    story: str
    kind: str
    text: str


@dataclass
class Tally:
    """Counts of rights and wrongs, by figure."""

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, right: bool) -> bool:
        self.all[name] += 1
        self.right[name] += right
        return right

    def figure(self, name: str) -> Figure:
        return Figure(
            name, self.right[name] / self.all[name] if self.all[name] else 0.0, self.all[name]
        )


def short(article: str) -> str:
    """Return an article's id without its story's name."""
    return article.partition("/")[2] or article
