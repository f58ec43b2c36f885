"""What a route needs of who asks: `person: Reader`, `Editor`, or `Operator`."""

from typing import Annotated, cast

from fastapi import Security
from fastapi.security import HTTPBearer
from starlette.requests import Request

from services.api.access.people import Person
from services.api.problems import Problem
from services.messages import Scope

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of `reportedly tokens add`. A feed reader gives it as the password of "
    "basic authentication; a browser shows it once, to /login.",
)

Shown = Annotated[object, Security(_bearer)]
"""Lets the description say that a token is needed. Who asks was found before the route."""


def person_of(request: Request) -> Person | None:
    """Return who asks, as the gate before all routes found it; None on open paths."""
    return cast("Person | None", request.scope["state"]["person"])


def reader(request: Request, _shown: Shown) -> Person:
    return _with(request, "reader")


def editor(request: Request, _shown: Shown) -> Person:
    return _with(request, "editor")


def operator(request: Request, _shown: Shown) -> Person:
    return _with(request, "operator")


def _with(request: Request, scope: Scope) -> Person:
    """Return who asks. Raises Problem 403 if the scope is too low."""
    person = person_of(request)
    if person is None:
        raise Problem(401, "this needs a token")
    if not person.may(scope):
        raise Problem(
            403,
            f"this needs the scope {scope}, and the token of {person.name} has the scope "
            f"{person.scope}",
        )
    return person


Reader = Annotated[Person, Security(reader)]
Editor = Annotated[Person, Security(editor)]
Operator = Annotated[Person, Security(operator)]
