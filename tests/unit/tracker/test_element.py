"""Elements: the reports of an article, and the id that their incident had first."""

from builders import report, said

from services.messages import BlockArticle
from services.tracker.reports.element import of_article

BLOCK = "violence:halvane"


def incidents_of(*versions):
    """Return report id to incident of what versions of one article say: {report: incident}."""
    saids = [
        said("a", *(report(r, incident_id=i) for r, i in version.items()), version=n)
        for n, version in enumerate(versions, 1)
    ]
    found = of_article(BlockArticle(block=BLOCK, versions=tuple(saids)))
    return {element.report.report_id: element.incident for element in found}


def test_an_incident_keeps_its_first_id_while_versions_share_a_report():
    found = incidents_of({"r1": "i1", "r2": "i1"}, {"r0": "i0", "r2": "i0"})
    assert found == {"r1": "i1", "r2": "i1", "r0": "i1"}


def test_of_two_parts_of_an_incident_the_first_keeps_the_id():
    found = incidents_of({"r1": "i1", "r2": "i1"}, {"r1": "i1", "r2": "i2"})
    assert found == {"r1": "i1", "r2": "i2"}


def test_incidents_that_share_no_report_have_ids_of_their_own():
    assert incidents_of({"r1": "i1"}, {"r2": "i2"}) == {"r1": "i1", "r2": "i2"}
