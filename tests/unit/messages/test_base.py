"""Which stances count, in one place for every stage."""

import ast
from pathlib import Path
from typing import get_args

import pytest
from builders import hours, report, tagged

from services.alerter.match import anchors
from services.messages import AFFIRMING_STANCES, COUNTED_STANCES, Report, Stance
from services.tracker.reports.evidence import is_counted

STANCES = get_args(Stance)
NOT_COUNTED = {"background", "hypothetical"}
SERVICES = Path(__file__).parents[3] / "services"


def test_every_stance_counts_but_for_an_old_event_and_a_condition():
    assert set(STANCES) == COUNTED_STANCES | NOT_COUNTED
    assert not COUNTED_STANCES & NOT_COUNTED


def test_a_denial_counts_and_affirms_nothing():
    assert {"denied"} == COUNTED_STANCES - AFFIRMING_STANCES


@pytest.mark.parametrize("stance", STANCES)
def test_an_alert_rests_on_a_report_only_if_a_claim_counts_it(stance):
    told = Report(
        report_id="r",
        event="killed",
        plover="ASSAULT",
        trigger=(0, 5),
        sentence=(0, 10),
        sentence_index=0,
        stance=stance,
        claim_block="violence:halvane",
        rule="x",
    )
    rests = anchors(tagged(reports=(told,)), [(0, 5)]) != []
    assert rests == is_counted(report(stance=stance)) == (stance in COUNTED_STANCES)


def test_no_module_lists_the_stances_that_do_not_count():
    """A list of its own would drift: an alert would rest on what no claim holds."""
    for path in sorted(SERVICES.rglob("*.py")):
        if path.parent.name == "messages":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Tuple | ast.List | ast.Set):
                words = {item.value for item in node.elts if isinstance(item, ast.Constant)}
                assert not words >= NOT_COUNTED, f"{path}:{node.lineno}: use COUNTED_STANCES"


@pytest.mark.parametrize(
    ("published", "seen", "dated"),
    [(0, 1, 0), (1, 1, 1), (2, 1, 1), (None, 1, 1), (2, None, 2), (None, None, None)],
)
def test_an_article_is_dated_by_its_publication_at_the_latest_by_its_first_sight(
    published, seen, dated
):
    def at(hour):
        return None if hour is None else hours(hour)

    article = tagged(published_at=at(published), first_seen_at=at(seen))
    assert article.dated_at == at(dated)
