"""Elasticsearch through its official client: bulk writes, search, templates."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from elasticsearch import ApiError, BadRequestError, NotFoundError, TransportError

from services.adapters.elastic_admin import ElasticAdmin
from services.adapters.elastic_answers import (
    Refusal,
    items,
    outcome,
    outcome_alone,
    smaller_may_pass,
)
from services.adapters.elastic_cluster import NOBODY, REQUEST_SECONDS, Access, Cluster, refused
from services.adapters.elastic_removal import remove
from services.errors import PointInTimeEnded, TransientError
from services.ports import IndexAction, IndexOutcome, JsonObject

REQUEST_BYTES = 8 * 1024 * 1024
"""Bytes of documents in one bulk request."""

_READ = "items.*._id,items.*.status,items.*.error"
"""What is read of an answer. The rest would double its bytes, and the time to make and read it."""


class ElasticIndex:
    """One cluster. Every name of an index, alias, or template gets `prefix`."""

    def __init__(
        self,
        url: str,
        access: Access = NOBODY,
        prefix: str = "",
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._cluster = Cluster(url, access, prefix, request_seconds)
        self._client = self._cluster.client
        self._prefix = prefix
        self._refused = ""
        self.admin = ElasticAdmin(self._cluster)

    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        return [done for part in _in_requests(actions) for done in self._bulk(part)]

    def remove(self, index: str, query: JsonObject) -> int:
        return remove(self._cluster, index, query)

    def search(self, index: str, body: JsonObject) -> JsonObject:
        if "pit" in body:
            return self._search_frozen(body)
        names = self._prefix + index
        answer = self._cluster.ask(
            lambda: self._client.search(
                index=names,
                body=dict(body),
                ignore_unavailable=True,
                allow_partial_search_results=False,
            )
        )
        return _search_answer(answer.body)

    def _search_frozen(self, body: JsonObject) -> JsonObject:
        try:
            answer = self._cluster.ask(
                lambda: self._client.search(body=dict(body), allow_partial_search_results=False)
            )
        except TransientError as error:
            raise (PointInTimeEnded() if _is_ended(error.__cause__) else error) from error
        return _search_answer(answer.body)

    def open_point_in_time(self, index: str, keep_seconds: int) -> str:
        answer = self._cluster.ask(
            lambda: self._client.open_point_in_time(
                index=self._prefix + index,
                keep_alive=f"{keep_seconds}s",
                ignore_unavailable=True,
            )
        )
        return str(answer.body["id"])

    def close_point_in_time(self, id: str) -> None:
        try:
            self._cluster.ask(lambda: self._client.close_point_in_time(id=id))
        except TransientError as error:
            if not isinstance(error.__cause__, NotFoundError):
                raise

    def get(self, index: str, id: str) -> JsonObject | None:
        found = self.search(index, {"query": {"ids": {"values": [id]}}, "size": 1})["hits"]["hits"]
        return dict(found[0]["_source"]) if found else None

    def refresh(self) -> None:
        """Make everything written so far searchable."""
        self.admin.refresh()

    def is_up(self) -> bool:
        try:
            answer = self._client.options(request_timeout=3).cluster.health().body
        except ApiError as error:
            is_refused = error.status_code in (401, 403)
            self._refused = str(self._cluster.trouble(error)) if is_refused else ""
            return False
        except TransportError:
            self._refused = ""
            return False
        self._refused = ""
        return isinstance(answer, Mapping) and answer.get("status") in ("green", "yellow")

    def login_refusal(self) -> str:
        return self._refused

    def _bulk(
        self, actions: Sequence[IndexAction], *, are_made: bool = False
    ) -> list[IndexOutcome]:
        """Send one request.

        If a single document may be the cause of a refusal, the request is halved. Indices that are
        not there, such as that of a new month, are made, and the request is sent again.
        """
        body = bulk_body(actions, self._prefix)
        try:
            answer = self._client.bulk(
                body=body,  # type: ignore[arg-type]
                require_alias=False,
                filter_path=_READ,
            )
        except ApiError as error:
            return self._parts(actions, refused(error), error)
        except TransportError as error:
            raise self._cluster.trouble(error) from error
        done = items(answer.body, actions)
        if not are_made and (absent := _absent(actions, done)):
            for name in absent:
                self.admin.ensure(name)
            return self._bulk(actions, are_made=True)
        over = next((said for _, said in done if said is not None and said.is_over_memory), None)
        if over is not None:
            return self._parts(actions, over)
        return [outcome(action, *item) for action, item in zip(actions, done, strict=True)]

    def _parts(
        self, actions: Sequence[IndexAction], refusal: Refusal, error: Exception | None = None
    ) -> list[IndexOutcome]:
        """Send a refused request in halves if that may help.

        Raises TransientError if the request has to wait as it is.
        """
        if len(actions) > 1 and smaller_may_pass(refusal):
            half = len(actions) // 2
            return self._bulk(actions[:half]) + self._bulk(actions[half:])
        alone = outcome_alone(actions[0], refusal) if len(actions) == 1 else None
        if alone is None:
            raise TransientError(f"Elasticsearch: {refusal.message()}") from error
        return [alone]


def bulk_body(actions: Sequence[IndexAction], prefix: str) -> bytes:
    """Return the body of a bulk request."""
    return b"".join(_header(action, prefix) + action.document + b"\n" for action in actions)


def _in_requests(actions: Sequence[IndexAction]) -> Iterator[list[IndexAction]]:
    """Yield the actions in order, in requests of at most REQUEST_BYTES of documents.

    A larger document is a request of its own.
    """
    part: list[IndexAction] = []
    size = 0
    for action in actions:
        if part and size + len(action.document) > REQUEST_BYTES:
            yield part
            part, size = [], 0
        part.append(action)
        size += len(action.document)
    if part:
        yield part


def _absent(
    actions: Sequence[IndexAction], done: Sequence[tuple[int, Refusal | None]]
) -> list[str]:
    """Return the names under which there is no index."""
    pairs = zip(actions, done, strict=True)
    return sorted({a.index for a, (_, said) in pairs if said is not None and said.is_absent})


def _header(action: IndexAction, prefix: str) -> bytes:
    target = {
        "_index": prefix + action.index,
        "_id": action.id,
        "version": action.version,
        "version_type": "external_gte",
    }
    return msgspec.json.encode({"index": target}) + b"\n"


def _search_answer(answer: object) -> JsonObject:
    """Return the answer to a search.

    Raises TransientError for anything else, such as a proxy's page.
    """
    hits = answer.get("hits") if isinstance(answer, Mapping) else None
    found = hits.get("hits") if isinstance(hits, Mapping) else None
    if (
        not isinstance(answer, Mapping)
        or not isinstance(found, list)
        or not all(isinstance(h, Mapping) for h in found)
    ):
        raise TransientError(
            "Elasticsearch: the answer is none to a search; something else may listen at "
            "REPORTEDLY_ELASTIC_URL"
        )
    return dict(answer)


def _is_ended(error: BaseException | None) -> bool:
    """Return True if Elasticsearch does not know a point in time: it ended, or is none."""
    if isinstance(error, NotFoundError):
        return True
    # Such as "unknown transport version [110] reading search context id", seen on 9.5.
    words = ("search context id", "failed to parse field [id]", "EOFException")
    return isinstance(error, BadRequestError) and any(each in str(error.body) for each in words)
