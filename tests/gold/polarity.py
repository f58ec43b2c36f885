"""Polarity: is an event affirmed, denied, or neither; and is it confirmed only by somebody who can.

a short text ─► reports of its event and patient ─► the last that counts ─► affirmed or denied
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
import yaml
from gold.article import DATA, Row
from stories.figures import Figure, Mistake, Tally
from stories.story import line_of

from services.errors import ConfigError
from services.messages import COUNTED_STANCES, Report, TaggedArticle
from services.tagger.lexicon.ontology import ontology

Polarity = Literal["affirmed", "denied", "neither"]
PARTS = ("read", "held")
"""The part that may be looked at, and the part that is only scored."""


class PolarityRow(Row, frozen=True, kw_only=True):
    """A short text and what it makes of one event; the head of `polarity/read.yaml`."""

    title: str = ""
    text: str = ""
    event: str | tuple[str, ...]
    patient: str | None = None
    polarity: Polarity | tuple[Polarity, ...]
    confirmed: bool = False

    @property
    def events(self) -> tuple[str, ...]:
        return (self.event,) if isinstance(self.event, str) else self.event

    @property
    def polarities(self) -> tuple[Polarity, ...]:
        return (self.polarity,) if isinstance(self.polarity, str) else self.polarity


def load_polarity(part: str) -> dict[str, list[PolarityRow]]:
    """Return the rows of a part by kind. Raises ConfigError as `file:line: what is wrong`."""
    path = DATA / "polarity" / f"{part}.yaml"
    return read_polarity(path.read_text(encoding="utf-8"), str(path))


def read_polarity(text: str, name: str) -> dict[str, list[PolarityRow]]:
    """Return checked rows by kind. Raises ConfigError as `name:line: what is wrong`."""
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    nodes = {key.value: node for key, node in root.value}
    kinds: dict[str, list[PolarityRow]] = {}
    for kind, rows in yaml.safe_load(text).items():
        try:
            kinds[kind] = msgspec.convert(rows, list[PolarityRow])
        except msgspec.ValidationError as error:
            raise ConfigError(f"{name}:{line_of(nodes[kind], str(error))}: {error}") from error
        for i, row in enumerate(kinds[kind]):
            fault = _fault(row)
            if fault:
                raise ConfigError(f"{name}:{line_of(nodes[kind], f'$[{i}]')}: {fault}")
    return kinds


def judge_polarity(
    part: str,
    kinds: Mapping[str, Sequence[PolarityRow]],
    tagged: Mapping[str, Sequence[TaggedArticle]],
) -> tuple[list[Figure], list[Mistake]]:
    """Return the figures of a part, and the rows that are wrong."""
    tally = Tally()
    mistakes: list[Mistake] = []
    for kind, rows in kinds.items():
        for row, article in zip(rows, tagged[kind], strict=True):
            reports = [r for r in article.reports if _is_asked_of(row, r, article)]
            shown = _shown(reports)
            _count(tally, row, shown, reports)
            if shown not in row.polarities or _confirmed_by_nobody(row, reports):
                said = ", ".join(f"{r.event}/{r.stance}" for r in reports)
                words = row.title or row.text
                mistakes.append(
                    Mistake(
                        kind, f"polarity ({part})", f"{shown} [{said}], not {row.polarity}: {words}"
                    )
                )
    return [_figure(tally, part, name, at_most) for name, at_most in FIGURES.items()], mistakes


FIGURES: Mapping[str, bool] = {
    "right": False,
    "denied found": False,
    "affirmed found": False,
    "affirmed shown as denied": True,
    "denied shown as affirmed": True,
    "neither shown as affirmed or denied": True,
    "confirmed by nobody": True,
    "confirmations found": False,
}
"""The figures of a part; True where lower is better."""


def _count(tally: Tally, row: PolarityRow, shown: Polarity, reports: Sequence[Report]) -> None:
    """Count a row in the figures that ask something of it."""
    gold = row.polarities
    tally.add("right", shown in gold)
    for one, other in (("affirmed", "denied"), ("denied", "affirmed")):
        if one in gold and other not in gold:
            tally.add(f"{one} shown as {other}", shown == other)
        if gold == (one,):
            tally.add(f"{one} found", shown == one)
    if gold == ("neither",):
        tally.add("neither shown as affirmed or denied", shown != "neither")
    is_confirmed = any(r.stance == "confirmed" for r in reports)
    if row.confirmed:
        tally.add("confirmations found", is_confirmed)
    if is_confirmed:
        tally.add("confirmed by nobody", not row.confirmed)


def _figure(tally: Tally, part: str, name: str, at_most: bool) -> Figure:
    figure = tally.figure(name)
    return Figure(f"polarity, {part}: {name}", figure.value, figure.n, at_most)


def _is_asked_of(row: PolarityRow, report: Report, article: TaggedArticle) -> bool:
    """True for a report of the row's event that befalls its patient, or that leaves it open."""
    names = [m.surface for m in article.mentions if m.id in report.patient]
    befalls = row.patient is None or not names or any(row.patient in name for name in names)
    return report.event in row.events and befalls


def _shown(reports: Sequence[Report]) -> Polarity:
    """Return what a reader of the reports takes from them: the last that counts has it.

    A denial by who is said to have done it denies that part, not the event.
    """
    counted = [r for r in reports if r.stance in COUNTED_STANCES]
    said = [r.stance for r in counted if not (r.stance == "denied" and _is_by_doer(r))]
    if not said:
        return "neither"
    return "denied" if said[-1] == "denied" else "affirmed"


def _is_by_doer(report: Report) -> bool:
    return any(said.mention in report.agent for said in report.attribution)


def _confirmed_by_nobody(row: PolarityRow, reports: Sequence[Report]) -> bool:
    return not row.confirmed and any(r.stance == "confirmed" for r in reports)


def _fault(row: PolarityRow) -> str | None:
    words = f"{row.title}\n\n{row.text}".casefold()
    if row.patient is not None and row.patient.casefold() not in words:
        return f"{row.patient!r} does not stand in the text"
    unknown = set(row.events) - {kind.event for kind in ontology()}
    return f"no event of the ontology: {', '.join(sorted(unknown))}" if unknown else None
