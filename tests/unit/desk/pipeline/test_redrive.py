"""Dead letters, and the marks of what was sent again."""

from services.desk.pipeline.redrive import as_it_was, is_letter, letters, mark
from services.ports import Record


def letter(offset, **headers):
    known = {"reason": "empty", "detail": "why", "partition": "3", "tries": "2"} | headers
    encoded = {name: value.encode() for name, value in known.items()}
    return Record("articles-dlq", 0, offset, "a", b"x", 1_000 * offset, encoded)


def marked(offset, of, by="ann"):
    out = mark("articles", letter(of), by)
    assert out.topic == "articles-dlq"
    return Record(out.topic, 0, offset, out.key, out.value, 1_000 * offset, out.headers)


def test_a_letter_is_sent_as_it_was_to_where_it_came_from():
    out = as_it_was("articles", letter(0))
    assert (out.topic, out.key, out.value, out.partition) == ("articles", "a", b"x", 3)
    assert out.headers == {"tries": b"2"}
    assert as_it_was("articles", letter(0, partition="x")).partition is None


def test_a_mark_is_no_letter_and_tells_who_sent_which():
    records = [letter(0), letter(1), marked(2, 0), marked(3, 99), marked(4, 1, by="bob")]
    found = letters(records[:4])
    assert [(one.offset, one.waits, one.redriven_by) for one in found] == [
        (0, False, "ann"),
        (1, True, ""),
    ]
    assert not letters(records)[1].waits
    assert [is_letter(record) for record in records] == [True, True, False, False, False]


def test_reasons_are_told_in_words_and_headers_of_others_break_nothing():
    (known,) = letters([letter(0)])
    assert known.says == "It is empty."
    (odd,) = letters([letter(0, reason="of-another-version", tries="many", detail="\\xff")])
    assert (odd.says, odd.tries) == ("Of another version.", 1)
    broken = Record("a-dlq", 0, 1, None, None, 0, {"redriven": b"\xff", "letter": b"\xff" * 30})
    assert letters([broken]) == []
