"""Who passes the gate: by which token, from where, how often; and what other sites may send."""

import base64
from datetime import timedelta

import pytest
from people import A_MINUTE, LOOPBACK, NOW, PEER, Site, bearer
from starlette.routing import Route

from services.api.access.gate import OPEN, OPEN_BELOW, SESSION
from services.api.access.limits import WRONG_A_MINUTE
from services.api.tables import Tables

BROWSER = {"accept": "text/html"}


@pytest.fixture
def site():
    return Site()


def basic(token):
    return "Basic " + base64.b64encode(f"any:{token}".encode()).decode()


def test_no_path_is_open_but_those_that_are_named(site):
    """Every route of the table, with every method: a new one is closed by itself."""
    asked = [
        (route.path.replace("{", "").replace("}", ""), method)
        for route in site.app.routes
        if isinstance(route, Route)
        for method in sorted(route.methods or ())
        if route.path not in OPEN and not route.path.startswith(OPEN_BELOW)
    ]
    assert len(asked) > 15
    for path, method in asked:
        assert site.ask(path, method).status_code == 401, (path, method)


@pytest.mark.parametrize(
    "show",
    [
        lambda token: {"authorization": bearer(token)},
        lambda token: {"authorization": basic(token)},
        lambda token: {"cookie": f"{SESSION}={token}"},
    ],
    ids=["bearer", "basic", "cookie"],
)
def test_a_token_opens_whichever_way_it_is_shown(site, show):
    answer = site.ask(**show(site.tokens["editor"]))
    assert answer.json() | {"token_id": ""} == {
        "name": "a editor",
        "scope": "editor",
        "groups": ["levant"],
        "token_id": "",
    }


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text + "A",
        lambda text: text[:12] + text[12:].swapcase(),
        lambda text: text.replace("rp_", "rp-"),
        lambda text: "rp_aaaaaaaa_" + text[12:],
        lambda _: "",
        lambda _: "rp_",
        lambda _: "x" * 10_000,
    ],
    ids=["last", "longer", "case", "form", "another id", "empty", "short", "huge"],
)
def test_a_token_that_is_not_exactly_right_opens_nothing(site, spoil):
    answer = site.ask(authorization=bearer(spoil(site.tokens["operator"])))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_opens_until_it_expires_or_is_revoked(site):
    token = site.tokens["reader"]
    site.at = NOW + timedelta(days=1, microseconds=-1)
    assert site.ask(authorization=bearer(token)).status_code == 200
    site.at = NOW + timedelta(days=1)
    assert site.ask(authorization=bearer(token)).status_code == 401
    site.at, operator = NOW, bearer(site.tokens["operator"])
    token_id = token.split("_")[1]
    revoked = site.ask(f"/v1/tokens/{token_id}", "DELETE", authorization=operator)
    assert revoked.status_code == 204
    assert site.ask(authorization=bearer(token)).status_code == 401
    assert site.ask(f"/v1/tokens/{token_id}", "DELETE", authorization=operator).status_code == 404


@pytest.mark.parametrize("scope", ["reader", "editor"])
def test_only_operators_see_tokens_and_nobody_sees_what_they_are(site, scope):
    assert site.ask("/v1/tokens", authorization=bearer(site.tokens[scope])).status_code == 403
    answer = site.ask("/v1/tokens", authorization=bearer(site.tokens["operator"]))
    assert len(answer.json()["items"]) == 3
    assert "digest" not in answer.text
    assert not any(token.split("_", 2)[2] in answer.text for token in site.tokens.values())


