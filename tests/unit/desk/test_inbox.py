"""The inbox: what changed first, the quoted sentence, and how far was read."""

from typing import get_args

import msgspec
import pytest
from builders import hours
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from policing import alert, command

from services.desk.inbox import (
    KIND_WORDS,
    Reader,
    called,
    counts,
    in_group,
    mark_before,
    says,
    step,
    view,
    whole_alert,
)
from services.indexer.alerting import AlertDocument, alerts
from services.messages import ChangeKind, Evidence, Told, Wording
from services.orders import Books

READER = Reader("ann", hours(9), {"subscriber:ben": "Ben Ode"})
QUOTE = Evidence(article_id="a1", version=1, quote="Halvane was killed.", mark=(12, 18))


def seen(of, *commands, reader=READER):
    books = Books()
    for each in commands:
        books.take(each)
    return view(of, books, reader)


def test_what_changed_comes_first_and_the_sentence_that_it_rests_on():
    of = alert("first", "status")
    wording = Wording(change="Now confirmed by the group", core="Idris Halvane killed in Meris")
    last = replace(of.revisions[1], wording=wording, evidence=(QUOTE,))
    found = seen(replace(of, revisions=(of.revisions[0], last)))
    assert (found.change, found.says) == (wording.change, wording.core)
    assert found.quotes == (QUOTE,)
    assert [each.number for each in found.earlier] == [1]


def test_a_headline_that_is_the_quoted_sentence_is_not_said_twice():
    of = alert("first").revisions[0]
    wording = Wording(headline="“Halvane was killed”", core="“Halvane was killed”")
    told = Told(event="killed", status="reported", slots={"patient": ("Idris Halvane",)})
    twice = replace(of, wording=wording, evidence=(QUOTE,), told=told)
    assert says(twice) == "Idris Halvane reportedly killed"
    assert says(replace(twice, evidence=())) == "“Halvane was killed”"


def test_what_an_older_change_said_does_not_begin_with_the_change_again():
    of = replace(
        alert("first").revisions[0],
        text="Now also blamed on Tarvan: Halvane killed",
        wording=Wording(change="Now also blamed on Tarvan"),
    )
    assert step(of).text == "Halvane killed"


def test_what_changed_since_it_was_acknowledged_is_listed_the_newest_first():
    of = alert("first", "independent", "denied", "corrected")
    found = seen(of, replace(command("acknowledge", revision=1), by="subscriber:ben"))
    assert [each.number for each in found.unseen] == [4, 3]
    assert found.by == "Ben Ode"


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("ann", "you"),
        ("subscriber:ben", "Ben Ode"),
        ("subscriber:cleo", "cleo"),
        ("mail:8f1b", "somebody, by a link in a message"),
        ("root", "root"),
        ("", "somebody"),
    ],
)
def test_who_gave_an_order_has_a_name_and_never_an_address(by, name):
    assert called(replace(command("acknowledge"), by=by), READER) == name


def test_groups_are_counted_and_the_line_stands_before_what_was_read():
    of = [replace(alert("first", "count"), alert_id=id) for id in "xyz"]
    later = replace(of[0], revisions=(replace(of[0].revisions[0], at=hours(5)),))
    reader = Reader("ann", hours(9), {}, read_to=hours(2))
    done = replace(command("acknowledge", revision=2, alert_id="y"), by="ann")
    views = [seen(each, done, reader=reader) for each in (later, *of[1:])]
    assert counts(views) == {"open": 2, "later": 0, "done": 1, "all": 3}
    assert [each.alert_id for each in in_group(views, "done")] == ["y"]
    assert mark_before(views) == 1
    assert mark_before(views[1:]) is None, "all of it was read: there is nothing to part"
    assert mark_before(views[:1]) is None


def test_every_kind_of_change_has_words():
    assert set(KIND_WORDS) == set(get_args(ChangeKind))


def document(**without):
    (action,) = alerts(alert("first", "status"))
    return msgspec.json.decode(action.document) | without


def test_a_document_gives_its_alert():
    assert whole_alert(document()).revisions == alert("first", "status").revisions


def test_a_document_without_its_message_is_shown_by_its_fields():
    found = whole_alert(document(whole=None, quotes=["Nine died."], status="confirmed"))
    shown = seen(found)
    assert shown.says == "Told."
    assert shown.status == "confirmed"
    assert [each.quote for each in shown.quotes] == ["Nine died."]


@given(
    st.sets(st.sampled_from(AlertDocument.__struct_fields__)),
    st.sets(st.sampled_from(AlertDocument.__struct_fields__)),
    st.sampled_from([None, 7, "x", [], {}, "0001-01-01T00:00:00Z"]),
)
def test_a_document_may_lack_any_field_or_hold_nonsense(lacking, wrong, nonsense):
    given_ = {k: v for k, v in document().items() if k not in lacking}
    found = whole_alert(given_ | dict.fromkeys(wrong, nonsense))
    if found is not None:
        assert seen(found).watch_id
