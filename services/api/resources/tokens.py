"""Tokens over HTTP, for operators; and who asks, for everybody."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse, Response

from services.api.access.making import DAYS, make_token, shown
from services.api.access.needs import Operator, Reader
from services.api.bodies import json_of
from services.api.description import answers, takes
from services.api.desk import Desk
from services.api.problems import Problem
from services.api.tables import TOKENS
from services.messages import Scope
from services.ports import JsonObject

TokenId = Annotated[str, Path(max_length=64, description="the id of a token, not its text")]

_EXAMPLE = {
    "token_id": "k7mq2xvd",
    "person": "amira",
    "scope": "editor",
    "groups": ["levant"],
    "label": "laptop",
    "made_at": "2031-05-02T12:00:00Z",
    "expires_at": "2032-05-02T12:00:00Z",
}


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token that is asked for. `days` 0: it never expires."""

    person: str
    scope: Scope = "reader"
    groups: tuple[str, ...] = ()
    label: str = ""
    days: int = DAYS


def add_tokens(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""

    @app.get(
        "/v1/people/me",
        tags=["people"],
        responses=answers(
            {"name": "amira", "scope": "editor", "groups": ["levant"], "token_id": "k7mq2xvd"}
        ),
    )
    async def me(person: Reader) -> JsonObject:
        """Tell who asks, and what they may do."""
        return {
            "name": person.name,
            "scope": person.scope,
            "groups": sorted(person.groups),
            "token_id": person.token_id,
        }

    @app.get("/v1/tokens", tags=["people"], responses=answers({"items": [_EXAMPLE]}))
    async def tokens(_person: Operator) -> JsonObject:
        """List all tokens, without what they are."""
        return {"items": [shown(token) for token in desk.tables.tokens().values()]}

    @app.post(
        "/v1/tokens",
        tags=["people"],
        status_code=201,
        responses=answers(_EXAMPLE | {"token": "rp_k7mq2xvd_…"}, 201),
        openapi_extra=takes(
            Wanted, {"person": "amira", "scope": "editor", "groups": ["levant"], "days": 90}
        ),
    )
    async def make(request: Request, _person: Operator) -> JSONResponse:
        """Make a token. Its text is in this answer alone."""
        wanted = await json_of(request, Wanted)
        token, text = make_token(
            wanted.person,
            wanted.scope,
            wanted.groups,
            label=wanted.label,
            days=wanted.days,
            now=datetime.now(UTC),
        )
        await desk.save_soon(TOKENS, token.token_id, token)
        return JSONResponse(shown(token) | {"token": text}, status_code=201)

    @app.delete(
        "/v1/tokens/{token_id}", tags=["people"], status_code=204, responses=answers(None, 204, 404)
    )
    async def revoke(token_id: TokenId, _person: Operator) -> Response:
        """Revoke a token. It opens nothing from now on."""
        if token_id not in desk.tables.tokens():
            raise Problem(404, f"no token has the id {token_id}")
        await desk.save_soon(TOKENS, token_id, None)
        return Response(status_code=204)
