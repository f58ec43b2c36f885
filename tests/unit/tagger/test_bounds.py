"""However much is found in an article,
its message is below the limit, and says what it leaves out.
"""

import re
from typing import Any

import pytest

from services.messages import Incident, Mention, Report, encode
from services.messages.limits import INCIDENTS_BYTES, MENTIONS_BYTES, MESSAGE_BYTES, REPORTS_BYTES
from services.tagger.bounds import Findings, bounded_findings, bounded_incidents


def mention(i, **kw):
    return Mention(
        id=f"m{i}",
        start=10 * i,
        end=10 * i + 5,
        surface="Lagos",
        type="place",
        key="lagos",
        rule="r",
        **kw,
    )


def report(i, **kw):
    return Report(
        report_id=f"r{i}",
        event="killed",
        plover="ASSAULT",
        trigger=(i, i + 1),
        sentence=(i, i + 9),
        sentence_index=i,
        stance="asserted",
        claim_block="killed:x",
        rule="r" * 400,
        **kw,
    )


def fitting(make, most_bytes):
    """Return as many findings as just fit."""
    found: list[Mention | Report] = []
    left = most_bytes
    while (left := left - len(encode(make(len(found)))) - 1) >= 0:
        found.append(make(len(found)))
    return found


@pytest.mark.parametrize(
    ("make", "name", "most"),
    [(mention, "mentions", MENTIONS_BYTES), (report, "reports", REPORTS_BYTES)],
)
def test_findings_that_just_fit_are_all_kept_and_of_one_more_the_last_is_left_out(make, name, most):
    none: dict[str, Any] = dict.fromkeys(("reports", "mentions", "attributions", "boilerplate"), ())
    found = fitting(make, most)
    inside = bounded_findings(Findings(**none | {name: found}))
    assert (getattr(inside, name), inside.notes) == (found, ())
    outside = bounded_findings(Findings(**none | {name: [*found, make(len(found))]}))
    assert (getattr(outside, name), outside.notes) == (found, (f"{name}: the last 1 of too many",))


def incident(n: int, **kw: Any) -> Incident:
    of = {"events": ("killed",), "reports": (f"r{n}",), "time": "old", "stance": "asserted"}
    return Incident(incident_id=f"i{n:06}", quote=(0, 9), confidence=0.5, **of | kw)


def test_news_is_kept_before_older_incidents_and_what_is_left_out_is_noted():
    found = fitting(incident, INCIDENTS_BYTES)
    assert bounded_incidents(found) == (found, ())
    news = incident(len(found), time="old", main=True)
    kept, notes = bounded_incidents([*found, news])
    assert (kept[-1], len(kept), notes) == (
        news,
        len(found),
        ("incidents: the last 1 of too many",),
    )


def test_what_a_report_names_is_kept_before_what_only_stands_in_the_text():
    found = fitting(mention, MENTIONS_BYTES)
    last = mention(len(found))
    kept = bounded_findings(Findings([report(0, patient=(last.id,))], [*found, last], (), ()))
    assert kept.mentions == [*found[:-1], last]


def test_a_report_is_not_linked_to_one_that_was_left_out():
    found = fitting(report, REPORTS_BYTES)
    linked = report(0, linked="r1"), report(1, linked=f"r{len(found)}")
    kept = bounded_findings(Findings([*linked, *found[2:], report(len(found))], (), (), ()))
    assert [r.linked for r in kept.reports[:2]] == ["r1", None]


def test_a_list_of_names_without_end_becomes_a_message_and_the_report_behind_it_is_whole(tag):
    """A list of sanctions: forty bytes of mention for each byte of text."""
    article = tag(
        "The list",
        "Afghanistan, Albania, Algeria, Angola, Argentina. " * 1600
        + "Gunmen killed Omar Sadiq in Kabul.",
    )
    assert len(encode(article)) < MESSAGE_BYTES
    (note,) = article.skipped.split("; ")
    assert re.fullmatch(r"mentions: the last [1-3],\d{3} of too many", note)
    (killed,) = article.reports
    by_id = {m.id: m for m in article.mentions}
    assert [by_id[i].surface for i in (*killed.patient, *killed.agent)] == ["Omar Sadiq", "Gunmen"]
    assert "Kabul" in [by_id[i].surface for i in killed.place]
    assert [m.start for m in article.mentions] == sorted(m.start for m in article.mentions)
