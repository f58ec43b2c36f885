"""The Events API of PagerDuty, as far as alerts use it.

Sources: PagerDuty/api-schema of 14 August 2026, reference/events-v2/openapiv3.json 2.0;
support.pagerduty.com, PD-CEF fields (lengths).
"""

from typing import Any

from receivers.shore import Reply, Request, Shown

MOST_SUMMARY_CHARS = 1_024
MOST_KEY_CHARS = 255
_SEVERITIES = ("critical", "warning", "error", "info")


class PagerDuty:
    """`alerts`: what people see, oldest first. `is_open`: key to whether its alert is open."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.alerts: list[Shown] = []
        self.is_open: dict[str, bool] = {}

    def answer(self, request: Request) -> Reply:
        if request.path != "enqueue" or request.method != "POST":
            return Reply(404)
        event = request.json
        errors = list(self._errors(event))
        if errors:
            body = {"status": "invalid event", "message": "Event object is invalid"}
            return Reply(400, body | {"errors": errors})
        key = event["dedup_key"]
        if event["event_action"] == "resolve":
            self.is_open[key] = False
            for each in self.alerts:
                if each.id == key:
                    each.text = f"resolved: {each.text}"
                    each.n_edits += 1
        else:
            self._trigger(key, event)
        return Reply(202, {"status": "success", "message": "Event processed", "dedup_key": key})

    def _trigger(self, key: str, event: Any) -> None:
        payload = event["payload"]
        text = f"{payload['summary']}\n{payload.get('custom_details', {}).get('alert', '')}"
        links = tuple(link["href"] for link in event.get("links", []))
        if self.is_open.get(key):
            (shown,) = [each for each in self.alerts if each.id == key][-1:]
            shown.text, shown.links = text, links
            shown.n_edits += 1
            return
        self.is_open[key] = True
        self.alerts.append(Shown(key, text, links=links))

    def _errors(self, event: Any) -> list[str]:
        if event.get("routing_key") != self.key:
            return ["Invalid routing key"]
        if event.get("event_action") not in ("trigger", "acknowledge", "resolve"):
            return ["'event_action' is invalid"]
        if not 0 < len(event.get("dedup_key", "")) <= MOST_KEY_CHARS:
            return ["'dedup_key' is missing or too long"]
        if event["event_action"] != "trigger":
            return []
        payload = event.get("payload", {})
        errors = [f"'payload.{n}' is missing" for n in ("summary", "source") if not payload.get(n)]
        if len(payload.get("summary", "")) > MOST_SUMMARY_CHARS:
            errors.append("'payload.summary' is too long")
        if payload.get("severity") not in _SEVERITIES:
            errors.append("'payload.severity' is invalid")
        if any(not link.get("href") for link in event.get("links", [])):
            errors.append("'links' is invalid")
        return errors
