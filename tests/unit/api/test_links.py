"""The links of messages: GET shows, POST acts, and nobody else can."""

import asyncio
import re
from datetime import timedelta

import httpx
import msgspec
import pytest
from builders import START, hours
from desks import open_app
from loops import everything
from stand_ins import stand_in

from services.adapters.memory import MemoryBroker
from services.api.guard import OF_LINKS
from services.api.links import MOST_BODY_BYTES, LinkRoutes
from services.api.ordering import tomorrow
from services.api.repeats import MOST_ORDERS
from services.errors import TransientError
from services.messages import Command, OptOut, decode
from services.text.links import Grant, link_path, opt_out_key, token

OURS = "a secret of sixteen"
ALERT = Grant(
    may="alert",
    watch_id="w",
    recipient="mail:0f3a",
    owner="subscriber:ann",
    expires=int(hours(24).timestamp()),
    zone="Asia/Beirut",
    alert_id="a1",
    revision=3,
)
OFF = msgspec.structs.replace(ALERT, may="unsubscribe", alert_id="", revision=0)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Search:
    """Has one alert, whose words are hostile."""

    def __init__(self, is_down=False):
        self.is_down = is_down

    def get(self, index, id):
        if self.is_down:
            raise TransientError("Elasticsearch: connection refused")
        assert (index, id) == ("alerts", "a1")
        return {
            "watch_name": "<b>Halvane</b>",
            "last_text": "“<script>alert(1)</script>”, says Coast Post",
            "quotes": ["<img src=x onerror=y>"],
            "n_revisions": 3,
            "last_at": "2031-05-02T12:05:00Z",
        }


@pytest.fixture
def broker():
    return MemoryBroker()


def routes(broker, now=START, search=None):
    return LinkRoutes(broker, stand_in(search or Search()), OURS, lambda: now, "news.example")


def ask(broker, grant, act, method="GET", *, now=START, search=None, links=None,
        host="news.example", **kw):  # fmt: skip
    links = links or routes(broker, now, search)
    path = grant if isinstance(grant, str) else link_path(act, token(OURS, grant))

    async def answered():
        app = open_app(broker=broker, links=links)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, **kw)

    return asyncio.run(answered())


def commands(broker):
    return [decode(Command, record.value) for record in everything(broker, "commands")]


def opt_outs(broker):
    rows = {record.key: record.value for record in everything(broker, "opt-outs")}
    return {key: value and decode(OptOut, value) for key, value in rows.items()}


