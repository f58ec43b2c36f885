"""Watch files: every mistake is answered at once, with file, line, and what to write instead."""

from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from watch_files import NAMES, said, watch

from services.alerter.vocabulary import Vocabulary
from services.alerter.watch_file import check_watches, file_schema, read_watches
from services.errors import ConfigError


@pytest.mark.parametrize("mistyped", ["nmae", "nam", "Name"])
def test_a_mistyped_field_is_told_once_and_not_as_missing_as_well(mistyped):
    (only,) = said(f"- id: a\n  {mistyped}: A\n  query: x\n")
    assert only.startswith(f"w.yaml:2: {mistyped} is no field of a watch; did you mean name?")


@pytest.mark.parametrize(
    "mistyped", ["qeury: x", "clam: {event: killed}", "claims: {event: killed}"]
)
def test_a_watch_whose_query_is_mistyped_is_not_said_to_wait_for_nothing(mistyped):
    (only,) = said(f"- id: a\n  name: A\n  {mistyped}\n")
    assert "did you mean " in only


def test_a_list_of_nothing_but_mistakes_is_not_said_to_be_empty():
    (only,) = said(watch(deliver=[{"to": "log:", "when": ["allways"]}]))
    assert "allways can't be given for when" in only


def test_a_field_that_is_missing_is_told_beside_one_that_is_mistyped():
    told = said("- id: a\n  qeury: x\n  claim: {}\n")
    assert ["name is missing" in line for line in told] == [True, False]


@pytest.mark.parametrize(
    "query", ["' " + "a " * 1_000_000, "a" * 1_000_000 + " NEAR b"], ids=["quote", "operator"]
)
def test_a_query_that_is_far_too_long_is_refused_for_that_alone(query):
    """To look for mistyped operators in it would take hours."""
    (only,) = said(watch(query=query))
    assert "the query is longer than 4096 bytes" in only


def test_a_good_file_gives_its_watches():
    (watch,) = read_watches("- {id: a, name: A, query: halvane}\n", "w.yaml")
    assert (watch.id, watch.query) == ("a", "halvane")


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_their_lines():
    lines = said(
        """\
- id: a b
  name: ''
  query: event:kiled AND event:arested AND stance:denyed
  deliver: [{to: "mail:x"}, {to: "slack:y"}]
- id: b
  nmae: B
  quiet: {from: 10pm, to: 7:00, zone: Lundon}
"""
    )
    assert [int(line.split(":")[1]) for line in lines] == [1, 2, 3, 3, 3, 4, 4, 5, 6, 7, 7]


def test_an_error_with_many_mistakes_begins_with_their_number():
    with pytest.raises(ConfigError, match=r"^3 mistakes:\nw.yaml:1: .*\nw.yaml:2: .*\nw.yaml:3: "):
        read_watches("".join(f"- {{id: 'a {n}', name: A, query: x}}\n" for n in range(3)), "w.yaml")


def test_words_are_read_as_their_field_needs_them():
    """YAML takes 22:00 for 1,320 minutes, 2031 for a number, and No for a flag."""
    text = (
        "- {id: 2031, name: No, query: yes, quiet: {from: "
        "22:00, to: 07:00, zone: UTC}, enabled: off}"
    )
    (found,) = read_watches(text, "w.yaml")
    assert (found.id, found.name, found.query, found.quiet.from_, found.enabled) == (
        "2031",
        "No",
        "yes",
        "22:00",
        False,
    )


def test_one_value_where_a_list_is_asked_for_is_a_list_of_one():
    text = "- {id: a, name: A, claim: {event: killed}, deliver: {to: 'log:', when: first}}"
    (found,) = read_watches(text, "w.yaml", NAMES)
    assert (found.claim.event, found.deliver[0].when) == (("killed",), ("first",))


def test_nothing_behind_a_field_is_as_if_it_were_not_there():
    (found,) = read_watches("- id: a\n  name: A\n  query: x\n  claim:\n  owner: ~\n", "w.yaml")
    assert (found.claim, found.owner) == (None, None)


