"""The rows of claims by newest change, from documents as the index has them."""

from datetime import timedelta

import pytest
from builders import START, claim

from services.adapters.memory_index import MemoryIndex
from services.desk.live import (
    HOURS,
    SIZE,
    STATUSES,
    Wanted,
    choices,
    choices_body,
    claims_body,
    is_known,
    next_place,
    row,
    rows,
    times_body,
)
from services.index_names import monthly
from services.indexer.documents import _claims
from services.indexer.templates import templates
from services.messages import Evidence, Slot, SlotAnswer, Transition
from services.ports import IndexAction

NOW = START + timedelta(days=2)
SAID = Evidence(article_id="a1", version=1, quote="Halvane was killed.", mark=(12, 18))


def step(status, at, before=None):
    return Transition(
        at=at, from_=before, to=status, report_id="r", shown_by=(SAID,), rule="status/level@1"
    )


def slot(*labels):
    return Slot(answers=tuple(answer(each) for each in labels))


def answer(label):
    lies_in = ("orran",) if label[0].isupper() else ()
    return SlotAnswer(key=label.lower(), label=label, within=lies_in)


@pytest.fixture
def index():
    made = MemoryIndex()
    made.apply_templates(templates())
    return made


def store(index, *claims):
    index.bulk([action for each in claims for action in _claims(each)])


def found(index, wanted):
    return index.search("claims", claims_body(wanted))["hits"]["hits"]


def ids(hits):
    return [hit["_source"]["claim_id"] for hit in hits]


def test_the_claim_that_changed_last_comes_first_and_merged_ones_are_left_out(index):
    store(
        index,
        claim(claim_id="old", updated_at=START),
        claim(claim_id="new", updated_at=NOW),
        claim(claim_id="undated"),
        claim(claim_id="gone", updated_at=NOW, merged_into="new"),
    )
    assert ids(found(index, Wanted())) == ["new", "old", "undated"]


def test_every_claim_is_on_one_page_exactly(index):
    n = 2 * SIZE + 1
    store(index, *(claim(claim_id=f"c{i:03}", updated_at=START) for i in range(n)))
    seen, wanted = [], Wanted()
    for _ in range(3):
        hits = found(index, wanted)
        seen += ids(hits)[:SIZE]
        wanted = Wanted(after=next_place(hits))
    assert seen == [f"c{i:03}" for i in range(n)]
    assert wanted.after == ""


@pytest.mark.parametrize("after", ["", "x", "~", "1~", "~c1", "1" * 21 + "~c", "²~c1"])
def test_a_place_that_nobody_gave_is_the_beginning(after):
    assert "search_after" not in claims_body(Wanted(after=after))


def test_a_filter_counts_what_the_other_filters_leave(index):
    store(
        index,
        claim(claim_id="a", status="denied", slots={"place": slot("a farmhouse", "Meris")}),
        claim(claim_id="b", status="denied", event="arrested", slots={"place": slot("Tarvan")}),
        claim(claim_id="c", status="reported", slots={"place": slot("Meris")}),
    )
    wanted = Wanted(status="denied", place="Meris")
    assert ids(found(index, wanted)) == ["a"]
    offered = {
        name: [
            (each.name, each.n, each.is_chosen)
            for each in choices(index.search("claims", choices_body(wanted, name)), wanted, name)
        ]
        for name in ("status", "event", "place")
    }
    assert offered == {
        "status": [("Reported", 1, False), ("Denied", 1, True)],
        "event": [("Deaths", 1, False)],
        "place": [("Meris", 1, True), ("Tarvan", 1, False)],
    }


def test_a_chosen_value_that_no_claim_has_can_be_taken_back():
    wanted = Wanted(event="riot")
    assert [(c.name, c.n, c.is_chosen) for c in choices({}, wanted, "event")] == [("Riot", 0, True)]


def test_only_values_that_a_claim_can_have_are_known():
    assert all(is_known(Wanted(status=status)) for status in STATUSES)
    assert is_known(Wanted(event="killed"))
    assert is_known(Wanted(place="anywhere"))
    assert not is_known(Wanted(status="sure"))
    assert not is_known(Wanted(event="party"))


def test_a_row_says_what_happened_how_sure_it_is_and_who_says_so(index):
    store(
        index,
        claim(
            status="disputed",
            n_independent=3,
            n_reports=7,
            updated_at=NOW,
            slots={"patient": slot("Idris Halvane"), "place": slot("Meris", "Tarvan")},
            history=(step("reported", START), step("disputed", NOW, "reported")),
        ),
    )
    shown = row(found(index, Wanted())[0]["_source"])
    assert shown.sentence == "Idris Halvane reportedly killed in Meris"
    assert (shown.status, shown.was, shown.place) == ("disputed", "reported", "Meris")
    assert (shown.n_independent, shown.n_reports, shown.updated_at) == (3, 7, NOW)
    assert shown.quote == SAID


def test_a_status_of_long_ago_is_no_change(index):
    history = (step("reported", START), step("disputed", START, "reported"))
    store(index, claim(status="disputed", updated_at=NOW, history=history))
    assert row(found(index, Wanted())[0]["_source"]).was == ""


@pytest.mark.parametrize("document", [{}, {"whole": 3, "place_labels": None, "n_reports": "x"}])
def test_a_document_that_lacks_everything_is_a_row_all_the_same(document):
    shown = row(document)
    assert (shown.sentence, shown.quote, shown.n_reports) == ("A claim that can't be read", None, 0)


def test_a_document_without_its_message_tells_what_its_fields_tell():
    shown = row({"event": "killed", "status": "denied", "patient_labels": ["Idris Halvane"]})
    assert shown.sentence == "Idris Halvane killed"


def test_articles_are_counted_in_the_hour_in_which_they_came(index):
    ages = {
        "now": timedelta(0),
        "within": timedelta(minutes=59, seconds=59),
        "hour": timedelta(hours=1),
        "first": timedelta(hours=HOURS) - timedelta(seconds=1),
        "before": timedelta(hours=HOURS),
        "ahead": timedelta(seconds=-1),
    }
    index.bulk(
        [
            IndexAction(
                monthly("articles", START),
                id,
                1,
                f'{{"article_id": "{id}", "sorted_at": "{(NOW - age).isoformat()}"}}'.encode(),
            )
            for id, age in ages.items()
        ]
    )
    store(index, claim(article_ids=tuple(ages)), claim(claim_id="c2", article_ids=("hour",)))
    documents = [hit["_source"] for hit in found(index, Wanted())]
    came = index.search("articles", times_body(documents, NOW))["hits"]["hits"]
    first, second = rows(documents, [hit["_source"] for hit in came], NOW)
    assert (first.hours[-1], first.hours[-2], first.hours[0], first.n_recent) == (2, 1, 1, 4)
    assert (second.hours[-2], second.n_recent) == (1, 1)


def test_a_claim_of_which_no_answer_is_left_is_named_by_its_sentence(index):
    store(index, claim(event="arrested", status="retracted", history=(step("reported", START),)))
    (hit,) = found(index, Wanted())
    bare = row(hit["_source"])
    assert bare.sentence == "Arrests: “Halvane was killed.”"
    assert bare.is_quoted
    store(
        index,
        claim(event="arrested", history=(step("reported", START),), slots={"place": slot("Meris")}),
    )
    assert not any(row(hit["_source"]).is_quoted for hit in found(index, Wanted()))
