"""What each watch did with an article, and why: alerted, held back, or silent. Pure.

`reportedly why` tells the same of a file or of the running system, for those who run it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services.desk.articles import text_of, texts_of, time_of
from services.desk.documents import alert_of
from services.desk.why import REASONS, parts_of
from services.messages import Claim, Watch
from services.query.document import Document
from services.query.evaluate import holds
from services.query.parse import parse
from services.query.scan import QueryError
from services.text.happening import capital
from services.text.tokens import Tokens

Outcome = Literal["alerted", "held", "silent", "elsewhere"]
"""`elsewhere`: its words are not in the article."""

NOBODY = ":?"
"""The end of a block whose claims name nobody: such claims alert nobody."""


@dataclass(frozen=True, slots=True)
class Did:
    """What a watch did with the article.

    - `reasons`: why it was silent, as sentences. `detail`: the words that were held back.
    - `alert_id`, `told`: of the alert that has the article.
    """

    watch_id: str
    name: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    detail: str = ""
    alert_id: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the index has of an article, as documents; `claims`: those that hold it."""

    article: Mapping[str, Any]
    claims: Sequence[Claim] = ()
    alerts: Sequence[Mapping[str, Any]] = ()
    held: Sequence[Mapping[str, Any]] = field(default=())


def what_watches_did(watches: Iterable[Watch], known: Known) -> list[Did]:
    """Return what each watch did: first those that alerted, last those without their words."""
    read = _document(known.article)
    order: tuple[Outcome, ...] = ("alerted", "held", "silent", "elsewhere")
    found = [_did(watch, known, read) for watch in watches]
    return sorted(found, key=lambda did: (order.index(did.outcome), did.name.casefold()))


def _did(watch: Watch, known: Known, read: Document) -> Did:
    for document in known.alerts:
        if text_of(document, "watch_id") == watch.id:
            alert = alert_of(document)
            told = alert.revisions[-1].text if alert else text_of(document, "last_text")
            id = text_of(document, "alert_id")
            return Did(watch.id, watch.name, "alerted", alert_id=id, told=told)
    if not watch.enabled:
        return Did(watch.id, watch.name, "silent", ("It is switched off.",))
    held = [row for row in known.held if text_of(row, "watch_id") == watch.id]
    # A copy is held back where its original was told: then another reason says more.
    held.sort(key=lambda row: text_of(row, "reason") == "copy")
    if held:
        reason, detail = text_of(held[0], "reason"), text_of(held[0], "detail")
        why = capital(REASONS.get(reason, reason.replace("-", " ")))
        return Did(watch.id, watch.name, "held", (f"{why}.",), detail)
    if watch.query and not _has_words(watch.query, read):
        if watch.claim is None or not known.claims:
            return Did(watch.id, watch.name, "elsewhere")
        reasons = ("Its words are not in the article.", *_unmet(watch, known.claims))
        return Did(watch.id, watch.name, "elsewhere", reasons)
    if _is_older(known.article, watch):
        return Did(watch.id, watch.name, "silent", (_OLDER,))
    if watch.claim is not None:
        return Did(watch.id, watch.name, "silent", tuple(_unmet(watch, known.claims)))
    return Did(watch.id, watch.name, "silent", (_TOLD,))


_OLDER = "The article was seen before the watch was last saved."
_TOLD = "It was told already, or it is a copy, or it brought nothing new."


def _is_older(article: Mapping[str, Any], watch: Watch) -> bool:
    seen_at = time_of(article.get("first_seen_at"))
    return seen_at is not None and watch.saved_at is not None and seen_at < watch.saved_at


def _unmet(watch: Watch, claims: Sequence[Claim]) -> Iterator[str]:
    """Yield what the claims lack of a watch's condition, one sentence a claim."""
    assert watch.claim is not None
    if not claims:
        yield "The article is in no claim."
    for claim in claims:
        lacks = [
            f"it asks that {part.asks}, and here it is {part.has}"
            for part in parts_of(watch.claim, claim)
            if not part.is_met
        ]
        if claim.block.endswith(NOBODY):
            lacks.append("nobody is named whom it befell")
        if claim.status in ("denied", "retracted"):
            lacks.append("it was denied" if claim.status == "denied" else "it was taken back")
        yield capital("; ".join(lacks)) + "." if lacks else _TOLD


def _has_words(query: str, read: Document) -> bool:
    try:
        return holds(parse(query), read)
    except QueryError:  # a query of a version that allowed more
        return False


def _document(article: Mapping[str, Any]) -> Document:
    """Return an article as watches see it, from the words that the index has of it."""
    n_title = len(text_of(article, "match_title").split())
    segments = [run.split(" ") for run in texts_of(article, "match")]
    return Document(
        [Tokens(words, [(0, 0)] * len(words)) for words in segments],
        n_title,
        frozenset(texts_of(article, "facets")),
    )
