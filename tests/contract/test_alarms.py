"""The alarms of Prometheus ask for what services serve, and lead to run-books that are there."""

import re
from pathlib import Path

import promql_parser
import pytest
import yaml
from headings import anchors

from services.desk.pipeline.levels import (
    ALERT_SECONDS,
    ALERT_SHARE,
    DELIVERY_SECONDS,
    DELIVERY_SHARE,
    FEWEST,
    RIGHT_SHARE,
)
from services.runtime.health import LONGEST_STEP_SECONDS, SERVICES
from services.runtime.metric_defs import DEFINITIONS

ROOT = Path(__file__).parents[2]
PATH = ROOT / "deploy/prometheus/rules.yml"
RULES = [
    rule
    for group in yaml.safe_load(PATH.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ALARMS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
RECORDED = {rule["record"]: rule for rule in RULES if "record" in rule}
OF_HISTOGRAM = re.compile(r"_(bucket|count|sum)$")


def selectors(expression):
    """Return the selectors of an expression. Raises ValueError if it is no PromQL."""
    found = []

    def enter(node):
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)

    promql_parser.walk(promql_parser.parse(expression), enter)
    return found


def labels_asked(rule):
    """Return the labels that an expression groups by and its texts name."""
    texts = " ".join(rule.get("annotations", {}).values())
    grouped = re.findall(r"by \(([^)]*)\)", rule["expr"])
    return {name.strip() for names in grouped for name in names.split(",")}, set(
        re.findall(r"\$labels\.(\w+)", texts)
    )


def wrong_in(expression):
    """Return what an expression asks for that no service serves."""
    wrong = []
    for selector in selectors(expression):
        if selector.name in RECORDED:
            continue
        name = OF_HISTOGRAM.sub("", selector.name)
        definition = {str(known): found for known, found in DEFINITIONS.items()}.get(name)
        if definition is None or (name != selector.name) != (definition.kind == "histogram"):
            wrong.append(selector.name)
            continue
        for matcher in selector.matchers.matchers:
            allowed = definition.labels.get(matcher.name, ())
            if matcher.name == "le" and selector.name.endswith("_bucket"):
                allowed = tuple(map(str, definition.buckets))
            if not set(matcher.value.split("|")) <= set(allowed):
                wrong.append(f"{selector.name}: {matcher.name}={matcher.value}")
    return wrong


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_asks_for_metrics_and_labels_that_are_defined(rule):
    assert selectors(rule["expr"])
    assert wrong_in(rule["expr"]) == []


@pytest.mark.parametrize(
    "expression",
    [
        "sum(reportedly_dead_letter_total) > 0",
        'reportedly_feeds{state="lost"} > 0',
        'reportedly_feeds{service="poller"} > 0',
        "reportedly_latency_seconds > 1",
        'reportedly_latency_seconds_bucket{stage="decided",le="899.0"} > 1',
    ],
)
def test_what_no_service_serves_is_found(expression):
    assert wrong_in(expression)


def test_what_is_no_promql_is_found():
    with pytest.raises(ValueError, match="parenthesis"):
        selectors("sum(reportedly_feeds > 0")


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_is_wrong_and_leads_to_its_run_book(name):
    rule = ALARMS[name]
    notes = rule["annotations"]
    assert notes.keys() == {"summary", "description", "runbook"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    document, _, heading = notes["runbook"].partition("#")
    assert heading in anchors((ROOT / document).read_text(encoding="utf-8"))
    grouped, named = labels_asked(rule)
    assert named <= grouped | ({"service"} if "absent(" in rule["expr"] else set())


def test_each_service_is_missed():
    asked = re.findall(r'service="(\w+)"', ALARMS["ReportedlyServiceGone"]["expr"])
    assert tuple(asked) == SERVICES


def test_a_loop_hangs_from_the_longest_step_of_most_loops_on():
    assert ALARMS["ReportedlyServiceHangs"]["expr"].endswith(f"> {LONGEST_STEP_SECONDS:.0f}")


@pytest.mark.parametrize(
    ("name", "alarm", "limit", "share"),
    [
        ("alerted_late", "ReportedlyAlertedLate", ALERT_SECONDS, ALERT_SHARE),
        ("delivered_late", "ReportedlyDeliveredLate", DELIVERY_SECONDS, DELIVERY_SHARE),
    ],
)
def test_the_alarms_of_service_levels_have_the_numbers_of_the_levels(name, alarm, limit, share):
    recorded = {window for window in RECORDED if f":{name}:" in window}
    assert len(recorded) == 5
    assert all(f'le="{limit}"' in RECORDED[window]["expr"] for window in recorded)
    fast, slow = (ALARMS[alarm + speed]["expr"] for speed in ("Fast", "Slow"))
    allowed = f"{1 - share:.2f}"
    for factor, windows in (("14.4 * ", ("1h", "5m")), ("6 * ", ("6h", "30m"))):
        assert all(f"ratio_rate{window} > {factor}{allowed}" in fast for window in windows)
    assert all(f"ratio_rate{window} > {allowed}" in slow for window in ("3d", "6h"))
    assert fast.count(f">= {FEWEST}") == 2


def test_the_alarm_of_the_verdicts_has_the_share_of_its_level():
    expression = ALARMS["ReportedlyTooOftenWrong"]["expr"]
    assert f"< {RIGHT_SHARE}" in expression
    assert expression.endswith(f">= {FEWEST}")
