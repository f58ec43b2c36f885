"""Which answers come from a bot wall."""

import pytest

from services.poller.walls import HEAD_BYTES, wall

HTML = {"content-type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("status", "headers", "body", "name"),
    [
        (403, {"cf-mitigated": "challenge"}, b"", "Cloudflare"),
        (403, HTML, b"<html><title>Just a moment...</title>", "Cloudflare"),
        (200, HTML, b"<script src=/cdn-cgi/challenge-platform/h/b>", "Cloudflare"),
        (202, {"x-amzn-waf-action": "challenge"}, b"", "AWS WAF"),
        (202, {}, b"", "AWS WAF"),
        (405, {"x-amzn-waf-action": "captcha"}, b"", "AWS WAF"),
        (403, {"x-vercel-mitigated": "challenge"}, b"", "Vercel"),
        (200, HTML, b"<iframe src=/_Incapsula_Resource?x>", "Imperva"),
        (403, {}, b"<script src=https://geo.captcha-delivery.com/c.js>", "DataDome"),
        (403, HTML, b"<html>Forbidden", None),
        (200, {"cf-ray": "1", "server": "cloudflare"}, b"<rss/>", None),
        (200, {"content-type": "text/xml"}, b"<title>Just a moment...</title>", None),
        (200, HTML, b" " * HEAD_BYTES + b"<title>Just a moment...</title>", None),
        (202, {}, b"<rss/>", None),
    ],
)
def test_a_wall_is_named(status, headers, body, name):
    assert wall(status, headers, body) == name
