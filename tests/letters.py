"""For tests of what recipients read: one alert in revisions, and an article that means harm."""

from datetime import timedelta
from typing import Any

import msgspec
from builders import START

from services.messages import Alert, ChangeKind, Evidence, Revision, Status, Told, Wording

SAID = "Idris Halvane was killed when a blast tore through the market in Meris, police said."
HEADLINE = "“Blast in Meris market kills Halvane”"
DENIAL = "A spokesman for the Orran Front denied that Halvane was killed."


def said(quote: str = SAID, trigger: str = "killed", **fields: Any) -> Evidence:
    """Return a quotation with its trigger marked."""
    at = quote.find(trigger)
    given: dict[str, Any] = {
        "outlet": "Coast Post",
        "speaker": "police",
        "url": "https://coast-post.example/2031/05/13/meris",
        "at": START,
    }
    return Evidence(
        article_id="a1", version=1, quote=quote, mark=(at, at + len(trigger)), **(given | fields)
    )


def told(status: Status = "reported", independent: int = 1, reports: int = 1) -> Told:
    return Told(
        event="killed",
        status=status,
        n_reports=reports,
        n_independent=independent,
        slots={"patient": ("Idris Halvane",)},
    )


def revision(
    number: int, kind: ChangeKind, wording: Wording, support: str, **fields: Any
) -> Revision:
    """Return a revision whose text joins its wording and who says so."""
    front = f"{wording.change}: " if wording.change else ""
    also = f"; also: {'; '.join(wording.also)}" if wording.also else ""
    given: dict[str, Any] = {
        "id": f"r{number}",
        "text": f"{front}{wording.core}{support}{also}",
        "at": START + timedelta(minutes=20 * (number - 1)),
    }
    return Revision(number=number, kind=kind, wording=wording, **(given | fields))


FIRST = revision(
    1,
    "first",
    Wording(headline=HEADLINE, core=HEADLINE, also=("Sela Varn reportedly arrested in Talden",)),
    ", says Coast Post (1 source)",
    evidence=(said(),),
    told=told(),
)
MORE = revision(
    2,
    "independent",
    Wording(core="Idris Halvane reportedly killed in Meris"),
    ", says the hospital (3 independent sources)",
    evidence=(said("The hospital said that Halvane was killed.", speaker="the hospital"),),
    told=told(independent=3, reports=7),
)
CONFIRMED = revision(
    3,
    "status",
    Wording(
        change="Now confirmed by Marta Olvin", core="Idris Halvane killed in Meris, 9 killed in all"
    ),
    " (3 independent sources)",
    evidence=(
        said(
            "“Idris Halvane was among the nine killed,” minister Marta Olvin said.",
            speaker="Marta Olvin",
            outlet="Herald",
            url="https://herald.example/olvin",
        ),
        said(),
    ),
    told=told("confirmed", 3, 12),
)
DENIED = revision(
    4,
    "denied",
    Wording(change="Now denied by the Orran Front", core="Idris Halvane killed in Meris"),
    " (3 independent sources)",
    corrects=True,
    evidence=(said(DENIAL, "denied", speaker="the Orran Front", outlet="Vale Radio"), said()),
    told=told("denied", 3, 17),
)

ALERT = Alert(
    alert_id="al-1",
    watch_id="halvane",
    watch_version=1,
    watch_name="Idris Halvane",
    revisions=(FIRST, MORE, CONFIRMED, DENIED),
)

HOSTILE_WORDS = (
    "Nine <b>killed</b><script>alert(1)</script>\r\nBcc: all@victim.example\r\n\r\n@everyone "
    "<!channel> \u202egnp.exe\u202c \u200bhidden \x1b[31mred [click](https://evil.example) "
    "evil.example, www.evil.example:81/x, evil\u3002例え, eve@evil.example, 192.0.2.1, tel:112. "
    "*bold* _under_ `code` {{7*7}} ${x} &amp; 'quote\" %0d%0aX: y e" + "\u0301" * 40
)
"""What an article might hold to be more than words where it is shown."""


def hostile() -> Alert:
    """Return an alert each of whose words comes from an article that means harm."""
    bad = HOSTILE_WORDS
    evil = said(f"{bad} killed {bad}", speaker=bad, outlet=bad, url="javascript:alert(1)")
    wording = Wording(change=f"Now denied by {bad}", headline=bad, core=bad, also=(bad, bad))
    one = revision(2, "denied", wording, f", says {bad}", evidence=(evil,), told=told("denied"))
    return msgspec.structs.replace(ALERT, watch_name="Meris", revisions=(FIRST, one))
