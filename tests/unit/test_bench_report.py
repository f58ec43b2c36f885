"""The report of all benches: which ratios it reads, and what it says of losses and failures."""

from pathlib import Path

import click
import pytest

from bench.report import BENCHES, Bench, Ratio, Result, chosen, kept, page, ratios, run

PEER = Bench("b", "something", ratios=(Ratio("peer", r"ratio ([\d.]+)"),))


def result(name="tag", code=0, output=""):
    return Result(name, ["--n", "1"], code, 2.0, output, "2031-05-02 12:00")


def test_a_ratio_is_read_from_the_output_and_turned_round_where_less_is_better():
    assert ratios(PEER, "x\n  peer: ratio 4.0\n") == [("peer", 4.0)]
    slower = Bench("b", "s", ratios=(Ratio("peer", r"ratio ([\d.]+)", is_inverse=True),))
    assert ratios(slower, "ratio 4.0") == [("peer", 0.25)]
    assert ratios(PEER, "nothing of the kind") == []


def test_losses_have_a_table_of_their_own():
    output = (
        "spaCy, whole pipeline  1 articles/s 2 words/s 2.900 × our time\n"
        "one regular expression 1 articles/s 2 words/s 0.130 × our time\n"
    )
    _, won, lost, _ = page([result(output=output)]).split("## ", 3)
    assert "| tag | spaCy's whole pipeline | 2.90 |" in won
    assert "| tag | one regular expression | 0.13 |" in lost
    assert "regular" not in won


def test_failed_benches_are_named_at_the_top():
    told = page([result(), result("fold", 3), result("match", None)])
    assert "Failed: fold (exit code 3), match (too late)." in told
    assert "Failed: none." in page([result()])


def test_only_what_ended_well_is_kept_for_the_next_run(tmp_path):
    import json
    from dataclasses import asdict

    file = tmp_path / "tag.json"
    assert kept(file) is None
    for code, is_kept in ((0, True), (1, False), (None, False)):
        file.write_text(json.dumps(asdict(result(code=code))))
        assert (kept(file) is not None) is is_kept


def test_an_unknown_name_is_refused_and_what_needs_more_is_not_run():
    with pytest.raises(click.BadParameter, match="no bench is called tagg"):
        chosen(["tagg"])
    assert "extract" not in {bench.name for bench in chosen([])}
    assert [bench.name for bench in chosen(["fold"])] == ["fold"]


def test_every_bench_is_a_module_of_the_folder():
    folder = Path(__file__).parents[2] / "bench"
    assert [bench.name for bench in BENCHES if not (folder / f"{bench.name}.py").exists()] == []


def test_a_run_has_the_output_and_the_exit_code_of_its_bench(tmp_path):
    done = run(Bench("counts", "code"), ["--no-such-option"], tmp_path / "log")
    assert done.code == 2
    assert "unrecognized arguments" in done.output
