"""The gate of times: no figure of either part may fall short of its level."""

import datetime

import pytest
from builders import full_report, tagged
from gold.article import DATA
from gold.run import tag_timed
from gold.times import PARTS, Timed, TimedArticle, judge_times, load_times, read_times
from stories.levels import missed, read_levels

from services.errors import ConfigError


def _figures(given, wanted):
    """Return the figures of an article of one event with a report of this time."""
    timed = Timed(words="blast", time=wanted)
    at = datetime.date(2031, 5, 13)
    gold = TimedArticle(id="a", title="", text="blast", at=at, times=(timed,))
    reports = tuple(full_report(f"r{i}", trigger=(0, 5), time=t) for i, t in enumerate(given))
    figures, _ = judge_times("read", [gold], {"a": tagged(text="blast", reports=reports)})
    return {f.name.removeprefix("time, read: "): f.value for f in figures if f.n}


@pytest.mark.parametrize("part", PARTS)
def test_no_figure_falls_short_of_its_level(part):
    articles = load_times(part)
    figures, _ = judge_times(part, articles, tag_timed(articles))
    known = read_levels(DATA / "levels.yaml").items()
    levels = {k: v for k, v in known if k.startswith(f"time, {part}:")}
    assert levels.keys() == {figure.name for figure in figures}
    short = missed(figures, levels)
    assert not short, f"`make gold ARGS='--errors 99'` shows the mistakes of `read`: {short}"


def test_there_are_enough_events_of_each_time():
    timed = [t for part in PARTS for article in load_times(part) for t in article.times]
    assert len(timed) >= 150
    for time, at_least in (("news", 50), ("old", 50), ("total", 15), ("planned", 5)):
        assert sum(t.times == (time,) for t in timed) >= at_least


@pytest.mark.parametrize(
    ("given", "wanted", "figures"),
    [
        (["news"], "news", {"right": 1.0, "news kept": 1.0, "given as news that are news": 1.0}),
        (["old"], "news", {"right": 0.0, "news kept": 0.0}),
        (["news"], "old", {"right": 0.0, "given as news that are news": 0.0}),
        (["news", "old"], "old", {"right": 0.0, "given as news that are news": 0.0}),
        (["total"], ("total", "old"), {"right": 1.0}),
    ],
)
def test_every_report_of_an_event_must_have_its_time(given, wanted, figures):
    assert _figures(given, wanted) == {"events with a report": 1.0, **figures}


def test_an_event_without_a_report_is_judged_no_further():
    assert _figures([], "news") == {"events with a report": 0.0}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{id: a, title: T, text: X, at: 2031-01-01, times: [], colour: red}", "colour"),
        (
            "{id: a, title: T, text: T, at: 2031-01-01, times: [{words: T, time: old}]}",
            "'T' stands there 2 times",
        ),
    ],
)
def test_an_article_that_does_not_hold_together_is_refused_with_file_and_line(row, message):
    good = "- {id: b, title: T, text: X, at: 2031-01-01, times: []}\n"
    with pytest.raises(ConfigError, match=rf"^folder/read\.yaml:2: .*{message}"):
        read_times(f"{good}- {row}\n", "folder/read.yaml")
