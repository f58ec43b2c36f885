"""The meaning of Elasticsearch's answer to a bulk request, for each document.

A document is given up only for a reason in `NEVER`. It waits for every other reason, also for
unknown ones: a document that waits is late, a document given up is lost. For refusals in `ADVICE`
the message says what to do.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.errors import TransientError
from services.ports import IndexAction, IndexOutcome

SMALL_BYTES = 1024 * 1024
"""Bytes up to which a document is never too large by itself.

A server that answers 413 to such a one is misconfigured. Source: the least request limit in wide
use, that of nginx (`client_max_body_size`). Elasticsearch's own is 100 MB.
"""

REASON_LETTERS = 500
"""Characters of a reason; longer ones are cut. Elasticsearch repeats the refused value in it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of refusal, recognised by its status, error type, and words of its reason.

    - `status` None, `type` "": any.
    - `words`: a pattern that the reason contains; `unless`: one that it does not contain.
    - `meaning`: what to do, for a person.
    """

    status: int | None
    type: str
    words: str = ""
    unless: str = ""
    meaning: str = ""

    def fits(self, status: int, type: str, reason: str) -> bool:
        """True if this refusal is of this kind."""
        if self.status not in (None, status) or self.type not in ("", type):
            return False
        return re.search(self.words, reason) is not None and not (
            self.unless and re.search(self.unless, reason)
        )


_LIMIT = r"^(\[\d+:\d+\] )?failed to parse: Limit of "
"""A limit of the mapping. It is a setting of the index, not the document's fault."""

NEVER = (
    # A value that its field can't hold, a keyword of more than 32,766 bytes, invalid JSON, too
    # deep a nesting: all seen on 9.5.
    Case(400, "document_parsing_exception", unless=_LIMIT),
    # The same on older versions.
    Case(400, "mapper_parsing_exception", unless=_LIMIT),
    # A keyword of more than 32,766 bytes on older versions.
    Case(400, "illegal_argument_exception", words=r"immense term"),
    # Seen on 9.5 for one item.
    Case(400, "illegal_argument_exception", words=r"if _id is specified it must not be empty"),
    # Seen on 9.5 for a whole request, so only if it holds one document.
    Case(
        400,
        "action_request_validation_exception",
        words=r"id \[.*\] is too long|an id must be provided|illegal version value",
    ),
)
"""Refusals that depend on the document alone, so that no retry helps."""

_USER = (
    "Elasticsearch refuses the user: check REPORTEDLY_ELASTIC_USER and "
    "REPORTEDLY_ELASTIC_PASSWORD, or REPORTEDLY_ELASTIC_API_KEY,"
)

ADVICE = (
    Case(
        None,
        "",
        words=r"No space left|flood-stage|disk usage exceeded",
        meaning="Elasticsearch's disk is full: free some of it",
    ),
    Case(None, "i_o_exception", meaning="Elasticsearch can't write to its disk: see its log"),
    Case(None, "translog_exception", meaning="Elasticsearch can't write to its disk: see its log"),
    Case(
        None,
        "node_closed_exception",
        meaning="an Elasticsearch node is stopping: it is tried again",
    ),
    Case(
        None,
        "security_exception",
        meaning=f"{_USER} and its rights",
    ),
    Case(
        None,
        "validation_exception",
        words=r"maximum .*shards open",
        meaning="Elasticsearch has as many shards as it may: "
        "delete old indices or raise cluster.max_shards_per_node",
    ),
    Case(
        None, "index_closed_exception", meaning="the index is closed: open it (POST /INDEX/_open)"
    ),
    Case(
        None,
        "cluster_block_exception",
        words=r"cluster read-only",
        meaning="somebody made all of Elasticsearch read-only: "
        "take its settings cluster.blocks.* away (PUT /_cluster/settings)",
    ),
    Case(
        None,
        "cluster_block_exception",
        meaning="somebody made the index read-only: "
        "take its settings index.blocks.* away (PUT /_all/_settings)",
    ),
    Case(
        None,
        "strict_dynamic_mapping_exception",
        meaning="the index is older than this program: run `reportedly templates apply`",
    ),
    Case(
        400,
        "document_parsing_exception",
        meaning="the index has reached a limit of its mapping: see its index.mapping settings",
    ),
    Case(
        None,
        "index_not_found_exception",
        meaning="the index is not there: run `reportedly templates apply`",
    ),
    Case(
        None,
        "illegal_argument_exception",
        words=r"no write index",
        meaning="an alias is in the way: see GET /_alias",
    ),
    Case(
        None,
        "illegal_argument_exception",
        words=r"pipeline with id",
        meaning="the index names an ingest pipeline that is not there",
    ),
    Case(
        None, "es_rejected_execution_exception", meaning="Elasticsearch is busy: it is tried again"
    ),
    Case(
        None,
        "circuit_breaking_exception",
        meaning="Elasticsearch is short of memory: it is tried again",
    ),
    Case(
        401,
        "",
        meaning=_USER,
    ),
    Case(403, "", meaning="Elasticsearch refuses the user: check its rights"),
    Case(
        413, "", meaning="a proxy before Elasticsearch takes only small requests: let it take 10 MB"
    ),
)
"""What to do about refusals that wait. The first that fits applies."""

