"""How long a dictionary takes to compile, load, and match,
and what it holds in memory; names are generated from a seed.

python bench/actors.py [--names 1000000] [--articles 500]
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from services.runtime.files import map_file
from services.tagger.lexicon.actors import Actor
from services.tagger.lexicon.compiled import compile_actors
from services.tagger.lexicon.matcher import Actors, Lexicon
from services.tagger.lexicon.spelling import Words

_SYLLABLES = (
    "al",
    "ba",
    "dor",
    "en",
    "fi",
    "gar",
    "hal",
    "is",
    "jo",
    "ka",
    "lun",
    "mer",
    "no",
    "or",
    "pe",
    "qui",
    "ra",
    "sel",
    "ta",
    "vin",
)
ALIASES = 4
T = TypeVar("T")


def generate(n_names: int, chance: random.Random) -> Iterator[Actor]:
    """Yield actors with `ALIASES` names each, of two or three made-up words."""
    for number in range(n_names // ALIASES):
        name, *aliases = (_name(chance) for _ in range(ALIASES))
        yield Actor(id=f"g{number}", type="person", name=name, aliases=tuple(aliases))


def _name(chance: random.Random) -> str:
    return " ".join(_word(chance).capitalize() for _ in range(chance.randint(2, 3)))


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(1, 3)))


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--names", type=int, default=1_000_000)
    options.add_argument("--articles", type=int, default=500)
    asked = options.parse_args()
    chance = random.Random(2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.actors"
        with ProcessPoolExecutor(
            1, get_context("spawn")
        ) as other:  # so that its memory is not counted
            print(f"compile: {other.submit(_compile, path, asked.names).result():.2f} s")
        size = path.stat().st_size
        before = _resident()
        lexicon = _timed("load", lambda: Lexicon(map_file(path), str(path)))
        known = Actors((lexicon,))
        texts = [_text(list(islice(lexicon, 5000)), chance) for _ in range(asked.articles)]
        found = _timed(
            f"match {len(texts)} articles", lambda: sum(len(known.find(text)) for text in texts)
        )
        resident = _resident() - before
        _timed("the same articles, cut into words alone", lambda: [Words(text) for text in texts])
    megabytes = sum(map(len, texts)) / 1e6
    print(
        f"{lexicon.n_names:,} names of {len(lexicon):,} actors, "
        f"file {size / 1e6:.0f} MB, {found:,} found in {megabytes:.1f} MB"
    )
    print(f"resident: {resident:.0f} MB more than before loading, the mapped file included")


def _compile(path: Path, n_names: int) -> float:
    started = time.process_time()
    path.write_bytes(compile_actors(generate(n_names, random.Random(1))))
    return time.process_time() - started


def _text(actors: list[Actor], chance: random.Random) -> str:
    """Return 450 words of which one in ten is a name."""
    pieces = (
        chance.choice(actors).name if chance.random() < 0.1 else _word(chance) for _ in range(450)
    )
    return " ".join(pieces)


def _timed(label: str, act: Callable[[], T]) -> T:
    started = time.process_time()
    value = act()
    print(f"{label}: {time.process_time() - started:.2f} s")
    return value


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
