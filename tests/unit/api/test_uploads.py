"""Forms with a file: what is in them, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.problems import Problem
from services.api.uploads import MOST_FIELD_BYTES, MOST_PARTS, Upload, parts_of

END = b"--b--\r\n"


def part(head, content=b"v"):
    return b"--b\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + content + b"\r\n"


def test_fields_and_files_are_told_apart():
    body = (
        part(b'name="a"', b" one ")
        + part(b'name="file"; filename="x.opml"\r\nContent-Type: text/xml', b"<opml>\r\n--c")
        + part(b'name="none"; filename=""', b"")
        + part(b'name="a"', b"two")
        + END
    )
    assert parts_of(body, b"b") == Upload({"a": "one"}, {"file": b"<opml>\r\n--c"})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "cut off"),
        (part(b'name="a"'), "cut off"),
        (part(b"") + END, "no name"),
        (part(b'name="a"') * (MOST_PARTS + 1) + END, "more than"),
        (part(b'name="a"', b"x" * (MOST_FIELD_BYTES + 1)) + END, "too long"),
    ],
)
def test_what_is_no_form_is_refused(body, says):
    with pytest.raises(Problem) as error:
        parts_of(body, b"b")
    assert error.value.status_code == 422
    assert says in str(error.value.detail)


def test_bounds_are_met_exactly():
    longest = part(b'name="a"', b"x" * MOST_FIELD_BYTES)
    assert len(parts_of(longest + END, b"b").fields["a"]) == MOST_FIELD_BYTES
    assert parts_of(part(b'name="a"') * MOST_PARTS + END, b"b").fields == {"a": "v"}
    larger = part(b'name="a"', b"x" * 2 * MOST_FIELD_BYTES)
    assert parts_of(larger + END, b"b", large=("a",)).fields["a"]


def test_a_part_that_is_a_form_itself_is_only_text():
    inner = part(b'name="inner"').replace(b"--b", b"--c")
    nested = b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n"
    nested += b'Content-Disposition: form-data; name="a"\r\n\r\n' + inner + b"\r\n"
    assert parts_of(nested + END, b"b").fields.keys() == {"a"}


@given(st.binary(max_size=200))
def test_nothing_but_a_problem_comes_of_it(junk):
    for body in (junk, part(b'name="a"') + junk, junk + END):
        with suppress(Problem):
            parts_of(body, b"b")
