"""What `bench.counts` counts, on a checkout of a few lines."""

import pytest

from bench import counts

TREES = """
from services.tagger.events.find import find

_DEATHS = {"killed", "wounded"}
_SITES = ("market", "bus", "school")
_LABELS = ("nsubj", "dobj", "pobj")


def is_death(report: Any, words: str) -> bool:
    return report.event in _DEATHS and report.rule.startswith("event/")


def walked(tokens):
    return [kid for token in tokens for kid in token.children]  # twice
"""


@pytest.fixture
def checkout(tmp_path):
    for name, text in {
        "tagger/reports.py": TREES,
        "tagger/events/find.py": "",
        "tagger/events/roles.py": "from services.tagger.events.find import find\n",
        "tagger/lexicon/events.yaml": "types:\n  - event: killed\n  - event: wounded\n",
        "tracker/one.py": "from services.tracker.two import b\n",
        "tracker/two.py": "from services.tracker.one import a\n",
        "alerter/alert.py": "",
    }.items():
        path = tmp_path / "services" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def printed(checkout, capsys):
    counts.main([str(checkout)])
    rows = capsys.readouterr().out.splitlines()[1:]
    return {name.strip(): count.strip() for name, count in (row.rsplit("  ", 1) for row in rows)}


def test_rooms_arrows_and_circles_are_counted(checkout, capsys):
    found = printed(checkout, capsys)
    assert found["tagger: modules, rooms"] == "3, 2"
    assert found["tagger: modules of the largest"] == "2 (events)"
    assert found["tagger: arrows between rooms"] == "1"
    assert found["tagger: floors"] == "2"
    assert found["tracker: floors"] == "circular"


def test_strings_that_do_the_work_of_types_are_counted(checkout, capsys):
    found = printed(checkout, capsys)
    assert found["rule ids read as types"] == "1"
    assert found["event names compared in code"] == "1"
    assert found["tagger: word lists in code (words)"] == "1 (3)", (
        "labels and pairs are no word lists"
    )


def test_the_shape_of_code_is_counted(checkout, capsys):
    found = printed(checkout, capsys)
    assert found["tagger: Any in signatures"] == "1 (33.3%)"
    assert found["tagger: comprehensions a function"] == "0.50"
    assert found["tagger: comprehensions that are nested"] == "1"
    assert found["tagger: lines with a comment"].startswith("1 ")


def test_a_folder_that_is_no_checkout_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        counts.main([str(tmp_path)])
    assert f"{tmp_path} is no checkout" in capsys.readouterr().err
