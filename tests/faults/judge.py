"""Compares what stands everywhere with what must come of the input."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from faults.naive import INDEX
from faults.oracle import Oracle, alerts_of, claims_of
from receivers.webhook import Receiver

from services.messages import Alert, AlertState, Claim, decode
from services.ports import Broker, JsonObject, Record, SearchIndex, TopicPartition

JUDGED = ("claims", "alerts", "alerter-state")
READ = ("articles", "tagged-articles", "reports", "claims", "hits", "alerts")
"""Topics whose readers may write dead letters."""

MOST = 5_000
"""Documents of one index that are looked at."""


@dataclass
class Verdict:
    """What is wrong, each in words; nothing if all is as it must be.

    - `lost`, `doubled`: articles and documents. `claims`, `alerts`, `seen`: what differs.
    - `letters`: dead letters that are missing or too many.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not any((self.lost, self.doubled, self.claims, self.alerts, self.seen, self.letters))


@dataclass(frozen=True)
class Seen:
    """All that can be looked at of a system."""

    broker: Broker
    search: SearchIndex
    receivers: Sequence[Receiver]


def judged(seen: Seen, due: Oracle, letters: int) -> Verdict:
    """Return what is wrong. `letters`: how many dead letters there must be.

    The index must have been refreshed.
    """
    verdict = Verdict()
    _articles(seen.search, due, verdict)
    topics = _read(seen.broker)
    told = [decode(Claim, r.value) for r in topics["claims"] if r.value]
    claims = claims_of(told)
    verdict.claims += _differing("claim", claims, due.claims)
    documents = _versions(seen.search, "claims", "claim_id", verdict)
    last = {c.claim_id: c.version for c in sorted(told, key=lambda claim: claim.version)}
    verdict.claims += _differing("document of claim", documents, last)
    _alerts(seen, topics, due, claims, verdict)
    found = Counter(_place(record) for topic in READ for record in topics[f"{topic}-dlq"])
    if len(found) != letters:
        verdict.letters.append(f"{len(found)} dead letters in place of {letters}: {sorted(found)}")
    return verdict


def naive_verdict(
    search: SearchIndex, due: Iterable[tuple[str, int]], told: Sequence[JsonObject]
) -> dict[str, int]:
    """Return what the naive pipeline lost and doubled, of documents and of messages."""
    hits = search.search(INDEX, {"size": MOST, "query": {"match_all": {}}})["hits"]["hits"]
    wanted = set(due)
    figures: dict[str, int] = {"due": len(wanted)}
    for what, rows in (("documents", [hit["_source"] for hit in hits]), ("messages", told)):
        count = Counter((r["article_id"], r["version"]) for r in rows if "article_id" in r)
        figures[f"{what} lost"] = len(wanted - count.keys())
        figures[f"{what} doubled"] = sum(n - 1 for n in count.values())
    return figures


def repeats(receivers: Sequence[Receiver]) -> tuple[int, int, int]:
    """Return the messages that recipients took, those that came again under their id, and those
    that told a revision a second time under another id.
    """
    taken, again, twice = 0, 0, 0
    for receiver in receivers:
        bodies = [body["data"] for body in receiver.taken.values() if "alert" in body["data"]]
        told = Counter((d["alert"]["alert_id"], d["revision"]["id"]) for d in bodies)
        taken += len(receiver.taken)
        again += len(receiver.repeats)
        twice += sum(n - 1 for n in told.values())
    return taken, again, twice


def _articles(search: SearchIndex, due: Oracle, verdict: Verdict) -> None:
    found = _versions(search, "articles", "article_id", verdict)
    for id, version in due.articles.items():
        if found.get(id) != version:
            verdict.lost.append(f"article {id}: version {found.get(id)} in place of {version}")
    verdict.doubled += (f"article {id} was never sent" for id in found.keys() - due.articles.keys())


def _alerts(
    seen: Seen,
    topics: Mapping[str, Sequence[Record]],
    due: Oracle,
    claims: Iterable[str],
    verdict: Verdict,
) -> None:
    values = {r.key: r.value for r in topics["alerter-state"]}
    states = [decode(AlertState, value).alert for value in values.values() if value]
    found = alerts_of((alert for alert in states if alert), claims)
    for watch in due.watches:
        rows = found.get(watch, frozenset())
        if not due.admits(watch, rows):
            verdict.alerts.append(f"watch {watch}: {rows} is none of {due.outcomes(watch)}")
    values = {r.key: r.value for r in topics["alerts"]}
    alerts = [decode(Alert, value) for value in values.values() if value]
    documents = _versions(seen.search, "alerts", "alert_id", verdict)
    last = {alert.alert_id: alert.version for alert in alerts}
    verdict.alerts += _differing("document of alert", documents, last)
    for alert in alerts:
        last_word = alert.revisions[-1].number
        for n, receiver in enumerate(seen.receivers):
            shown = receiver.shown.get(alert.alert_id, 0)
            if shown != last_word and not (shown == 0 and alert.is_over):
                verdict.seen.append(
                    f"recipient {n} sees revision {shown} of {last_word} of an alert of "
                    f"{alert.watch_id} ({alert.alert_id})"
                )


def _versions(search: SearchIndex, index: str, id: str, verdict: Verdict) -> dict[str, int]:
    """Return id to version of all documents of an index. An id that is there twice is noted."""
    body = {"size": MOST, "query": {"match_all": {}}, "_source": [id, "version"]}
    hits = search.search(index, body)["hits"]["hits"]
    count = Counter(hit["_source"][id] for hit in hits)
    verdict.doubled += (f"{n} documents of {index} {key}" for key, n in count.items() if n > 1)
    return {hit["_source"][id]: hit["_source"]["version"] for hit in hits}


def _differing(what: str, found: Mapping[str, object], due: Mapping[str, object]) -> Iterator[str]:
    for id in sorted(found.keys() | due.keys()):
        if found.get(id) != due.get(id):
            yield f"{what} {id}: {found.get(id)} in place of {due.get(id)}"


def _read(broker: Broker) -> dict[str, list[Record]]:
    """Return all records of the topics that are judged, by topic."""
    topics = (*JUDGED, *(f"{topic}-dlq" for topic in READ))
    found: dict[str, list[Record]] = {topic: [] for topic in topics}
    reader = broker.reader()
    try:
        places = [TopicPartition(t, p) for t in topics for p in range(broker.n_partitions(t))]
        for record in reader.read_to_end(places):
            found[record.topic].append(record)
    finally:
        reader.close()
    return found


def _place(record: Record) -> tuple[bytes, ...]:
    return tuple(record.headers[name] for name in ("topic", "partition", "offset", "service"))
