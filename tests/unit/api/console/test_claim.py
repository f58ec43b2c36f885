"""The page of a claim: what it shows, what an editor may do there, and that nothing of it runs."""

import re
from dataclasses import replace

import msgspec
import pytest
from builders import claim as claim_
from builders import hours, in_block, judgement, report, said, tagged
from desks import desk_of
from searching import holding
from sites import Site

from services.api import claims as store
from services.api.access import gate
from services.api.access.people import LOCAL_PERSON, Person
from services.api.claims import Claims, claim_path
from services.messages import Watch, encode
from services.ports import IndexAction, Outgoing
from services.tracker.claims.fold import fold

BLOCK = "violence:halvane"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def no_wait(monkeypatch):
    monkeypatch.setattr(store, "WAIT_SECONDS", 0)


@pytest.fixture(scope="module")
def folded():
    life = (
        said("a", report("r1", killed=7, quote=f"{HOSTILE} killed")),
        said("b", report("r2", killed=9), hour=1),
        said("c", report("r3", stance="denied"), hour=2),
    )
    (made,) = fold(BLOCK, [in_block(a) for a in life], (judgement("note", reports=("r1",)),))
    return made


@pytest.fixture(scope="module")
def index(folded):
    articles = (
        tagged(id, f"{HOSTILE} {id}\n\nBody.", first_seen_at=hours(n), outlet=HOSTILE)
        for n, id in enumerate("abc")
    )
    ended = claim_(claim_id="old", merged_into=folded.claim_id)
    near = claim_(claim_id="near", article_ids=("z",))
    return holding(*articles, folded, ended, near)


@pytest.fixture(scope="module")
def shared(index):
    """To make the routes takes a second."""
    return Site(index)


@pytest.fixture
def site(shared):
    shared.judged()
    return shared


def test_a_page_says_what_why_and_by_whom_and_runs_nothing(site, folded):
    answer = site.get(claim_path(folded.claim_id))
    assert answer.status_code == 200
    page = answer.text
    assert '<h1 dir="auto">Halvane reportedly killed, 9 killed in all</h1>' in page
    for part in ("Disputed", "It did not", "How many killed", "7 to 9, the latest 9", "mara noted"):
        assert part in page
    assert "<script>alert" not in page
    assert not re.search(r"<[^>]* (?:style|on[a-z]+)=", page)


def test_a_claim_that_was_merged_leads_to_the_one_that_holds_its_reports(site, folded):
    answer = site.get("/claims/old")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        claim_path(folded.claim_id, merged="old"),
    )
    assert "was merged into this one" in site.get(answer.headers["location"]).text


def test_claims_merged_into_each_other_are_shown_as_they_are():
    site = Site(
        holding(claim_(claim_id="x", merged_into="y"), claim_(claim_id="y", merged_into="x"))
    )
    assert site.get("/claims/x").status_code == 200


@pytest.mark.parametrize("id", ["nowhere", "x" * 5000, "a%00b", "%2e%2e%2fx"])
def test_what_is_not_there_is_not_found(site, id):
    assert site.get(f"/claims/{id}").status_code == 404


def test_a_document_of_an_older_version_is_told(index):
    index.bulk([IndexAction("claims", "flat", 1, b'{"claim_id": "flat", "event": "killed"}')])
    answer = Site(index).get("/claims/flat")
    assert answer.status_code == 404
    assert "replay" in answer.text


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ({"do": "note"}, "note"),
        ({"do": "dismiss"}, "dismiss"),
        ({"do": "split", "article": ["b", "b"]}, "split"),
        ({"do": "merge", "other": "near"}, "merge"),
        ({"do": "merge", "other": "http://localhost/claims/near?x=1"}, "merge"),
    ],
)
def test_a_form_sends_a_judgement(site, folded, form, kind):
    answer = site.post(claim_path(folded.claim_id), why="it is so", **form)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        claim_path(folded.claim_id, sent=kind),
    )
    (made,) = site.judged()
    assert (made.kind, made.by, made.why, made.at) == (kind, "local", "it is so", hours(5))
    assert made.articles == (("b",) if kind == "split" else ())


def test_a_judgement_is_taken_back_once(site, folded):
    (note,) = folded.judgements
    answer = site.post(claim_path(folded.claim_id), do="undo", undoes=note.judgement_id, why="no")
    assert answer.status_code == 303
    assert [j.undoes for j in site.judged()] == [note.judgement_id]
    again = site.post(claim_path(folded.claim_id), do="undo", undoes="nothing", why="no")
    assert again.status_code == 409


def test_what_is_refused_keeps_what_was_written(site, folded):
    answer = site.post(claim_path(folded.claim_id), do="split", why="another strike")
    assert answer.status_code == 422
    assert "Choose the articles that report another event." in answer.text
    assert "another strike</textarea>" in answer.text
    assert not site.judged()
    unknown = site.post(claim_path(folded.claim_id), do="merge", other="nowhere", why="x")
    assert "No claim with the id nowhere." in unknown.text


def test_what_a_form_can_not_do_is_refused(site, folded):
    assert site.post(claim_path(folded.claim_id), do="shout", why="x").status_code == 422
    assert site.post("/claims/nowhere", do="note", why="x").status_code == 404
    assert site.post("/claims/old", do="note", why="x").status_code == 409


def test_an_alert_is_shown_to_who_sees_its_watch(index, folded):
    rows = {"1": "mine", "2": "theirs", "3": "gone"}
    index.bulk([_alert(id, watch, folded.claim_id) for id, watch in rows.items()])
    desk = desk_of(index)
    for id, owner in (("mine", "bo"), ("theirs", "amira")):
        watch = Watch(id=id, name=id.title(), owner=owner)
        desk.sender.send(Outgoing("watches", id, encode(watch)))
    seen = {
        scope: [a.watch_name for a in Claims(desk).alerts(folded, Person("bo", scope))]
        for scope in ("reader", "operator")
    }
    assert seen == {"reader": ["mine"], "operator": ["mine", "theirs", "gone"]}


def _alert(id, watch, claim_id):
    row = {"alert_id": id, "watch_id": watch, "watch_name": watch, "claim_ids": [claim_id]}
    return IndexAction("alerts", id, 1, msgspec.json.encode(row))


def test_a_reader_sees_no_form_and_may_not_judge(site, folded, monkeypatch):
    reader = replace(LOCAL_PERSON, scope="reader")
    path = claim_path(folded.claim_id)
    assert "Dismiss the claim" in site.get(path).text
    monkeypatch.setattr(gate, "LOCAL_PERSON", reader)
    assert "Dismiss the claim" not in site.get(path).text
    assert site.post(path, do="note", why="x").status_code == 403
    assert not site.judged()