_OVER_MEMORY = re.compile(r"_operation_bytes=(\d+), max_\w*bytes=(\d+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of Elasticsearch, for one document or for a whole request."""

    status: int
    type: str
    reason: str

    @property
    def is_final(self) -> bool:
        """True if the document can never be stored, whatever the state of the cluster."""
        return any(case.fits(self.status, self.type, self.reason) for case in NEVER)

    @property
    def is_over_memory(self) -> bool:
        """True if this operation alone needs more heap than all operations together may have."""
        found = _OVER_MEMORY.search(self.reason)
        return (
            self.type == "es_rejected_execution_exception"
            and found is not None
            and int(found[1]) > int(found[2])
        )

    @property
    def is_absent(self) -> bool:
        """True if there is no index of the document's name."""
        return self.type == "index_not_found_exception"

    @property
    def is_known(self) -> bool:
        """True if the refusal is known to have nothing to do with the document."""
        return self.status != 400 or self._advice() != ""

    def message(self) -> str:
        """Return the advice, if there is one, and Elasticsearch's own words, in one line."""
        said = " ".join(f"{self.type}: {self.reason}".split())
        said = said if len(said) <= REASON_LETTERS else said[:REASON_LETTERS] + "…"
        advice = "" if self.is_final else self._advice()
        return f"{advice} ({self.status} {said})" if advice else f"{self.status} {said}"

    def _advice(self) -> str:
        return next(
            (case.meaning for case in ADVICE if case.fits(self.status, self.type, self.reason)), ""
        )


def refusal(status: int, error: object) -> Refusal:
    """Return the error of an item or of a whole answer. One of an unknown shape has no type."""
    if not isinstance(error, Mapping):
        return Refusal(status, "", str(error)[:REASON_LETTERS])
    causes = [error]
    while isinstance(cause := causes[-1].get("caused_by"), Mapping) and len(causes) < 10:
        causes.append(cause)
    said = [str(cause.get("reason", "")) for cause in causes]
    return Refusal(status, str(error.get("type", "")), "; ".join(dict.fromkeys(filter(None, said))))


def items(answer: object, actions: Sequence[IndexAction]) -> list[tuple[int, Refusal | None]]:
    """Return the status of each document, and its refusal if it has one.

    Raises TransientError for an answer that does not belong to these actions, such as a proxy's
    page, or a partial answer.
    """
    found = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(found, list) or len(found) != len(actions):
        n = len(found) if isinstance(found, list) else "no"
        raise TransientError(
            f"Elasticsearch: the answer is none to this request: {n} items for {len(actions)} "
            "documents"
        )
    return [_item(item, action) for item, action in zip(found, actions, strict=True)]


def outcome(action: IndexAction, status: int, refused: Refusal | None) -> IndexOutcome:
    """Return the outcome for one document of a request with several."""
    if refused is None:
        return IndexOutcome(action, "stored")
    if status == 409 and refused.type == "version_conflict_engine_exception":
        return IndexOutcome(action, "stale", refused.message())
    if refused.is_final:
        return IndexOutcome(action, "rejected", refused.message())
    return IndexOutcome(action, "retry" if refused.is_known else "unclear", refused.message())


def outcome_alone(action: IndexAction, refused: Refusal) -> IndexOutcome | None:
    """Return the outcome for a refused request of one document; None if it has to wait."""
    too_large = refused.status == 413 and len(action.document) > SMALL_BYTES
    if refused.is_final or refused.is_over_memory or too_large:
        return IndexOutcome(action, "rejected", refused.message())
    return None


def smaller_may_pass(refused: Refusal) -> bool:
    """True if a part of the request may be accepted."""
    return refused.status == 413 or refused.is_final or refused.is_over_memory


def _item(item: object, action: IndexAction) -> tuple[int, Refusal | None]:
    result = item.get("index") if isinstance(item, Mapping) else None
    status = result.get("status") if isinstance(result, Mapping) else None
    if not isinstance(result, Mapping) or type(status) is not int or result.get("_id") != action.id:
        raise TransientError(
            f"Elasticsearch: the answer is none to this request: {str(item)[:100]} for {action.id}"
        )
    error = result.get("error")
    if (200 <= status < 300) != (error is None):
        raise TransientError(
            f"Elasticsearch: the answer contradicts itself: status {status} and error "
            f"{str(error)[:100]}"
        )
    return status, None if error is None else refusal(status, error)
