"""A homeserver of Matrix, as far as alerts use it.

Source: matrix-org/matrix-spec, Client-Server API v1.19 (room_send.yaml, event_replacements.md,
threading.md, mentions).
"""

import html
import json
import re
from typing import Any

from receivers.shore import Reply, Request, Shown

MOST_EVENT_BYTES = 65_536
_PATH = re.compile(r"_matrix/client/v3/rooms/([^/]+)/(?:send/m\.room\.message|event)/(.+)")
_TAG = re.compile(r"</?[a-z]+[^<>]*>")
_HREF = re.compile(r'<a href="([^"]*)">')


class Matrix:
    """`rooms`: id to what stands in it, oldest first."""

    def __init__(self, token: str, *rooms: str) -> None:
        self.token = token
        self.rooms: dict[str, list[Shown]] = {room: [] for room in rooms}
        self.left: set[str] = set()
        self.redacted: set[str] = set()
        self._events: dict[str, Any] = {}
        self._sent: dict[str, str] = {}

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _refused(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
        found = _PATH.fullmatch(request.path)
        if found is None:
            return _refused(404, "M_UNRECOGNIZED", "Unrecognized request")
        room, last = found.groups()
        if room not in self.rooms or room in self.left:
            return _refused(403, "M_FORBIDDEN", "You aren't in the room.")
        if request.method == "GET":
            return self._event(last)
        if last in self._sent:
            return Reply(200, {"event_id": self._sent[last]})
        if len(request.body) > MOST_EVENT_BYTES:
            return _refused(413, "M_TOO_LARGE", "event too large")
        try:
            content = request.json
        except json.JSONDecodeError:
            return _refused(400, "M_NOT_JSON", "Content not JSON.")
        if not isinstance(content.get("body"), str) or "msgtype" not in content:
            return _refused(400, "M_BAD_JSON", "'body' not in content")
        relation = content.get("m.relates_to", {})
        root = self._events.get(relation.get("event_id"), {})
        if relation.get("rel_type") == "m.thread" and "m.relates_to" in root:
            return _refused(400, "M_UNKNOWN", "Cannot start threads from an event with a relation")
        event_id = f"$event{len(self._events)}:example.org"
        self._events[event_id] = content
        self._sent[last] = event_id
        self._show(room, event_id, content, relation)
        return Reply(200, {"event_id": event_id})

    def _event(self, id: str) -> Reply:
        if id not in self._events:
            return _refused(404, "M_NOT_FOUND", "Event not found.")
        unsigned = {"redacted_because": {"type": "m.room.redaction"}} if id in self.redacted else {}
        return Reply(200, {"event_id": id, "unsigned": unsigned})

    def _show(self, room: str, id: str, content: Any, relation: Any) -> None:
        about = relation.get("event_id", "")
        if relation.get("rel_type") == "m.replace":
            is_valid = "m.new_content" in content and "m.relates_to" not in self._events[about]
            for shown in self.rooms[room]:
                if shown.id == about and is_valid and about not in self.redacted:
                    new = _drawn(content["m.new_content"])
                    shown.text, shown.links, shown.pings = new.text, new.links, new.pings
                    shown.n_edits += 1
            return
        shown = _drawn(content)
        shown.id, shown.rings = id, content["msgtype"] == "m.text"
        shown.thread = about if relation.get("rel_type") == "m.thread" else ""
        self.rooms[room].append(shown)


def _refused(status: int, code: str, words: str) -> Reply:
    return Reply(status, {"errcode": code, "error": words})


def _drawn(content: Any) -> Shown:
    mentions = content.get("m.mentions")
    # Servers of before 1.17 look for the word in the body if the field is not there.
    called = ["@room"] if mentions is None and "@room" in content["body"] else []
    called += (mentions or {}).get("user_ids", [])
    if (mentions or {}).get("room"):
        called.append("@room")
    markup = content["formatted_body"]
    links = tuple(html.unescape(link) for link in _HREF.findall(markup))
    called += [link for link in links if "//matrix.to/" in link]
    text = html.unescape(_TAG.sub("", markup.replace("<br>", "\n")))
    return Shown("", text, pings=tuple(called), links=links)
