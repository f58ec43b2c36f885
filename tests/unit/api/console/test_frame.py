"""What all pages share, and errors as pages."""

import asyncio
import gzip
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request

from services.api.access.people import LOCAL_PERSON
from services.api.console.assets import Assets
from services.api.console.errors import add_errors, reason
from services.api.console.frame import HELP, POLICY, TITLES, Pages
from services.api.problems import add_problems
from services.errors import TransientError

NOW = datetime(2026, 11, 30, 19, 0, tzinfo=UTC)
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def site():
    app, pages = FastAPI(), Pages(lambda: NOW, Assets())
    add_problems(app)

    @app.get("/page")
    def page(request: Request):
        return pages.answer(
            request,
            "error.html",
            LOCAL_PERSON,
            title="T",
            why="<b>&",
            help="",
            is_fault=False,
            may_help_again=False,
        )

    @app.get("/down")
    @app.get("/v1/down")
    def down():
        raise TransientError("Elasticsearch: connection refused")

    @app.get("/broken")
    def broken():
        raise RuntimeError("a secret")

    @app.get("/busy")
    def busy():
        raise HTTPException(429, "too many", headers={"retry-after": "60"})

    add_errors(app, pages)
    return app


def get(path, **headers):
    async def ask():
        transport = httpx.ASGITransport(site(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def test_a_page_has_no_code_and_no_style_in_it_and_says_so():
    answer = get("/page", **BROWSER)
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert " style=" not in answer.text
    assert " on" not in answer.text.replace(" on a", "").replace(" one", "").lower()
    assert "<script>" not in answer.text
    assert "&lt;b&gt;&amp;" in answer.text


def test_a_page_is_compressed_for_whoever_takes_it():
    plain = get("/page", **{"accept-encoding": "identity"})
    packed = get("/page", **{"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text.partition("<main")[2] == plain.text.partition("<main")[2] != ""
    assert int(packed.headers["content-length"]) < len(gzip.compress(plain.content, 1)) + 200


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/down", 503), ("/broken", 500), ("/busy", 429)]
)
def test_an_error_is_a_page_for_a_browser_and_says_what_to_do(path, status):
    answer = get(path, **BROWSER)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert TITLES[status] in unescape(answer.text)
    assert HELP[status] in unescape(answer.text)
    assert "a secret" not in answer.text


@pytest.mark.parametrize(("path", "headers"), [("/down", {}), ("/v1/down", BROWSER)])
def test_a_program_gets_data(path, headers):
    answer = get(path, **headers)
    assert answer.status_code == 503
    assert "json" in answer.headers["content-type"]


def test_a_page_of_an_error_keeps_when_to_come_again():
    assert get("/busy", **BROWSER).headers["retry-after"] == "60"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"title": "Conflict", "detail": "the watch changed"}', "The watch changed"),
        (b'{"title": "Not Found", "detail": "Not Found"}', ""),
        (b"[]", ""),
        (b"not JSON", ""),
    ],
)
def test_the_reason_is_what_a_problem_says_beyond_its_status(body, words):
    assert reason(body) == words
