"""The report for developers: `make stories` prints the table,
`make stories ARGS="--errors 20"` mistakes too.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

from stories.figures import Figure, Mistake
from stories.levels import LEVELS_FILE, missed, read_levels
from stories.run import tag_stories
from stories.score import score
from stories.story import load_stories

from services.errors import ReportedlyError


def main() -> int:
    """Print figures beside their levels;
    1 where one falls short, 2 for a story that can't be read.
    """
    options = _options()
    try:
        stories = [s for s in load_stories() if not options.stories or s.name in options.stories]
    except ReportedlyError as error:
        print(f"stories: {error}", file=sys.stderr)
        return 2
    if not stories:
        print(f"stories: no story is called {' or '.join(options.stories)}", file=sys.stderr)
        return 2
    result = score(stories, tag_stories(stories))
    levels = {} if options.stories else read_levels(LEVELS_FILE)
    n_articles = sum(len({a.article for a in s.articles}) for s in stories)
    print(
        f"{len(stories)} stories, {n_articles} articles, "
        f"{sum(len(s.claims) for s in stories)} claims\n"
    )
    short = print_figures(result.figures, levels)
    print_mistakes(result.mistakes, options.errors)
    return int(short)


def print_figures(figures: Sequence[Figure], levels: Mapping[str, float]) -> bool:
    """Print figures beside their levels; tell whether one falls short."""
    for figure in figures:
        print(_line(figure, levels))
    return bool(missed(figures, levels))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="stories", description="Measure claims and alerts against the gold stories."
    )
    parser.add_argument(
        "stories", nargs="*", metavar="STORY", help="names of stories (default: all)"
    )
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="print N mistakes of each kind"
    )
    return parser.parse_args()


def _line(figure: Figure, levels: Mapping[str, float]) -> str:
    level = levels.get(figure.name)
    wanted = "" if level is None else f"  {'at most' if figure.at_most else 'at least'} {level:g}"
    short = "" if figure.reaches(level) else "  FALLS SHORT"
    return f"{figure.name:45} {figure.value:7.3f}  n={figure.n:<5}{wanted}{short}"


def print_mistakes(mistakes: Sequence[Mistake], n: int) -> None:
    """Print the first `n` mistakes of each kind."""
    if n <= 0:
        return
    for kind in dict.fromkeys(m.kind for m in mistakes):
        of_kind = [m for m in mistakes if m.kind == kind]
        print(f"\n{kind}: {len(of_kind)}")
        for mistake in of_kind[:n]:
            print(f"  {mistake.story}: {mistake.text}")


if __name__ == "__main__":
    sys.exit(main())
