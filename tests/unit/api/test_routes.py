"""What the API answers, over a search that is made up and a broker in memory."""

import asyncio
import re

import httpx
import pytest
from desks import open_app, open_routes
from scrapes import Rise, samples
from stand_ins import stand_in
from starlette.routing import Route

from services.adapters.memory import MemoryBroker
from services.api.guard import HEADERS, LOCAL, names_of
from services.api.stream.live import Live
from services.api.stream.seats import Seats
from services.errors import TransientError
from services.runtime.metric_defs import ROUTES
from services.runtime.shutdown import SignalStop


class Search:
    """Answers every search with its documents, and remembers what it was asked."""

    def __init__(self, *documents, is_down=False, seen=()):
        self.documents, self.is_down, self.asked, self.seen, self.n_health = (
            documents,
            is_down,
            [],
            seen,
            0,
        )

    def search(self, index, body):
        if self.is_down:
            raise TransientError("Elasticsearch: connection refused")
        self.asked.append((index, body))
        if "aggs" in body:
            return {
                "hits": {"total": {"value": 0, "relation": "eq"}, "hits": []},
                "aggregations": {"seen": {"buckets": [{"key": k} for k in self.seen]}},
            }
        return {
            "hits": {
                "total": {"value": len(self.documents), "relation": "eq"},
                "hits": [{"_source": d, "sort": [0, d["id"]]} for d in self.documents],
            }
        }

    def get(self, index, id):
        self.search(index, {})
        return next((d for d in self.documents if d["id"] == id), None)

    def is_up(self):
        self.n_health += 1
        return not self.is_down


@pytest.fixture
def broker():
    return MemoryBroker()


def ask(search, broker, path, method="GET", hosts=LOCAL, live=None, **headers):
    return ask_all(search, broker, [path], method, hosts, live, **headers)[0]


def ask_all(search, broker, paths, method="GET", hosts=LOCAL, live=None, **headers):
    app = open_app(search, broker, None, hosts, live)
    return asyncio.run(ask_app(app, [(method, path) for path in paths], **headers))


async def ask_app(app, wanted, **headers):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
        return await asyncio.gather(
            *(client.request(method, path, headers=headers) for method, path in wanted)
        )


def test_listings_hand_on_what_was_asked_for(broker):
    search = Search({"id": "c1"})
    answer = ask(search, broker, "/v1/claims?status=denied&size=1")
    following = answer.json().pop("next")
    assert answer.json() == {"total": 1, "items": [{"id": "c1"}], "next": following}
    ((index, body),) = search.asked
    assert (index, body["size"]) == ("claims", 1)
    ask(search, broker, f"/v1/claims?size=2&after={following}")
    assert search.asked[-1][1]["search_after"] == [0, "c1"]
    assert ask(search, broker, "/v1/claims?size=2").json()["next"] is None
    assert body["query"]["bool"]["filter"] == [{"term": {"status": "denied"}}]


def test_requests_are_counted_by_route_and_status_and_a_path_makes_no_series_of_its_own(broker):
    rise = Rise()
    ask_all(
        Search({"id": "a1"}),
        broker,
        ["/v1/alerts/a1", "/v1/alerts/other", "/nothing/here", "/v1/claims?size=0", "/x"],
    )
    assert rise("reportedly_api_requests_total", route="/v1/{kind}/{id}", status="2xx") == 1
    assert rise("reportedly_api_requests_total", route="/v1/{kind}/{id}", status="4xx") == 1
    assert rise("reportedly_api_requests_total", route="/v1/claims", status="4xx") == 1
    assert rise("reportedly_api_requests_total", route="other", status="4xx") == 2
    assert rise("reportedly_api_seconds_count", route="/v1/{kind}/{id}") == 2


def test_the_api_serves_its_own_metrics(broker):
    answer = ask(Search(), broker, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert ("process_resident_memory_bytes", frozenset()) in samples(answer.text)


def test_each_route_is_counted_under_its_own_name(broker):
    elsewhere = ("/v1/live", "/v1/websub/", "/v1/links/", "/openapi.json")
    methods = {
        route.path: max(route.methods or (), key="GET".__eq__)
        for route in open_routes().routes
        if isinstance(route, Route) and not route.path.startswith(elsewhere)
    }
    assert methods.keys() <= set(ROUTES)
    given = {"kind": "alerts", "name": "desk.css"}
    rise, app = Rise(), open_app(Search({"id": "a1"}), broker)
    for route, method in methods.items():
        names = re.findall(r"{(\w+)}", route)
        path = route.format(**{name: given.get(name, "a1") for name in names})
        asyncio.run(ask_app(app, [(method, path)]))
    assert {
        route: rise("reportedly_api_seconds_count", route=route) for route in methods
    } == dict.fromkeys(methods, 1)


@pytest.mark.parametrize(
    "query",
    [
        "size=0",
        "size=201",
        "from=1",
        "after=x",
        "after=W10=",
        "after=WyJhIiwgMV0=",
        "q=" + "x" * 1001,
    ],
)
def test_what_no_search_could_serve_is_refused_before_it_is_asked(broker, query):
    search = Search()
    assert ask(search, broker, f"/v1/articles?{query}").status_code == 422
    assert search.asked == []


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/alerts/a1", 200), ("/v1/alerts/other", 404), ("/v1/feeds/a1", 404)]
)
def test_one_document_by_id_or_404(broker, path, status):
    assert ask(Search({"id": "a1"}), broker, path).status_code == status


