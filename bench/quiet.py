"""Quiet articles: markets, sport, weather, and the like,
made of templates, with watched words in harmless senses.

    python bench/quiet.py --articles 5000 --seed 1 > quiet.jsonl

Nothing that a watch waits for happens in them,
so every alert on one is false. The same seed gives the same articles.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

START = datetime(2029, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=6 * 365)
"""The years that the gold stories are told in."""

OUTLETS = tuple(
    f"{place} {kind}"
    for place in ("Althaven", "Dunholm", "Inverlea", "Oxley", "Rushmere")
    for kind in ("Post", "Echo", "Week")
)
TRAP_SHARE = 0.15
WATCHED_SHARE = 0.1
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class QuietArticle:
    """An article in which nothing happens; `kind` is its topic,
    with `+trap` or `+watched` for what it holds.
    """

    id: str
    kind: str
    outlet: str
    published_at: datetime
    title: str
    text: str


def quiet_articles(n: int, seed: int, watched: Sequence[str] = ()) -> Iterator[QuietArticle]:
    """Yield `n` articles in order of time, evenly spread over the years of the stories.

    `watched` are names on watches: one article in ten mentions one, in passing.
    """
    rng, grammar = (
        Random(seed),
        yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")),
    )
    for i in range(n):
        yield _article(i, START + SPAN * i / n, grammar, rng, watched)


def _article(
    i: int, at: datetime, grammar: dict[str, Any], rng: Random, watched: Sequence[str]
) -> QuietArticle:
    kind = rng.choice(sorted(grammar["topics"]))
    topic, words = grammar["topics"][kind], _Words(grammar["words"], rng)
    lines = rng.sample(topic["lines"], rng.randint(3, 6))
    if rng.random() < TRAP_SHARE:
        lines.insert(rng.randrange(len(lines)), rng.choice(topic["traps"]))
        kind += "+trap"
    if watched and rng.random() < WATCHED_SHARE:
        words.fixed["name"] = rng.choice(watched)
        lines.insert(rng.randrange(len(lines)), rng.choice(grammar["watched"]))
        kind += "+watched"
    return QuietArticle(
        id=f"quiet/{i}",
        kind=kind,
        outlet=rng.choice(OUTLETS),
        published_at=at,
        title=words.fill(rng.choice(topic["titles"])),
        text=" ".join(words.fill(line) for line in lines),
    )


class _Words:
    """Fills slots; the person of an article stays the same."""

    def __init__(self, words: dict[str, list[str]], rng: Random) -> None:
        self._words = words
        self._rng = rng
        self.fixed = {"person": f"{rng.choice(words['first'])} {rng.choice(words['last'])}"}

    def fill(self, line: str) -> str:
        """Return a line with its slots filled, beginning with a capital."""
        filled = _SLOT.sub(lambda slot: self._word(slot.group(1)), line)
        return filled[0].upper() + filled[1:]

    def _word(self, slot: str) -> str:
        if slot in self.fixed:
            return self.fixed[slot]
        numbers = {
            "number": (11, 89),
            "goals": (0, 5),
            "crowd": (210, 9800),
            "percent": (2, 39),
            "degrees": (3, 29),
        }
        return (
            str(self._rng.randint(*numbers[slot]))
            if slot in numbers
            else self._rng.choice(self._words[slot])
        )


def main() -> None:
    """Write the articles as JSON Lines, as `reportedly tag` reads them."""
    parser = argparse.ArgumentParser(description="Write quiet articles as JSON Lines.")
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for article in quiet_articles(options.articles, options.seed):
        row = {
            "id": article.id,
            "outlet": article.outlet,
            "published_at": article.published_at.isoformat(),
        }
        sys.stdout.write(json.dumps(row | {"title": article.title, "text": article.text}) + "\n")


if __name__ == "__main__":
    main()
