"""What a machine relies on in its rows, asked of those in memory and of those on disk alike."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.adapters import sqlite_rows
from services.adapters.sqlite_rows import SqliteRows
from services.errors import TransientError
from services.rows import Leaving, Mark, MemoryRows

KEYS = st.sampled_from("abcde")
REFS = st.sets(st.sampled_from(["x", "y", "z"]))
CHANGES = st.lists(
    st.one_of(st.tuples(KEYS, st.none()), st.tuples(KEYS, st.tuples(st.binary(), REFS)))
)


@pytest.fixture(params=["memory", "disk"])
def rows(request, tmp_path):
    return MemoryRows() if request.param == "memory" else SqliteRows(tmp_path / "made" / "here")


def test_a_row_is_found_by_its_key_and_by_its_references_alone(rows):
    rows.put("a", b"1", ["x", "y"])
    rows.put("b", b"2", ["x"])
    rows.put("a", b"3", ["x", "z"])
    assert (rows.get("a"), rows.get("b"), rows.get("c")) == (b"3", b"2", None)
    assert [[*rows.keys(ref)] for ref in "xyz"] == [["a", "b"], [], ["a"]]
    assert [*rows.keys("x", newest_first=True)] == ["b", "a"]
    assert len(rows) == 2


def test_a_deleted_row_is_found_by_nothing(rows):
    rows.put("a", b"1", ["x"])
    rows.delete("a")
    rows.delete("never")
    assert (rows.get("a"), [*rows.keys("x")], len(rows)) == (None, [], 0)


def test_rows_are_found_by_enough_of_some_references(rows):
    rows.put("a", b"1", ["x", "y"])
    rows.put("b", b"2", ["y", "z"])
    found = [sorted(rows.keys_of(["x", "y", "w"], least)) for least in (1, 2, 3)]
    assert found == [["a", "b"], ["a"], []]


@given(changes=CHANGES)
@pytest.mark.parametrize("long", [1, 2, sqlite_rows.LONG])
def test_rows_on_disk_are_those_in_memory(tmp_path_factory, long, changes):
    """However few rows have a reference that is left out where others are enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_rows, "LONG", long)
        _compare(tmp_path_factory, changes)


def _compare(tmp_path_factory, changes):
    memory, disk = MemoryRows(), SqliteRows(tmp_path_factory.getbasetemp())
    for key, row in changes:
        for one in (memory, disk):
            if row is None:
                one.delete(key)
            else:
                one.put(key, *row)
    assert len(memory) == len(disk)
    for key in "abcde":
        assert memory.get(key) == disk.get(key)
    for ref in "xyz":
        assert {*memory.keys(ref)} == {*disk.keys(ref)}
    for least in range(1, 4):
        assert {*memory.keys_of("xyz", least)} == {*disk.keys_of("xyz", least)}


def test_rows_that_are_taken_up_again_still_leave_on_their_last_day(rows):
    before = Leaving(rows)
    rows.put("a", b"1", [before.ref(7)])
    rows.put("b", b"1", [before.ref(8)])
    after = Leaving(rows)
    assert (after.due(7, 9), after.due(8, 9), after.due(9, 9)) == ([], ["a"], ["a", "b"])


def test_emptied_rows_have_nothing_and_take_new_ones(rows):
    rows.put("a", b"1", ["x"])
    rows.emptied().put("b", b"2", ["x"])
    assert (len(rows), [*rows.keys("x")], rows.mark) == (1, ["b"], None)


def test_rows_are_found_again_as_they_were_at_their_last_mark(tmp_path):
    mark = Mark("topic", "program", 7, 1.5)
    rows = SqliteRows(tmp_path, "one")
    rows.put("a", b"1", ["x"])
    rows.keep(mark)
    rows.put("a", b"2", ["y"])
    rows.put("b", b"3", ["x"])
    rows.close()
    again = SqliteRows(tmp_path, "one")
    assert (again.mark, again.get("a"), again.get("b")) == (mark, b"1", None)
    assert [[*again.keys(ref)] for ref in "xy"] == [["a"], []]


def test_rows_without_a_mark_are_not_found_again(tmp_path):
    rows = SqliteRows(tmp_path, "one")
    rows.put("a", b"1")
    rows.close()
    again = SqliteRows(tmp_path, "one")
    assert (again.mark, len(again)) == (None, 0)


def test_rows_in_use_are_not_given_twice(tmp_path):
    rows = SqliteRows(tmp_path, "one")
    rows.put("a", b"1")
    other = SqliteRows(tmp_path, "one")
    other.keep(Mark("topic", "program", 7, 1.5))
    assert (other.mark, other.get("a"), rows.get("a")) == (None, None, b"1")


@pytest.mark.parametrize("column", ["value", "refs", "key"])
def test_a_damaged_row_throws_the_file_away(tmp_path, column):
    rows = SqliteRows(tmp_path, "one")
    rows.put("a", b"1", ["x"])
    rows.keep(Mark("topic", "program", 7, 1.5))
    rows._db.execute(f"UPDATE row SET {column} = 'b'")
    with pytest.raises(TransientError, match="damaged"):
        _used(rows)
    assert {path.suffix for path in tmp_path.iterdir()} == {".lock"}


def _used(rows):
    return [*rows.keys("x")], rows.get("a")


def test_nothing_is_left_behind_in_the_folder(tmp_path):
    rows = SqliteRows(tmp_path)
    for i in range(2_000):
        rows.put(str(i), b"x" * 10_000)
    assert rows.get("7") == b"x" * 10_000
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_can_not_be_made_is_waited_for(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TransientError, match="REPORTEDLY_DATA_DIR"):
        SqliteRows(tmp_path / "file" / "in")


def test_a_disk_that_refuses_is_waited_for(tmp_path):
    rows = SqliteRows(tmp_path)
    rows.put("a", b"1", ["x"])
    rows._db.execute("PRAGMA query_only=ON")
    for change in (lambda: rows.put("b", b"2"), lambda: rows.delete("a")):
        with pytest.raises(TransientError) as error:
            change()
        assert isinstance(error.value.__cause__, sqlite3.Error)
