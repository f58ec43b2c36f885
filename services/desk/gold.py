"""Judged articles as gold: what a careful reader takes from each, by the desk's verdicts. Pure.

The format is that of the gold articles of tests/gold: what was called right must be found, what was
called wrong must not be told as it was, and what nobody judged may be found or not.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from services.desk.articles import text_of, texts_of
from services.messages import Stance, Verdict

Document = Mapping[str, Any]

_STANCES = frozenset(get_args(Stance))

_ROLES = ("patient", "agent", "target", "place")

_COUNTED = ("killed", "wounded")

_LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "who": ("patient", "agent"),
    "where": ("place",),
    "number": ("counts",),
}
"""Reason to what is not known to be right then."""


def gold_article(
    article: Document, incidents: Iterable[Document], verdicts: Mapping[str, Sequence[Verdict]]
) -> dict[str, Any] | None:
    """Return an article with what its verdicts say, as a row of a gold file.

    `verdicts`: those in force by incident. None: none of its incidents was judged, or its text is
    not stored.
    """
    text, title = text_of(article, "text"), text_of(article, "title")
    published = text_of(article, "published_at") or text_of(article, "first_seen_at")
    reports, also = list[dict[str, Any]](), list[str]()
    n_judged = 0
    for incident in incidents:
        said = verdicts.get(text_of(incident, "incident_id"), ())
        event = text_of(incident, "event")
        if not said:
            also.append(event)
            continue
        n_judged += 1
        report = _report(incident, said, f"{title}\n\n{text}".casefold())
        if report is not None:
            reports.append(report)
    if not (n_judged and text and published):
        return None
    row: dict[str, Any] = {
        "id": text_of(article, "article_id"),
        "title": title,
        "text": text.removeprefix(title).strip() or text,
        "at": published[:10],
        "reports": reports,
    }
    return row | ({"also": sorted(set(filter(None, also)))} if any(also) else {})


def _report(incident: Document, said: Sequence[Verdict], text: str) -> dict[str, Any] | None:
    """Return what an incident says as far as it is right; None if there was no such event."""
    reasons = {verdict.reason for verdict in said if verdict.reason}
    if "no-event" in reasons:
        return None
    unsure = {part for reason in reasons for part in _LEFT_OUT.get(reason, ())}
    report: dict[str, Any] = {"event": text_of(incident, "event")}
    for role in _ROLES:
        stand = [s for s in texts_of(incident, f"{role}_labels") if s.casefold() in text]
        if stand and role not in unsure:
            report[role] = stand
    stance = _stance(incident, reasons)
    if stance:
        report["stance"] = stance
    counts = {} if "counts" in unsure else _counts(incident)
    return report | ({"counts": counts} if counts else {})


def _stance(incident: Document, reasons: Iterable[str]) -> str:
    """Return the stance that is right; "" where the article takes both sides."""
    if "denied" in reasons:
        return "denied"
    if "old" in reasons:
        return "background"
    stance = text_of(incident, "stance")
    return stance if stance in _STANCES else ""


def _counts(incident: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in _COUNTED:
        low, high = incident.get(f"{event}_min"), incident.get(f"{event}_max")
        if isinstance(low, int):
            found[event] = low if low == high else [low, high]
    return found
