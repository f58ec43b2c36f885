"""What became of an article: the stages in order, and for each silent watch the reason."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from builders import claim
from stand_ins import stand_in

from services.alerter.condition import holds, unmet
from services.backtest.pipeline import Pipeline
from services.backtest.why import explain, facts, silence
from services.commands.why import from_index
from services.errors import ConfigError
from services.indexer.documents import BUILDERS
from services.messages import ClaimCondition, Slot, SlotAnswer


@pytest.fixture(scope="module")
def passages(watches, history):
    pipeline = Pipeline(watches)
    return [pipeline.step(article) for article in history]


def lines(passage, watches, stage):
    return [
        line.text
        for line in explain(facts(passage), [c.watch for c in watches.values()])
        if line.stage == stage
    ]


def of(passages, article_id):
    return next(p for p in passages if p.article.article_id == article_id)


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        ("wire-copy-north", "brought nothing new"),
        ("anniversary", "held back (background)"),
        ("misleading-sidebar", "held back (boilerplate)"),
    ],
)
def test_every_silence_has_its_reason(passages, watches, article, reason):
    (why,) = (
        line for line in lines(of(passages, article), watches, "silence") if "watch halvane" in line
    )
    assert reason in why


def test_a_watch_that_told_something_is_not_silent(passages, watches):
    successor = of(passages, "successor")
    assert any(
        "watch succession: told first" in line for line in lines(successor, watches, "alert")
    )
    assert not any("watch succession" in line for line in lines(successor, watches, "silence"))


@pytest.mark.parametrize(("later", "says"), [(1, True), (0, False)])
def test_what_was_seen_before_the_watch_was_saved_is_told_as_the_reason(
    passages, watches, later, says
):
    seen = replace(facts(of(passages, "wire-copy-north")), held_back=())
    assert seen.seen_at is not None
    saved_at = seen.seen_at + timedelta(microseconds=later)
    watch = msgspec.structs.replace(watches["halvane"].watch, saved_at=saved_at)
    why = "; ".join(silence(watch, seen))
    assert ("before the watch was last saved" in why) is says
    assert ("brought nothing new" in why) is not says


def test_the_stages_stand_in_order(passages, watches):
    stages = [
        line.stage
        for line in explain(facts(of(passages, "denial")), [c.watch for c in watches.values()])
    ]
    order = ["collect", "tag", "fold", "match", "alert", "silence"]
    assert list(dict.fromkeys(stages)) == order


def test_a_status_that_is_shown_has_its_sentence(passages):
    for passage in passages:
        for folded in passage.claims:
            shown = [line for line in explain(facts(passage), []) if " shows" in line.text]
            assert {e.quote for e in folded.shown_by} <= {line.quote for line in shown}
    statuses = {c.status for p in passages for c in p.claims if c.shown_by}
    assert statuses == {"confirmed", "disputed"}


def test_a_condition_tells_all_that_a_claim_lacks():
    about = claim(slots={"patient": Slot(answers=(SlotAnswer(key="halvane", label="H"),))})
    wanted = ClaimCondition(
        event=("arrested",), actor=("kadrin",), status="confirmed", independent=2
    )
    assert list(unmet(wanted, about)) == [
        "its event is killed, not arrested",
        "it is about H, not kadrin",
        "its level is reported, not yet confirmed",
        "it has 1 independent voices, not 2",
    ]
    assert holds(ClaimCondition(), about)


class Index:
    """The documents that the indexer makes, found by one keyword value."""

    def __init__(self, messages):
        self._rows: dict[str, dict[str, Any]] = {}
        for topic, message in messages:
            for action in BUILDERS[topic][1](message):
                kind = action.index.rpartition("-")[0].partition("-")[0] or action.index
                self._rows.setdefault(kind, {})[action.id] = json.loads(action.document)

    def search(self, index, body):
        if "prefix" in body["query"]:
            ((name, begin),) = body["query"]["prefix"].items()
            found = [
                row for row in self._rows.get(index, {}).values() if row[name].startswith(begin)
            ]
            return {"hits": {"hits": [{"_source": row} for row in found]}}
        if "term" not in body["query"]:
            return {"hits": {"hits": [], "total": {"value": 1}}}
        ((name, value),) = body["query"]["term"].items()
        found = [
            row
            for row in self._rows.get(index, {}).values()
            if value == row[name] or (isinstance(row[name], list) and value in row[name])
        ]
        return {
            "hits": {"hits": [{"_source": row} for row in found], "total": {"value": len(found)}}
        }


def test_the_index_tells_the_same_as_the_stages(passages, watches):
    messages = [("tagged-articles", p.article) for p in passages]
    messages += [("claims", c) for p in passages for c in p.claims]
    messages += [("alerts", a) for p in passages for a in p.alerts] + [
        ("suppressed", s) for p in passages for s in p.suppressed
    ]
    index, here = Index(messages), facts(of(passages, "wire-copy-north"))
    there = from_index("wire-copy-north", {"halvane": watches["halvane"]}, stand_in(index))
    assert (there.title, there.outlet, there.cause, there.published_at) == (
        here.title,
        here.outlet,
        here.cause,
        here.published_at,
    )
    assert sorted(r.event for r in there.reports) == sorted(r.event for r in here.reports)
    assert there.held_back == here.held_back
    assert there.matched == {"halvane"}
    assert [c.claim_id for c in there.claims] == [c.claim_id for c in here.claims]


def test_the_beginning_of_an_id_is_answered_with_the_ids_that_begin_so(passages):
    index = Index([("tagged-articles", of(passages, "wire-copy-north").article)])
    with pytest.raises(ConfigError, match=r"has the id wire-co: did you mean wire-copy-north\?"):
        from_index("wire-co", {}, stand_in(index))


def test_an_article_that_the_index_does_not_have_is_an_error_that_says_where_to_look():
    with pytest.raises(ConfigError, match="reportedly health"):
        from_index("nowhere", {}, stand_in(Index([])))
