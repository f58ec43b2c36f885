"""What a search found is read as sentences and names; copies of one text are one."""

import msgspec
import pytest
from builders import claim, hours, tagged
from hypothesis import given
from hypothesis import strategies as st
from searching import holding, search_of

from services.desk.facets import (
    MOST_DAYS,
    days_of,
    facets_of,
    keys_in,
    label_of,
    lookup,
    names_in,
)
from services.desk.found import LEAST_COPIED, hits_of
from services.messages import Slot, SlotAnswer
from services.messages.events import EVENTS
from services.messages.tagged import Boilerplate
from services.search.pages import first_page
from services.search.rows import Row

BODY = " ".join(f"word{n}" for n in range(80))
SLOTS = {
    "patient": Slot(answers=(SlotAnswer(key="idris-halvane", label="Idris Halvane"),)),
    "agent": Slot(answers=(SlotAnswer(key="salt-front", label="the Salt Front"),)),
    "place": Slot(answers=(SlotAnswer(key="maaras", label="Meris"),)),
}


def hits(index, **asked):
    return hits_of(first_page(index, search_of(**asked), 20).rows)


def article(n, text=BODY, **kw):
    return tagged(f"a{n}", f"Halvane killed {n}\n\n{text}", first_seen_at=hours(n), **kw)


def test_a_claim_is_a_sentence_with_its_status():
    index = holding(claim(slots=SLOTS, status="claimed", n_reports=5, n_independent=2))
    (hit,) = hits(index, kind="claims")
    assert (hit.title, hit.path, hit.status, hit.notes) == (
        "Idris Halvane reportedly killed in Meris by the Salt Front",
        "/claims/c1",
        "claimed",
        ("2 independent of 5",),
    )


def test_copies_stand_under_the_oldest_where_the_newest_is():
    other = " ".join(f"other{n}" for n in range(80))
    index = holding(article(1), article(2, other), article(3), article(4), article(5, "Short."))
    found = hits(index, query="halvane")
    assert [hit.id for hit in found] == ["a5", "a1", "a2"]
    assert [[copy.id for copy in hit.copies] for hit in found] == [[], ["a4", "a3"], []]


def test_what_an_outlet_puts_under_every_article_makes_no_text_of_its_own():
    short, under = " ".join(f"word{n}" for n in range(40)), " ".join(f"more{n}" for n in range(20))
    below = article(1, f"{short}\n{under}")
    start = below.text.index("more0")
    spans = (Boilerplate(start=start, end=len(below.text), kind="x", rule="x"),)
    below = msgspec.structs.replace(below, boilerplate=spans)
    assert len(hits(holding(below, article(2, short)), query="halvane")) == 1
    assert (
        len(hits(holding(article(1, f"{short}\n{under}"), article(2, short)), query="halvane")) == 2
    )


@pytest.mark.parametrize(("letters", "n"), [(LEAST_COPIED - 1, 2), (LEAST_COPIED, 1)])
def test_short_texts_are_no_copies(letters, n):
    text = ("ab cd ef gh " * 30)[:letters].rstrip().ljust(letters, "x")
    assert len(hits(holding(article(1, text), article(2, text)), query="halvane")) == n


def test_what_matched_is_marked_by_offsets_in_headline_and_text():
    index = holding(
        tagged("a1", "Halvane killed\n\nThey say Halvane is dead.", first_seen_at=hours(0))
    )
    (hit,) = hits(index, query="halvane")
    assert [hit.title[a:b] for a, b in hit.title_marks] == ["Halvane"]
    (excerpt,) = hit.excerpts
    assert [excerpt.text[a:b] for a, b in excerpt.marks] == ["Halvane"]


@given(
    st.sampled_from(["articles", "incidents", "claims"]),
    st.dictionaries(
        st.sampled_from(["title", "text", "event", "status", "stance", "quotes", "n_reports",
                         "n_independent", "patient_labels", "killed_min", "sorted_at",
                         "article_id"]),
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2),
    ),
)  # fmt: skip
def test_a_document_of_any_shape_is_a_hit(kind, document):
    (hit,) = hits_of([Row(kind, document)])
    assert hit.title


def test_facets_have_names_in_place_of_keys():
    index = holding(claim(slots=SLOTS))
    page = first_page(index, search_of("claims"), 5, facets=True)
    keys = keys_in(page.facets, {})
    answer = index.search("claims", lookup("claims", keys))
    names = names_in(hit["_source"] for hit in answer["hits"]["hits"])
    facets = {f.name: f for f in facets_of("claims", page.facets, {"event": ("killed",)}, names)}
    assert [(v.label, v.is_chosen) for v in facets["event"].values] == [("Deaths", True)]
    assert facets["patient"].values[0].label == "Idris Halvane"
    assert facets["place"].values[0].label == "Meris"
    assert facets["status"].values[0].label == "Reported"


def test_a_key_that_no_document_names_is_written_as_words():
    assert label_of("actor", "orran-front", {}) == "Orran Front"
    assert label_of("lang", "ar", {}) == "Arabic"
    assert label_of("country", "YE", {}) == "Yemen"
    assert [
        label_of("event", event, {}) for event in EVENTS if label_of("event", event, {}) == event
    ] == []


def test_where_keys_and_names_do_not_pair_no_name_is_made_up():
    assert names_in([{"patient": ["a", "b"], "patient_labels": ["A"]}]) == {}


def test_a_value_with_a_comma_can_not_be_asked_for():
    (facet,) = facets_of("articles", {"source": [("Post, The", 2), ("Star", 1)]}, {}, {})
    assert [value.is_filter for value in facet.values] == [False, True]


def test_days_without_documents_are_drawn_as_none():
    days = days_of({"day": [("2031-05-02", 3), ("2031-05-04", 1)]})
    assert days.counts == (3, 0, 1)
    long = days_of({"day": [("2030-01-01", 3), ("2031-05-04", 1)]})
    assert (len(long.counts), long.counts[-1]) == (MOST_DAYS, 1)
    assert days_of({}) is None
