"""The routes of one claim: history, evidence, judgements, dossiers; and their bounds."""

import json

import pytest
import stix2
from builders import claim as claim_
from builders import in_block, judgement, report, said, tagged
from searching import holding
from sites import Site

from services.api import claims as store
from services.tracker.claims.fold import fold


@pytest.fixture(autouse=True)
def no_wait(monkeypatch):
    monkeypatch.setattr(store, "WAIT_SECONDS", 0)


@pytest.fixture(scope="module")
def folded():
    life = (
        said("a", report("r1", killed=7)),
        said("b", report("r2", killed=9), hour=1),
        said("c", report("r3", stance="denied"), hour=2),
    )
    notes = (judgement("note", reports=("r1",)),)
    (made,) = fold("violence:halvane", [in_block(a) for a in life], notes)
    return made


@pytest.fixture(scope="module")
def site(folded):
    index = holding(*map(tagged, "abc"), folded, claim_(claim_id="old", merged_into="x"))
    return Site(index)


@pytest.fixture
def ask(site, folded):
    """A function that asks a path below the claim."""
    site.judged()

    def asked(path, body=None, id=folded.claim_id):
        method, more = ("GET", {}) if body is None else ("POST", {"json": body})
        return site.ask(method, f"/v1/claims/{id}/{path}", accept="application/json", **more)

    return asked


def test_the_history_has_each_step_with_its_reason_and_sentence(ask):
    found = ask("history").json()
    assert [(step.get("from"), step["to"]) for step in found["items"]] == [
        (None, "reported"),
        ("reported", "corroborated"),
        ("corroborated", "disputed"),
    ]
    assert found["items"][-1]["why"].startswith("Some sources say")
    assert found["items"][0]["evidence"]["quote"] == "Sentence of r1."


def test_the_evidence_tells_who_says_what(ask):
    found = ask("evidence").json()
    (killed,) = (q for q in found["questions"] if q["slot"] == "count.killed")
    assert [(a["label"], a["by"]) for a in killed["answers"]] == [
        ("7", ["outlet a"]),
        ("9", ["outlet b"]),
    ]
    assert found["sides"]["denied"]["article_id"] == "c"
    assert len(found["voices"]["shown"]) == 3


def test_judgements_are_listed_and_made(ask, site):
    (note,) = ask("judgements").json()["items"]
    assert (note["kind"], note["by"]) == ("note", "mara")
    answer = ask("judgements", {"kind": "split", "why": "another", "articles": ["b"]})
    assert (answer.status_code, answer.json()["is_shown"]) == (202, False)
    (made,) = site.judged()
    assert (made.judgement_id, made.by) == (answer.json()["judgement_id"], "local")
    undo = ask("judgements", {"kind": "undo", "why": "no", "undoes": note["judgement_id"]})
    assert undo.json()["undoes"] == note["judgement_id"]


@pytest.mark.parametrize(
    ("body", "status", "said_"),
    [
        ({"kind": "note", "why": " "}, 422, "say why"),
        ({"kind": "shout", "why": "x"}, 422, "Invalid enum"),
        ({"kind": "note", "why": "x", "by": "me"}, 422, "unknown field"),
        ({"kind": "merge", "why": "x", "other": "nowhere"}, 422, "other: no claim"),
        ({"kind": "split", "why": "x", "articles": ["z"]}, 422, "no article z"),
        ({"kind": "undo", "why": "x", "undoes": "z"}, 409, "not in force"),
        ({"kind": "note", "why": "x" * 70_000}, 413, "bytes"),
    ],
)
def test_what_can_not_be_judged_is_a_problem(ask, site, body, status, said_):
    answer = ask("judgements", body)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert said_ in answer.json()["detail"]
    assert not site.judged()


def test_a_claim_that_was_merged_is_judged_no_more(ask):
    assert ask("judgements", {"kind": "note", "why": "x"}, id="old").status_code == 409


def test_a_dossier_has_the_form_that_is_asked_for(ask, folded):
    text = ask("dossier")
    assert text.headers["content-type"].startswith("text/markdown")
    assert text.text.startswith("# Halvane reportedly killed, 9 killed in all\n")
    assert f"claim-{folded.claim_id}.md" in text.headers["content-disposition"]
    assert json.loads(ask("dossier?format=json").text)["claim"]["status"] == "disputed"
    stix2.parse(ask("dossier?format=stix").text, allow_custom=False)
    assert ask("dossier?format=pdf").status_code == 422


@pytest.mark.parametrize("path", ["history", "evidence", "judgements", "dossier"])
@pytest.mark.parametrize("id", ["nowhere", "x" * 513, "%00"])
def test_what_is_not_there_is_a_problem(ask, path, id):
    assert ask(path, id=id).status_code in (404, 422)
