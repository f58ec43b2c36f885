"""The inbox of alerts: each with what changed first, its quoted sentence, and how it stands. Pure.

Documents of older versions may lack the message (`whole`); then what is listed of it is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, get_args

from services.desk.documents import alert_of
from services.desk.standing import GROUPS, Group, Standing, standing
from services.messages import Alert, ChangeKind, Command, Evidence, Revision, Status, Told, Watch
from services.orders import Books, rings
from services.text.happening import capital, what_happened

T = TypeVar("T")

_STATE_WORDS = {
    "new": "New",
    "changed": "Changed",
    "snoozed": "Snoozed",
    "muted": "Muted",
    "acknowledged": "Acknowledged",
    "closed": "Goes on in another alert",
}

KIND_WORDS: dict[str, str] = {
    "first": "First told",
    "status": "New status",
    "independent": "One more independent source",
    "count": "Toll changed",
    "slot": "Another answer",
    "denied": "Denied",
    "corrected": "Corrected",
    "retracted": "Taken back",
    "merged": "Goes on in another alert",
    "split": "Parted from another event",
    "also": "One more event",
}
"""Kind of change to its name."""

KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Step:
    """One revision, as it was told. `is_unseen`: it came after the alert was acknowledged."""

    number: int
    kind: str
    change: str
    text: str
    at: datetime | None
    rings: bool = True
    is_unseen: bool = False
    quotes: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert of the inbox.

    - `change`: what the last change was ("Now confirmed by the group"); "" for what is told first.
    - `says`: what is said to have happened. `also`: other events that it tells of.
    - `quotes`: the sentences that the last change rests on.
    - `earlier`: the changes before the last, the newest first.
    - `unseen`: what changed since it was acknowledged, the newest first.
    - `by`: who acknowledged, snoozed, or muted it, "you" for the reader; "" if nobody did.
    - `undoes`: the order that the reader may take back; "" if there is none.
    - `is_below_mark`: the reader has read this far.
    """

    alert_id: str
    version: int
    watch_id: str
    watch_name: str
    standing: Standing
    state_words: str
    by: str
    undoes: str
    change: str
    says: str
    status: str | None
    n_independent: int
    last: Step
    first_at: datetime | None
    also: tuple[str, ...] = ()
    quotes: tuple[Evidence, ...] = ()
    earlier: tuple[Step, ...] = ()
    unseen: tuple[Step, ...] = ()
    claim_ids: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    is_below_mark: bool = False

    @property
    def last_at(self) -> datetime | None:
        """When it changed last."""
        return self.last.at


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the inbox.

    - `names`: what people are called by the names in orders (`subscriber:ann`: Ann).
    - `read_to`: how far they have read; None: nothing yet.
    """

    name: str
    now: datetime
    names: Mapping[str, str]
    read_to: datetime | None = None


def whole_alert(document: Mapping[str, Any]) -> Alert | None:
    """Return the alert of a document, made of its fields if it holds no message; None without an
    id or a watch."""
    found = alert_of(document)
    if found is not None:
        return found
    id, watch_id = document.get("alert_id"), document.get("watch_id")
    if not isinstance(id, str) or not isinstance(watch_id, str):
        return None
    quotes = [quote for quote in _listed(document.get("quotes")) if isinstance(quote, str)]
    at = _time(document.get("last_at"))
    revision = Revision(
        id="",
        number=_number(document.get("n_revisions")) or 1,
        kind=_one_of(document.get("last_kind"), KINDS) or "first",
        text=str(document.get("last_text") or ""),
        at=at,
        evidence=tuple(Evidence(article_id="", version=0, quote=q, mark=(0, 0)) for q in quotes),
        told=Told(
            status=_one_of(document.get("status"), STATUSES),
            n_independent=_number(document.get("n_independent")),
        ),
    )
    return Alert(
        alert_id=id,
        watch_id=watch_id,
        watch_version=0,
        watch_name=str(document.get("watch_name") or "A watch"),
        version=_number(document.get("version")),
        state="closed" if document.get("state") == "closed" else "open",
        claim_ids=tuple(filter(_is_text, _listed(document.get("claim_ids")))),
        article_ids=tuple(filter(_is_text, _listed(document.get("article_ids")))),
        revisions=(revision,),
    )


def view(alert: Alert, books: Books, reader: Reader, watch: Watch | None = None) -> AlertView:
    """Return an alert as a reader sees it. `watch`: as it is saved now; None: it is gone."""
    stands = standing(alert, books, reader.name, reader.now)
    unseen = {revision.number for revision in stands.unseen}
    steps = [step(revision, is_unseen=revision.number in unseen) for revision in alert.revisions]
    last = alert.revisions[-1]
    told = next((r.told for r in reversed(alert.revisions) if not r.about), last.told)
    newest = max((s.at for s in steps if s.at), default=None)
    return AlertView(
        alert_id=alert.alert_id,
        version=alert.version,
        watch_id=alert.watch_id,
        watch_name=watch.name if watch else alert.watch_name,
        standing=stands,
        state_words=_STATE_WORDS[stands.state],
        by=called(stands.command, reader) if stands.command else "",
        undoes=stands.undoes(reader.name),
        change=last.wording.change,
        says=says(last),
        status=told.status,
        n_independent=told.n_independent,
        last=steps[-1],
        first_at=alert.revisions[0].at,
        also=last.wording.also,
        quotes=last.evidence,
        earlier=tuple(reversed(steps[:-1])),
        unseen=tuple(s for s in reversed(steps) if s.is_unseen),
        claim_ids=alert.all_claim_ids,
        article_ids=alert.article_ids,
        is_below_mark=bool(newest and reader.read_to and newest <= reader.read_to),
    )


def says(revision: Revision) -> str:
    """Return what a revision says, without what its quoted sentence below says again."""
    headline, told = revision.wording.headline, revision.told
    core = headline or revision.wording.core or revision.text
    quoted = {_plain(evidence.quote) for evidence in revision.evidence}
    if told.event and _plain(core) in quoted:
        return capital(what_happened(told, told.status))
    return core


def _plain(text: str) -> str:
    return text.strip(' .“”"').casefold()


def step(revision: Revision, *, is_unseen: bool = False) -> Step:
    """Return one revision as it is shown."""
    change = revision.wording.change or KIND_WORDS.get(revision.kind, "Changed")
    return Step(
        number=revision.number,
        kind=revision.kind,
        change=change,
        text=says(revision).removeprefix(f"{change}: "),
        at=revision.at,
        rings=rings(revision),
        is_unseen=is_unseen,
        quotes=revision.evidence,
    )


def called(order: Command, reader: Reader) -> str:
    """Return who gave an order, as people say it."""
    if order.by == reader.name:
        return "you"
    name = reader.names.get(order.by)
    if name:
        return name
    kind, colon, rest = order.by.partition(":")
    if kind == "subscriber" and rest:
        return rest
    return "somebody, by a link in a message" if colon else order.by or "somebody"


def counts(views: Iterable[AlertView]) -> dict[Group, int]:
    """Return the number of alerts of each group."""
    states = [each.standing.state for each in views]
    return {group: sum(state in of for state in states) for group, of in GROUPS.items()}


def in_group(views: Iterable[AlertView], group: Group) -> list[AlertView]:
    """Return the alerts of a group, in order."""
    return [each for each in views if each.standing.state in GROUPS[group]]


def mark_before(views: Sequence[AlertView]) -> int | None:
    """Return the place of the line "read until here": before which alert of a list, the newest
    first; None if all of it is new, or nothing is."""
    place = next((n for n, each in enumerate(views) if each.is_below_mark), None)
    return place if place else None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _one_of(value: object, allowed: Sequence[T]) -> T | None:
    return next((each for each in allowed if each == value), None)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
