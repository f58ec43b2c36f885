"""`/v1/freshness`, `/v1/pipeline`, and `/v1/dead-letters`: how the system itself does."""

from typing import Annotated

import msgspec
from fastapi import FastAPI, Query
from pydantic import AfterValidator

from services.api.access.needs import Operator, Reader
from services.api.description import answers
from services.api.desk import Desk
from services.api.pipeline.letters import Letters
from services.api.pipeline.pulse import Pulse
from services.api.pipeline.sums import DAYS, Sums
from services.api.problems import Problem
from services.desk.freshness import Freshness
from services.desk.pipeline.redrive import Letter
from services.messages.topics import letter_topics
from services.ports import JsonObject
from services.text.choices import not_allowed

MOST_REASON_CHARS = 100


def _is_length(days: int) -> int:
    if days not in DAYS:
        raise ValueError(f"{days} is not allowed; allowed: {', '.join(map(str, DAYS))}")
    return days


Days = Annotated[
    int,
    AfterValidator(_is_length),
    Query(
        description="how many days the figures are of; 0: all that is stored",
        json_schema_extra={"enum": [*DAYS]},
    ),
]
LetterTopic = Annotated[
    str,
    Query(
        description="where the messages came from", json_schema_extra={"enum": [*letter_topics()]}
    ),
]
LetterReason = Annotated[
    str, Query(max_length=MOST_REASON_CHARS, description="only letters filed under this reason")
]
LetterOffset = Annotated[
    int | None, Query(ge=0, description="only this letter, also if it was sent again before")
]


FRESH: JsonObject = {
    "at": "2031-05-02T20:00:00Z",
    "panels": {
        "claims": {
            "state": "late",
            "text": "late by 40 s",
            "since": None,
            "late_seconds": 40,
            "why": "What came in is still being read: see the pipeline.",
        }
    },
}
FIGURES: JsonObject = {
    "at": "2031-05-02T20:00:00Z",
    "days": 1,
    "stages": [
        {
            "name": "Find events",
            "group": "tagger",
            "reads": "new articles",
            "behind": 3,
            "oldest_seconds": 2.5,
            "members": 1,
        }
    ],
    "latencies": [{"stage": "Read", "since": "seen", "n": 900, "p50": 0.4, "p95": 1.8}],
    "steps": [{"name": "Seen", "n": 900, "help": "articles of the feeds", "is_least": False}],
    "held": [{"reason": "copy", "says": "it is a copy of what was told", "n": 40}],
    "outcomes": {"delivered": 12},
    "levels": [
        {
            "name": "Seen to delivered",
            "says": "sent within 5 seconds, if nothing made it wait",
            "wanted": 0.99,
            "n": 240,
            "n_good": 239,
            "limit_seconds": 5.0,
        }
    ],
}
LETTERS: JsonObject = {
    "total": 1,
    "items": [
        {
            "topic": "articles",
            "offset": 3,
            "reason": "untaggable",
            "detail": "the parser ended",
            "at": "2031-05-02T20:00:00Z",
            "service": "tagger",
            "key": "a1",
            "tries": 1,
            "redriven_at": None,
            "redriven_by": "",
            "says": "The text could not be read for events.",
        }
    ],
}


def add_pipeline_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes."""
    pulse, sums = Pulse.of(app, desk), Sums.of(app, desk)
    letters = Letters(desk.broker, desk.sender)

    @app.get("/v1/freshness", responses=answers(FRESH))
    def fresh(_person: Reader) -> JsonObject:
        """Say of each panel whether it is live, quiet since, late by, or unknown.

        It may be asked every few seconds: a process asks its engines every two.
        """
        panels = {name: freshness_json(one) for name, one in pulse.panels().items()}
        return {"at": desk.now(), "panels": panels}

    @app.get("/v1/pipeline", responses=answers(FIGURES))
    def pipeline(_person: Reader, days: Days = 1) -> JsonObject:
        """Tell the lag and the latency of each stage, and where articles went."""
        found: JsonObject = msgspec.to_builtins(sums.get(days))
        return found

    @app.get("/v1/dead-letters", responses=answers(LETTERS))
    def listed(_person: Operator) -> JsonObject:
        """List the newest messages that could not be processed, with reasons."""
        found = [*map(letter_json, letters.newest())]
        return {"total": len(found), "items": found}

    @app.post("/v1/dead-letters/redrive", responses=answers({"sent": 1}))
    def redrive(
        person: Operator, topic: LetterTopic, reason: LetterReason = "", offset: LetterOffset = None
    ) -> JsonObject:
        """Send dead letters to their topic again, unchanged, and mark them."""
        if topic not in letter_topics():
            raise Problem(422, f"topic: {not_allowed(topic, letter_topics())}")
        return {"sent": letters.redrive(topic, reason, person.name, offset)}


def freshness_json(one: Freshness) -> JsonObject:
    return {
        "state": one.state,
        "text": one.text,
        "since": one.since,
        "late_seconds": one.seconds if one.state == "late" else None,
        "why": one.why or None,
    }


def letter_json(letter: Letter) -> JsonObject:
    found: JsonObject = msgspec.to_builtins(letter)
    return found | {"says": letter.says}
