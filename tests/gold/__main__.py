"""The report for developers: `make gold` prints the table,
`make gold ARGS="--errors 20"` mistakes too.
"""

import argparse
import sys

from gold.article import DATA, load_articles, load_kinds
from gold.incidents import PARTS as WHOLE
from gold.incidents import judge_incidents, load_incidents, tag_incidents
from gold.judge import judge
from gold.kinds import judge_kinds
from gold.polarity import PARTS, judge_polarity, load_polarity
from gold.run import tag_gold, tag_short, tag_timed
from gold.times import judge_times, load_times
from stories.__main__ import print_figures, print_mistakes
from stories.levels import read_levels


def main() -> int:
    """Print figures beside their levels; 1 where one falls short."""
    parser = argparse.ArgumentParser(
        prog="gold", description="Measure the tagger against the gold articles."
    )
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="print N mistakes of each kind"
    )
    options = parser.parse_args()
    articles, kinds = load_articles(), load_kinds()
    tagged, sentences = tag_gold(articles, kinds)
    score = judge(articles, tagged)
    figures, mistakes = judge_kinds(kinds, sentences)
    print(
        f"{len(articles)} articles, {sum(map(len, kinds.values()))} "
        f"sentences of {len(kinds)} kinds\n"
    )
    for part in PARTS:
        rows = load_polarity(part)
        of_part, wrong = judge_polarity(part, rows, tag_short(rows))
        figures += of_part
        # Rules are made without a look at the held part.
        mistakes += wrong if part == "read" else []
        timed = load_times(part)
        of_part, wrong = judge_times(part, timed, tag_timed(timed))
        figures += of_part
        mistakes += wrong if part == "read" else []
    for part in WHOLE:
        whole = load_incidents(part)
        of_part, wrong = judge_incidents(part, whole, tag_incidents(whole))
        figures, mistakes = [*figures, *of_part], [*mistakes, *wrong]
    short = print_figures([*score.figures(), *figures], read_levels(DATA / "levels.yaml"))
    print_mistakes([*score.mistakes, *mistakes], options.errors)
    return int(short)


if __name__ == "__main__":
    sys.exit(main())
