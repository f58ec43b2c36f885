"""The API's description (OpenAPI): examples, bodies, and the errors that each route may answer."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.api.access.gate import is_open
from services.api.problems import MEDIA_TYPE
from services.ports import JsonObject

Responses = dict[int | str, dict[str, Any]]

PROBLEM: JsonObject = {
    "type": "object",
    "description": "A problem (RFC 9457). Some have more members, such as `errors`, `position`.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}

REASONS: Mapping[int, str] = {
    400: "The request names no host, or several.",
    401: "No token was shown, or a wrong one.",
    403: "The token does not allow this.",
    404: "There is none of that name, or it is not yours to see.",
    405: "This path has no such method.",
    409: "It can't be done as things stand.",
    412: "It was changed since you read it.",
    413: "The body is too large.",
    415: "The body has another media type.",
    421: "The API does not answer to this host name.",
    422: "Something can't be understood, or is not allowed; `detail` says what is.",
    428: "Say with If-Match which version you read.",
    429: "You ask too often. Retry-After says when to go on.",
    503: "An engine can't be reached, or all places are taken.",
}
"""What an error means, by its status."""

ALWAYS = (400, 421, 422, 503)
"""Errors of every path."""

BEHIND_THE_GATE = (401, 403, 429)
"""Errors of paths that need a token."""

WITH_BODY = (413, 415)

OF_CHANGES = (404, 409)
"""Errors of what changes something: what it is about may be gone, or changed."""


def answers(example: object, status: int = 200, *errors: int) -> Responses:
    """Return the answers of a route: an example of the right one, and the errors of its own."""
    right: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if example is not None:
        right["content"] = {"application/json": {"example": example}}
    found: Responses = {status: right}
    return found | {error: _error(error) for error in errors}


def takes(kind: type[msgspec.Struct] | None, example: object) -> dict[str, Any]:
    """Return what a route takes as its body, for `openapi_extra`. `kind` None: any object."""
    schema: JsonObject = {"type": "object"}
    if kind is not None:
        (ref,), parts = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
        schema = _inlined(parts[ref["$ref"].rpartition("/")[2]], parts)
    body = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": body}}


def described(app: FastAPI) -> JsonObject:
    """Return the description of all routes, with the errors that they share."""
    whole = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    whole.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            own = operation["responses"]
            shared = [*ALWAYS, *(() if is_open(path) else BEHIND_THE_GATE)]
            shared += WITH_BODY if method in ("post", "put", "patch") else ()
            shared += (404,) if "{" in path or "watch_id" in named(operation) else ()
            shared += OF_CHANGES if method in ("post", "delete") and not is_open(path) else ()
            own.pop("422", None)  # FastAPI's own form of it, which we do not answer
            for status in shared:
                own.setdefault(str(status), _error(status))
    whole["components"]["schemas"].pop("HTTPValidationError", None)
    whole["components"]["schemas"].pop("ValidationError", None)
    return whole


def named(operation: JsonObject) -> list[str]:
    """Return the names of the parameters of a route."""
    return [parameter["name"] for parameter in operation.get("parameters", ())]


def _error(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": REASONS[status],
    }
    return {
        "description": REASONS[status],
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }


def _inlined(schema: Any, parts: Mapping[str, Any]) -> Any:
    """Return a schema without references. Ours are not recursive."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(parts[schema["$ref"].rpartition("/")[2]], parts)
        return {name: _inlined(value, parts) for name, value in schema.items()}
    return [_inlined(each, parts) for each in schema] if isinstance(schema, list) else schema
