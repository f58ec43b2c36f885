"""One revision of an alert as a message of the Common Alerting Protocol 1.2 (OASIS).

News is no official warning: the scope is `Restricted`, and urgency and severity are `Unknown`,
since no article gives them. Certainty is the status of the claim.
"""

from datetime import UTC, datetime

from lxml import etree

from services.api.feeds.documents import voices
from services.api.feeds.entry import LONG_AGO, one_line, quotes_of, web_address, words
from services.messages import Alert, Revision, Status

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

HEADLINE_CHARS = 160
"""Characters of a headline. Source: CAP 1.2, 3.2.2, headline."""

CERTAINTY: dict[Status | None, str] = {
    "confirmed": "Observed",
    "corroborated": "Likely",
    "claimed": "Possible",
    "reported": "Possible",
    "disputed": "Possible",
    "denied": "Unlikely",
    "retracted": "Unlikely",
    None: "Unknown",
}
"""Status to certainty. CAP: Likely is more than even, Possible at most even."""

RESTRICTION = "For subscribers. Read by machine from news reports; no official warning."

CATEGORIES = {
    "disaster": "Geo",
    "outbreak": "Health",
    "arson": "Fire",
    "labour-strike": "Infra",
    "aid": "Rescue",
    "evacuation": "Safety",
    "displacement": "Safety",
    "appointment": "Other",
    "resignation": "Other",
    "agreement": "Other",
    "negotiation": "Other",
}
"""Type of event to category (CAP 1.2, 3.2.2). All others are `Security`."""

_NO_EVENT = "news"
"""The event of a match of words alone."""


def cap(alert: Alert, number: int, sender: str, address: str, *, is_test: bool) -> bytes | None:
    """Return the message of the revision `number`; None if the alert has no such revision.

    - `sender`: who answers for it, such as `desk@example.org`.
    - `address`: where the alert can be read.
    - `is_test`: true where the news clock is virtual.
    """
    upto = [revision for revision in alert.revisions if revision.number <= number]
    if not upto or upto[-1].number != number:
        return None
    *earlier, revision = upto
    kind = _message_type(alert, revision, earlier)
    message = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _add(message, "identifier", _identifier(alert, revision))
    _add(message, "sender", sender)
    _add(message, "sent", _time(revision.at))
    _add(message, "status", "Test" if is_test else "Actual")
    _add(message, "msgType", kind)
    _add(message, "scope", "Restricted")
    _add(message, "restriction", RESTRICTION)
    if kind == "Cancel":
        _add(message, "note", one_line(revision.text))
    if earlier:
        known = (f"{sender},{_identifier(alert, each)},{_time(each.at)}" for each in earlier)
        _add(message, "references", " ".join(known))
    _info(message, alert, revision, address)
    return bytes(etree.tostring(message, encoding="utf-8", xml_declaration=True))


def _message_type(alert: Alert, revision: Revision, earlier: list[Revision]) -> str:
    if not earlier:
        return "Alert"
    is_last = revision.number == alert.revisions[-1].number
    return "Cancel" if is_last and alert.is_over else "Update"


def _info(message: etree._Element, alert: Alert, revision: Revision, address: str) -> None:
    told, headline = revision.told, one_line(revision.text)
    info = etree.SubElement(message, f"{{{NAMESPACE}}}info")
    _add(info, "language", "en")
    _add(info, "category", CATEGORIES.get(told.event, "Security"))
    _add(info, "event", told.event or _NO_EVENT)
    _add(info, "urgency", "Unknown")
    _add(info, "severity", "Unknown")
    _add(info, "certainty", CERTAINTY[told.status])
    _add(info, "senderName", "Reportedly")
    _add(info, "headline", _shortened(headline))
    _add(info, "description", _description(revision))
    _add(info, "web", address)
    for name, value in (
        ("watch", words(alert.watch_id)),
        ("status", told.status or ""),
        ("voices", voices(told)),
    ):
        if value:
            _parameter(info, name, value)
    for url in dict.fromkeys(web_address(each.url) for each in revision.evidence):
        if url:
            resource = etree.SubElement(info, f"{{{NAMESPACE}}}resource")
            _add(resource, "resourceDesc", "the article quoted")
            _add(resource, "mimeType", "text/html")
            _add(resource, "uri", url)
    places = told.slots.get("place", ())
    if places:
        area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
        _add(area, "areaDesc", ", ".join(map(words, places)))


def _description(revision: Revision) -> str:
    quotes = (
        f"“{q.before}{q.marked}{q.after}” {q.outlet}".strip() for q in quotes_of(revision.evidence)
    )
    return "\n".join((words(revision.text), *quotes))


def _shortened(text: str) -> str:
    return text if len(text) <= HEADLINE_CHARS else text[: HEADLINE_CHARS - 1].rstrip() + "…"


def _identifier(alert: Alert, revision: Revision) -> str:
    """Return the id of a message, without blanks, commas, `<`, and `&`."""
    return f"{alert.alert_id}.{revision.number}"


def _time(at: datetime | None) -> str:
    """Return a time as CAP writes UTC: with -00:00, never Z."""
    return f"{(at or LONG_AGO).astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _parameter(info: etree._Element, name: str, value: str) -> None:
    parameter = etree.SubElement(info, f"{{{NAMESPACE}}}parameter")
    _add(parameter, "valueName", name)
    _add(parameter, "value", value)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text
