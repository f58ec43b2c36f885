"""The gate for alerts: the stories among quiet articles, a smaller form of bench/alerts.py."""

from stories.levels import MIXED_LEVELS_FILE, missed, read_levels
from stories.mixed import mix, opened_anew
from stories.run import Said

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


def test_an_alert_in_place_of_a_revision_is_late_if_the_one_before_was_missed_else_a_duplicate():
    due = {
        ("w", "s/a", 1): ("first",),
        ("w", "s/b", 2): ("status",),
        ("w", "s/c", 3): ("count",),
    }

    def opened(*places):
        told = [
            (place, Said(place[0], place[1], place[2], "first", None, None)) for place in places
        ]
        return [[said.article_id for said in found] for found in opened_anew(told, due)]

    a, b, c = due
    assert opened(a) == [[], []]
    assert opened(b) == [["s/b"], []]
    assert opened(a, b) == [[], ["s/b"]]
    assert opened(b, c) == [["s/b"], ["s/c"]]
    assert opened(a, ("w", "s/quiet", 2), c) == [[], ["s/c"]]
