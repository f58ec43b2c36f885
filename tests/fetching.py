"""For tests of the HTTP adapters: one request, and the verdict that it ends in."""

import asyncio
from collections.abc import Mapping

import pytest

from services.adapters.http import HttpFetcher, HttpPoster
from services.addresses import LOOPBACK, Allowed
from services.errors import InvalidMessage
from services.ports import HttpAnswer, Method

NONE = Allowed()


def get(
    url: str, allowed: Allowed = LOOPBACK, headers: Mapping[str, str] | None = None
) -> HttpAnswer:
    return asyncio.run(HttpFetcher("tests", allowed).get(url, headers or {}))


def post(
    url: str, allowed: Allowed = LOOPBACK, headers: Mapping[str, str] | None = None
) -> HttpAnswer:
    return asyncio.run(HttpPoster("tests", allowed).call("POST", url, headers or {}, b"body"))


def call(method: Method, url: str, answer_bytes: int) -> HttpAnswer:
    return asyncio.run(HttpPoster("tests", LOOPBACK).call(method, url, {}, b"", answer_bytes))


def refusal(url: str, allowed: Allowed = LOOPBACK, headers: Mapping[str, str] | None = None) -> str:
    """Return the reason for which an address, or its answer, is refused."""
    with pytest.raises(InvalidMessage) as caught:
        get(url, allowed, headers)
    return caught.value.reason
