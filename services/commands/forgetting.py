"""What is left of an article in each message once its text is forgotten. Pure.

Ids, counts, addresses, times, and the names and numbers that a claim is made of stay. Title, body,
quotations, and the wording of alerts go. Messages that hold nothing of it stay as they are, to the
byte; and so does what was forgotten before.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

import services.messages as kinds
from services.alerter.alert import last_number
from services.alerter.also import MAIN, last_told
from services.errors import InvalidMessage
from services.messages import Alert, AlertState, Message, Revision, Stamps, Told, decode, encode
from services.messages.topics import DEAD_LETTERS, topics
from services.ports import Record
from services.text.hashes import digest

WHY = "its text was removed on request"
"""Why an article has no words, for readers."""

NOTICE = "The words of an article that were quoted here were withdrawn; the rest stands."
"""The text of the revision that tells it, and what stands in place of a text that quoted it."""

SHINGLE = 6
"""Words in a row by which a text counts as an article's. A guess: shorter runs are idioms."""

SHORTEST = 3
"""Words of the shortest title that counts as a run. Two are often a name."""

_TEXTS = frozenset({"quote", "title", "text", "words", "speaker", "out", "put", "surface"})
"""Fields that hold words of the article whose id stands beside or above them."""

_WORDINGS = frozenset({"text", "change", "headline", "core", "title", "detail"})
"""Fields that hold words of ours, which may repeat those of an article."""

_WORD = re.compile(r"\w+")


class Words:
    """Runs of words of an article's texts."""

    def __init__(self) -> None:
        self._runs: set[tuple[str, ...]] = set()
        self._lengths: set[int] = set()

    def add(self, text: str) -> None:
        """Add a title or a body. One of three to five words is a run itself."""
        found = _words(text)
        length = min(SHINGLE, len(found))
        if length >= SHORTEST:
            self._runs |= {*_runs(found, length)}
            self._lengths.add(length)

    def knows(self, text: str) -> bool:
        """Return True if adding a title or a body would change nothing."""
        found = _words(text)
        length = min(SHINGLE, len(found))
        return length < SHORTEST or self._runs.issuperset(_runs(found, length))

    def are_in(self, text: str) -> bool:
        """Return True if a run stands in a text, also in one that is written as JSON."""
        found = _words(text)
        return any(not self._runs.isdisjoint(_runs(found, n)) for n in self._lengths)


def _words(text: str) -> list[str]:
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return _WORD.findall(re.sub(r"\\[nrt]", " ", plain).lower())


