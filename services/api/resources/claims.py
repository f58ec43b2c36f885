"""The JSON routes of one claim: its history, its evidence, judgements, and dossiers."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, Path, Request
from fastapi.responses import JSONResponse, Response

from services.api.access.needs import Editor, Reader
from services.api.bodies import json_of
from services.api.claims import Claims
from services.api.description import answers, takes
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS, choice, one_of
from services.api.problems import Problem
from services.desk.dossier import FORMS, as_json, as_markdown
from services.desk.judging import Wanted
from services.desk.stix import bundle
from services.desk.timeline import reason
from services.errors import ConfigError
from services.messages import Claim, Judgement, JudgementKind
from services.ports import JsonObject

ClaimId = Annotated[str, Path(max_length=MOST_LETTERS, description="the id of a claim")]
Form = Annotated[str, one_of(FORMS), choice(FORMS, "Markdown, JSON, or a bundle of STIX 2.1")]

_MEDIA_TYPES = {
    "md": "text/markdown; charset=utf-8; variant=CommonMark",
    "json": "application/json",
    "stix": "application/stix+json;version=2.1",
}
"""Source: RFC 7763 for Markdown, and the registration of OASIS for STIX."""

_ENDINGS = {"md": "md", "json": "json", "stix": "stix.json"}

_SAID = {
    "article_id": "a17",
    "version": 1935547200000,
    "report_id": "6a1c",
    "outlet": "Meris Daily",
    "url": None,
    "at": "2031-05-03T08:00:00Z",
    "quote": "The front confirmed that Idris Halvane was killed.",
    "mark": [42, 48],
    "speaker": "the Orran Liberation Front",
}
_STEP = {
    "at": "2031-05-03T08:00:00Z",
    "from": "disputed",
    "to": "confirmed",
    "rule": "level/affected-side-or-authority@3",
    "why": "The affected side, or a competent authority, confirms it.",
    "article_id": "a17",
    "evidence": _SAID,
}
_QUESTION = {
    "slot": "patient",
    "asked": "Who was affected",
    "answers": [
        {
            "label": "Idris Halvane",
            "by": ["Meridian Wire", "the Orran Monitor"],
            "more": 0,
            "quotes": [_SAID],
            "is_latest": False,
        }
    ],
    "summary": "",
    "is_disputed": False,
    "left_out": 0,
}
_JUDGEMENT: JsonObject = {
    "judgement_id": "5f0a1c9be2d34471",
    "kind": "note",
    "by": "amira",
    "at": "2031-05-03T09:00:00Z",
    "why": "Asked the hospital; answer by noon.",
    "articles": [],
    "undoes": None,
}


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A judgement that is asked for.

    - `articles`: ids of those that a split sets apart. `other`: the claim to merge with.
    - `undoes`: the id of the judgement to take back.
    """

    kind: JudgementKind
    why: str
    articles: tuple[str, ...] = ()
    other: str = ""
    undoes: str = ""


def add_claims(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""
    claims = Claims(desk)
    _add_reading(app, claims)
    _add_judging(app, claims)

    @app.get(
        "/v1/claims/{id}/dossier",
        tags=["claims"],
        response_class=Response,
        responses=answers(None),
    )
    def dossier(_person: Reader, id: ClaimId, format: Form = "md") -> Response:  # noqa: A002
        """Bring all that is known of a claim as a document, with its sources."""
        claim = claims.get(id)
        name = f'attachment; filename="claim-{_safe(id)}.{_ENDINGS[format]}"'
        return Response(
            _written(claims, claim, format),
            media_type=_MEDIA_TYPES[format],
            headers={"content-disposition": name},
        )


def _add_reading(app: FastAPI, claims: Claims) -> None:
    @app.get(
        "/v1/claims/{id}/history",
        tags=["claims"],
        responses=answers({"claim_id": "c363b445", "status": "confirmed", "items": [_STEP]}),
    )
    def history(_person: Reader, id: ClaimId) -> JsonObject:
        """List the steps of a claim's status, oldest first, each with its reason and sentence."""
        claim = claims.get(id)
        steps = [{**_plain(step), "why": reason(step)} for step in claim.history]
        return {"claim_id": claim.claim_id, "status": claim.status, "items": steps}

    @app.get(
        "/v1/claims/{id}/evidence",
        tags=["claims"],
        responses=answers({"claim_id": "c363b445", "questions": [_QUESTION], "voices": {}}),
    )
    def evidence(_person: Reader, id: ClaimId) -> JsonObject:
        """Tell who says what: each question with its answers, and the independent voices."""
        claim = claims.get(id)
        view = claims.view(claim)
        return {
            "claim_id": claim.claim_id,
            "questions": _plain(view.questions),
            "sides": _plain(view.sides),
            "voices": _plain(view.voices),
            "left_out": [*view.left_out],
        }


def _add_judging(app: FastAPI, claims: Claims) -> None:
    @app.get(
        "/v1/claims/{id}/judgements",
        tags=["claims"],
        responses=answers({"claim_id": "c363b445", "items": [_JUDGEMENT]}),
    )
    def judgements(_person: Reader, id: ClaimId) -> JsonObject:
        """List the judgements of a claim that are in force."""
        claim = claims.get(id)
        return {"claim_id": claim.claim_id, "items": [*map(_shown, claim.judgements)]}

    @app.post(
        "/v1/claims/{id}/judgements",
        tags=["claims"],
        status_code=202,
        responses=answers(_JUDGEMENT | {"is_shown": True}, 202, 409),
        openapi_extra=takes(Asked, {"kind": "note", "why": "Asked the hospital."}),
    )
    async def judge(request: Request, person: Editor, id: ClaimId) -> JSONResponse:
        """Split, merge, or dismiss a claim, note something, or take a judgement back.

        It is kept when this is answered; `is_shown` tells whether the claim shows it already.
        """
        asked = await json_of(request, Asked)
        return await asyncio.to_thread(decide, person.name, id, asked)

    def decide(by: str, id: str, asked: Asked) -> JSONResponse:
        wanted = Wanted(asked.kind, by, asked.why, asked.articles, _other(claims, asked.other))
        made, is_shown = claims.judge(id, wanted, asked.undoes)
        return JSONResponse({**_shown(made), "is_shown": is_shown}, status_code=202)


def _other(claims: Claims, id: str) -> Claim | None:
    """Return the claim to merge with. Raises ConfigError if there is none."""
    if not id:
        return None
    try:
        return claims.get(id)
    except Problem as error:
        raise ConfigError(f"other: {error.detail}") from error


def _written(claims: Claims, claim: Claim, form: str) -> bytes:
    found = claims.dossier(claim)
    if form == "md":
        return as_markdown(found).encode()
    return msgspec.json.encode(bundle(claim, found) if form == "stix" else as_json(found))


def _shown(judgement: Judgement) -> JsonObject:
    fields = ("judgement_id", "kind", "by", "at", "why", "articles", "undoes")
    whole = _plain(judgement)
    return {name: whole[name] for name in fields}


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value)


def _safe(id: str) -> str:
    """Return an id as a name of a file may have it."""
    return "".join(c for c in id[:64] if c.isascii() and c.isalnum()) or "unnamed"
