"""Elasticsearch through its official client: bulk writes, search, templates."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError

from services.adapters.elastic_answers import (
    Refusal,
    items,
    outcome,
    outcome_alone,
    refusal,
    smaller_may_pass,
)
from services.addresses import without_login
from services.errors import ConfigError, TransientError
from services.ports import IndexAction, IndexOutcome, JsonObject

T = TypeVar("T")

REQUEST_SECONDS = 30.0
"""Seconds after which a request counts as unanswered."""
REQUEST_BYTES = 8 * 1024 * 1024
"""Bytes of documents in one bulk request."""


class ElasticIndex:
    """One cluster. Every name of an index, alias, or template gets `prefix`."""

    def __init__(self, url: str, user: str = "", password: str = "", prefix: str = "") -> None:
        auth = (user, password) if user else None
        self._client = Elasticsearch(
            url,
            basic_auth=auth,
            request_timeout=REQUEST_SECONDS,
            max_retries=0,
            retry_on_timeout=False,
        )
        self._prefix = prefix
        self._address = without_login(url)

    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        return [done for part in _in_requests(actions) for done in self._bulk(part)]

    def search(self, index: str, body: JsonObject) -> JsonObject:
        names = self._prefix + index
        answer = self._ask(
            lambda: self._client.search(
                index=names,
                body=dict(body),
                ignore_unavailable=True,
                allow_partial_search_results=False,
            )
        )
        return _search_answer(answer.body)

    def get(self, index: str, id: str) -> JsonObject | None:
        found = self.search(index, {"query": {"ids": {"values": [id]}}, "size": 1})["hits"]["hits"]
        return dict(found[0]["_source"]) if found else None

    def apply_templates(self, templates: Mapping[str, JsonObject]) -> None:
        for name, template in templates.items():
            whole = self._prefixed(template)
            self._ask(partial(self._put_template, name, whole))
            self._extend(whole["index_patterns"], whole["template"]["mappings"])

    def _put_template(self, name: str, template: JsonObject) -> None:
        self._client.indices.put_index_template(name=self._prefix + name, body=template)

    def _extend(self, patterns: Sequence[str], mappings: JsonObject) -> None:
        """Add new fields to existing indices.

        Raises ConfigError if a field has another type there.
        """
        try:
            self._client.indices.put_mapping(
                index=",".join(patterns), body=dict(mappings), allow_no_indices=True
            )
        except BadRequestError as error:
            raise ConfigError(
                f"indices {patterns[0]} were made by another version and can't be extended: {error}"
            ) from error
        except (ApiError, TransportError) as error:
            raise self._trouble(error) from error

    def ensure_index(self, index: str, alias: str) -> None:
        try:
            self._client.indices.create(
                index=self._prefix + index, aliases={self._prefix + alias: {"is_write_index": True}}
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise self._trouble(error) from error
        except (ApiError, TransportError) as error:
            raise self._trouble(error) from error

    def refresh(self) -> None:
        """Make everything written so far searchable."""
        self._ask(lambda: self._client.indices.refresh(index=self._prefix + "*"))

    def is_up(self) -> bool:
        try:
            answer = self._client.options(request_timeout=3).cluster.health().body
        except (ApiError, TransportError):
            return False
        return isinstance(answer, Mapping) and answer.get("status") in ("green", "yellow")

    def _bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        """Send one request.

        If a single document may be the cause of a refusal, the request is halved.
        """
        body = b"".join(
            _header(action, self._prefix) + action.document + b"\n" for action in actions
        )
        try:
            answer = self._client.bulk(body=body, require_alias=False)  # type: ignore[arg-type]
        except ApiError as error:
            return self._parts(actions, _refused(error), error)
        except TransportError as error:
            raise self._trouble(error) from error
        done = items(answer.body, actions)
        over = next(
            (refused for _, refused in done if refused is not None and refused.is_over_memory), None
        )
        if over is not None:
            return self._parts(actions, over)
        return [outcome(action, *item) for action, item in zip(actions, done, strict=True)]

    def _parts(
        self, actions: Sequence[IndexAction], refused: Refusal, error: Exception | None = None
    ) -> list[IndexOutcome]:
        """Send a refused request in halves if that may help.

        Raises TransientError if the request has to wait as it is.
        """
        if len(actions) > 1 and smaller_may_pass(refused):
            half = len(actions) // 2
            return self._bulk(actions[:half]) + self._bulk(actions[half:])
        alone = outcome_alone(actions[0], refused) if len(actions) == 1 else None
        if alone is None:
            raise TransientError(f"Elasticsearch: {refused.message()}") from error
        return [alone]

    def _prefixed(self, template: JsonObject) -> JsonObject:
        aliases = {
            self._prefix + name: value
            for name, value in template["template"].get("aliases", {}).items()
        }
        inner = {**template["template"], "aliases": aliases}
        return {
            **template,
            "index_patterns": [self._prefix + p for p in template["index_patterns"]],
            "template": inner,
        }

    def _trouble(self, error: ApiError | TransportError) -> TransientError:
        if isinstance(error, ApiError):
            return TransientError(f"Elasticsearch: {_refused(error).message()}")
        said = " ".join(str(error.message).split())
        return TransientError(
            f"Elasticsearch does not answer at {self._address} (REPORTEDLY_ELASTIC_URL): {said}"
        )

    def _ask(self, call: Callable[[], T]) -> T:
        """Send a request. Errors that may pass are TransientError."""
        try:
            return call()
        except NotFoundError as error:
            raise TransientError(
                f"Elasticsearch has no such index: {error}; run `reportedly templates apply`"
            ) from error
        except (ApiError, TransportError) as error:
            raise self._trouble(error) from error


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


def _header(action: IndexAction, prefix: str) -> bytes:
    target = {
        "_index": prefix + action.index,
        "_id": action.id,
        "version": action.version,
        "version_type": "external_gte",
    }
    return json.dumps({"index": target}).encode() + b"\n"


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


def _refused(error: ApiError) -> Refusal:
    body = error.body
    return refusal(
        error.status_code, body.get("error", body) if isinstance(body, Mapping) else body
    )