@pytest.mark.parametrize("act", ["view", "acknowledge", "snooze"])
def test_a_page_shows_the_alert_harmless_with_buttons_that_post_to_itself(broker, act):
    answer = ask(broker, ALERT, act)
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "3 updates, last on 2031-05-02 at 12:05 UTC" in answer.text
    assert set(re.findall(r"<form([^>]*)>", answer.text)) == {' method="post"'}
    assert {name: answer.headers[name] for name in OF_LINKS} == OF_LINKS
    assert "script" not in OF_LINKS["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


def test_the_button_that_the_link_names_stands_first(broker):
    first = {
        act: re.findall(r'value="([a-z0-9-]+)"', ask(broker, ALERT, act).text)[0]
        for act in ("acknowledge", "snooze")
    }
    assert first == {"acknowledge": "acknowledge", "snooze": "snooze-1h"}


@pytest.mark.parametrize(("grant", "deed"), [(ALERT, "snooze-1h"), (OFF, "unsubscribe")])
def test_a_form_that_is_sent_again_and_again_is_one_command(broker, grant, deed):
    links = routes(broker)
    act = "view" if grant is ALERT else "unsubscribe"
    answers = [ask(broker, grant, act, "POST", links=links, data={"do": deed}) for _ in range(5)]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert len(everything(broker, "commands")) + len(everything(broker, "opt-outs")) == 1


@pytest.mark.parametrize(
    ("grant", "act", "deeds"),
    [
        (ALERT, "view", ("acknowledge", "reopen")),
        (ALERT, "snooze", ("snooze-1h", "resume")),
        (OFF, "unsubscribe", ("unsubscribe", "subscribe")),
    ],
)
def test_who_presses_two_buttons_in_turn_is_told_when_the_link_works_again(
    broker, grant, act, deeds
):
    links = routes(broker)
    for n in range(MOST_ORDERS):
        done = ask(broker, grant, act, "POST", links=links, data={"do": deeds[n % 2]})
        assert done.status_code == 200
    over = ask(broker, grant, act, "POST", links=links, data={"do": deeds[0]})
    assert (over.status_code, over.headers["retry-after"]) == (429, "3600")
    assert "used too often" in over.text
    assert "works again at 10:00 (Asia/Beirut)" in over.text
    assert "<form" not in over.text
    assert len(everything(broker, "commands")) + len(everything(broker, "opt-outs")) == MOST_ORDERS
    again = ask(broker, grant, act, "POST", links=links, data={"do": deeds[1]})
    assert again.status_code == 200, "the last order again is answered as before"


def test_who_acknowledges_again_what_another_reader_opened_is_heard(broker):
    links = routes(broker)
    ben = msgspec.structs.replace(ALERT, owner="subscriber:ben", recipient="mail:77aa")
    for grant, deed in ((ALERT, "acknowledge"), (ben, "reopen"), (ALERT, "acknowledge")):
        ask(broker, grant, "view", "POST", links=links, data={"do": deed})
    assert [c.action for c in commands(broker)] == ["acknowledge", "reopen", "acknowledge"]


def test_a_page_works_without_the_search(broker):
    down = Search(is_down=True)
    assert "be shown now" in ask(broker, ALERT, "view", search=down).text
    done = ask(broker, ALERT, "view", "POST", search=down, data={"do": "acknowledge"})
    assert done.status_code == 200
    assert len(commands(broker)) == 1


def test_an_acknowledgement_is_everybodys_and_of_the_revision_that_was_told(broker):
    answer = ask(broker, ALERT, "acknowledge", "POST", data={"do": "acknowledge"})
    assert "Acknowledged" in answer.text
    (found,) = commands(broker)
    assert (found.action, found.watch_id, found.alert_id) == ("acknowledge", "w", "a1")
    assert (found.recipient, found.revision, found.by) == ("", 3, "subscriber:ann")


@pytest.mark.parametrize(
    ("deed", "until", "says"),
    [
        ("snooze-1h", hours(1), "until Friday 10:00 (Asia/Beirut)"),
        ("snooze-tomorrow", hours(23), "until Saturday 08:00 (Asia/Beirut)"),
    ],
)
def test_a_snooze_is_of_who_asks_for_it_by_its_own_clock(broker, deed, until, says):
    """START is at 09:00 on a Friday in Beirut."""
    answer = ask(broker, ALERT, "snooze", "POST", data={"do": deed})
    assert says in answer.text
    (found,) = commands(broker)
    assert (found.action, found.recipient, found.until) == ("snooze", "subscriber:ann", until)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Santiago"])
def test_tomorrow_is_the_next_morning_there(zone):
    until = tomorrow(START, zone)
    assert timedelta(hours=8) <= until - START <= timedelta(hours=33)


@pytest.mark.parametrize(
    ("grant", "act", "deed", "undo"),
    [
        (ALERT, "view", "acknowledge", "reopen"),
        (ALERT, "view", "snooze-1h", "resume"),
        (OFF, "unsubscribe", "unsubscribe", "subscribe"),
    ],
)
def test_each_deed_offers_to_be_undone(broker, grant, act, deed, undo):
    answer = ask(broker, grant, act, "POST", data={"do": deed})
    assert re.findall(r'value="([a-z0-9-]+)"', answer.text) == [undo]
    assert ask(broker, grant, act, "POST", data={"do": undo}).status_code == 200


@pytest.mark.parametrize(
    "form", [{"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}]
)
def test_one_click_unsubscribes_in_both_encodings_without_a_redirect_or_a_cookie(broker, form):
    """RFC 8058, 3.1 and 3.2."""
    answer = ask(broker, OFF, "unsubscribe", "POST", **form)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    key = opt_out_key("w", "mail:0f3a")
    assert opt_outs(broker) == {key: OptOut(watch_id="w", recipient="mail:0f3a", at=START)}
    ask(broker, OFF, "unsubscribe", "POST", data={"do": "subscribe"})
    assert opt_outs(broker) == {key: None}


@pytest.mark.parametrize(
    ("act", "grant", "fields"),
    [
        ("unsubscribe", OFF, {}),
        ("unsubscribe", OFF, {"do": "acknowledge"}),
        ("unsubscribe", OFF, {"List-Unsubscribe": "One-Clock"}),
        ("view", ALERT, {"do": "unsubscribe"}),
        ("view", ALERT, ONE_CLICK),
        ("view", ALERT, {"do": "acknowledge", "x": "y" * MOST_BODY_BYTES}),
    ],
)
def test_what_a_link_does_not_allow_is_not_done(broker, act, grant, fields):
    assert ask(broker, grant, act, "POST", data=fields).status_code == 400
    assert (commands(broker), opt_outs(broker)) == ([], {})


WRONG = token("another secret, too", ALERT)
RIGHT = token(OURS, ALERT)


@pytest.mark.parametrize(
    "path",
    [
        link_path("view", WRONG),
        link_path("view", RIGHT[:-1]),
        link_path("view", RIGHT + "A"),
        link_path("view", "x" + RIGHT),
        link_path("view", "A.A"),
        link_path("view", "é"),
        link_path("unsubscribe", RIGHT),
        link_path("view", token(OURS, OFF)),
        f"/v1/links/delete/{RIGHT}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_we_did_not_make_opens_nothing(broker, path, method):
    answer = ask(broker, path, "", method, data={"do": "acknowledge"})
    assert answer.status_code == 404
    assert (commands(broker), opt_outs(broker)) == ([], {})


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 410)])
def test_a_link_ends_at_its_time(broker, seconds, status):
    now = hours(24) + timedelta(seconds=seconds)
    assert ask(broker, ALERT, "view", now=now).status_code == status
    done = ask(broker, ALERT, "view", "POST", now=now, data={"do": "acknowledge"})
    assert done.status_code == status
    assert len(commands(broker)) == (status == 200)


@pytest.mark.parametrize(("path", "status"), [("/v1/links/style.css", 200), ("/v1/alerts", 421)])
def test_by_the_public_name_only_links_are_answered(broker, path, status):
    assert ask(broker, path, "").status_code == status
