"""What each filter finds, of each kind of document."""

from collections.abc import Sequence
from typing import Any

import pytest
from builders import claim, hours, mention, tagged
from searching import found, holding, search_of

from services.messages import Count, Incident, Slot, SlotAnswer
from services.search.pages import first_page

HALVANE = mention("Idris Halvane", start=0, actor_id="idris-halvane")
TOWN = mention("Meris", type="place", start=30, within=("kostria",), country="KO")
TEXT = "Idris Halvane killed in strike on Meris\n\nThe leader died, a spokesman said."


def incident(id: str, **kw: Any) -> Incident:
    given: dict[str, Any] = {
        "events": ("killed",),
        "reports": (),
        "patient": (HALVANE.id,),
        "place": (TOWN.id,),
        "counts": (Count(of="killed", min=3, max=3, span=(0, 1)),),
        "time": "news",
        "stance": "asserted",
        "quote": (0, 39),
        "confidence": 0.8,
        "claim_block": "b",
    }
    return Incident(incident_id=id, **(given | kw))


@pytest.fixture(scope="module")
def index():
    def slot(*answers: SlotAnswer) -> Slot:
        return Slot(answers=answers)

    def one(key: str) -> SlotAnswer:
        return SlotAnswer(key=key, label=key)

    return holding(
        tagged(
            "a1",
            TEXT,
            first_seen_at=hours(0),
            outlet="The Post",
            language="en",
            stance="asserted",
            mentions=(HALVANE, TOWN),
            incidents=(incident("i1"), incident("i2", time="old", events=("wounded",))),
        ),
        tagged("a2", "Rain\n\nAll day in Meris.", first_seen_at=hours(2), mentions=(TOWN,)),
        tagged("ahead", "Rain ahead\n\nAll.", first_seen_at=hours(1), published_at=hours(9_000)),
        claim(
            claim_id="c1",
            level="corroborated",
            n_independent=2,
            confidence=0.6,
            updated_at=hours(0),
            slots={
                "patient": slot(one("idris-halvane")),
                "agent": slot(one("orran-front")),
                "place": slot(SlotAnswer(key="meris", label="Meris", within=("kostria",))),
                "count.killed": slot(SlotAnswer(key="3", label="3", min=3, max=3)),
            },
        ),
        claim(claim_id="c2", event="wounded", status="denied", level=None, updated_at=hours(2)),
        claim(claim_id="c3", merged_into="c1", updated_at=hours(3)),
    )


@pytest.mark.parametrize(
    ("kind", "filters", "ids"),
    [
        ("articles", {}, ["a2", "ahead", "a1"]),
        ("articles", {"event": ("killed", "denied-never")[:1]}, ["a1"]),
        ("articles", {"actor": ("idris-halvane",)}, ["a1"]),
        ("articles", {"actor": ("orran-front", "idris-halvane")}, ["a1"]),
        ("articles", {"place": ("Meris",)}, ["a2", "a1"]),
        ("articles", {"source": ("The Post",), "lang": ("en",)}, ["a1"]),
        ("articles", {"stance": ("asserted",)}, ["a1"]),
        ("articles", {"since": hours(1)}, ["a2", "ahead"]),
        ("articles", {"until": hours(1)}, ["a1"]),
        ("incidents", {}, ["i1"]),
        ("incidents", {"time": ("old", "news")}, ["i1", "i2"]),
        ("incidents", {"time": ("old",)}, ["i2"]),
        ("incidents", {"patient": ("idris-halvane",)}, ["i1"]),
        ("incidents", {"patient": ("orran-front",)}, []),
        ("incidents", {"agent": ("idris-halvane",)}, []),
        ("incidents", {"place": ("Kostria",)}, ["i1"]),
        ("incidents", {"killed": 3}, ["i1"]),
        ("incidents", {"killed": 4}, []),
        ("incidents", {"confidence": 0.8}, ["i1"]),
        ("incidents", {"confidence": 0.81}, []),
        ("claims", {}, ["c2", "c1"]),
        ("claims", {"event": ("wounded",)}, ["c2"]),
        ("claims", {"status": ("denied",)}, ["c2"]),
        ("claims", {"level": "corroborated"}, ["c1"]),
        ("claims", {"level": "confirmed"}, []),
        ("claims", {"place": ("kostria",), "agent": ("orran-front",)}, ["c1"]),
        ("claims", {"independent": 2, "killed": 3}, ["c1"]),
        ("claims", {"independent": 3}, []),
        ("claims", {"confidence": 0.6, "event": ("killed",)}, ["c1"]),
        ("claims", {"confidence": 0.61, "event": ("killed",)}, []),
        ("claims", {"since": hours(1)}, ["c2"]),
    ],
)
def test_each_filter_finds_what_has_it(index, kind, filters, ids: Sequence[str]):
    assert found(index, search_of(kind, **filters)) == ids


def test_words_of_incidents_are_those_of_their_own_sentences_and_of_the_title(index):
    assert found(index, search_of("incidents", "halvane")) == ["i1"]
    assert found(index, search_of("incidents", "spokesman")) == []


def test_facets_count_all_that_is_found(index):
    page = first_page(index, search_of("articles"), 1, facets=True)
    assert page.facets["source"] == [("The Post", 1)]
    assert sum(n for _, n in page.facets["day"]) == 3
    claims = first_page(index, search_of("claims"), 1, facets=True).facets
    assert dict(claims["status"]) == {"reported": 1, "denied": 1}
