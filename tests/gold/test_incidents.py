"""The gate of incidents: what whole articles tell may not be read worse than its level."""

import pytest
from gold.article import DATA
from gold.incidents import PARTS, judge_incidents, load_incidents, tag_incidents
from stories.levels import missed, read_levels


@pytest.mark.parametrize("part", PARTS)
def test_no_figure_of_incidents_falls_short_of_its_level(part: str) -> None:
    rows = load_incidents(part)
    figures, mistakes = judge_incidents(part, rows, tag_incidents(rows))
    known = read_levels(DATA / "levels.yaml").items()
    levels = {name: level for name, level in known if name.startswith(f"{part}:")}
    assert levels.keys() == {figure.name for figure in figures}
    short = missed(figures, levels)
    assert not short, f"below levels.yaml: {short}\n" + "\n".join(map(str, mistakes))


@pytest.mark.parametrize("part", PARTS)
def test_each_quotation_stands_in_its_article_and_one_incident_at_most_is_main(part: str) -> None:
    for row in load_incidents(part):
        words = f"{row['title']} {row['text']}"
        assert all(incident["quote"] in words for incident in row["incidents"]), row["id"]
        assert sum(bool(incident.get("main")) for incident in row["incidents"]) <= 1
