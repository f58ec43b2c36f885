"""What subscribers would live with: the gold stories among quiet articles,
all their watches in force at once.

    python bench/alerts.py [--articles 5000] [--seed 1] [--errors 20]

Prints false alerts per 1,000 articles, stories missed, late and duplicate alerts,
denials shown as asserted, and how many alerts of a watch an article opened at most.
A smaller form gates the tests
(tests/stories/test_mixed.py), where the levels stand too.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from stories.__main__ import print_figures, print_mistakes
from stories.levels import MIXED_LEVELS_FILE, read_levels
from stories.mixed import mix
from stories.run import tag_stories
from stories.story import load_stories


def main() -> int:
    """Print figures beside their levels; 1 where one falls short."""
    parser = argparse.ArgumentParser(
        description="Measure alerts on the gold stories among quiet articles."
    )
    parser.add_argument("--articles", type=int, default=5000, help="quiet articles (default: 5000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="print N mistakes of each kind"
    )
    options = parser.parse_args()
    stories = load_stories()
    tagged = [article for found in tag_stories(stories).values() for article in found]
    mixed = mix(stories, tagged, options.articles, options.seed)
    n_watches = sum(len(story.watches) for story in stories)
    print(
        f"{len(stories)} stories with {n_watches} watches, "
        f"{len(tagged)} articles, among {options.articles} quiet ones\n"
    )
    short = print_figures(mixed.figures, read_levels(MIXED_LEVELS_FILE))
    print_mistakes(mixed.mistakes, options.errors)
    return int(short)


if __name__ == "__main__":
    sys.exit(main())
