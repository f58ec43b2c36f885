"""The desk's verdicts over the API and on its pages: given, taken back, counted, learnt from."""

import asyncio

import httpx
import msgspec
import pytest
from builders import claim, hours
from desks import desk_of, open_access
from policing import alert
from searching import holding

from services.adapters.memory import MemoryBroker
from services.alerter.vocabulary import Vocabulary
from services.api.access import gate
from services.api.access.people import Person
from services.api.routes import make_routes
from services.api.stream.live import Live
from services.api.watching import watching_of
from services.indexer.alerting import alerts
from services.messages import (
    ClaimCondition,
    Evidence,
    Slot,
    SlotAnswer,
    Verdict,
    Watch,
    decode,
    encode,
)
from services.ports import Outgoing, TopicPartition
from services.runtime.shutdown import SignalStop
from services.tagger.lexicon.actors import read_actors

HOSTILE = "<script>alert(1)</script>"
SAID = Evidence(article_id="a", version=1, report_id="r1", quote=HOSTILE, mark=(0, 0))
ORLAN = Slot(answers=(SlotAnswer(key="orlan", label="Orlan"),))
CLAIM = claim(evidence=(SAID,), opened_at=hours(0), updated_at=hours(1), slots={"patient": ORLAN})
NAMES = Vocabulary(
    ids_of=lambda name: ["idris"] if name in ("idris", "Idris") else [],
    name_of=lambda id: "Idris" if id == "idris" else "",
    rule_says=lambda rule: "What a noun tells." if rule else "",
    row_of=lambda id: {"id": id, "type": "person", "name": "Idris", "aliases": ["Abu I."]},
)


def past(n, words, kind="first"):
    """Return an alert of the watch with a sentence."""
    made = alert(kind)
    said = msgspec.structs.replace(SAID, quote=words)
    revisions = (msgspec.structs.replace(made.revisions[0], evidence=(said,)),)
    return msgspec.structs.replace(made, alert_id=f"x{n}", revisions=revisions)


ALERTS = (
    past(1, "A price war took a victim."),
    past(2, "The price war took more victims."),
    *(past(n, f"A flood took a victim in place{n}.") for n in range(3, 12)),
)


class Site:
    """The whole API over one index; keeps what is sent."""

    def __init__(self):
        self.broker = MemoryBroker()
        index = holding(CLAIM, claim(claim_id="late", opened_at=hours(199)))
        index.ensure("alerts")
        for each in ALERTS:
            index.bulk(alerts(each))
        self.desk = desk_of(index, self.broker, now=lambda: hours(200))
        app = make_routes(self.desk, open_access(self.desk), Live(self.broker, SignalStop()))
        watching_of(app, self.desk)._vocabulary = NAMES
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1), raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    def send(self, topic, key, value):
        producer = self.broker.producer()
        producer.send(Outgoing(topic, key, value))
        producer.close()

    def ask(self, method, path, **given):
        headers = {"sec-fetch-site": "same-origin"}
        return asyncio.run(self._client.request(method, path, headers=headers, **given))

    def give(self, about="claim", id="c1", answer="wrong", **more):
        body = {"about": about, "id": id, "answer": answer} | more
        return self.ask("POST", "/v1/verdicts", json=body)

    def kept(self):
        reader = self.broker.reader()
        sent = {r.key: r.value for r in reader.read_to_end([TopicPartition("verdicts", 0)])}
        reader.close()
        return [decode(Verdict, value) for value in sent.values() if value is not None]


@pytest.fixture(scope="module")
def shared():
    """To make the routes takes a second."""
    return Site()


@pytest.fixture
def site(shared):
    shared.send("watches", "w", encode(Watch(id="w", name="Victims", query="victim")))
    yield shared
    for verdict in shared.kept():
        shared.send("verdicts", verdict.verdict_id, None)


def test_a_verdict_on_a_claim_is_kept_with_its_reports_and_named_by_who_gave_it(site):
    answer = site.give(reason="old", note=" last year ")
    assert answer.status_code == 201
    (kept,) = site.kept()
    assert (kept.blocks, kept.reports, kept.by) == (("violence:halvane",), ("r1",), "local")
    assert (kept.reason, kept.note, kept.event) == ("old", "last year", "killed")
    assert answer.json()["verdict_id"] == kept.verdict_id


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "wrong"},
        {"answer": "right", "reason": "old"},
        {"answer": "unwanted"},
        {"answer": "undo"},
        {"reason": "who", "keys": ["place:meris"]},
        {"reason": "old", "note": "a" * 501},
        {"reason": "old", "sample": "2031-W18"},
        {"reason": "new"},
    ],
)
def test_what_can_not_be_said_is_refused(site, wrong):
    assert site.give(**wrong).status_code == 422
    assert site.kept() == []


