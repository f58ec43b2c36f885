"""The stages in words, and by how much a panel is late."""

import pytest

from services.desk.freshness import LATE_SECONDS
from services.desk.pipeline.stages import GROUPS, WAYS, behind_seconds, stage_rows
from services.ports import Progress
from services.runtime.metric_defs import GROUPS as ALL_GROUPS

NOW = 1_000_000


def test_every_way_goes_through_groups_that_there_are():
    assert set(GROUPS) <= set(ALL_GROUPS)
    assert all(set(way) <= set(GROUPS) for way in WAYS.values())


@pytest.mark.parametrize(
    ("progress", "seconds"),
    [
        ({"a": Progress(0, 1), "b": Progress(0, 1)}, 0.0),
        ({"a": Progress(3, 1, NOW - 2_000), "b": Progress(1, 1, NOW - 9_000)}, 9.0),
        ({"a": Progress(3, 1, NOW + 500), "b": Progress(0, 1)}, 0.0),
        ({"a": Progress(0, 1)}, None),
    ],
)
def test_the_oldest_unread_record_on_the_way_counts(progress, seconds):
    assert behind_seconds(("a", "b"), progress, NOW) == seconds


@pytest.mark.parametrize(
    ("progress", "says", "is_late"),
    [
        (None, "never ran", False),
        (Progress(0, 1), "all read", False),
        (Progress(0, 0), "stopped", False),
        (Progress(9, 1, NOW - int(LATE_SECONDS * 1000) + 1), "reading", False),
        (Progress(9, 1, NOW - int(LATE_SECONDS * 1000)), "behind by 15 s", True),
    ],
)
def test_a_stage_says_how_it_does(progress, says, is_late):
    rows = stage_rows({"tagger": progress} if progress else {}, NOW)
    assert [row.group for row in rows] == [*GROUPS]
    assert (rows[0].says, rows[0].is_late) == (says, is_late)
    assert rows[1].behind is None
    assert stage_rows(None, NOW)[0].behind is None
