"""`reportedly backtest`: rows on standard output, a histogram a person can read beside them."""

import json

import pytest
from builders import hours, tagged
from click.testing import CliRunner

from services.cli import root
from services.messages import encode

WATCHES = "- {id: leader, name: Leader, query: halvane}\n"
HISTORY = [
    tagged(
        "a1",
        text="Halvane spoke\n\nAt noon.",
        published_at=hours(0),
        seen_at=hours(1),
        outlet="Post",
    ),
    tagged(
        "a2",
        text="Halvane left",
        published_at=hours(-200),
        seen_at=hours(25),
        first_seen_at=hours(25),
    ),
    tagged("a3", text="Kadrin spoke", published_at=hours(50), seen_at=hours(50)),
]


@pytest.fixture
def run(tmp_path):
    (tmp_path / "history.jsonl").write_bytes(b"\n".join(map(encode, HISTORY)))

    def one(*options, watches=WATCHES):
        (tmp_path / "w.yaml").write_text(watches)
        path = str(tmp_path / "w.yaml")
        return CliRunner().invoke(
            root, ["backtest", "--watches", path, *options, str(tmp_path / "history.jsonl")]
        )

    return one


def test_revisions_and_what_was_held_back_are_rows_in_order_of_time(run):
    result = run()
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(r["watch_id"], r["article_id"], r.get("kind") or r["suppressed"]) for r in rows] == [
        ("leader", "a1", "first"),
        ("leader", "a2", "stale"),
    ]
    assert rows[0]["late_seconds"] == 3600
    assert "1 revision of 1 alert in 1 day from " in result.stderr
    assert "held back (stale): 1" in result.stderr


def test_from_and_to_cut_history(run):
    assert run("--to", "2031-05-02T06:30:00Z").stdout == ""
    assert "a1" not in run("--from", "2031-05-02T08:00").stdout


def test_against_tells_what_only_one_file_sends(run, tmp_path):
    (tmp_path / "old.yaml").write_text("- {id: leader, name: Leader, query: kadrin}\n")
    rows = [
        json.loads(line)
        for line in run("--against", str(tmp_path / "old.yaml")).stdout.splitlines()
    ]
    assert [(r["change"], r["article_id"]) for r in rows] == [("added", "a1"), ("removed", "a3")]


def test_a_time_that_is_none_is_refused(run):
    result = run("--from", "yesterday")
    assert result.exit_code == 2
    assert "'yesterday' is no date or time" in result.output
