"""PagerDuty: alerts of a service by the Events API. Address: `NAME`.

An event with the key of an open alert is added to it without a sound. What rings is an alert of its
own, since nobody is paged twice for one. After people have resolved an alert, its next change opens
it again.
Source: PagerDuty/api-schema of 14 August 2026, events-v2 2.0: createV2Event.
"""

from typing import Literal

import msgspec

from services.notifier.content import Content, Letter
from services.notifier.targets.calling import (
    Service,
    judged,
    reach,
    read,
    said,
)
from services.notifier.targets.lines import (
    articles_of,
    links_of,
    plain,
    rendered,
    titled,
    without_links,
    without_past,
)
from services.notifier.targets.target import Later, Outcome, Refused, beside, taken
from services.notifier.texts.plain import cut
from services.text.hashes import digest

SERVER = "https://events.pagerduty.com/v2"

MOST_SUMMARY_CHARS = 1_024
"""Characters of a summary. Source: support.pagerduty.com, PD-CEF fields."""

MOST_DETAIL_CHARS = 8_000
"""Characters of the details. An event has 512 KB; nobody reads more on a phone."""

BAD = 400
_NO_KEY = "routing key"
"""What an answer speaks of if the integration was deleted."""

Severity = Literal["critical", "error", "warning", "info"]

_SEVERITY: dict[str, Severity] = {
    "confirmed": "critical",
    "corroborated": "error",
    "claimed": "warning",
    "reported": "warning",
}
"""By the level of a claim: how sure it is."""


class Answer(msgspec.Struct, frozen=True):
    """What PagerDuty answers. `status`: of an error "invalid event" and the like."""

    status: str = ""
    message: str = ""
    dedup_key: str = ""
    errors: list[str] = []


class PagerDutyTarget(Service):
    """Services of PagerDuty. A handle is the key of an alert there (`dedup_key`)."""

    async def post(self, address: str, content: Content) -> Outcome:
        """Open an alert. A repeat adds to it."""
        return await self._send(address, _trigger(content, digest(content.key)))

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Add what holds now to an alert; resolve it if nothing holds any more."""
        if letter.alert.is_over:
            return await self._send(address, {"event_action": "resolve", "dedup_key": handle})
        return await self._send(address, _trigger(letter, handle))

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Open an alert for the change."""
        done = await self._send(address, _trigger(without_past(letter), digest(letter.key, "note")))
        return beside(done, handle)

    async def _send(self, address: str, event: dict[str, object]) -> Outcome:
        at = reach(self._poster, self._entries, address, SERVER, "key")
        if isinstance(at, Later):
            return at
        body = {"routing_key": at.secret} | event
        answer = await at.ask("POST", f"{at.server}/enqueue", body, {})
        if isinstance(answer, Later | Refused):
            return answer
        told = read(answer, Answer)
        words = "; ".join([told.message, *told.errors])
        if answer.status == BAD and _NO_KEY in words.lower():
            return Refused(said(answer, words, at), is_gone=True)
        verdict = judged(answer, words, at, is_own=told.status.startswith("invalid"))
        if verdict is not None:
            return verdict
        return taken(told.dedup_key) if told.dedup_key else Later("the answer is not PagerDuty's")


def _trigger(content: Content, key: str) -> dict[str, object]:
    details = rendered(without_links(content), plain, MOST_DETAIL_CHARS)
    links = [*links_of(content), *articles_of(content)]
    return {
        "event_action": "trigger",
        "dedup_key": key,
        "client": "Reportedly",
        "links": [{"href": run.url, "text": run.text} for run in links],
        "payload": {
            "summary": cut(titled(content), MOST_SUMMARY_CHARS),
            "source": "reportedly",
            "severity": _severity(content),
            "class": content.kind if isinstance(content, Letter) else "notice",
            "custom_details": {"alert": details},
        },
    }


def _severity(content: Content) -> Severity:
    if not isinstance(content, Letter):
        return "info"
    return _SEVERITY.get(content.revision.told.level or "", "warning")
