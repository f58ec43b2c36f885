"""A dossier leaves the desk: hostile words stay words, and STIX reads what we write."""

import json

import msgspec
import pytest
import stix2
from builders import claim, hours, in_block, judgement, report, said
from hypothesis import given
from hypothesis import strategies as st

from services.desk.articles import ArticleFact
from services.desk.claim import claim_view
from services.desk.dossier import Dossier, as_json, as_markdown, link, words
from services.desk.links import LONGEST, web_link
from services.desk.map import Place
from services.desk.stix import bundle
from services.messages import Evidence, Slot, SlotAnswer
from services.tracker.claims.fold import fold

LIFE = (
    said("a", report("r1", killed=7), url="https://a.example/1"),
    said("b", report("r2", killed=9), hour=1, url="javascript:alert(1)"),
    said("c", report("r3", stance="denied"), hour=2),
)
PLACES = (Place("Aden", 12.78, 45.03, 2, "a town"),)


def folded(*judgements):
    (made,) = fold("violence:halvane", [in_block(a) for a in LIFE], judgements)
    return made


def dossier(claim_, places=PLACES, **facts):
    known = {
        id: ArticleFact(id, title=f"On {id}", outlet="Post", url=f"https://x.example/{id}")
        for id in claim_.article_ids
    }
    return Dossier(hours(9), claim_view(claim_, known | facts, hours(9)), places)


def test_a_dossier_says_what_why_by_whom_and_as_of_when():
    text = as_markdown(dossier(folded(judgement("note", reports=("r1",), why="asked them"))))
    for part in (
        "# Halvane reportedly killed, 9 killed in all",
        "**Disputed.** Some sources say that it happened, others that it did not.",
        "as it stood 2031-05-02 15:00 UTC",
        "## Why\n\n- “Sentence of r1.”\n  [outlet a](<https://a.example/1>), 2031-05-02 06:00 UTC",
        "**How many killed**: 7 to 9, the latest 9",
        "- Aden (a town): 12.780, 45.030, 2 reports",
        "- **Outlet c** (own reporting), 1 article",
        "mara noted: asked them",
    ):
        assert part in text
    assert "javascript" not in text


def test_words_of_strangers_stay_words():
    hostile = (
        "# <b>x</b>\n[click](javascript:x) `c` ![i](http://e) &amp; | a_b *c* http://evil.example"
    )
    text = words(hostile)
    assert "\n" not in text
    for sign in "#<>[]()`!&|_*:":
        assert sign not in text.replace(f"\\{sign}", "")
    said_ = Evidence(article_id="a", version=1, quote=hostile, mark=(0, 1), outlet=hostile)
    lines = as_markdown(dossier(claim(evidence=(said_,)))).splitlines()
    assert not [line for line in lines if line.startswith("# <") or "](javascript" in line]


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://a.example/x", True),
        ("http://a.example/" + "x" * (LONGEST - 17), True),
        ("http://a.example/" + "x" * (LONGEST - 16), False),
        ("//[", False),
        ("http://[", False),
        ("javascript:alert(1)", False),
        ("https://user@a.example/", False),
        ("https://a.example/>x", False),
        ("https://a.example/ x", False),
        ("https:///x", False),
        (None, False),
    ],
)
def test_only_whole_addresses_of_the_web_are_links(url, is_link):
    assert (web_link(url) == url) is is_link
    assert link("x", url or "").startswith("[") is is_link


@given(st.text(max_size=30))
def test_any_address_can_be_asked(url):
    assert web_link(url) in ("", url)


def test_the_json_of_a_dossier_holds_the_same():
    found = json.loads(msgspec.json.encode(as_json(dossier(folded()))))
    assert found["made_at"] == "2031-05-02T15:00:00Z"
    assert found["claim"]["status"] == "disputed"
    assert [q["asked"] for q in found["claim"]["questions"]] == [
        "Who was affected",
        "How many killed",
    ]


def test_stix_reads_what_we_write():
    made = folded()
    text = json.dumps(bundle(made, dossier(made)))
    read = stix2.parse(text, allow_custom=False)
    kinds = [each["type"] for each in read.objects]
    assert kinds.count("opinion") == 2
    assert {"incident", "identity", "location", "note", "relationship", "report"} <= set(kinds)
    (incident,) = (each for each in read.objects if each["type"] == "incident")
    assert incident["labels"] == ["disputed", "killed"]
    ids = {each["id"] for each in read.objects}
    (whole,) = (each for each in read.objects if each["type"] == "report")
    assert set(whole["object_refs"]) == ids - {whole["id"]}


def test_the_same_claim_has_the_same_ids():
    made = folded()
    assert bundle(made, dossier(made)) == bundle(made, dossier(made))


@pytest.mark.parametrize("status", ["reported", "confirmed", "denied", "retracted"])
def test_a_claim_without_anything_is_a_bundle_too(status):
    bare = claim(
        status=status,
        article_ids=(),
        slots={"agent": Slot(answers=(SlotAnswer(key="", label=""),))},
    )
    stix2.parse(json.dumps(bundle(bare, dossier(bare, ()))), allow_custom=False)
    assert as_markdown(dossier(bare, ()))
