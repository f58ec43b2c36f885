"""The list of metrics is true: every call has exactly the labels
that are defined, and every definition has a call.
"""

import ast
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from scrapes import samples

from services.ports import IndexOutcome
from services.runtime import metrics
from services.runtime.metric_defs import DEFINITIONS, GROUPS, NAMES, OTHER, REASONS, Labels

ROOT = Path(__file__).parents[2] / "services"
CALLS = {
    "count": "counter",
    "gauge": "gauge",
    "follow": "gauge",
    "follow_table": "gauge",
    "observe": "histogram",
    "timed": "histogram",
}
UNITS = (
    "seconds", "bytes", "records", "feeds", "listeners", "deliveries", "destinations", "info",
    "things", "ratio",
)  # fmt: skip


def calls():
    """Yield (file and line, metric name, kind by the function called, labels)
    of every call in the code.
    """
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
            ):
                continue
            called = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            name = node.args[0].value
            if called in CALLS and isinstance(name, str) and name.startswith("reportedly_"):
                yield (
                    f"{path.relative_to(ROOT)}:{node.lineno}",
                    name,
                    CALLS[called],
                    {k.arg for k in node.keywords},
                )


def test_the_names_of_each_kind_are_those_that_are_defined():
    for kind, names in NAMES.items():
        assert set(names) == {
            name for name, definition in DEFINITIONS.items() if definition.kind == kind
        }


def test_every_call_gives_exactly_the_labels_that_are_defined():
    wrong = [
        (where, name)
        for where, name, kind, labels in calls()
        if kind != DEFINITIONS[name].kind or labels != set(DEFINITIONS[name].labels)
    ]
    assert wrong == []


def test_every_metric_is_measured_somewhere():
    assert {name for _, name, _, _ in calls()} == set(DEFINITIONS)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_name_keeps_the_conventions_of_prometheus(name):
    """https://prometheus.io/docs/practices/naming:
    base units, `_total` for counters and nothing else.
    """
    definition = DEFINITIONS[name]
    assert re.fullmatch(r"reportedly_[a-z]+(_[a-z]+)*", name)
    assert name.endswith("_total") == (definition.kind == "counter")
    assert not name.endswith(("_count", "_sum", "_bucket", "_created"))
    assert not re.search(r"milli|micro|minutes|hours|kilo|mega|percent", name)
    assert definition.kind == "counter" or name.endswith(UNITS)
    assert definition.help.endswith(".")
    assert "\n" not in definition.help


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_label_is_known_and_its_values_are_few(name):
    for label, values in DEFINITIONS[name].labels.items():
        assert label in Labels.__annotations__
        assert label not in ("le", "job", "instance")
        assert 0 < len(values) <= 100
        assert len(set(values)) == len(values)


def test_a_value_that_is_not_listed_makes_no_series_of_its_own():
    def letters():
        found = samples(metrics.text().decode())
        return {
            labels: n
            for (name, labels), n in found.items()
            if name == "reportedly_dead_letters_total"
        }

    before = letters()
    for n in range(1000):
        reason = f"https://example.org/{n}"
        metrics.count(
            "reportedly_dead_letters_total",
            service=f"service-{n}",
            topic=f"topic-{n}",
            reason=reason,
        )
    rest = frozenset((label, OTHER) for label in ("service", "topic", "reason"))
    assert set(letters()) - set(before) <= {rest}
    assert letters()[rest] == before.get(rest, 0) + 1000


def test_the_groups_are_those_that_health_asks_for():
    from services.commands.health import GROUPS as ASKED

    assert {group for groups in ASKED.values() for group in groups} == set(GROUPS)


def test_the_outcomes_of_documents_are_those_of_the_index():
    outcomes = get_args(get_type_hints(IndexOutcome)["outcome"])
    assert set(outcomes) == set(DEFINITIONS["reportedly_documents_total"].labels["outcome"])


def test_every_reason_that_a_message_is_refused_for_is_listed():
    """Those of feeds and addresses never reach a dead letter;
    they are told by the outcome of a poll.
    """
    given = set()
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] in ("poller", "adapters", "commands"):
            continue
        given |= set(
            re.findall(
                r'(?:InvalidMessage|Unwritable)\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8")
            )
        )
    assert given - {"bad-url", "bad-header"} <= set(REASONS)
