"""The form of a watch: nothing of a watch is lost in it, and mistakes are told in plain words."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.addresses import Allowed
from services.alerter.vocabulary import Remark, Vocabulary
from services.alerter.watch_check import findings
from services.desk.watch_form import (
    TELLS,
    by_field,
    empty_fields,
    field_of,
    fields,
    id_of,
    read,
)
from services.messages import Channel, ClaimCondition, DigestRule, Every, Quiet, Watch
from services.messages.base import LEVELS
from services.text.findings import Finding

NAMES = st.lists(st.sampled_from(["idris-halvane", "Salt Front", "meris"]), max_size=2, unique=True)
TUPLES = NAMES.map(tuple)
CONDITIONS = st.builds(
    ClaimCondition,
    event=st.sampled_from([(), ("killed",), ("killed", "bombing")]),
    actor=TUPLES,
    patient=TUPLES,
    agent=TUPLES,
    place=TUPLES,
    status=st.sampled_from([None, *LEVELS]),
    independent=st.integers(0, 9),
    killed=st.integers(0, 300),
    confidence=st.integers(0, 100).map(lambda n: n / 100),
)
KINDS = st.sampled_from([*(kinds for _, kinds in TELLS.values()), ("merged",)])
WATCHES = st.builds(
    Watch,
    id=st.just("w"),
    name=st.just("Orran front"),
    query=st.sampled_from([None, "halvane AND meris"]),
    claim=st.one_of(st.none(), CONDITIONS),
    passing=st.booleans(),
    unless=st.sampled_from([(), ("a drill", "in the film")]),
    deliver=st.lists(
        st.builds(Channel, to=st.sampled_from(["log:", "subscriber:ann"]), when=KINDS),
        min_size=1,
        max_size=2,
        unique_by=lambda channel: channel.to,
    ).map(tuple),
    quiet=st.one_of(
        st.none(),
        st.builds(
            lambda zone, kinds: Quiet(from_="22:00", to="07:00", zone=zone, except_=kinds),
            st.sampled_from(["", "Europe/London"]),
            st.sampled_from([(), ("confirmed", "denied")]),
        ),
    ),
    digest=st.one_of(
        st.none(), st.just(DigestRule(every="1h")), st.just(DigestRule(at=("08:00", "18:00")))
    ),
    throttle=st.one_of(st.none(), st.just(Every(every="30m"))),
    owner=st.sampled_from([None, "ann", "group:desk"]),
    enabled=st.booleans(),
)


@given(WATCHES)
def test_a_watch_that_is_opened_and_saved_stays_as_it_is(watch):
    written = read(fields(watch), before=watch)
    assert written.unread == {}
    assert msgspec.convert(written.row, Watch) == watch


def test_an_empty_form_waits_for_nothing():
    written = read(empty_fields("ann"))
    assert written.row == {
        "id": "",
        "name": "",
        "deliver": [{"to": "log:"}],
        "owner": "ann",
        "enabled": True,
    }


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Orran front", "orran-front"),
        ("  Été à Meris!  ", "ete-a-meris"),
        ("Халване", "khalvane"),
        ("…", ""),
        ("x" * 70, "x" * 64),
    ],
)
def test_a_new_watch_gets_an_id_of_its_name(name, id):
    assert id_of(name) == id
    assert read({"name": [name]}).row["id"] == id


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("independent", "two", "Write a whole number, 0 or more."),
        ("independent", "-1", "Write a whole number, 0 or more."),
        ("killed", "9999999", "Write a whole number, 0 or more."),
        ("confidence", "101", "Write a percentage from 0 to 100."),
        ("confidence", "surely", "Write a percentage from 0 to 100."),
    ],
)
def test_a_number_that_is_none_is_told_beside_its_field(field, text, words):
    assert read({field: [text]}).unread == {field: [words]}


def test_the_bounds_of_numbers_can_be_written():
    form = {"confidence": ["100 %"], "killed": ["0"], "independent": ["999999"]}
    written = read(form)
    assert written.unread == {}
    assert written.row["claim"] == {"confidence": 1.0, "independent": 999999}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("", "query"),
        (".query", "query"),
        (".claim.event[1]", "event"),
        (".claim.place[0]", "place"),
        (".deliver[1].to", "to1"),
        (".deliver", "to0"),
        (".quiet", "quiet_from"),
        (".quiet.zone", "quiet_zone"),
        (".digest.at[0]", "digest_at"),
        (".throttle.every", "throttle"),
    ],
)
def test_each_place_of_a_watch_has_a_field(path, field):
    assert field_of(path) == field


VOCABULARY = Vocabulary(
    events=("killed", "bombing"),
    ids_of=lambda name: ("a-b", "c-d") if name == "twins" else (),
    actor=lambda name: {
        "hal": Remark("no actor has the id hal: write idris-halvane for Idris Halvane"),
        "hxl": Remark(
            "no actor has the id hxl: did you mean hal? Somebody else is added to a dictionary of "
            "your own (docs/actors.md)"
        ),
        "zed": Remark(
            "no dictionary knows zed: only people and groups written so are found; reportedly "
            "actors list gives the ids that find all spellings",
            is_warning=True,
        ),
    }.get(name),
    scene=lambda name: Remark(f"the gazetteer has no place called {name}: did you mean meris?"),
)
MISTAKEN = {
    "name": "",
    "deliver": [{"to": "log"}, {"to": "log"}, {"to": "sms:1"}, {"to": "http://x.org/", "when": []}],
    "claim": {
        "event": ["murder"],
        "actor": ["twins", "hal", "hxl", "zed"],
        "place": ["merris"],
        "independent": -1,
        "killed": -1,
        "confidence": 2,
    },
    "quiet": {"from": "22:00", "to": "22:00", "zone": "Mars"},
    "digest": {"every": "1h", "at": ["25:00"]},
    "throttle": {"every": "9d"},
    "query": "halvane AND (",
}


def test_no_mistake_is_told_in_words_of_files():
    found = [
        *findings(MISTAKEN, VOCABULARY, Allowed()),
        *findings({"deliver": []}, VOCABULARY, Allowed()),
        Finding(
            ".query",
            "about 9,000 alerts a day are expected of w (of 9,000 articles a day): add a rarer "
            "word with AND, ask for more in claim:, or collect them with digest: {every: 1h}",
        ),
    ]
    told = [text for texts in by_field(found).values() for text in texts]
    assert len(told) > 15
    for text in told:
        assert not re.search(r"[`{}]|\b(when|claim|every|query|deliver|at|digest): ", text), text
        assert "docs/" not in text
        assert text[0].isupper() or not text[0].isalpha(), text
        assert text.endswith((".", "?")), text
