"""A claim as text: its history, its answers with their sources, its origins, and its judgements."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.console import Console
from rich.text import Text

from services.desk.dispute import range_of, speakers_of
from services.desk.naming import UNKNOWN, names_of_origins, quotes_of_step
from services.desk.verdicts import in_words
from services.desk.words import claim_sentence, question, slot_order
from services.messages import Claim, Evidence, Judgement, OriginGroup, SlotAnswer, Transition
from services.text.counts import counted

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

_MOST_ARTICLES = 20


def line(claim: Claim) -> Text:
    """Return a claim on one line: id, last time, status, event, and number of voices."""
    last = f"{claim.claim_id}  {_time(claim.updated_at)}  "
    more = f"  {_voices(claim)}" + (
        f"  merged into {claim.merged_into}" if claim.merged_into else ""
    )
    return (
        Text(last, style="dim")
        + _status(claim.status, 13)
        + Text(claim_sentence(claim))
        + Text(more, style="dim")
    )


def show_claim(claim: Claim, console: Console) -> None:
    """Print the whole history of a claim."""
    console.print(Text(f"{claim_sentence(claim)}: ", style="bold") + _status(claim.status))
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
        ("Verdicts", _verdicts),
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
            + Text(_cause(step, claim), style="dim")
        )
        for quote in quotes_of_step(step):
            yield _quoted(quote, 6)


def _cause(step: Transition, claim: Claim) -> str:
    if any(verdict.verdict_id == step.report_id for verdict in claim.verdicts):
        return f"{step.rule} by {step.report_id}"
    by = (
        f"report {step.report_id} of {step.evidence.article_id}"
        if step.evidence
        else step.report_id
    )
    return f"{step.rule} by {by}"


def _answers(claim: Claim) -> Iterator[Text]:
    called = names_of_origins(claim, {})
    for name in sorted(claim.slots, key=slot_order):
        slot = claim.slots[name]
        numbers = range_of(slot)
        yield Text(question(name) + (f": {numbers}" if numbers else "")) + Text(
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


def _said_by(answer: SlotAnswer, called: Mapping[str, str]) -> str:
    names = speakers_of(answer, called)
    return (
        f"  {'says' if len(names) == 1 else 'say'} {', '.join(names)}"
        if names
        else "  no known origin"
    )


def _origins(claim: Claim) -> Iterator[Text]:
    yield Text(_voices(claim))
    called = names_of_origins(claim, {})
    for origin in claim.origins:
        name = called.get(origin.key, UNKNOWN) if origin.key else "?"
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


def _verdicts(claim: Claim) -> Iterator[Text]:
    for verdict in claim.verdicts:
        note = f": {verdict.note}" if verdict.note else ""
        yield (
            Text(f"{_time(verdict.at)}  ", style="dim")
            + Text(f"{in_words(verdict)} by {verdict.by}{note}")
            + Text(f"  {verdict.verdict_id}", "dim")
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


def _voices(claim: Claim) -> str:
    return f"{claim.n_independent} independent of {counted(claim.n_reports, 'report')}"


def _status(status: str, width: int = 0) -> Text:
    return Text(f"{status:<{width}}", style=STYLES[status])


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "no date         "
