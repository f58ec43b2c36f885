"""The documents speak of all that there is."""

from pathlib import Path
from typing import get_args

import pytest

from services.commands.metrics import page
from services.messages.alert import SuppressReason
from services.messages.events import EVENTS
from services.settings import PREFIX, Settings
from services.tagger.lexicon.ontology import ontology
from services.tagger.rulebook import handbook
from services.tracker.claims.rules import LEVELS, STATUSES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_every_setting_is_documented(name):
    assert f"`{PREFIX}{name.upper()}`" in (DOCS / "settings.md").read_text(encoding="utf-8")


def test_the_handbook_shows_every_rule_of_status_in_order():
    rows = [
        line
        for line in (DOCS / "claims.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and "@" in line
    ]
    rules = [row(rule.gives, rule.when, rule.name) for rule in STATUSES]
    assert rows == [*rules, *(row(rule.gives, rule.when, rule.name) for rule in LEVELS)]


def row(gives, when, name):
    return f"| {f'`{gives}`' if gives else 'the level'} | {when} | {name} |"


@pytest.mark.parametrize(
    "reason", ["boilerplate", "background", "copy", "stale", "cause", "watch-changed"]
)
def test_every_reason_for_silence_is_documented(reason):
    assert reason in get_args(SuppressReason)
    assert f"`{reason}`" in (DOCS / "watches.md").read_text(encoding="utf-8")


def test_the_handbook_of_events_is_what_the_ontology_makes_it():
    """Else: `reportedly events handbook > docs/events.md`."""
    assert (DOCS / "events.md").read_text(encoding="utf-8") == handbook()


def test_the_page_of_metrics_is_what_the_definitions_make_it():
    """Else: `reportedly metrics --markdown > docs/metrics.md`."""
    assert (DOCS / "metrics.md").read_text(encoding="utf-8") == page()


def test_the_types_of_events_that_messages_name_are_those_of_the_ontology_in_its_order():
    assert tuple(kind.event for kind in ontology()) == EVENTS
