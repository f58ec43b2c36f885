"""Log files stay small, whoever has them open."""

import subprocess
import sys

import pytest
import structlog

from services.runtime.log_files import OLD_FILES, LogFiles


@pytest.mark.parametrize(("size", "is_turned"), [(100, False), (101, True)])
def test_a_log_is_turned_over_beyond_its_bytes(tmp_path, size, is_turned):
    log = tmp_path / "tagger.log"
    log.write_bytes(b"x" * size)
    assert LogFiles(tmp_path, 100).turn_over() == ([log] if is_turned else [])
    old = tmp_path / "tagger.log.1"
    assert (log.stat().st_size, old.exists()) == ((0, True) if is_turned else (size, False))
    if is_turned:
        assert old.read_bytes() == b"x" * size
        assert old.stat().st_mode & 0o077 == 0


def test_the_oldest_goes_and_the_others_move_on(tmp_path):
    log = tmp_path / "kafka.log"
    for n in range(OLD_FILES + 2):
        log.write_text(f"{n} {'x' * 100}")
        LogFiles(tmp_path, 100).turn_over()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "kafka.log",
        "kafka.log.1",
        "kafka.log.2",
    ]
    assert [(tmp_path / f"kafka.log.{n}").read_text()[0] for n in (1, 2)] == ["3", "2"]


def test_who_has_the_file_open_writes_on_at_its_new_beginning(tmp_path):
    """As a service does, whose standard error is the file: opened by another, to append."""
    path = tmp_path / "tagger.log"
    writes = (
        "import sys\nfor line in sys.stdin: sys.stderr.write(line); sys.stderr.flush(); print()"
    )
    with path.open("ab") as log:
        writer = subprocess.Popen(
            [sys.executable, "-c", writes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def write(line):
        writer.stdin.write(line)
        writer.stdin.flush()
        writer.stdout.readline()

    write("before" + "x" * 100 + "\n")
    LogFiles(tmp_path, 100).turn_over()
    write("after\n")
    writer.communicate()
    assert path.read_text() == "after\n"
    assert (tmp_path / "tagger.log.1").read_text().startswith("before")


def test_a_log_that_can_not_be_turned_over_is_told_once_and_stops_nothing(tmp_path):
    (tmp_path / "a.log").write_bytes(b"x" * 101)
    (tmp_path / "a.log.1").mkdir()
    (tmp_path / "a.log.2").mkdir()
    (tmp_path / "a.log.2" / "full").touch()
    (tmp_path / "b.log").write_bytes(b"x" * 101)
    logs = LogFiles(tmp_path, 100)
    with structlog.testing.capture_logs() as lines:
        assert logs.turn_over() == [tmp_path / "b.log"]
        assert logs.turn_over() == []
    assert [line["event"] for line in lines] == ["a log can't be turned over"]