@pytest.mark.parametrize("path", ["/v1/articles", "/v1/claims", "/v1/alerts", "/v1/claims/c1"])
def test_elasticsearch_away_is_a_503_that_says_so(broker, path):
    answer = ask(Search(is_down=True), broker, path)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "Elasticsearch: connection refused",
    }


@pytest.mark.parametrize(
    ("kafka_down", "elastic_down", "status", "told"),
    [
        (False, False, 200, ("up", "up")),
        (True, False, 503, ("down", "up")),
        (False, True, 503, ("up", "down")),
    ],
)
def test_health_says_what_is_down_and_is_a_503_then(broker, kafka_down, elastic_down, status, told):
    broker.is_down = kafka_down
    answer = ask(Search(is_down=elastic_down), broker, "/health")
    assert answer.status_code == status
    assert (answer.json()["kafka"], answer.json()["elasticsearch"]) == told


def test_a_crowd_that_asks_for_health_shares_one_question_to_the_engines(broker):
    search = Search()
    answers = ask_all(search, broker, ["/health"] * 50)
    assert {a.status_code for a in answers} == {200}
    assert search.n_health == 1


PAGES = [
    "/docs",
    "/openapi.json",
    "/style.css",
    "/health",
    "/v1/articles",
    "/v1/claims?status=x",
    "/nowhere",
    "/v1/alerts/none",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_lets_browsers_load_nothing_from_elsewhere_and_run_nothing(broker, path):
    answer = ask(Search(), broker, path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    if path != "/openapi.json":  # whose examples hold addresses, as text
        assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", answer.text) == []
    assert "<script" not in answer.text.lower()
    assert "style=" not in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_the_page_shows_every_path_with_its_parameters_and_what_they_may_be(broker):
    text = ask(Search(), broker, "/docs").text
    for shown in (
        "GET /v1/claims",
        "GET /v1/live",
        "disputed",
        "airstrike",
        "watch_id",
        "from 1, to 200, default 20",
        "boilerplate",
    ):
        assert shown in text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_the_api_only_reads(broker, method):
    assert ask(Search(), broker, "/v1/alerts", method).status_code == 405


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "LOCALHOST:8080",
        "127.0.0.1:1",
        "[::1]:65535",
        "news.example.org",
        "news.example.org:443",
    ],
)
def test_a_known_name_is_answered_on_any_port(broker, host):
    hosts = tuple(names_of("127.0.0.1", "news.example.org"))
    assert ask(Search(), broker, "/v1/alerts", hosts=hosts, host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8080",
        "localhost@evil.example",
        "evil.example, localhost",
        "localhost:evil",
        "0.0.0.0:8080",
        "[::]",
        "localhost.",
        "",
        "\u017flocalhost",
    ],
)
@pytest.mark.parametrize("path", ["/v1/alerts", "/", "/health", "/v1/live"])
def test_a_page_that_makes_its_own_name_point_here_reads_nothing(broker, host, path):
    """The browser sends the name in the address bar, whatever machine it leads to."""
    search = Search({"id": "secret"})
    answer = ask(search, broker, path, hosts=tuple(names_of("0.0.0.0", "")), host=host.encode())
    assert answer.status_code == 421
    assert "REPORTEDLY_API_HOSTS" in answer.json()["detail"]
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
    assert search.asked == []


FORWARDED = (
    ("Forwarded", "for=192.0.2.7"),
    ("X-Forwarded-For", "192.0.2.7"),
    ("X-Forwarded-Host", "news.example.org"),
    ("X-Real-IP", "192.0.2.7"),
    ("Via", "1.1 proxy"),
)


