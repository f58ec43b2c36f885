"""Event types are data: code asks a type for its traits, not for its name."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import services
from services.tagger.lexicon.ontology import Family, ontology
from services.tracker.reports.words import lists

ROOT = Path(services.__file__).parent
STAGES = ("tagger", "tracker", "alerter")
NAMES = {kind.event for kind in ontology()}
FAMILIES = set(get_args(Family))
ALLOWED = {
    ("alerter/condition.py", "killed"): "a field of a watch, and the number that it bounds",
    ("alerter/watch_check.py", "killed"): "a field of a watch",
    ("alerter/watch_file.py", "killed"): "a field of a watch",
    ("tagger/discourse/perpetrators.py", "demand"): "a family",
    ("tagger/discourse/scene.py", "protest"): "a family",
    ("tagger/events/acts.py", "accusation"): "a family",
    ("tagger/events/acts.py", "demand"): "a family",
    ("tagger/events/acts.py", "support"): "a family",
    ("tagger/events/acts.py", "threat"): "a family",
    ("tagger/events/fill.py", "accusation"): "a family",
    ("tagger/incidents/grouping.py", "protest"): "a family",
}


def _found() -> Iterator[tuple[str, str]]:
    for stage in STAGES:
        for path in sorted((ROOT / stage).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and node.value in NAMES:
                    yield path.relative_to(ROOT).as_posix(), node.value


def test_no_event_name_stands_in_code_but_where_a_reason_is_given():
    found = set(_found())
    found -= {
        ("tagger/lexicon/ontology.py", family) for family in FAMILIES
    }  # where they are defined
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set(), "these reasons are no longer needed"


def test_the_fold_names_only_types_of_the_ontology():
    named = lists().acts | lists().deaths | lists().mutual | set(lists().means_of_events)
    assert named - NAMES == set()


def test_the_fold_names_only_families_of_the_ontology():
    assert lists().wide_families - set(FAMILIES) == set()


def test_the_fold_and_the_tagger_agree_on_which_types_are_deaths():
    assert lists().deaths == {kind.event for kind in ontology() if kind.harm == "death"}
