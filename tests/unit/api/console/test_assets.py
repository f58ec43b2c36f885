"""The files of the pages, as they are served."""

import asyncio
import gzip
import hashlib
from importlib.resources import files

import httpx
import pytest
from fastapi import FastAPI

from services.api.console.assets import Assets

HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
"""Of dist/htmx.min.js in the package htmx.org 4.0.1 on npm."""

MOST_SCRIPT_BYTES = 10_000
"""Of our own scripts together; what a page does by itself is little."""

STATIC = files("services.api.console").joinpath("static")


def get(path, **headers):
    app = FastAPI()
    Assets().add_to(app)

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def test_htmx_is_the_published_file_and_its_licence_is_with_it():
    body = STATIC.joinpath("htmx.min.js").read_bytes()
    assert hashlib.sha256(body).hexdigest() == HTMX_SHA256
    assert "Zero-Clause BSD" in STATIC.joinpath("htmx.LICENSE.txt").read_text()


def test_scripts_of_ours_are_small():
    ours = [e for e in STATIC.iterdir() if e.name.endswith(".js") and e.name != "htmx.min.js"]
    assert sum(len(each.read_bytes()) for each in ours) <= MOST_SCRIPT_BYTES


def test_an_address_with_the_digest_of_its_content_is_kept_forever():
    answer = get(Assets().path("desk.css"))
    assert answer.headers["cache-control"].endswith("immutable")
    assert answer.headers["content-type"].startswith("text/css")


def test_an_older_address_is_answered_and_not_kept():
    answer = get("/static/000000000000/desk.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    ("taken", "is_packed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("identity", False)],
)
def test_a_file_is_compressed_for_whoever_takes_it(taken, is_packed):
    answer = get(Assets().path("desk.js"), **{"accept-encoding": taken})
    assert (answer.headers.get("content-encoding") == "gzip") == is_packed
    assert answer.content == STATIC.joinpath("desk.js").read_bytes()


@pytest.mark.parametrize("name", ["nothing.css", "..%2fframe.py", "htmx.LICENSE.txt"])
def test_no_other_file_is_served(name):
    assert get(f"/static/0/{name}").status_code == 404


def test_a_packed_file_is_the_same_in_every_process():
    assert gzip.compress(b"x", 9, mtime=0) == gzip.compress(b"x", 9, mtime=0)
    assert Assets().path("desk.js") == Assets().path("desk.js")
