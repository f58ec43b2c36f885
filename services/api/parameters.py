"""The parameters of the routes: what each may be, and what a wrong one is told."""

from collections.abc import Collection
from typing import Annotated, get_args

from fastapi import Query, Request
from pydantic import AfterValidator

from services.api.problems import Problem
from services.api.queries import DEEPEST, MOST
from services.messages.alert import SuppressReason
from services.messages.base import Status
from services.messages.events import EVENTS
from services.text.choices import not_allowed

MOST_LETTERS = 512
"""Characters of an id or name in a filter; Elasticsearch's bound for an id."""


def one_of(allowed: Collection[str]) -> AfterValidator:
    """Return a validator that limits a parameter to a closed list."""

    def check(given: str | None) -> str | None:
        if given is not None and given not in allowed:
            raise ValueError(not_allowed(given, allowed))
        return given

    return AfterValidator(check)


def choice(allowed: Collection[str], about: str, alias: str | None = None) -> object:
    """Return the parameter as the API's description shows it."""
    return Query(alias=alias, description=about, json_schema_extra={"enum": list(allowed)})


def known_parameters(request: Request) -> None:
    """Refuse unknown parameters and repeated ones. A misspelt filter would otherwise be ignored."""
    known = [parameter.alias for parameter in request.scope["route"].dependant.query_params]
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if name not in known:
            allowed = (
                not_allowed(name, known)
                if known
                else f"{name[:80]!r} is not allowed; this path has no parameters"
            )
            raise Problem(422, f"parameter {allowed}")
        if names.count(name) > 1:
            raise Problem(422, f"parameter {name!r} is given twice")


Size = Annotated[int, Query(ge=1, le=MOST, description="documents an answer")]
From = Annotated[int, Query(ge=0, lt=DEEPEST, alias="from", description="documents to skip")]
After = Annotated[str, Query(max_length=2 * MOST_LETTERS, description="`next` of the page before")]
Text = Annotated[
    str | None,
    Query(max_length=1000, description="words that all must be in the title, or all in the text"),
]
Outlet = Annotated[
    str | None,
    Query(min_length=1, max_length=MOST_LETTERS, description="the outlet's name, as written"),
]
WatchId = Annotated[
    str | None,
    Query(min_length=1, max_length=MOST_LETTERS, description="the id of a watch, as written"),
]
STATUSES = get_args(Status)
REASONS = get_args(SuppressReason)
ClaimStatus = Annotated[
    str | None, one_of(STATUSES), choice(STATUSES, "how far the claim has come")
]
Event = Annotated[str | None, one_of(EVENTS), choice(EVENTS, "the type of the event")]
Reason = Annotated[str | None, one_of(REASONS), choice(REASONS, "why it was not alerted")]
