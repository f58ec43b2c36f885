"""What a machine relies on in its rows, asked of those in memory and of those on disk alike."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.adapters.sqlite_rows import SqliteRows
from services.errors import TransientError
from services.rows import MemoryRows

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


@given(changes=CHANGES)
def test_rows_on_disk_are_those_in_memory(tmp_path_factory, changes):
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
