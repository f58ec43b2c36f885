"""A server of ntfy, as far as alerts use it: new (2.16) or old (2.13).

Sources: docs.ntfy.sh (publish as JSON, limitations, updating notifications);
binwiederhier/ntfy 2.13 of 13 July 2025 (server.go, errors.go), and model.go of 2.16, which names
`sequence_id` in its answers.
"""

import re
from typing import Any

from receivers.shore import Reply, Request, Shown

MOST_MESSAGE_BYTES = 4_096
MOST_ACTIONS = 3
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")


class Ntfy:
    """`topics`: name to the notifications on a phone that hears it, oldest first."""

    def __init__(self, *, is_old: bool = False, token: str = "") -> None:
        self.topics: dict[str, list[Shown]] = {}
        self.is_old = is_old
        self.token = token
        self._n = 0

    def answer(self, request: Request) -> Reply:
        if self.token and request.headers.get("authorization") != f"Bearer {self.token}":
            return _refused(403, 40301, "forbidden")
        if request.path or request.method != "POST":
            return _refused(404, 40401, "page not found")
        if len(request.body) > 2 * MOST_MESSAGE_BYTES:
            return _refused(413, 41303, "JSON body too large")
        body = request.json
        refusal = self._refusal(body)
        if refusal:
            return refusal
        self._n += 1
        id = f"m{self._n:011}"
        answer = {"id": id, "event": "message", "topic": body["topic"], "message": body["message"]}
        shown = Shown(
            body.get("sequence_id", id),
            f"{body.get('title', '')}\n{body['message']}",
            rings=body.get("priority", 3) >= 3,
            links=tuple(filter(None, [body.get("click"), *map(_link, body.get("actions", []))])),
        )
        place = self.topics.setdefault(body["topic"], [])
        if self.is_old:
            shown.id = id
        elif "sequence_id" in body:
            answer["sequence_id"] = body["sequence_id"]
            for at, each in enumerate(place):
                if each.id == shown.id:
                    shown.n_edits = each.n_edits + 1
                    place[at] = shown
                    return Reply(200, answer)
        place.append(shown)
        return Reply(200, answer)

    def _refusal(self, body: Any) -> Reply | None:
        if not _TOPIC.fullmatch(body.get("topic", "")):
            return _refused(400, 40009, "invalid request: topic invalid")
        if len(body.get("message", "").encode()) > MOST_MESSAGE_BYTES:
            return _refused(400, 40014, "invalid request: attachments not allowed")
        if body.get("priority", 3) not in (1, 2, 3, 4, 5):
            return _refused(400, 40007, "invalid priority parameter")
        if len(body.get("actions", [])) > MOST_ACTIONS:
            return _refused(400, 40018, "invalid request: actions invalid")
        if not self.is_old and not _TOPIC.fullmatch(body.get("sequence_id", "x")):
            return _refused(400, 40049, "invalid request: sequence ID invalid")
        return None


def _refused(status: int, code: int, error: str) -> Reply:
    return Reply(status, {"code": code, "http": status, "error": error})


def _link(action: Any) -> str:
    return str(action["url"])
