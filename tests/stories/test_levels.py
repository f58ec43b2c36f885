"""The gate: no figure of the gold stories may fall below its level."""

from stories.levels import LEVELS_FILE, missed, read_levels
from stories.score import score


def test_no_figure_falls_short_of_its_level(gold, tagged_stories):
    levels = read_levels(LEVELS_FILE)
    figures = score(gold, tagged_stories).figures
    assert levels.keys() <= {figure.name for figure in figures}
    short = missed(figures, levels)
    assert not short, (
        f"below levels.yaml: {short}; `make stories ARGS='--errors 20'` shows the mistakes"
    )


def test_the_fold_groups_better_than_the_plain_ways(gold, tagged_stories):
    figures = {f.name: f.value for f in score(gold, tagged_stories).figures}
    plain = [value for name, value in figures.items() if name.startswith("baseline: ")]
    assert len(plain) == 3
    assert figures["grouping, B³ F1"] > max(plain)
