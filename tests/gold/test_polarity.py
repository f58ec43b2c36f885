"""The gate of polarity: no figure of either part may fall short of its level."""

import pytest
from builders import full_report, tagged
from gold.article import DATA
from gold.polarity import (
    PARTS,
    PolarityRow,
    judge_polarity,
    load_polarity,
    read_polarity,
)
from gold.run import tag_short
from stories.levels import missed, read_levels

from services.errors import ConfigError


def _shown(*stances, polarity, confirmed=False):
    """Return the figures of one row whose article has reports of these stances."""
    reports = [full_report(f"r{i}", stance=stance) for i, stance in enumerate(stances)]
    row = PolarityRow(text="x", event="killed", polarity=polarity, confirmed=confirmed)
    figures, _ = judge_polarity("read", {"kind": [row]}, {"kind": [tagged(reports=tuple(reports))]})
    return {f.name.removeprefix("polarity, read: "): f.value for f in figures if f.n}


@pytest.mark.parametrize("part", PARTS)
def test_no_figure_falls_short_of_its_level(part):
    rows = load_polarity(part)
    figures, _ = judge_polarity(part, rows, tag_short(rows))
    levels = {
        k: v for k, v in read_levels(DATA / "levels.yaml").items() if f"polarity, {part}:" in k
    }
    assert levels.keys() == {figure.name for figure in figures}
    short = missed(figures, levels)
    assert not short, f"`make gold ARGS='--errors 99'` shows the mistakes of `read`: {short}"


def test_there_are_enough_rows_of_each_polarity():
    rows = [row for part in PARTS for of_kind in load_polarity(part).values() for row in of_kind]
    assert len(rows) >= 200
    for polarity in ("affirmed", "denied"):
        assert sum(row.polarities == (polarity,) for row in rows) >= 0.3 * len(rows)


def test_no_row_stands_in_both_parts():
    texts = [
        {row.title or row.text for of_kind in load_polarity(part).values() for row in of_kind}
        for part in PARTS
    ]
    assert not texts[0] & texts[1]


@pytest.mark.parametrize(
    ("stances", "polarity", "figure", "value"),
    [
        (("asserted", "denied"), "denied", "denied found", 1.0),
        (("denied", "asserted"), "denied", "denied shown as affirmed", 1.0),
        (("denied", "background"), "denied", "denied shown as affirmed", 0.0),
        (("denied",), "affirmed", "affirmed shown as denied", 1.0),
        ((), "affirmed", "affirmed shown as denied", 0.0),
        (("hypothetical",), "neither", "neither shown as affirmed or denied", 0.0),
        (("denied",), "neither", "neither shown as affirmed or denied", 1.0),
        (("denied",), ("affirmed", "denied"), "right", 1.0),
    ],
)
def test_the_last_report_that_counts_has_the_polarity(stances, polarity, figure, value):
    assert _shown(*stances, polarity=polarity)[figure] == value


def test_a_confirmation_is_right_where_somebody_can_give_it():
    rightly = _shown("confirmed", polarity="affirmed", confirmed=True)
    assert (rightly["confirmed by nobody"], rightly["confirmations found"]) == (0.0, 1.0)
    wrongly = _shown("confirmed", polarity="affirmed")
    assert wrongly["confirmed by nobody"] == 1.0
    assert "confirmations found" not in wrongly


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{text: X, event: killed, polarity: denied, colour: red}", "colour"),
        ("{text: X, event: killed, patient: Ann, polarity: denied}", "does not stand in the text"),
        ("{text: X, event: picnic, polarity: denied}", "no event of the ontology: picnic"),
    ],
)
def test_a_row_that_does_not_hold_together_is_refused_with_file_and_line(row, message):
    good = "alive:\n- {text: X, event: killed, polarity: denied}\n"
    with pytest.raises(ConfigError, match=rf"^folder/read\.yaml:3: .*{message}"):
        read_polarity(f"{good}- {row}\n", "folder/read.yaml")