@pytest.mark.parametrize("host", LOCAL)
@pytest.mark.parametrize("header", FORWARDED, ids=lambda header: header[0])
def test_a_proxy_that_names_this_machine_in_place_of_the_host_asked_for_opens_nothing(
    broker, header, host
):
    hosts = tuple(names_of("127.0.0.1", "news.example.org"))
    search = Search()
    answer = ask(search, broker, "/v1/alerts", hosts=hosts, host=f"{host}:8080", **dict([header]))
    assert answer.status_code == 421
    assert "keep the header Host" in answer.json()["detail"]
    kept = {"host": "news.example.org", **dict([header])}
    assert ask(search, broker, "/v1/alerts", hosts=hosts, **kept).status_code == 401
    assert ask(search, broker, "/health", hosts=hosts, **kept).status_code == 200


@pytest.mark.parametrize(
    ("given", "times"), [([], 0), ([(b"host", b"localhost"), (b"host", b"evil.example")], 2)]
)
def test_a_request_without_one_host_is_refused(broker, given, times):
    async def status():
        sent = []

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/health",
            "query_string": b"",
            "headers": given,
        }
        await open_app(Search(), broker)(scope, stand_in(), send)
        return sent[0]["status"]

    assert asyncio.run(status()) == 400, times


@pytest.mark.parametrize(
    ("api_host", "given", "names"),
    [
        ("127.0.0.1", "", LOCAL),
        ("0.0.0.0", "", LOCAL),
        ("::", "a.example", (*LOCAL, "a.example")),
        ("::1", "", (*LOCAL, "[::1]")),
        ("10.0.0.5", "a.example, b.example", (*LOCAL, "10.0.0.5", "a.example", "b.example")),
    ],
)
def test_the_names_of_the_api_are_those_of_this_machine_its_address_and_those_it_is_given(
    api_host, given, names
):
    assert sorted(set(names_of(api_host, given))) == sorted(set(names))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (
            "/v1/claims?status=confrimed",
            "status: 'confrimed' is not allowed; did you mean confirmed? "
            "allowed: reported, claimed",
        ),
        ("/v1/claims?status=", "status: '' is not allowed"),
        ("/v1/claims?event=air-strike", "did you mean airstrike?"),
        ("/v1/suppressed?reason=boiler", "allowed: boilerplate"),
        ("/v1/claims?stats=denied", "'stats' is not allowed; did you mean status?"),
        ("/v1/alerts?status=denied", "allowed: watch_id, size, after"),
        ("/v1/claims?status=denied&status=confirmed", "'status' is given twice"),
        ("/v1/articles?Outlet=x", "did you mean outlet?"),
        ("/v1/articles?size=many", "size:"),
        ("/v1/alerts?watch_id=", "watch_id:"),
        ("/health?verbose=1", "this path has no parameters"),
        ("/v1/alerts/a1?size=2", "this path has no parameters"),
        ("/v1/live?watch_id=x", "allowed: after, since, kind"),
        ("/v1/claims?" + "x" * 5000 + "=1", "is not allowed"),
    ],
)
def test_a_filter_that_is_none_is_refused_with_what_is_allowed(broker, path, says):
    search = Search({"id": "a1"})
    answer = ask(search, broker, path)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert len(answer.json()["detail"]) < 1200
    assert search.asked == []


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("/v1/alerts?watch_id=leadershp", "did you mean 'leadership'?"),
        ("/v1/articles?outlet=Leadership", "did you mean 'leadership'?"),
        (
            "/v1/suppressed?watch_id=zzz",
            "none of the suppressed has the watch_id 'zzz': it is compared as written",
        ),
        ("/v1/alerts?watch_id=leadership", None),
        ("/v1/claims?status=denied", None),
    ],
)
def test_an_empty_answer_says_whether_the_value_was_ever_seen(broker, path, note):
    answer = ask(Search(seen=("leadership", "other")), broker, path).json()
    assert answer["items"] == []
    assert note in answer["note"] if note else "note" not in answer


def test_a_kind_that_is_none_is_a_404_with_those_there_are(broker):
    answer = ask(Search(), broker, "/v1/claim/c1")
    assert answer.status_code == 404
    assert "did you mean claims?" in answer.json()["detail"]


def test_one_listener_too_many_gets_a_503_with_the_reason(broker):
    live = Live(broker, SignalStop(), seats=Seats(most=0))
    answer = ask(Search(), broker, "/v1/live", live=live)
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("0 listeners are on the line")
    assert answer.headers["retry-after"]
    assert live.n_listeners == 0


def test_a_fault_of_our_own_is_told_without_its_insides(broker):
    class Broken(Search):
        def search(self, index, body):
            raise ZeroDivisionError("secret")

    answer = ask(Broken(), broker, "/v1/alerts")
    assert answer.status_code == 500
    assert "secret" not in answer.text
