"""A receiver of webhooks that takes what Standard Webhooks 1.0.0 asks for, and nothing else.

It verifies each message with the reference library, refuses a body that the published schema
refuses, and drops repeats by their id.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from receivers.shore import Reply, Request

SCHEMA = Path(__file__).parents[2] / "schemas" / "webhook.v1.schema.json"


class Receiver:
    """`taken`: id to body, in the order in which they came. `repeats`: ids that came again."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.taken: dict[str, Any] = {}
        self.repeats: list[str] = []
        self._schema = jsonschema.Draft202012Validator(
            json.loads(SCHEMA.read_text(encoding="utf-8")),
            format_checker=jsonschema.FormatChecker(),
        )

    def answer(self, request: Request) -> Reply:
        try:
            body = Webhook(self.key).verify(request.body, dict(request.headers))
        except WebhookVerificationError as error:
            return Reply(401, {"error": str(error)})
        wrong = next(self._schema.iter_errors(body), None)
        if wrong is not None:
            return Reply(400, {"error": wrong.message})
        id = request.headers["webhook-id"]
        if id in self.taken:
            self.repeats.append(id)
        else:
            self.taken[id] = body
        return Reply(204)

    @property
    def types(self) -> list[str]:
        """The types of the messages taken, in order."""
        return [body["type"] for body in self.taken.values()]

    @property
    def shown(self) -> dict[str, int]:
        """Alert to the number of the last revision that came."""
        bodies = self.taken.values()
        return {
            body["data"]["alert"]["alert_id"]: body["data"]["revision"]["number"]
            for body in bodies
            if "alert" in body["data"]
        }
