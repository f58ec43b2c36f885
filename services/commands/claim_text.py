"""A claim as text: its history, its answers with their sources, its origins, and its judgements."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain

from rich.console import Console
from rich.text import Text

from services.messages import Claim, Evidence, Judgement, OriginGroup, Slot, SlotAnswer, Transition
from services.text.counts import counted
from services.text.names import name_key

STYLES = {
    "reported": "",
    "claimed": "cyan",
    "corroborated": "blue",
    "confirmed": "bold green",
    "disputed": "bold yellow",
    "denied": "magenta",
    "retracted": "bold red",
}
"""Status to style."""

_ORDER = ("agent", "patient", "target", "place", "instrument")
_SUBJECT = ("patient", "target", "place", "agent", "instrument")
"""Slots by which a claim is called, the best first."""
_IN_WORDS = {
    "agent": "who did it",
    "patient": "to whom",
    "target": "what was hit",
    "place": "where",
    "instrument": "by what means",
}
_MOST_ARTICLES = 20
_KEYED_BY_SOUND = ("speaker",)
"""Kinds of origins whose keys are name keys, which nobody reads."""
_UNKNOWN = "a speaker"
"""Shown for an origin that no quoted sentence names."""


def line(claim: Claim) -> Text:
    """Return a claim on one line: id, last time, status, event, and number of voices."""
    last = f"{claim.claim_id}  {_time(claim.updated_at)}  "
    more = f"  {_voices(claim)}" + (
        f"  merged into {claim.merged_into}" if claim.merged_into else ""
    )
    return (
        Text(last, style="dim")
        + _status(claim.status, 13)
        + Text(_what(claim))
        + Text(more, style="dim")
    )


def show_claim(claim: Claim, console: Console) -> None:
    """Print the whole history of a claim."""
    console.print(Text(f"{_what(claim)}: ", style="bold") + _status(claim.status))
    console.print(Text(claim.claim_id, style="dim"))
    if claim.closes_at and not claim.merged_into:
        console.print(
            Text(f"closed from {_time(claim.closes_at)} on, unless more is reported", style="dim")
        )
    if claim.merged_into:
        console.print(f"merged into {claim.merged_into}: its reports stand there now")
    if claim.split_from:
        console.print(
            f"split from {', '.join(claim.split_from)}: some of its reports stood there before"
        )
    for title, rows in (
        ("Life", _life),
        ("Answers", _answers),
        ("Origins", _origins),
        ("Judgements", _judgements),
    ):
        found = list(rows(claim))
        if found:
            console.print(Text(f"\n{title}", style="bold"))
        for row in found:
            console.print(Text("  ") + row)


def _life(claim: Claim) -> Iterator[Text]:
    for step in claim.history:
        yield (
            Text(f"{_time(step.at)}  ", style="dim")
            + _status(step.to, 13)
            + Text(_cause(step), style="dim")
        )
        for quote in _quotes(step):
            yield _quoted(quote, 6)


def _quotes(step: Transition) -> tuple[Evidence, ...]:
    """Return the sentences that show the status of a step, else the one that caused it."""
    return step.shown_by or tuple(filter(None, (step.evidence,)))


def _cause(step: Transition) -> str:
    by = (
        f"report {step.report_id} of {step.evidence.article_id}"
        if step.evidence
        else step.report_id
    )
    return f"{step.rule} by {by}"


def _answers(claim: Claim) -> Iterator[Text]:
    called = _called(claim)
    names = sorted(claim.slots, key=lambda n: (_ORDER.index(n) if n in _ORDER else len(_ORDER), n))
    for name in names:
        slot = claim.slots[name]
        asked = _IN_WORDS.get(name) or f"how many {name.removeprefix('count.')}"
        yield Text(asked + _range(slot)) + Text(
            "  disputed" if slot.disputed else "", style=STYLES["disputed"]
        )
        for answer in slot.answers:
            yield (
                Text("    ")
                + Text(answer.label, style="bold")
                + Text(_said_by(answer, called), style="dim")
            )
            for evidence in answer.evidence[:1]:
                yield _quoted(evidence, 6)


def _range(slot: Slot) -> str:
    """Return the least, the most, and the latest number given. Nothing is averaged."""
    numbers = [a for a in slot.answers if a.min is not None]
    if len(numbers) < 2:
        return ""
    latest = max(
        numbers,
        key=lambda a: max(
            (e.at for e in a.evidence if e.at), default=datetime.min.replace(tzinfo=UTC)
        ),
    )
    most = "any number" if any(a.max is None for a in numbers) else max(a.max or 0 for a in numbers)
    return f": {min(a.min or 0 for a in numbers)} to {most}, the latest {latest.label}"


def _said_by(answer: SlotAnswer, called: Mapping[str, str]) -> str:
    names = list(dict.fromkeys(called.get(key, _UNKNOWN) for key in answer.origins))
    return (
        f"  {'says' if len(names) == 1 else 'say'} {', '.join(names)}"
        if names
        else "  no known origin"
    )


def _called(claim: Claim) -> dict[str, str]:
    """Return key to name for the origins, as their quotes name them. Keys join spellings.

    Wires and outlets have ids that people read; the keys of speakers are for no one's eyes.
    """
    quotes = [*claim.evidence, *chain.from_iterable(map(_quotes, claim.history))]
    called = {o.key: o.key for o in claim.origins if o.key and o.kind not in _KEYED_BY_SOUND}
    for slot in claim.slots.values():
        quotes += chain.from_iterable(answer.evidence for answer in slot.answers)
        called |= {answer.key: answer.label for answer in slot.answers}
    names = chain.from_iterable((quote.outlet, quote.speaker) for quote in quotes)
    return called | {name_key(name): name for name in names if name}


def _origins(claim: Claim) -> Iterator[Text]:
    yield Text(_voices(claim))
    called = _called(claim)
    for origin in claim.origins:
        name = called.get(origin.key, _UNKNOWN) if origin.key else "?"
        yield (
            Text("  ")
            + Text(f"{origin.kind:<10}", style="dim")
            + Text(name)
            + Text(_members(origin), style="dim")
        )


def _members(origin: OriginGroup) -> str:
    shown = ", ".join(origin.members[:_MOST_ARTICLES]) + (
        ", …" if len(origin.members) > _MOST_ARTICLES else ""
    )
    return f"  {counted(origin.n, 'article')}: {shown}"


def _judgements(claim: Claim) -> Iterator[Text]:
    for judgement in claim.judgements:
        yield (
            Text(f"{_time(judgement.at)}  ", style="dim")
            + Text(_decided(judgement))
            + Text(f"  {judgement.judgement_id}", "dim")
        )


def _decided(judgement: Judgement) -> str:
    apart = f" {', '.join(judgement.articles)}" if judgement.articles else ""
    return f"{judgement.kind}{apart} by {judgement.by}: {judgement.why}"


def _quoted(evidence: Evidence, indent: int) -> Text:
    start, end = evidence.mark
    quote, who = (
        evidence.quote,
        " in ".join(filter(None, (evidence.speaker, evidence.outlet or evidence.article_id))),
    )
    marked = f"“{quote[:start]}[{quote[start:end]}]{quote[end:]}”"
    return Text(" " * indent + marked) + Text(f"  {who}", style="dim")


def _what(claim: Claim) -> str:
    known = (claim.slots[name].answers for name in _SUBJECT if name in claim.slots)
    who = next((answers[0].label for answers in known if answers), "nobody named")
    return f"{claim.event}: {who}"


def _voices(claim: Claim) -> str:
    return f"{claim.n_independent} independent of {counted(claim.n_reports, 'report')}"


def _status(status: str, width: int = 0) -> Text:
    return Text(f"{status:<{width}}", style=STYLES[status])


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "no date         "
