"""Signing in with a token, and out."""

import asyncio

import httpx
import pytest
from people import Site

from services.api.access.gate import SESSION
from services.api.console.login import START, within


def send(site, path, fields, **headers):
    async def answer():
        transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
        named = {"origin": "http://desk", "accept": "text/html"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.post(path, data=fields, headers=named)

    return asyncio.run(answer())


@pytest.mark.parametrize("proxy", [{}, {"x_forwarded_proto": "https"}], ids=["plain", "tls"])
def test_who_shows_a_right_token_keeps_it_in_a_cookie_for_this_site_alone(proxy):
    site = Site()
    token = site.tokens["reader"]
    answer = send(site, "/login", {"token": token, "next": "/alerts?watch=a"}, **proxy)
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts?watch=a")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION}={token};")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {*cookie.split("; ")}
    assert ("Secure" in cookie) == bool(proxy)
    gone = send(site, "/logout", {}, cookie=f"{SESSION}={token}")
    assert gone.headers["location"] == "/login"
    assert "Max-Age=0" in gone.headers["set-cookie"]


@pytest.mark.parametrize("token", ["", "rp_", "rp_aaaaaaaa_" + "a" * 43])
def test_a_wrong_token_sets_no_cookie_and_is_told(token):
    answer = send(Site(), "/login", {"token": token})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "opens nothing" in answer.text


def test_another_site_signs_nobody_in():
    site = Site()
    fields = {"token": site.tokens["reader"]}
    answer = send(site, "/login", fields, origin="https://evil.example")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "", "a", "/a\nb", "/login",
     "/logout", "/" + "a" * 3_000],
)  # fmt: skip
def test_signing_in_leads_to_pages_of_ours_only(path):
    assert within(path) == START
    assert within("/claims/c1?q=a") == "/claims/c1?q=a"
