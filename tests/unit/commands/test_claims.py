"""`reportedly claims` on files: what is shown, and judgements that a fold then obeys."""

import json
from pathlib import Path

import pytest
from builders import answer, in_block, report, said, speaker, verdict
from click.testing import CliRunner

from services.cli import root
from services.errors import ConfigError
from services.messages import Judgement, decode, encode
from services.tracker.claims.fold import fold

BLOCK = "violence:halvane"


def told_in(report_id, **kw):
    """Return a report whose sentence has its event in the first word."""
    return report(report_id, trigger=(0, len("Sentence")), **kw)


LIFE = [
    said("hedged", told_in("r1", agent=(answer("kostria", "state"),), killed=4)),
    said(
        "party",
        told_in("r2", stance="claimed", speakers=(speaker("brigade"),)),
        hour=1,
        wire="meridian",
    ),
    said("denial", told_in("r3", stance="denied", speakers=(speaker("front"),)), hour=2),
    said("other side", told_in("r4", agent=(answer("tarvan", "state"),), killed=8), hour=3),
    said(
        "confirmation",
        told_in("r5", stance="confirmed", speakers=(speaker("front", affiliation=("front",)),)),
        hour=4,
    ),
    said("later", told_in("r6"), hour=24 * 365),
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "claims.jsonl"
    path.write_bytes(b"\n".join(encode(c) for c in fold(BLOCK, [in_block(a) for a in LIFE])))
    return str(path)


@pytest.fixture
def ids(file):
    with Path(file).open(encoding="utf-8") as rows:
        return [json.loads(row)["claim_id"] for row in rows]


def test_a_claim_is_shown_with_the_verdicts_that_hold(tmp_path):
    wrong = verdict("old", reports=("r1",), id="i1", note="last year")
    said_so = said("verdict", verdict=wrong)
    path = tmp_path / "judged.jsonl"
    (made,) = fold(BLOCK, [in_block(said("a", report("r1", incident_id="i1"))), in_block(said_so)])
    path.write_bytes(encode(made))
    shown = run("show", made.claim_id, "--file", str(path)).stdout
    assert f"verdict/old@1 by {wrong.verdict_id}" in shown
    assert "wrong: old news by mara: last year" in shown


def run(*args, **env):
    return CliRunner(env=env).invoke(root, ["claims", *args], catch_exceptions=False)


def test_a_claim_is_shown_with_its_whole_life(file, ids):
    told = run("show", ids[0], "--file", file).stdout
    steps = [line.split()[2] for line in told.splitlines() if line.startswith("  2031")]
    assert steps == ["reported", "corroborated", "disputed", "confirmed"]
    assert "status/origins-contradict@1 by report r3 of denial" in told
    assert "“[Sentence] of r3.”" in told
    assert told.count("“[Sentence] of r5.”") == 1
    assert "By whom  disputed" in told
    assert "How many killed: 4 to 8, the latest 8" in told
    assert "4 independent of 5 reports" in told
    assert "\x1b[" not in told


def test_claims_are_listed_the_newest_first(file, ids):
    rows = run("list", "--file", file).stdout.splitlines()
    assert [row.split()[0] for row in rows] == ids[::-1]
    assert run("list", "--file", file, "--status", "confirmed").stdout.split()[0] == ids[0]


def test_a_listed_claim_can_be_read_again_as_json(file, ids):
    rows = run("list", "--file", file, "--json", "--limit", "1").stdout.splitlines()
    assert [json.loads(row)["claim_id"] for row in rows] == ids[1:]


@pytest.mark.parametrize(
    "words",
    [("show", "nobody"), ("dismiss", "nobody", "--why", "x"), ("undo", "nobody", "--why", "x")],
)
def test_an_unknown_id_is_a_mistake_of_the_command_line(file, words):
    with pytest.raises(ConfigError, match=r"no (claim|judgement) has the id nobody: there are "):
        run(*words, "--file", file)


def test_the_beginning_of_an_id_is_answered_with_the_ids_that_begin_so(file, ids):
    with pytest.raises(ConfigError, match=rf"did you mean {ids[0]}\?"):
        run("show", ids[0][:6], "--file", file)


def test_a_judgement_needs_a_reason(file, ids):
    assert run("dismiss", ids[0], "--file", file).exit_code == 2
    with pytest.raises(ConfigError, match="--why is empty"):
        run("dismiss", ids[0], "--file", file, "--why", " ")


def test_a_judgement_is_the_users_unless_said_otherwise(file, ids):
    made = [
        run("note", ids[0], "--file", file, "--why", "x", *by, LOGNAME="mara").stdout
        for by in ((), ("--by", "desk"))
    ]
    assert [json.loads(row)["by"] for row in made] == ["mara", "desk"]


@pytest.mark.parametrize(
    ("articles", "reason"),
    [
        (["nowhere"], "no article of the claim"),
        ([a.article_id for a in LIFE[:5]], "nothing would be left"),
    ],
)
def test_a_split_that_can_not_be_is_refused(file, ids, articles, reason):
    with pytest.raises(ConfigError, match=reason):
        run("split", ids[0], *articles, "--file", file, "--why", "x")


def test_judgements_on_files_are_obeyed_by_the_next_fold(file, ids, tmp_path):
    made = run("merge", ids[0], ids[1], "--file", file, "--why", "one death, told again").stdout
    merged = fold(BLOCK, [in_block(a) for a in LIFE], [judgement_of(made)])
    assert len(merged) == 1
    path = tmp_path / "merged.jsonl"
    path.write_bytes(encode(merged[0]))
    undo = run(
        "undo", merged[0].judgements[0].judgement_id, "--file", str(path), "--why", "they differ"
    ).stdout
    assert (
        len(fold(BLOCK, [in_block(a) for a in LIFE], [judgement_of(made), judgement_of(undo)])) == 2
    )
    assert "merge by" in run("show", ids[0], "--file", str(path)).stdout


def judgement_of(row):
    return decode(Judgement, row.encode())
