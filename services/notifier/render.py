"""Revisions as texts and as JSON."""

from collections.abc import Sequence

import msgspec

from services.notifier.channels import Due


def subject(item: Due) -> str:
    """Return one line: the watch, and what changed."""
    head, _, _ = item.revision.text.partition("\n")
    return f"[{item.alert.watch_name}] {item.revision.kind}: {head}".strip()


def log_row(item: Due, delivered_at_unix: float) -> bytes:
    """Return one line of JSON: alert without history, revision, channel, machine time."""
    row = {"delivered_at_unix": delivered_at_unix, **_content(item), "channel": item.channel.to}
    return msgspec.json.encode(row) + b"\n"


def webhook_body(item: Due) -> bytes:
    """Return the JSON for a webhook. It is the same at every try."""
    return msgspec.json.encode(
        {"type": f"alert.{item.revision.kind}", "subject": subject(item), **_content(item)}
    )


def digest_body(items: Sequence[Due]) -> bytes:
    """Return the JSON of several revisions of one watch."""
    name = items[0].alert.watch_name
    row = {
        "type": "alert.digest",
        "subject": f"[{name}] {len(items)} changes",
        "items": [_content(item) for item in items],
    }
    return msgspec.json.encode(row)


def _content(item: Due) -> dict[str, object]:
    alert = msgspec.to_builtins(msgspec.structs.replace(item.alert, revisions=(), channels=()))
    del alert["revisions"], alert["channels"], alert["policy"]
    return {"alert": alert, "revision": item.revision}
