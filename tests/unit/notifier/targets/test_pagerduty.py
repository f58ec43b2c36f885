"""When an alert of PagerDuty is resolved."""

import asyncio
import json

import msgspec
import pytest
from letters import ALERT, FIRST, revision, told

from services.messages import Also, Wording
from services.notifier.targets.pagerduty import PagerDutyTarget
from services.notifier.texts.compose import letter
from services.ports import HttpAnswer

GONE = revision(
    2,
    "retracted",
    Wording(change="Retracted", core="Idris Halvane killed"),
    "",
    told=told("retracted"),
)
OTHER_GONE = msgspec.structs.replace(
    GONE, about="the arrest of Sela Varn", wording=Wording(change="Retracted", core="Varn arrested")
)
HOLDS, TAKEN_BACK = Also(id="i1", told=told()), Also(id="i1", told=told("retracted"))


class PagerDuty:
    def __init__(self):
        self.events = []

    async def call(self, _method, url, _headers, body=b"", _answer_bytes=0):
        self.events.append(json.loads(body))
        return HttpAnswer(202, url, {}, b'{"status":"success","dedup_key":"k"}')


def action(told_last, **fields):
    """Return what an edit of an alert does there."""
    alert = msgspec.structs.replace(ALERT, revisions=(FIRST, told_last), **fields)
    service = PagerDuty()
    target = PagerDutyTarget(service, lambda _name: {"key": "K"})
    asyncio.run(target.edit("oncall", letter(alert, told_last, key="2"), "k"))
    return service.events[0]["event_action"]


@pytest.mark.parametrize(
    ("told_last", "fields", "does"),
    [
        (GONE, {}, "resolve"),
        (GONE, {"also": (TAKEN_BACK,)}, "resolve"),
        (GONE, {"also": (HOLDS,)}, "trigger"),
        (OTHER_GONE, {}, "trigger"),
        (OTHER_GONE, {"also": (TAKEN_BACK,)}, "trigger"),
        (OTHER_GONE, {"state": "closed"}, "resolve"),
    ],
)
def test_an_alert_is_resolved_once_nothing_of_it_holds(told_last, fields, does):
    assert action(told_last, **fields) == does
