"""`reportedly watches test`: what a query finds, marked, and what it holds that nothing does."""

import json

import pytest
from click.testing import CliRunner

from services.cli import root
from services.errors import ConfigError

ARTICLES = [
    {
        "id": "a1",
        "title": "Halvane reportedly killed",
        "text": "Halvane was hit.\nThe Orran Front's leader fled.",
    },
    {
        "id": "a2",
        "title": "Rain",
        "text": "It rained.\n\nRelated articles\nHalvane reportedly killed",
    },
    {"id": "a3", "title": "Sun", "text": "It shone."},
]


def run(query, *more):
    lines = "\n".join(map(json.dumps, ARTICLES))
    return CliRunner().invoke(root, ["watches", "test", query, *more], input=lines)


def test_hits_are_marked_in_the_lines_that_hold_them():
    result = run('halvane AND "orran front" NOT rain*')
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:4] == [
        "a1",
        "  [Halvane] reportedly killed",
        "  [Halvane] was hit.",
        "  The [Orran Front's] leader fled.",
    ]


def test_what_matches_and_what_each_word_is_held_by_stands_below():
    said = run('halvane AND "orran front" NOT rain*').stdout
    assert "1 of 3 articles match" in said
    counts = [line.split(maxsplit=1) for line in said.splitlines() if line.startswith("      ")]
    assert sorted(counts) == [["1", '"orran front"'], ["1", "NOT rain*"], ["1", "halvane"]]


def test_a_hit_that_only_boilerplate_holds_is_told_apart():
    said = run("halvane").stdout
    assert "a2  only in boilerplate" in said
    assert "1 of 3 articles match; 1 more only in boilerplate" in said


def test_a_long_line_is_shown_around_its_hits():
    long = {
        "id": "a4",
        "title": "x",
        "text": "w " * 300 + "Halvane " + "v " * 300 + "Halvane " + "u " * 300,
    }
    said = (
        CliRunner()
        .invoke(root, ["watches", "test", "halvane"], input=json.dumps(long))
        .stdout.splitlines()[2]
    )
    assert said.count("…") == 3
    assert len(said) < 600
    assert "w [Halvane] v" in said


def test_overlapping_hits_are_marked_as_one():
    assert "  The [Orran Front's leader] fled." in run('"orran front" AND "front leader"').stdout


def test_a_name_that_we_know_is_offered_in_all_its_spellings():
    assert "actor:hezbollah finds Hezbollah in all spellings" in run("hezbollah").stdout


def test_a_query_that_can_not_be_saved_is_refused_with_the_reason():
    with pytest.raises(ConfigError, match="matches nearly everything"):
        raise run("the").exception
