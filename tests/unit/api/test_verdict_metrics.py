"""The figures of verdicts as metrics."""

from math import isnan
from typing import Any

from builders import verdict
from desks import desk_of

from services.api.tables import VERDICTS, WATCHES
from services.api.verdict_metrics import follow_verdicts
from services.messages import Watch
from services.runtime import metrics
from services.runtime.metric_defs import MOST_NAMED


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


def series(name, **labels):
    return metrics.value(name, **labels)


def test_rules_and_watches_of_which_most_was_judged_have_series_and_the_rest_is_one():
    desk = desk_of()
    follow_verdicts(desk.tables)
    for id, owner in (("w0", None), ("w1", "mara")):
        desk.save(WATCHES, id, Watch(id=id, name="W", query="halvane", owner=owner))
    for n in range(MOST_NAMED + 2):
        for i in range(2 if n < MOST_NAMED else 1):
            on: dict[str, Any] = {"about": "alert", "id": f"x{n}-{i}", "watch_id": f"w{n % 2}"}
            one = verdict("who" if i else None, rules=(f"event/r{n:02}@1",), **on)
            desk.save(VERDICTS, one.verdict_id, one)
    by_rule = {"rule": "event/r00@1", "outcome": "wrong"}
    assert series("reportedly_judged_rule_things", **by_rule) == 1
    assert series("reportedly_right_rule_ratio", rule="event/r00@1", bound="share") == 0.5
    assert series("reportedly_judged_rule_things", rule="other", outcome="right") == 2
    assert (
        series("reportedly_judged_rule_things", rule=f"event/r{MOST_NAMED}@1", outcome="right") == 0
    )
    text = metrics.text().decode()
    assert text.count('reportedly_judged_rule_things{outcome="wrong"') == MOST_NAMED + 1
    # Whose watch it is needs a token to know, and a scrape shows none.
    assert series("reportedly_judged_watch_things", watch="w0", outcome="right") == 11
    assert series("reportedly_judged_watch_things", watch="w1", outcome="right") == 0
    assert series("reportedly_judged_watch_things", watch="other", outcome="right") == 11