def _runs(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


@dataclass(frozen=True)
class Forgotten:
    """The articles to forget: ids, their words as far as known, and the claims made of them.

    `at`: when, news time.
    """

    ids: frozenset[str]
    at: datetime
    words: Words = field(default_factory=Words)
    claims: frozenset[str] = frozenset()


class Notices:
    """Revisions that tell readers of alerts that words were withdrawn."""

    def __init__(self, what: Forgotten) -> None:
        self._what = what
        self._told: dict[tuple[int, str | None], Record] = {}

    def saw(self, record: Record, left: Record) -> None:
        """Take note of a record, and of what is left of it. The last one of an alert counts."""
        if record.topic == "alerts":
            place = (left.partition, left.key)
            self._told.pop(place, None)
            if left is not record:
                self._told[place] = left

    def records(self) -> Iterator[Record]:
        """Yield the alerts with such a revision, to be written behind all others."""
        for record in self._told.values():
            alert = with_notice(decode(Alert, record.value), self._what)
            yield replace(record, value=encode(alert))


def without(_topic: str, records: Iterable[Record], what: Forgotten) -> Iterator[Record]:
    """Yield the records of a topic without the words, and revisions that tell of it at its end."""
    notices, last = Notices(what), dict[int, int]()
    for record in records:
        last[record.partition] = record.offset
        left = scrubbed(record, what)
        if left is None:
            continue
        yield left
        notices.saw(record, left)
    for record in notices.records():
        last[record.partition] += 1
        yield replace(record, offset=last[record.partition])


def tells_more(record: Record, what: Forgotten) -> bool:
    """Return True for a record with words or a claim of the articles that `what` lacks."""
    if record.value is None or not any(id.encode() in record.value for id in what.ids):
        return False
    try:
        if record.topic == "claims":
            return decode(kinds.Claim, record.value).claim_id not in what.claims
        article = decode(kinds.Article, record.value) if record.topic == "articles" else None
    except InvalidMessage:
        return False
    if article is None or article.article_id not in what.ids:
        return False
    return not (what.words.knows(article.title) and what.words.knows(article.text))


def scrubbed(record: Record, what: Forgotten) -> Record | None:
    """Return a record without the words: the same object if it holds none, None if it goes."""
    if record.value is None or not _may_hold(record, what):
        return record
    topic = record.topic.removesuffix(DEAD_LETTERS)
    if topic == "feed-pending":
        return None
    if topic != record.topic:
        # What nobody could read is not searched, but emptied.
        return replace(record, value=b"") if record.value else record
    kind = getattr(kinds, _KINDS[topic])
    try:
        message: Message = decode(kind, record.value)
    except InvalidMessage:
        return replace(record, value=b"")
    left = _left(topic, message, what)
    return record if left == message else replace(record, value=encode(left))


_KINDS: Mapping[str, str] = {spec.name: spec.message for spec in topics() if spec.message}


def _may_hold(record: Record, what: Forgotten) -> bool:
    value = record.value or b""
    ids = what.ids | what.claims if record.topic.startswith("tracker-state") else what.ids
    return any(id == record.key or id.encode() in value for id in ids)


def _left(topic: str, message: Message, what: Forgotten) -> Message:
    special: Mapping[str, Callable[[Any, Forgotten], Message]] = {
        "articles": _article,
        "tagged-articles": _article,
        "feed-states": _feed_state,
        "alerter-state": _alerter_state,
    }
    found = special[topic](message, what) if topic in special else message
    plain = _walked(msgspec.to_builtins(found), None, what)
    return msgspec.convert(plain, type(message))


def _article(article: Any, what: Forgotten) -> Message:
    if article.article_id not in what.ids:
        return article  # type: ignore[no-any-return]
    empty: dict[str, Any] = {"text": "", "changes": (), "cause": "withdrawn"}
    if isinstance(article, kinds.TaggedArticle):
        parts = ("boilerplate", "mentions", "reports", "incidents", "attributions")
        empty |= {"title_end": 0, "stance": None, "origin": kinds.Origin()} | dict.fromkeys(
            parts, ()
        )
    else:
        empty["title"] = ""
    return msgspec.structs.replace(article, withdrawn=WHY, **empty)  # type: ignore[no-any-return]


def _feed_state(state: Any, what: Forgotten) -> Message:
    entries = {
        key: msgspec.structs.replace(entry, words=None, is_forgotten=True)
        if entry.article_id in what.ids
        else entry
        for key, entry in state.entries.items()
    }
    return msgspec.structs.replace(state, entries=entries)  # type: ignore[no-any-return]


def _alerter_state(row: AlertState, what: Forgotten) -> Message:
    if row.alert is None:
        return row
    plain = msgspec.convert(_walked(msgspec.to_builtins(row.alert), None, what), Alert)
    if plain == row.alert:
        return row
    return msgspec.structs.replace(row, alert=with_notice(plain, what))


def with_notice(alert: Alert, what: Forgotten) -> Alert:
    """Return an alert with a revision that says that words were withdrawn, if it has none yet.

    The revision goes to everybody who was told of the alert.
    """
    id = digest(alert.alert_id, "forgotten", sorted(what.ids))
    if any(revision.id == id for revision in alert.revisions):
        return alert
    notice = Revision(
        id=id,
        number=last_number(alert) + 1,
        kind="corrected",
        corrects=True,
        text=NOTICE,
        at=what.at,
        stamps=Stamps(decided_at=what.at),
        told=last_told(alert, MAIN) or Told(),
    )
    return msgspec.structs.replace(
        alert, revisions=(*alert.revisions, notice), version=alert.version + 1
    )


def _walked(node: Any, owner: str | None, what: Forgotten) -> Any:
    """Return plain data without the words. `owner`: the article whose id stands above."""
    if isinstance(node, list | tuple):
        return [_walked(each, owner, what) for each in node]
    if not isinstance(node, dict):
        return node
    own = node.get("article_id")
    owner = own if isinstance(own, str) else owner
    is_theirs = owner in what.ids
    left = {key: _value(key, value, owner, what) for key, value in node.items()}
    if is_theirs and "quote" in node and "mark" in node:
        left["mark"] = [0, 0]
    if "revisions" in node:
        left["revisions"] = [_revision(each, what) for each in left["revisions"]]
    if "wordings" in node:
        left["wordings"] = []
    return left


def _value(key: str, value: Any, owner: str | None, what: Forgotten) -> Any:
    is_theirs = owner in what.ids
    if isinstance(value, str):
        is_ours = owner is None and key in _WORDINGS and what.words.are_in(value)
        return "" if is_ours or (is_theirs and key in _TEXTS) else value
    if is_theirs and key == "speakers" and value and isinstance(value[0], str):
        return []
    return _walked(value, owner, what)


def _revision(revision: dict[str, Any], what: Forgotten) -> dict[str, Any]:
    """Return a revision, without its wording if it rests on a sentence of a forgotten article."""
    rests_on = any(each.get("article_id") in what.ids for each in revision.get("evidence", ()))
    is_theirs = rests_on or not revision.get("text")
    return {**revision, "text": NOTICE, "wording": {}} if is_theirs else revision
