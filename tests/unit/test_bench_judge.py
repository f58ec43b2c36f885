"""The blind sample: drawn by a seed, safe in a spreadsheet, and read back with its interval."""

import pytest
from builders import START, full_report, tagged

from bench.judge import (
    BESIDE,
    COLUMNS,
    N_ALERTS,
    N_INCIDENTS,
    Row,
    Unusable,
    alert_rows,
    drawn,
    incident_rows,
    read,
    report,
    told,
    watches_of,
    write,
)
from services.alerter.watch import compile_all
from services.backtest.report import Sent
from services.messages import Count, Incident, Mention


def rows(n, kind="incident", verdicts=()):
    given = [*verdicts, *[""] * (n - len(verdicts))]
    return [Row(f"{kind}{i:03}", kind, "Killed", "He was.", "u", given[i]) for i in range(n)]


def incident(id, **fields):
    given = {"events": ("killed",), "reports": (), "time": "news", "stance": "reported"}
    return Incident(incident_id=id, quote=(7, 24), confidence=0.9, **(given | fields))


def test_the_sheet_comes_back_as_it_was_written(tmp_path):
    sheet = tmp_path / "sheet.tsv"
    written = [Row("i", "incident", 'Killed; whom: "Idris"', "He\tdied.\nThere.", "a")]
    write(written, sheet)
    (found,) = read(sheet)
    assert (found.says, found.sentence) == (written[0].says, "He died. There.")
    with pytest.raises(FileExistsError):
        write(written, sheet)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x"])
def test_no_cell_is_a_formula(tmp_path, cell):
    sheet = tmp_path / "sheet.tsv"
    write([Row("i", "alert", cell, f" {cell}", "a")], sheet)
    (found,) = read(sheet)
    assert found.says == found.sentence == f"'{cell}"


def test_a_seed_draws_the_same_whatever_the_order_and_another_draws_others():
    found = drawn(rows(500), N_INCIDENTS, 1)
    assert len(found) == len(set(found)) == N_INCIDENTS
    assert drawn(rows(500)[::-1], N_INCIDENTS, 1) == found
    assert drawn(rows(500), N_INCIDENTS, 2) != found
    assert len(drawn(rows(3), N_ALERTS, 1)) == 3


def test_only_what_people_are_told_of_is_judged():
    text = "Title.\nHalvane was shot. More."
    mention = Mention(
        id="m", start=7, end=14, surface="Halvane", type="person", key="halvane", rule="r@1"
    )
    toll = Count(of="killed", min=3, max=None, span=(0, 1))
    article = tagged(
        text=text,
        mentions=(mention,),
        incidents=(
            incident("told", patient=("m",), counts=(toll,)),
            incident("unsure", told=False),
            incident("old", time="old"),
        ),
    )
    (row,) = incident_rows([article])
    assert (row.row, row.sentence, row.link) == ("told", "Halvane was shot.", "a1")
    assert "whom: Halvane" in row.says
    assert "killed: at least 3" in row.says


def test_beside_the_dead_the_wounded_are_not_named():
    mentions = tuple(
        Mention(id=id, start=7, end=14, surface=id, type="person", key=id, rule="r@1")
        for id in ("Halvane", "Olvin")
    )
    article = tagged(
        text="Title.\nHalvane was shot. More.",
        mentions=mentions,
        reports=(
            full_report("r1", "killed", patient=("Halvane",)),
            full_report("r2", "wounded", patient=("Olvin",)),
        ),
        incidents=(incident("i", patient=("Halvane", "Olvin"), reports=("r1", "r2")),),
    )
    (row,) = incident_rows([article])
    assert "whom: Halvane;" in row.says


def test_an_alert_is_judged_by_its_first_revision_and_once():
    def sent(alert_id, number, text="Told."):
        return Sent(
            at=START,
            watch_id="w",
            article_id="a",
            article_version=1,
            kind="first",
            text=text,
            status=None,
            alert_id=alert_id,
            number=number,
            title="",
            published_at=None,
            evidence=(),
        )

    found = [*alert_rows([sent("1", 1), sent("1", 2, "More."), sent("2", 1)], {"a": "link"})]
    assert [(row.row, row.link) for row in found] == [("1", "link")]


def test_precision_is_told_with_its_interval_in_the_form_of_others():
    assert told("ours", 0, 0) == "ours: no row was judged"
    assert told(*BESIDE) == ("GDELT: 23.5 % of 153 rows right (95 % interval: 17.5 to 30.8 %)")
    judged = [*rows(4, verdicts=("right", "wrong")), *rows(1, "alert", ("right",))]
    lines = report(judged)
    assert lines[0].startswith("our incidents: 50.0 % of 2 rows right")
    assert lines[1].startswith("our alerts: 100.0 % of 1 rows right")
    assert lines[2] == "2 rows are not judged yet"
    assert "GDELT" in lines[-1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("row,kind\n", "no sheet"),
        ("\t".join(COLUMNS) + "\n1\tincident\tmaybe\t\t\t\t\n", "line 2: 'maybe'; allowed"),
    ],
)
def test_a_sheet_that_can_not_be_read_is_told_with_its_line(tmp_path, text, says):
    (tmp_path / "sheet.tsv").write_text(text)
    with pytest.raises(Unusable, match=says):
        read(tmp_path / "sheet.tsv")


def test_verdicts_may_be_written_in_capitals_and_by_a_spreadsheet(tmp_path):
    text = "\ufeff" + "\t".join(COLUMNS) + "\r\n1\tincident\t Right \t\t\t\t\r\n"
    (tmp_path / "sheet.tsv").write_text(text, newline="")
    assert [row.verdict for row in read(tmp_path / "sheet.tsv")] == ["right"]


def test_without_a_watch_file_there_is_a_watch_for_each_type_of_event():
    found = watches_of(None)
    assert len(compile_all(found)) == len(found) > 20
