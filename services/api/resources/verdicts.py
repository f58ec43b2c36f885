"""The routes of the desk's verdicts: given, taken back, listed, counted, and learnt from."""

import asyncio
from enum import Enum
from typing import Annotated, Literal

import msgspec
from fastapi import FastAPI, Path, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.api.access.needs import Editor, Reader
from services.api.description import answers
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS, Size
from services.api.problems import Problem
from services.api.verdicts import Verdicts, verdicts_of
from services.desk.figures import Figure, Week
from services.desk.suggesting import Suggestion, Wider
from services.desk.verdicts import Said
from services.messages import About, Verdict, WrongReason
from services.messages.verdict import MAX_NAMED, NOTE_CHARS, REALLY_CHARS
from services.ports import JsonObject

Id = Annotated[str, Field(min_length=1, max_length=200)]
_Key = Annotated[str, Field(max_length=400)]
OneId = Annotated[str, Path(min_length=1, max_length=200)]

_RIGHT: dict[str, JsonValue] = {"about": "claim", "id": "0c9d1f6b7a8e4f20", "answer": "right"}
_WRONG: dict[str, JsonValue] = {
    "about": "alert",
    "id": "5f0a1c9be2d344710aa1",
    "answer": "wrong",
    "reason": "who",
    "keys": ["patient:oren halvane"],
    "really": "Tamir Halvane",
    "note": "It was his brother.",
}


_KEPT = _WRONG | {
    "verdict_id": "b81c0d6a2f5e4c19aa01",
    "watch_id": "orran",
    "event": "killed",
    "by": "amira",
    "at": "2031-05-02T09:00:00Z",
}
_UNDO = _KEPT | {"answer": "undo", "undoes": "b81c0d6a2f5e4c19aa01", "verdict_id": "0a7e42c1"}
_RATIO = {
    "name": "killed",
    "right": 17,
    "wrong": 3,
    "unwanted": 0,
    "share": 0.85,
    "interval": [0.64, 0.95],
    "wanted": 0.85,
    "wanted_interval": [0.64, 0.95],
}
_FIGURES = {
    "all": _RATIO | {"name": "all"},
    "events": [_RATIO],
    "rules": [],
    "watches": [],
    "reasons": {"who": 3},
    "weeks": [{"week": "2031-W18", "asked": 20} | _RATIO | {"name": "2031-W18"}],
}
_SAMPLE = {
    "week": "2031-W18",
    "items": [
        {
            "claim_id": "0c9d1f6b7a8e4f20",
            "sentence": "Oren Halvane reportedly killed in Meris",
            "status": "reported",
            "quote": "Oren Halvane was killed in Meris, the paper said.",
            "verdicts": [],
        }
    ],
}
_SUGGESTED = {
    "id": "unless",
    "kind": "unless",
    "text": "Not if the sentence holds “price war”",
    "is_safe": True,
    "difference": {"before": 11, "after": 9, "bad": 2, "bad_gone": 2, "good": 5, "good_lost": 0},
    "watch": {"id": "orran", "name": "Orran", "unless": ["price war"]},
}
_TAGS: list[str | Enum] = ["verdicts"]


class Given(BaseModel):
    """A verdict. `reason` belongs to a wrong one; `keys` are the wrong answers, as `slot:key`;
    `really` says who the only wrong one is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_RIGHT, _WRONG]})

    about: About
    id: Id
    answer: Literal["right", "wrong", "unwanted"]
    reason: WrongReason | None = None
    keys: Annotated[tuple[_Key, ...], Field(max_length=MAX_NAMED)] = ()
    really: Annotated[str, Field(max_length=REALLY_CHARS)] = ""
    note: Annotated[str, Field(max_length=NOTE_CHARS)] = ""


class Taken(BaseModel):
    """A suggestion to take. `version`: that of the watch it was made for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"watch_id": "orran", "id": "unless", "version": 3}]},
    )

    watch_id: Id
    id: Annotated[str, Field(max_length=200)]
    version: Annotated[int, Field(ge=1, le=2**31)]


