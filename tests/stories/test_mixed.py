"""The gate for alerts: the stories among quiet articles, a smaller form of bench/alerts.py."""

from stories.levels import MIXED_LEVELS_FILE, missed, read_levels
from stories.mixed import mix

N_QUIET = 300


def test_no_figure_of_the_mixed_stream_exceeds_its_level(gold, tagged_stories):
    levels = read_levels(MIXED_LEVELS_FILE)
    mixed = mix(gold, [article for found in tagged_stories.values() for article in found], N_QUIET)
    assert levels.keys() == {figure.name for figure in mixed.figures}
    over = missed(mixed.figures, levels)
    assert not over, (
        f"above mixed-levels.yaml: {over}; `python bench/alerts.py "
        f"--articles 300 --errors 20` shows them"
    )
