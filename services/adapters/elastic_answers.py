"""What Elasticsearch's answer to a bulk request means for each document.

A document is given up only for a reason that stands in `NEVER`. Everything else waits, also what
nobody has seen yet: a document that waits is late, a document that is given up is missing. What
waits says what a person can do, where `ADVICE` knows it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.errors import TransientError
from services.ports import IndexAction, IndexOutcome

SMALL_BYTES = 1024 * 1024
"""A document up to this size is never too large by itself: whoever refuses it (413) is set too low.
It is the least limit of a request's body that is in wide use, that of nginx
(`client_max_body_size`); Elasticsearch's own is 100 MB."""

REASON_LETTERS = 500
"""Elasticsearch repeats the refused value in its reason, and its causes in it: longer ones are
cut."""


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of refusal: by the type of the error, and by words of its reason where the type alone
    says too little.

    `status` None and `type` "" stand for any. `meaning` is for a person.
    """

    status: int | None
    type: str
    words: str = ""
    unless: str = ""
    meaning: str = ""

    def fits(self, status: int, type: str, reason: str) -> bool:
        if self.status not in (None, status) or self.type not in ("", type):
            return False
        return re.search(self.words, reason) is not None and not (self.unless and re.search(self.unless, reason))


_LIMIT = r"^(\[\d+:\d+\] )?failed to parse: Limit of "
"""A limit of the mapping: a setting of the index, not the document's fault."""

NEVER = (
    # A value that its field can't hold, a keyword of more than 32,766 bytes, no JSON, too deep: all
    # seen on 9.5.
    Case(400, "document_parsing_exception", unless=_LIMIT),
    # The name that older versions have for the same.
    Case(400, "mapper_parsing_exception", unless=_LIMIT),
    # A keyword of more than 32,766 bytes on older versions.
    Case(400, "illegal_argument_exception", words=r"immense term"),
    # Seen on 9.5 for one item.
    Case(400, "illegal_argument_exception", words=r"if _id is specified it must not be empty"),
    # Seen on 9.5 for the request as a whole, so only where one document stands alone in it.
    Case(400, "action_request_validation_exception", words=r"id \[.*\] is too long|an id must be provided|illegal version value"),
)
"""Refusals that no retry can mend: they rest on the document alone."""

ADVICE = (
    Case(
        None, "", words=r"No space left|flood-stage|disk usage exceeded", meaning="Elasticsearch's disk is full: free some of it"
    ),
    Case(None, "i_o_exception", meaning="Elasticsearch can't write to its disk: see its log"),
    Case(None, "translog_exception", meaning="Elasticsearch can't write to its disk: see its log"),
    Case(None, "node_closed_exception", meaning="an Elasticsearch node is stopping: it is tried again"),
    Case(
        None,
        "security_exception",
        meaning="Elasticsearch refuses the user: check REPORTEDLY_ELASTIC_USER and REPORTEDLY_ELASTIC_PASSWORD and its rights",
    ),
    Case(
        None,
        "validation_exception",
        words=r"maximum .*shards open",
        meaning="Elasticsearch has as many shards as it may: delete old indices or raise cluster.max_shards_per_node",
    ),
    Case(None, "index_closed_exception", meaning="the index is closed: open it (POST /INDEX/_open)"),
    Case(None, "cluster_block_exception", meaning="the index is blocked: take its setting index.blocks away"),
    Case(
        None, "strict_dynamic_mapping_exception", meaning="the index is older than this program: run `reportedly templates apply`"
    ),
    Case(
        400, "document_parsing_exception", meaning="the index has reached a limit of its mapping: see its index.mapping settings"
    ),
    Case(None, "index_not_found_exception", meaning="the index is not there: run `reportedly templates apply`"),
    Case(None, "illegal_argument_exception", words=r"no write index", meaning="an alias is in the way: see GET /_alias"),
    Case(
        None,
        "illegal_argument_exception",
        words=r"pipeline with id",
        meaning="the index names an ingest pipeline that is not there",
    ),
    Case(None, "es_rejected_execution_exception", meaning="Elasticsearch is busy: it is tried again"),
    Case(None, "circuit_breaking_exception", meaning="Elasticsearch is short of memory: it is tried again"),
    Case(401, "", meaning="Elasticsearch refuses the user: check REPORTEDLY_ELASTIC_USER and REPORTEDLY_ELASTIC_PASSWORD"),
    Case(403, "", meaning="Elasticsearch refuses the user: check its rights"),
    Case(413, "", meaning="a proxy before Elasticsearch takes only small requests: let it take 10 MB"),
)
"""What to do about refusals that wait; the first that fits."""