@pytest.mark.parametrize("id", ["none", "\x00", "é" * 150])
@pytest.mark.parametrize("about", ["incident", "claim", "alert"])
def test_what_is_not_there_can_not_be_judged(site, about, id):
    assert site.give(about, id, "right").status_code == 404


def test_an_undo_takes_it_back_once(site):
    id = site.give(reason="old").json()["verdict_id"]
    assert site.ask("DELETE", f"/v1/verdicts/{id}").json()["undoes"] == id
    assert site.ask("DELETE", f"/v1/verdicts/{id}").status_code == 409
    assert site.ask("DELETE", "/v1/verdicts/none").status_code == 404
    assert site.ask("GET", "/v1/verdicts").json()["items"] == []


def test_the_list_has_pages(site):
    given = [site.give(reason=r).json()["verdict_id"] for r in ("old", "who", "copy")]
    first = site.ask("GET", "/v1/verdicts?size=2").json()
    assert [v["verdict_id"] for v in first["items"]] == given[:0:-1]
    rest = site.ask("GET", f"/v1/verdicts?size=2&after={first['next']}").json()
    assert ([v["verdict_id"] for v in rest["items"]], rest["next"]) == (given[:1], None)
    assert site.ask("GET", "/v1/verdicts?after=none").status_code == 422


def test_the_sample_is_of_the_last_whole_week_and_only_the_server_says_what_is_in_it(site):
    found = site.ask("GET", "/v1/verdicts/sample").json()
    assert (found["week"], [c["claim_id"] for c in found["items"]]) == ("2031-W18", ["c1"])
    assert site.give(answer="right").json()["sample"] == "2031-W18"
    assert "sample" not in site.give(id="late", answer="right").json()
    (week,) = site.ask("GET", "/v1/verdicts/figures").json()["weeks"]
    assert (week["week"], week["right"], week["share"]) == ("2031-W18", 1, 1.0)
    assert site.ask("GET", "/v1/verdicts/sample?week=soon").status_code == 422


def test_figures_have_intervals(site):
    site.give(reason="old")
    site.give("alert", "x3", "right")
    found = site.ask("GET", "/v1/verdicts/figures").json()
    assert (found["all"]["share"], found["reasons"]) == (0.5, {"old": 1})
    assert found["all"]["interval"] == pytest.approx([0.0945, 0.9055], abs=1e-3)
    assert [f["name"] for f in found["watches"]] == ["w"]


def judge_alerts(site):
    for n in (1, 2):
        assert site.give("alert", f"x{n}", "unwanted").status_code == 201
    for n in range(3, 8):
        assert site.give("alert", f"x{n}", "right").status_code == 201


def test_a_watch_learns_an_exception_and_is_saved_in_a_new_version(site):
    judge_alerts(site)
    answer = site.ask("GET", "/v1/verdicts/suggestions?watch_id=w")
    assert answer.status_code == 200, answer.text
    found = answer.json()["items"]
    one = next(each for each in found if each["id"] == "unless")
    assert one["is_safe"]
    assert "price war" in one["watch"]["unless"]
    assert (one["difference"]["bad_gone"], one["difference"]["good_lost"]) == (2, 0)
    taken = {"watch_id": "w", "id": "unless", "version": 1}
    assert site.ask("POST", "/v1/verdicts/suggestions", json=taken).json()["version"] == 2
    assert "price war" in site.desk.tables.watches()["w"].unless
    again = site.ask("POST", "/v1/verdicts/suggestions", json=taken)
    assert again.status_code in (409, 412)


def test_a_person_sees_no_verdicts_on_alerts_of_others(site, monkeypatch):
    theirs = Watch(id="w", name="Victims", query="victim", owner="ben")
    site.send("watches", "w", encode(theirs))
    site.give("alert", "x1", "right")
    monkeypatch.setattr(gate, "LOCAL_PERSON", Person("ann", "editor"))
    assert site.ask("GET", "/v1/verdicts").json()["items"] == []
    assert site.ask("GET", "/v1/verdicts/figures").json()["watches"] == []
    assert site.give("alert", "x2", "right").status_code == 404
    assert site.ask("GET", "/v1/verdicts/suggestions?watch_id=w").status_code == 404


def test_a_reader_judges_nothing(site, monkeypatch):
    monkeypatch.setattr(gate, "LOCAL_PERSON", Person("ann", "reader"))
    assert site.give(answer="right").status_code == 403
    assert site.ask("POST", "/verdicts", data={"about": "claim"}).status_code == 403
    assert "Call it wrong" not in site.ask("GET", "/claims/c1").text