def add_verdicts(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""
    verdicts = verdicts_of(app, desk)
    _give(app, verdicts)
    _count(app, verdicts)
    _learn(app, verdicts)


def _give(app: FastAPI, verdicts: Verdicts) -> None:
    @app.post("/v1/verdicts", status_code=201, tags=_TAGS, responses=answers(_KEPT, 201, 404))
    def give(person: Editor, given: Given) -> JsonObject:
        """Say whether an incident, a claim, or an alert is right. A wrong one is mended."""
        said = Said(
            given.answer,
            person.name,
            given.reason,
            given.keys,
            note=given.note,
            really=given.really,
        )
        return _verdict(verdicts.give(person, given.about, given.id, said))

    @app.delete("/v1/verdicts/{verdict_id}", tags=_TAGS, responses=answers(_UNDO, 200, 404, 409))
    def undo(person: Editor, verdict_id: OneId) -> JsonObject:
        """Take a verdict back. Return the undo."""
        return _verdict(verdicts.undo(person, verdict_id))

    @app.get("/v1/verdicts", tags=_TAGS, responses=answers({"items": [_KEPT], "next": None}))
    def listed(
        person: Reader,
        about: Annotated[About | None, Query(description="what was judged")] = None,
        id: Annotated[
            str | None,
            Query(min_length=1, max_length=MOST_LETTERS, description="of what was judged"),
        ] = None,
        size: Size = 20,
        after: Annotated[
            str, Query(max_length=200, description="the `next` of the answer before")
        ] = "",
    ) -> JsonObject:
        """List the verdicts in force, the newest first."""
        found = [
            v
            for v in verdicts.newest(person)
            if (about is None or v.about == about) and (id is None or v.id == id)
        ]
        if after:
            ids = [v.verdict_id for v in found]
            if after not in ids:
                raise Problem(422, "after: this place of the list is gone; begin anew")
            found = found[ids.index(after) + 1 :]
        following = found[size - 1].verdict_id if len(found) > size else None
        return {"items": [*map(_verdict, found[:size])], "next": following}


def _count(app: FastAPI, verdicts: Verdicts) -> None:
    @app.get("/v1/verdicts/figures", tags=_TAGS, responses=answers(_FIGURES))
    def figures(person: Reader) -> JsonObject:
        """Tell how right the program is, with 95 % intervals: by event, rule, watch, and week."""
        found = verdicts.figures(person)
        return {
            "all": _figure(found.all),
            "events": [*map(_figure, found.events)],
            "rules": [*map(_figure, found.rules)],
            "watches": [*map(_figure, found.watches)],
            "reasons": dict(found.reasons),
            "weeks": [*map(_week, verdicts.weeks())],
        }

    @app.get("/v1/verdicts/sample", tags=_TAGS, responses=answers(_SAMPLE))
    def sample(
        _person: Reader,
        week: Annotated[
            str,
            Query(
                max_length=10, description="an ISO week, such as 2031-W18; without it, the last one"
            ),
        ] = "",
    ) -> JsonObject:
        """List the claims of a week that the desk is asked about."""
        name = week or verdicts.last_week()
        items = [
            {
                "claim_id": asked.claim.claim_id,
                "sentence": asked.sentence,
                "status": asked.claim.status,
                "quote": asked.said.quote if asked.said else None,
                "verdicts": [*map(_verdict, asked.verdicts)],
            }
            for asked in verdicts.sample(name)
        ]
        return {"week": name, "items": items}


def _learn(app: FastAPI, verdicts: Verdicts) -> None:
    @app.get(
        "/v1/verdicts/suggestions",
        tags=_TAGS,
        responses=answers({"items": [_SUGGESTED]}, 200, 404, 503),
    )
    def suggested(
        person: Editor,
        watch_id: Annotated[str, Query(min_length=1, max_length=MOST_LETTERS)],
    ) -> JsonObject:
        """List what a watch may learn, each with what it would have told otherwise."""
        return {"items": [*map(_suggestion, verdicts.suggestions(person, watch_id))]}

    @app.post(
        "/v1/verdicts/suggestions",
        tags=_TAGS,
        responses=answers({"watch_id": "orran", "version": 4}, 200, 404, 409, 412, 503),
    )
    async def take(person: Editor, taken: Taken) -> JsonObject:
        """Take a suggestion: the watch is saved in a new version."""
        watch = await asyncio.to_thread(
            verdicts.take, person, taken.watch_id, taken.id, taken.version
        )
        return {"watch_id": watch.id, "version": watch.version}


def _verdict(verdict: Verdict) -> JsonObject:
    found: JsonObject = msgspec.to_builtins(verdict)
    return found


def _figure(figure: Figure) -> JsonObject:
    return {
        "name": figure.name,
        "right": figure.right,
        "wrong": figure.wrong,
        "unwanted": figure.unwanted,
        "share": figure.share,
        "interval": figure.interval,
        "wanted": figure.wanted,
        "wanted_interval": figure.wanted_interval,
    }


def _week(week: Week) -> JsonObject:
    return {"week": week.name, "asked": week.asked} | _figure(week.figure)


_OF_NARROWER = ("before", "after", "bad", "bad_gone", "good", "good_lost", "unjudged_gone")
_OF_WIDER = ("before", "after", "more", "fewer", "n_read", "n_found")


def _suggestion(one: Suggestion) -> JsonObject:
    d = one.difference
    names = _OF_WIDER if isinstance(d, Wider) else _OF_NARROWER
    more: JsonObject = {name: getattr(d, name) for name in names}
    return {
        "id": one.id,
        "kind": one.kind,
        "text": one.text,
        "is_safe": one.is_safe,
        "difference": more | {"about": d.about},
        "watch": msgspec.to_builtins(one.watch),
    }