_OVER_MEMORY = re.compile(r"_operation_bytes=(\d+), max_\w*bytes=(\d+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of Elasticsearch, for one document or for a request."""

    status: int
    type: str
    reason: str

    @property
    def is_final(self) -> bool:
        """Tell whether the document can never be stored, whatever happens to the cluster."""
        return any(case.fits(self.status, self.type, self.reason) for case in NEVER)

    @property
    def is_over_memory(self) -> bool:
        """Tell whether the operation alone needs more of the heap than operations may ever have
        together."""
        found = _OVER_MEMORY.search(self.reason)
        return self.type == "es_rejected_execution_exception" and found is not None and int(found[1]) > int(found[2])

    @property
    def is_known(self) -> bool:
        """Tell whether the refusal is one that is known to say nothing of the document."""
        return self.status != 400 or self._advice() != ""

    def told(self) -> str:
        """Return what to do, if that is known, and what Elasticsearch says, in one line."""
        said = " ".join(f"{self.type}: {self.reason}".split())
        said = said if len(said) <= REASON_LETTERS else said[:REASON_LETTERS] + "…"
        advice = "" if self.is_final else self._advice()
        return f"{advice} ({self.status} {said})" if advice else f"{self.status} {said}"

    def _advice(self) -> str:
        return next((case.meaning for case in ADVICE if case.fits(self.status, self.type, self.reason)), "")


def refusal(status: int, error: object) -> Refusal:
    """Return the error of an item or of a whole answer; one of an unknown shape, as of a proxy, has
    no type."""
    if not isinstance(error, Mapping):
        return Refusal(status, "", str(error)[:REASON_LETTERS])
    causes = [error]
    while isinstance(cause := causes[-1].get("caused_by"), Mapping) and len(causes) < 10:
        causes.append(cause)
    said = [str(cause.get("reason", "")) for cause in causes]
    return Refusal(status, str(error.get("type", "")), "; ".join(dict.fromkeys(filter(None, said))))


def items(answer: object, actions: Sequence[IndexAction]) -> list[tuple[int, Refusal | None]]:
    """Return the status of each document, and its refusal if it has one.

    Raises TransientError for an answer that is none to these actions: a page of a proxy, a part of
    one, another's.
    """
    found = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(found, list) or len(found) != len(actions):
        n = len(found) if isinstance(found, list) else "no"
        raise TransientError(f"Elasticsearch: the answer is none to this request: {n} items for {len(actions)} documents")
    return [_item(item, action) for item, action in zip(found, actions, strict=True)]


def outcome(action: IndexAction, status: int, refused: Refusal | None) -> IndexOutcome:
    """Return what became of a document that was given to a request of several."""
    if refused is None:
        return IndexOutcome(action, "stored")
    if status == 409 and refused.type == "version_conflict_engine_exception":
        return IndexOutcome(action, "stale", refused.told())
    if refused.is_final:
        return IndexOutcome(action, "rejected", refused.told())
    return IndexOutcome(action, "retry" if refused.is_known else "unclear", refused.told())


def outcome_alone(action: IndexAction, refused: Refusal) -> IndexOutcome | None:
    """Return what became of a document whose request, which held nothing else, was refused; None if
    that has to wait."""
    too_large = refused.status == 413 and len(action.document) > SMALL_BYTES
    if refused.is_final or refused.is_over_memory or too_large:
        return IndexOutcome(action, "rejected", refused.told())
    return None


def smaller_may_pass(refused: Refusal) -> bool:
    """Tell whether a part of the request may be taken where the whole is not."""
    return refused.status == 413 or refused.is_final or refused.is_over_memory


def _item(item: Any, action: IndexAction) -> tuple[int, Refusal | None]:
    result = item.get("index") if isinstance(item, Mapping) else None
    status = result.get("status") if isinstance(result, Mapping) else None
    if not isinstance(result, Mapping) or type(status) is not int or result.get("_id") != action.id:
        raise TransientError(f"Elasticsearch: the answer is none to this request: {str(item)[:100]} for {action.id}")
    error = result.get("error")
    if (200 <= status < 300) != (error is None):
        raise TransientError(f"Elasticsearch: the answer contradicts itself: status {status} and error {str(error)[:100]}")
    return status, None if error is None else refusal(status, error)
