"""Elasticsearch through its official client, reduced to what we use: bulk with external versions, search, templates."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError

from services.errors import TransientError
from services.ports import IndexAction, IndexOutcome

REQUEST_SECONDS = 30.0
REQUEST_BYTES = 8 * 1024 * 1024
_RETRY = (429, 502, 503, 504)
_REFUSED = (400, 413)


class ElasticIndex:
    """One cluster; every index, alias, and template name gets `prefix`."""

    def __init__(self, url: str, user: str = "", password: str = "", prefix: str = "") -> None:
        auth = (user, password) if user else None
        self._client = Elasticsearch(url, basic_auth=auth, request_timeout=REQUEST_SECONDS, max_retries=0, retry_on_timeout=False)
        self._prefix = prefix

    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        return [outcome for part in _in_requests(actions) for outcome in self._bulk(part)]

    def search(self, index: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._ask(lambda: self._client.search(index=self._prefix + index, body=dict(body), ignore_unavailable=True))
        return dict(answer)

    def get(self, index: str, id: str) -> dict[str, Any] | None:
        found = self.search(index, {"query": {"ids": {"values": [id]}}, "size": 1})["hits"]["hits"]
        return dict(found[0]["_source"]) if found else None

    def apply_templates(self, templates: Mapping[str, Mapping[str, Any]]) -> None:
        for name, template in templates.items():
            self._ask(
                lambda n=name, t=template: self._client.indices.put_index_template(name=self._prefix + n, body=self._prefixed(t))
            )

    def ensure_index(self, index: str, alias: str) -> None:
        try:
            self._client.indices.create(index=self._prefix + index, aliases={self._prefix + alias: {"is_write_index": True}})
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise TransientError(f"Elasticsearch: {error}") from error
        except (ApiError, TransportError) as error:
            raise TransientError(f"Elasticsearch: {error}") from error

    def refresh(self) -> None:
        """Make everything written so far searchable."""
        self._ask(lambda: self._client.indices.refresh(index=self._prefix + "*"))

    def is_up(self) -> bool:
        try:
            return bool(self._client.options(request_timeout=3).cluster.health()["status"] in ("green", "yellow"))
        except (ApiError, TransportError):
            return False

    def _bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        """Send one request. One that is refused as a whole is halved until the document at fault stands alone."""
        body = b"".join(_header(action, self._prefix) + action.document + b"\n" for action in actions)
        try:
            answer = self._client.bulk(body=body, require_alias=False)  # type: ignore[arg-type]
        except ApiError as error:
            if error.status_code not in _REFUSED:
                raise TransientError(f"Elasticsearch: {error}") from error
            if len(actions) == 1:
                return [IndexOutcome(actions[0], "rejected", str(error))]
            half = len(actions) // 2
            return self._bulk(actions[:half]) + self._bulk(actions[half:])
        except TransportError as error:
            raise TransientError(f"Elasticsearch: {error}") from error
        results = [next(iter(item.values())) for item in answer["items"]]
        return [_outcome(action, result) for action, result in zip(actions, results, strict=True)]

    def _prefixed(self, template: Mapping[str, Any]) -> dict[str, Any]:
        aliases = {self._prefix + name: value for name, value in template["template"].get("aliases", {}).items()}
        inner = {**template["template"], "aliases": aliases}
        return {**template, "index_patterns": [self._prefix + p for p in template["index_patterns"]], "template": inner}

    def _ask(self, call: Any) -> Any:
        """Run a request; whatever may be better later is a TransientError."""
        try:
            return call()
        except NotFoundError as error:
            raise TransientError(f"Elasticsearch has no such index: {error}; run `reportedly templates apply`") from error
        except (ApiError, TransportError) as error:
            raise TransientError(f"Elasticsearch: {error}") from error


def _in_requests(actions: Sequence[IndexAction]) -> Iterator[list[IndexAction]]:
    """Yield the actions in order, in requests of at most REQUEST_BYTES of documents, or one document if it is larger."""
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


def _header(action: IndexAction, prefix: str) -> bytes:
    target = {"_index": prefix + action.index, "_id": action.id, "version": action.version, "version_type": "external_gte"}
    return json.dumps({"index": target}).encode() + b"\n"


def _outcome(action: IndexAction, result: Mapping[str, Any]) -> IndexOutcome:
    status, error = result["status"], result.get("error") or {}
    reason = f"{error.get('type', '')}: {error.get('reason', '')}" if error else ""
    if status < 300:
        return IndexOutcome(action, "stored")
    if status == 409:
        return IndexOutcome(action, "stale", reason)
    if status in _RETRY or error.get("type") in (
        "cluster_block_exception",
        "es_rejected_execution_exception",
        "index_not_found_exception",
    ):
        return IndexOutcome(action, "retry", reason)
    return IndexOutcome(action, "rejected", reason)
