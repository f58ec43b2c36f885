"""What a system holds in the end of a story, and in which fields two of them differ."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from e2e.compose.system import Compose, say

READ = """
import json, msgspec
from services.commands import world
from services.messages import AlertState, Claim, Suppressed, decode
from services.ports import TopicPartition

broker = world.kafka(world.settings())

def rows(topic):
    parts = [TopicPartition(topic, p) for p in range(broker.n_partitions(topic))]
    reader = broker.reader()
    yield from reader.read_to_end(parts)
    reader.close()

plain = lambda message: msgspec.to_builtins(message)
claims = {r.key: plain(decode(Claim, r.value)) for r in rows("claims") if r.value}
state = {r.key: r.value for r in rows("alerter-state")}
alerts = [decode(AlertState, value).alert for value in state.values() if value]
held_back = [plain(decode(Suppressed, r.value)) for r in rows("suppressed")]
print(json.dumps({
    "claims": claims,
    "alerts": {a.alert_id: plain(a) for a in alerts if a is not None and a.state == "open"},
    "suppressed": {row["suppressed_id"]: row for row in held_back},
}))
"""
"""Writes what the topics hold. It runs in a container of ours: nobody else reaches Kafka."""


def kept(path: Path | None, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what a file holds; a missing one is made."""
    if path is not None and path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    made = make()
    if path is not None:
        path.write_text(json.dumps(made), encoding="utf-8")
    return made


def seen_of(compose: Compose, deliveries: Path) -> dict[str, Any]:
    """Return claims, open alerts, hits held back, and revisions delivered, each by its id."""
    told = compose.said("exec", "-T", "api", "python", "-c", READ)
    seen: dict[str, Any] = json.loads(told, object_hook=_without_polls)
    lines = deliveries.read_text(encoding="utf-8").splitlines()
    sent = [row["revision"] for row in map(json.loads, lines)]
    seen["delivered"] = {revision["id"]: revision for revision in sent}
    assert len(seen["delivered"]) == len(sent), "a revision was delivered twice"
    say(", ".join(f"{len(rows)} {what}" for what, rows in seen.items()))
    return seen


def _without_polls(row: dict[str, Any]) -> dict[str, Any]:
    """Return an object without the time of a poll: whether one comes between two steps is open."""
    return {name: value for name, value in row.items() if name != "last_poll_at"}


def differences(unscaled: Mapping[str, Any], scaled: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields in which two systems differ, with the first rows where they do."""
    for what in unscaled:
        before, after = unscaled[what], scaled[what]
        if before.keys() != after.keys():
            yield f"{what}: missing {sorted(before.keys() - after.keys())}"
            yield f"{what}: unexpected {sorted(after.keys() - before.keys())}"
        differing: dict[str, list[str]] = {}
        for id in sorted(before.keys() & after.keys()):
            for field in sorted(before[id].keys() | after[id].keys()):
                if before[id].get(field) != after[id].get(field):
                    differing.setdefault(field, []).append(id)
        for field, ids in differing.items():
            yield f"{what}: {field} differs in {len(ids)} of {len(before)}"
            for id in islice(ids, 2):
                yield f"  {id}: {before[id].get(field)!r} is now {after[id].get(field)!r}"
