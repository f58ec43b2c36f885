"""How what two versions of a watch find differs."""

from services.desk.differing import MOST_SHOWN, difference
from services.search.rows import Row


def rows(*ids, kind="articles"):
    field = "article_id" if kind == "articles" else "claim_id"
    return [Row(kind, {field: id, "title": id}) for id in ids]


def test_two_versions_differ_by_what_only_one_of_them_finds():
    found = difference(rows("a", "b", "c"), rows("x", "b"))
    assert (found.before, found.after, found.n_more, found.n_fewer) == (3, 2, 1, 2)
    assert [each.id for each in found.more] == ["x"]
    assert [each.id for each in found.fewer] == ["a", "c"]


def test_a_watch_that_turns_from_words_to_events_finds_something_else():
    found = difference(rows("a"), rows("a", kind="claims"))
    assert (found.n_more, found.n_fewer) == (1, 1)


def test_of_many_the_newest_are_shown_and_all_are_counted():
    found = difference([], rows(*(str(n) for n in range(MOST_SHOWN + 1))))
    assert (len(found.more), found.n_more) == (MOST_SHOWN, MOST_SHOWN + 1)