def test_the_buttons_on_a_claim_work_without_a_script(site):
    page = site.ask("GET", "/claims/c1").text
    assert "Call it wrong" in page
    form = {"about": "claim", "id": "c1", "answer": "wrong", "reason": "old", "back": "/claims/c1"}
    answer = site.ask("POST", "/verdicts", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/claims/c1#verdict-claim-c1")
    page = site.ask("GET", "/claims/c1").text
    assert "Wrong: old news" in page
    assert "Call it wrong" not in page
    (kept,) = site.kept()
    undo = {"verdict_id": kept.verdict_id, "back": "//evil.example"}
    answer = site.ask("POST", "/verdicts/undo", data=undo)
    assert answer.headers["location"] == "/verdicts#verdict-claim-c1"


@pytest.mark.parametrize(
    "form",
    [{}, {"about": "claim", "answer": "wrong"}, {"about": "x", "answer": "right"}],
)
def test_a_form_that_no_page_has_is_refused(site, form):
    assert site.ask("POST", "/verdicts", data=form | {"id": "c1"}).status_code == 422


def test_the_page_of_figures_asks_for_the_sample_and_sets_text_as_text(site):
    page = site.ask("GET", "/verdicts").text
    assert "The sample of 2031-W18" in page
    assert "Call it wrong" in page
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_a_suggestion_is_taken_on_its_page(site):
    assert "No alert was called wrong" in site.ask("GET", "/verdicts/suggestions").text
    judge_alerts(site)
    page = site.ask("GET", "/verdicts/suggestions").text
    assert "price war" in page
    form = {"watch_id": "w", "id": "unless", "version": "1"}
    answer = site.ask("POST", "/verdicts/suggestions", data=form)
    assert answer.headers["location"] == "/verdicts/suggestions?watch=w&taken=1"
    assert "The watch was saved" in site.ask("GET", answer.headers["location"]).text
    wrong = site.ask("POST", "/verdicts/suggestions", data=form | {"version": "x"})
    assert wrong.status_code == 422


BY_ID = ClaimCondition(actor=("idris",))
WHO = {"reason": "who", "keys": ["patient:orlan"], "really": "Idris"}


def test_who_a_wrong_name_really_is_becomes_a_name_of_a_watch_and_of_a_dictionary(site):
    site.send("watches", "i", encode(Watch(id="i", name="Idris", claim=BY_ID)))
    assert "Who is it really?" in site.ask("GET", "/claims/c1").text
    assert site.give(**WHO | {"keys": []}).status_code == 422
    assert site.give(**WHO).json()["labels"] == ["Orlan"]
    page = site.ask("GET", "/verdicts/suggestions?name=Orlan").text
    assert "“Orlan” is Idris" in page
    # The claim is in the index, and its article in no topic.
    assert "Idris</a>: It can&#39;t be tried now: none of" in page
    (found,) = site.ask("GET", "/v1/verdicts/suggestions?watch_id=i").json()["items"]
    assert (found["kind"], found["is_safe"]) == ("alias", True)
    assert found["difference"]["after"] == 0
    written = site.ask("GET", "/verdicts/aliases.yaml")
    assert "attachment" in written.headers["content-disposition"]
    (actor,) = read_actors(written.content, "aliases.yaml")
    assert (actor.id, actor.aliases) == ("idris", ("Abu I.", "Orlan"))
    taken = {"watch_id": "i", "id": found["id"], "version": 1}
    assert site.ask("POST", "/v1/verdicts/suggestions", json=taken).status_code == 200
    assert site.desk.tables.watches()["i"].claim.actor == ("idris", "Orlan")


def test_a_rule_that_read_several_wrong_alerts_is_left_out_of_a_watch_with_its_meaning(site):
    for n in range(20, 23):
        told = past(n, f"A tremor{n} took a victim.")
        said = msgspec.structs.replace(told.revisions[0].evidence[0], rule="event/killed-noun")
        revisions = (msgspec.structs.replace(told.revisions[0], evidence=(said,)),)
        for action in alerts(msgspec.structs.replace(told, revisions=revisions)):
            site.desk.search.bulk([action])
        assert site.give("alert", f"x{n}", "wrong", reason="old").status_code == 201
    page = site.ask("GET", "/verdicts/suggestions?watch=w").text
    assert "Not what the rule event/killed-noun reads" in page
    assert "The rule: What a noun tells." in page
    taken = {"watch_id": "w", "id": "rule:event/killed-noun", "version": 1}
    assert site.ask("POST", "/v1/verdicts/suggestions", json=taken).status_code == 200
    assert site.desk.tables.watches()["w"].not_rules == ("event/killed-noun",)
    assert "Rules left out" in site.ask("GET", "/watches/w").text
