"""Log lines go where they are looked for."""

import contextlib
import io
import json

import pytest
import structlog

from services.runtime.logs import configure, current_stderr, logged_to_file
from services.settings import Settings


@pytest.fixture(autouse=True)
def _as_before():
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_what_a_person_reads_holds_no_json_and_every_line_is_in_the_file(capsys, tmp_path):
    log = structlog.get_logger()
    with logged_to_file(Settings(), "demo", tmp_path / "log"):
        log.info("Elasticsearch refuses root", user="nobody")
        log.warning("a service ended, it is started again", name="tagger", exit_code=1)
    told = capsys.readouterr()
    assert told.out == ""
    assert (
        told.err == "warning: a service ended, it is started again (name: tagger, exit_code: 1)\n"
    )
    rows = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [row["event"] for row in rows] == [
        "Elasticsearch refuses root",
        "a service ended, it is started again",
    ]
    assert {row["service"] for row in rows} == {"demo"}


def test_a_log_in_a_file_ends_with_its_context(tmp_path):
    log = structlog.get_logger()
    with logged_to_file(Settings(), "demo", tmp_path / "log"):
        log.info("inside")
    with structlog.testing.capture_logs() as lines:
        log.info("outside")
    assert [line["event"] for line in lines] == ["outside"]
    assert "outside" not in (tmp_path / "log").read_text()


def test_a_log_on_current_stderr_follows_what_puts_itself_between():
    configure(Settings(log_format="json"), "up", current_stderr())
    log = structlog.get_logger()
    between = io.StringIO()
    with contextlib.redirect_stderr(between):
        log.info("seen")
    assert json.loads(between.getvalue())["event"] == "seen"
