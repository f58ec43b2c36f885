"""The gate for alerts: the stories among quiet articles, a smaller form of bench/alerts.py."""

from stories.levels import MIXED_LEVELS_FILE, read_levels
from stories.mixed import mix

N_QUIET = 300


def test_no_figure_of_the_mixed_stream_exceeds_its_level(gold, tagged_stories):
    levels = read_levels(MIXED_LEVELS_FILE)
    mixed = mix(gold, [article for found in tagged_stories.values() for article in found], N_QUIET)
    figures = {figure.name: figure for figure in mixed.figures}
    assert levels.keys() == figures.keys()
    over = {
        name: figures[name].value
        for name, level in levels.items()
        if not figures[name].reaches(level)
    }
    assert not over, (
        f"above mixed-levels.yaml: {over}; `python bench/alerts.py "
        f"--articles 300 --errors 20` shows them"
    )