@pytest.mark.parametrize(
    "quoted", ["“orran front”", "„orran front“", "«orran front»", "＂orran front＂"]
)
def test_curly_quotation_marks_in_a_query_are_read_as_straight_ones(quoted):
    (curly,) = check_watches(watch(query=f"{quoted} OR x1"), "w.yaml").watches
    (straight,) = check_watches(watch(query='"orran front" OR x1'), "w.yaml").watches
    assert curly.query == straight.query


def test_an_apostrophe_is_no_quotation_mark():
    assert said(watch(query="\"o'neil's men\" OR n’djamena")) == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


ROWS = st.dictionaries(
    st.sampled_from(["id", "name", "query", "claim", "deliver", "quiet", "digest", "to", "when"]),
    ANYTHING,
)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200)
    | st.lists(ROWS, max_size=3).map(lambda rows: yaml.safe_dump(rows))
)
@settings(max_examples=200, deadline=None)
def test_no_file_whatever_it_holds_raises_anything_but_an_error_with_file_and_line(content):
    assert all(
        problem.file == "w.yaml" and problem.line >= 1
        for problem in check_watches(content, "w.yaml", NAMES).problems
    )


YAML_BITS = st.lists(
    st.sampled_from(
        [*"[]{}-?:,&*!|>'\"%@`#\n \t", "- ", ": ", "a", "<<", "id", "\n  ", "---", "..."]
    ),
    max_size=40,
)


@given(YAML_BITS.map("".join))
@settings(max_examples=300, deadline=None)
def test_no_pieces_of_yaml_raise_anything_but_an_error_with_file_and_line(content):
    assert all(
        problem.file == "w.yaml" and problem.line >= 1
        for problem in check_watches(content, "w.yaml", NAMES).problems
    )


def test_the_schema_for_editors_takes_what_is_taken_here_and_names_what_is_not():
    schema = file_schema(["killed", "arrested"])
    story = Path("services/scenario/watches.yaml").read_text(encoding="utf-8")
    jsonschema.validate(
        yaml.safe_load(story), file_schema(["killed", "wounded", "abducted", "arrested"])
    )
    jsonschema.validate(
        [{"id": "a", "name": "A", "claim": {"event": "killed"}, "deliver": {"to": "log:"}}], schema
    )
    jsonschema.validate(
        [{"id": "a", "name": "A", "claim": {"place": "Meris", "killed": 10, "confidence": 1}}],
        schema,
    )
    mistakes: list[dict[str, object]] = [
        {"claim": {"killed": -1}},
        {"claim": {"confidence": 1.1}},
        {"evnet": []},
        {"claim": {"event": ["kiled"]}},
        {"claim": {"status": "sure"}},
        {"id": "a b"},
        {"deliver": {"to": "mail:x"}},
    ]
    for wrong in mistakes:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([{"id": "a", "name": "A", **wrong}], schema)


def test_editors_show_what_each_field_of_a_condition_means_and_offer_what_has_a_form():
    parts = file_schema(["killed"])["$defs"]
    condition = parts["ClaimCondition"]["properties"]
    assert all(field.get("description") for field in condition.values())
    assert condition["confidence"]["default"] == 0.4
    assert parts["Channel"]["properties"]["to"]["examples"][0] == "log:"
    assert "examples" not in parts["Quiet"]["properties"]["to"]


def test_an_actor_by_name_is_saved_by_the_id_that_claims_hold():
    ids = {"Idris Halvane": ["idris-halvane"], "The Falcon": ["idris-halvane"]}
    names = Vocabulary(ids_of=lambda name: ids.get(name, []))
    text = watch(claim={"actor": "Idris Halvane", "agent": "The Falcon", "patient": "Jana Wirth"})
    (found,) = read_watches(text, "w.yaml", names)
    claim = found.claim
    assert (claim.actor, claim.agent, claim.patient) == (
        ("idris-halvane",),
        ("idris-halvane",),
        ("Jana Wirth",),
    )
