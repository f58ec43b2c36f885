"""`reportedly why` on files."""

import pytest
from builders import hours, tagged
from click.testing import CliRunner

from services.cli import root
from services.messages import encode


@pytest.fixture
def run(tmp_path):
    article = tagged(
        "a1",
        text="Kadrin spoke\n\nAt noon.",
        published_at=hours(0),
        seen_at=hours(0),
        outlet="Post",
    )
    (tmp_path / "t.jsonl").write_bytes(encode(article))
    (tmp_path / "w.yaml").write_text(
        "- {id: leader, name: Leader, query: halvane}\n- {id: other, name: Other, query: kadrin}\n"
    )

    def one(*arguments):
        files = ["--file", str(tmp_path / "t.jsonl"), "--watches", str(tmp_path / "w.yaml")]
        return CliRunner().invoke(root, ["why", *arguments, *files])

    return one


def test_one_sees_what_was_told_and_why_the_rest_kept_silent(run):
    told = run("a1").output
    assert "Post, new, published 2031-05-02 06:00" in told
    assert "watch other: told first" in told
    assert "watch leader: its words are not in the article" in told


def test_a_watch_may_be_asked_for_alone(run):
    assert "watch other" not in run("a1", "--watch", "leader").output.partition("silence")[2]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("a12",), "has the id a12: did you mean a1?"),
        (("a1", "--watch", "nobody"), "no watch has the id nobody: there are leader, other"),
    ],
)
def test_what_is_not_there_is_an_error(run, arguments, wanted):
    assert wanted in str(run(*arguments).exception)