@pytest.mark.parametrize(
    ("peer", "headers", "opens"),
    [
        (LOOPBACK, {}, True),
        (("::1", 1), {}, True),
        (("127.255.0.1", 1), {}, True),
        (PEER, {}, False),
        (LOOPBACK, {"x_forwarded_for": "127.0.0.1"}, False),
        (LOOPBACK, {"forwarded": "for=127.0.0.1"}, False),
        (("localhost", 1), {}, False),
        (LOOPBACK, {"cookie": f"{SESSION}=of-another-instance"}, True),
        (LOOPBACK, {"authorization": "Bearer wrong"}, False),
    ],
)
def test_without_a_login_only_this_machine_needs_no_token(peer, headers, opens):
    site = Site("loopback")
    assert site.ask(peer=peer, **headers).status_code == (200 if opens else 401)
    assert Site("required").ask(peer=peer, **headers).status_code == 401


OTHER_SITES = [
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "http://desk.evil.example"},
    {"origin": "http://desk:81"},
    {"origin": "null"},
    {"origin": "http://[", "sec_fetch_site": "cross-site"},
    {},
]
OWN_PAGES = [
    {"sec_fetch_site": "same-origin"},
    {"sec_fetch_site": "none"},
    {"origin": "http://desk"},
    {"origin": "https://desk"},
]


@pytest.mark.parametrize("headers", OTHER_SITES)
def test_another_site_changes_nothing_in_a_readers_name(site, headers):
    cookie = f"{SESSION}={site.tokens['operator']}"
    for method, path in (("POST", "/v1/tokens"), ("POST", "/logout"), ("DELETE", "/v1/tokens/x")):
        assert site.ask(path, method, cookie=cookie, **headers).status_code == 403
    if headers:  # who needs no token at all has no cookie either
        local = Site("loopback").ask("/v1/tokens", "POST", LOOPBACK, **headers)
        assert local.status_code == 403


@pytest.mark.parametrize("headers", OWN_PAGES)
def test_a_page_of_ours_may_change_what_its_reader_may(site, headers):
    cookie = f"{SESSION}={site.tokens['operator']}"
    assert site.ask("/v1/tokens/x", "DELETE", cookie=cookie, **headers).status_code == 404


def test_a_feed_readers_password_reads_and_changes_nothing(site):
    """Browsers keep it and send it by themselves, so another site could use it."""
    answer = site.ask("/v1/feeds/alerts.atom")
    assert answer.headers["www-authenticate"].startswith("Basic ")
    own = basic(site.tokens["operator"])
    assert site.ask("/v1/feeds/alerts.atom", authorization=own).status_code == 200
    for site_of in ("same-origin", "cross-site"):
        answer = site.ask("/v1/tokens/x", "DELETE", authorization=own, sec_fetch_site=site_of)
        assert answer.status_code == 403


def test_a_token_asks_so_often_a_minute_and_no_more(site):
    own, other = bearer(site.tokens["reader"]), bearer(site.tokens["editor"])
    answers = site.ask_all(["/v1/people/me"] * (A_MINUTE + 1), authorization=own)
    assert [a.status_code for a in answers].count(429) == 1
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert site.ask(authorization=other).status_code == 200
    site.seconds += int(answers[-1].headers["retry-after"])
    assert site.ask(authorization=own).status_code == 200


def test_wrong_tokens_of_others_lock_no_right_one_out(site):
    """They are told to wait; who has the right one never is, also from the same address."""
    many = ["/v1/people/me"] * (WRONG_A_MINUTE + 1)
    answers = site.ask_all(many, authorization=bearer("rp_aaaaaaaa_" + "a" * 43))
    assert {a.status_code for a in answers[:-1]} == {401}
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"]
    assert site.ask(authorization=bearer(site.tokens["reader"])).status_code == 200


def test_a_browser_is_led_to_the_login_and_back_to_where_it_wanted_to_be(site):
    answer = site.ask("/alerts?watch=a&after=b", **BROWSER)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/alerts%3Fwatch%3Da%26after%3Db"
    assert site.ask("/v1/alerts", **BROWSER).status_code == 401


def test_tokens_that_are_still_being_read_are_not_called_wrong(site, monkeypatch):
    monkeypatch.setattr(Tables, "is_ready", False)
    answer = site.ask(authorization=bearer("rp_aaaaaaaa_" + "a" * 43))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
