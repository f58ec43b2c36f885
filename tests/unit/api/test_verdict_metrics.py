"""The figures of verdicts as metrics."""

from math import isnan

from builders import verdict
from desks import desk_of

from services.api.tables import VERDICTS
from services.api.verdict_metrics import follow_verdicts
from services.runtime import metrics


def ratio(event, bound):
    return metrics.value("reportedly_right_ratio", event=event, bound=bound)


def test_the_gauges_follow_the_verdicts_in_force():
    desk = desk_of()
    follow_verdicts(desk.tables)
    assert isnan(ratio("all", "share"))
    right, wrong = verdict(id="i1"), verdict("who", id="i2")
    for one in (right, wrong):
        desk.save(VERDICTS, one.verdict_id, one)
    assert (ratio("all", "share"), ratio("killed", "share")) == (0.5, 0.5)
    assert 0 < ratio("all", "low") < 0.5 < ratio("all", "high") < 1
    undo = verdict(id="i2", undoes=wrong.verdict_id)
    desk.save(VERDICTS, undo.verdict_id, undo)
    assert ratio("killed", "share") == 1
    judged = metrics.value("reportedly_judged_things", event="killed", outcome="wrong")
    assert (judged, isnan(ratio("riot", "share"))) == (0, True)
