"""The description of the API is true: no answer fails, and none has a status that it does not name.

Requests are made up from the description, over stand-ins; a search finds a document of each kind.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from people import LOOPBACK, Empty, Site
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from services.alerter.vocabulary import ANY
from services.api.problems import MEDIA_TYPE
from services.api.watching import watching_of

EXAMPLES = 4
"""Requests of each route and method; some 45 routes take a few seconds."""

ENDLESS = "/v1/live"
"""Its right answer ends with the process."""


class Search(Empty):
    """An index where each id has a document that lacks every field, as of older data."""

    def get(self, _index, id):
        return {} if len(id) % 2 else None

    def open_point_in_time(self, _index, _keep_seconds):
        return "p"

    def close_point_in_time(self, _id):
        return None


def described():
    site = Site("loopback", Search())
    watching_of(site.app, site.desk)._vocabulary = ANY
    return site, site.app.openapi()


SITE, DESCRIPTION = described()


def asked(description):
    """Leave out what never ends, and that tokens are needed: made-up ones would open nothing."""
    paths = {
        path: {
            method: {name: value for name, value in operation.items() if name != "security"}
            for method, operation in methods.items()
        }
        for path, methods in description["paths"].items()
        if path != ENDLESS
    }
    return {**description, "paths": paths}


SCHEMA = schemathesis.openapi.from_dict(asked(DESCRIPTION))


async def from_here(scope, receive, send):
    """Ask from this machine, which needs no token here."""
    await SITE.app(scope | {"client": LOOPBACK}, receive, send)


SCHEMA.app = from_here
SCHEMA.config.phases.coverage.enabled = False  # a request for each bound of each value


def passed_the_gate(_context, response, _case):
    assert response.status_code not in (401, 403)


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_answer_fails_and_none_has_a_status_that_is_not_described(case):
    case.call_and_validate(
        headers={"sec-fetch-site": "same-origin"},
        checks=[not_a_server_error, status_code_conformance, passed_the_gate],
    )


@pytest.mark.parametrize(
    ("path", "method", "operation"),
    [(p, m, o) for p, methods in DESCRIPTION["paths"].items() for m, o in methods.items()],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_route_says_what_it_does_and_what_its_errors_are(path, method, operation):
    assert operation.get("description") or operation.get("summary")
    errors = {s: a for s, a in operation["responses"].items() if s >= "400"}
    assert {"421", "422", "503"} <= errors.keys()
    assert all(MEDIA_TYPE in answer["content"] for answer in errors.values() if path != "/health")
    if method in ("post", "put"):
        assert "413" in errors
