"""What each service may do in Kafka: the one table that users and access rules are made from. Pure.

Most of it follows from schemas/topics.yaml, which names the writers and readers of each topic. What
does not (groups, transactions, and what the API shows of others) stands here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from services.messages.topics import DEAD_LETTERS, letter_topics, prefix_of, topics

Kind = Literal["topic", "group", "transactional-id"]
Act = Literal["read", "write", "describe"]

OPERATOR = "operator"
"""The user of `topics apply` and of all other commands. It is a super user of the cluster: it makes
topics and gives rights, so no rule could bind it.
"""

ASKING = ("reader", "lag")
"""Groups of clients that read without being members. They commit nothing and join nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """A user of Kafka.

    - `names`: what schemas/topics.yaml calls it.
    - `groups`: the consumer groups that it joins.
    - `transactions`: the groups among them whose loops write in transactions.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...] = ()
    transactions: tuple[str, ...] = ()


PARTS: Mapping[str, Part] = {
    "poller": Part(("poller", "poll"), ("poller",)),
    "tagger": Part(("tagger", "tag-stream"), ("tagger",)),
    "tracker": Part(
        ("tracker-route", "tracker-fold", "tracker-judge", "track"),
        ("tracker-route", "tracker-fold", "tracker-judge"),
        ("tracker-route", "tracker-fold"),
    ),
    "indexer": Part(("indexer", "index"), ("indexer",)),
    "alerter": Part(
        ("alerter", "alerter-match", "alerter-fold", "alert"),
        ("alerter-match", "alerter-fold"),
        ("alerter-fold",),
    ),
    "notifier": Part(("notifier", "notify"), ("notifier",)),
    "api": Part(("api",)),
}
"""Service, which is also the name of its user, to what it is in Kafka."""


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """A user may do one thing with one resource, or with all whose names begin with `name`."""

    user: str
    kind: Kind
    name: str
    act: Act
    is_prefix: bool = False

    def line(self) -> str:
        """Return the right for a person."""
        name = f"{self.name}*" if self.is_prefix else self.name
        return f"{self.user:<9} {self.act:<9} {self.kind:<17} {name}"


def rights(prefix: str = "", generation: int = 0) -> list[Right]:
    """Return all rights, sorted, without those that others imply. `prefix`: that of all names.

    `generation`: of the topics.
    """
    of_topics = prefix_of(prefix, generation)
    found = {right for user, part in PARTS.items() for right in _of(user, part, prefix, of_topics)}
    # Whoever may read or write may describe.
    implied = {(r.user, r.kind, r.name) for r in found if r.act != "describe"}
    return sorted(
        r for r in found if r.act != "describe" or (r.user, r.kind, r.name) not in implied
    )


def _of(user: str, part: Part, prefix: str, of_topics: str) -> Iterator[Right]:
    # The mark of the first generation names the one in use.
    yield Right(user, "topic", prefix + "data-version", "read")
    for spec in topics():
        if set(part.names) & set(spec.consumers):
            yield Right(user, "topic", of_topics + spec.name, "read")
        if set(part.names) & set(spec.producers):
            yield Right(user, "topic", of_topics + spec.name, "write")
    for group in part.groups:
        yield Right(user, "group", prefix + group, "read")
    for group in part.transactions:
        # A process has its own: the group, and a random part.
        for act in ("write", "describe"):
            yield Right(user, "transactional-id", f"{prefix}{group}-", act, is_prefix=True)
    for group in ASKING:
        yield Right(user, "group", prefix + group, "describe")
    if user == "api":
        yield from _shown(user, prefix, of_topics)


def _shown(user: str, prefix: str, of_topics: str) -> Iterator[Right]:
    """Yield what the page of the pipeline needs: how far all groups are, and the dead letters.

    To tell how far a group is, records that it has not read are counted. A letter is sent again to
    the topic that it came from, and marked.
    """
    for spec in topics():
        if spec.consumers:
            yield Right(user, "topic", of_topics + spec.name, "read")
    for name in letter_topics():
        for topic in (name, name + DEAD_LETTERS):
            yield Right(user, "topic", of_topics + topic, "write")
    for part in PARTS.values():
        for group in part.groups:
            yield Right(user, "group", prefix + group, "describe")
