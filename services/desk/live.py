"""The claims by newest change: what the index is asked, and the rows that a person sees."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, get_args

from services.desk.articles import text_of, texts_of, time_of
from services.desk.documents import claim_of
from services.desk.found import told_of_document
from services.desk.naming import quotes_of_step
from services.desk.words import STATUS_NAMES, by_quote, event_name, sentence_of
from services.messages import Claim, Evidence, Status
from services.messages.events import EVENTS
from services.ports import JsonObject
from services.text.happening import capital, what_happened

SIZE = 30
"""Claims of one page: some screens, in one request."""

MOST_VALUES = 12
"""Values of a filter that are offered, the most frequent ones."""

HOURS = 24
"""Hours for which reports are counted, up to now."""

MOST_ARTICLES = 5_000
"""Articles of one page's claims whose times are asked for; Elasticsearch gives 10,000 hits."""

MOST_LETTERS = 200
"""Characters of a filter's value, and of a place in the list."""

NOT_NEEDED = (
    "match", "facets", "quotes", "whole.evidence", "whole.origins", "whole.incident_ids",
    "whole.article_ids", "whole.judgements", "whole.cause", "whole.slots.*.answers.evidence",
    "whole.slots.*.answers.origins",
)  # fmt: skip
"""Fields of a claim that no row shows; they are most of it."""

FILTERS = {"status": "status", "event": "event", "place": "place_names"}
"""Filter to the field of a claim's document."""

STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which claims: of one status, one type of event, one place by its name; "" for any.

    `after`: the place in the list behind which the page begins; "" for the newest.
    """

    status: str = ""
    event: str = ""
    place: str = ""
    after: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are given."""
        given = {"status": self.status, "event": self.event, "place": self.place}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class LiveClaim:
    """One row.

    - `was`: the status before the present one, if the newest change is that step; else "".
    - `n_independent`, `n_reports`: independent sources and articles. `hours`: articles of each of
      the last `HOURS` hours, the newest last.
    - `quote`: the sentence that shows the status; None if none is known. `is_quoted`: it stands in
      `sentence` already, since no answer is left.
    """

    claim_id: str
    version: int
    sentence: str
    status: str
    was: str
    updated_at: datetime | None
    n_independent: int
    n_reports: int
    is_estimate: bool
    place: str
    quote: Evidence | None
    is_quoted: bool = False
    hours: tuple[int, ...] = ()

    @property
    def n_recent(self) -> int:
        """The articles of the last `HOURS` hours."""
        return sum(self.hours)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter: `name` is what people call it, `n` how many claims have it."""

    value: str
    name: str
    n: int
    is_chosen: bool


def claims_body(wanted: Wanted) -> JsonObject:
    """Return the body that finds a page of claims, one more than it shows.

    It also counts the values of the filters that are not given; the others need `choices_body`.
    """
    free = [name for name in FILTERS if name not in wanted.filters]
    body: JsonObject = {
        "query": _query(wanted.filters),
        "sort": [
            {"updated_at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}},
            {"claim_id": {"order": "asc", "unmapped_type": "keyword"}},
        ],
        "size": SIZE + 1,
        "track_total_hits": True,
        "_source": {"excludes": [*NOT_NEEDED]},
        "aggs": {name: _counts(name) for name in free},
    }
    after = _place(wanted.after)
    return body | ({"search_after": after} if after else {})


def choices_body(wanted: Wanted, name: str) -> JsonObject:
    """Return the body that counts the values of one filter, among what the other filters leave."""
    others = {other: value for other, value in wanted.filters.items() if other != name}
    return {
        "query": _query(others),
        "size": 0,
        "track_total_hits": False,
        "aggs": {name: _counts(name)},
    }


def _counts(name: str) -> JsonObject:
    size = len(STATUSES) if name == "status" else MOST_VALUES
    return {"terms": {"field": FILTERS[name], "size": size}}


def times_body(documents: Iterable[Mapping[str, Any]], now: datetime) -> JsonObject:
    """Return the body that finds when the articles of claims came, within the last hours."""
    ids = dict.fromkeys(id for document in documents for id in texts_of(document, "article_ids"))
    since = now - timedelta(hours=HOURS)
    return {
        "query": {
            "bool": {
                "filter": [
                    {"terms": {"article_id": [*ids][:MOST_ARTICLES]}},
                    {"range": {"sorted_at": {"gt": since.isoformat(), "lte": now.isoformat()}}},
                ]
            }
        },
        "size": MOST_ARTICLES,
        "track_total_hits": False,
        "_source": ["article_id", "sorted_at"],
    }


def rows(
    documents: Sequence[Mapping[str, Any]], times: Iterable[Mapping[str, Any]], now: datetime
) -> list[LiveClaim]:
    """Return the rows of claims. `times`: documents of their articles, as `times_body` asks."""
    hours: dict[str, int] = {}
    for each in times:
        at = time_of(each.get("sorted_at"))
        if at is not None and timedelta(0) <= now - at < timedelta(hours=HOURS):
            hours[text_of(each, "article_id")] = HOURS - 1 - (now - at) // timedelta(hours=1)
    found = []
    for document in documents:
        n = Counter(hours[id] for id in texts_of(document, "article_ids") if id in hours)
        found.append(replace(row(document), hours=tuple(n[hour] for hour in range(HOURS))))
    return found


def row(document: Mapping[str, Any]) -> LiveClaim:
    """Return the row of a claim's document, of which any field may be missing."""
    claim = claim_of(document)
    status, quote = text_of(document, "status"), _quote(claim) if claim else None
    bare = by_quote(claim.event, quote.quote) if claim and quote and not claim.slots else ""
    return LiveClaim(
        claim_id=text_of(document, "claim_id"),
        version=_number(document, "version"),
        sentence=bare or _sentence(claim, document),
        status=status,
        was=_was(claim) if claim else "",
        updated_at=time_of(document.get("updated_at")),
        n_independent=_number(document, "n_independent"),
        n_reports=_number(document, "n_reports"),
        is_estimate=claim is not None and claim.counts_approximate,
        place=next(iter(texts_of(document, "place_names")), ""),
        quote=quote,
        is_quoted=bool(bare),
    )


def choices(answer: JsonObject, wanted: Wanted, name: str) -> list[Choice]:
    """Return the values of a filter; the chosen one is among them even if it has no claim."""
    buckets = answer.get("aggregations", {}).get(name, {}).get("buckets", ())
    counted = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
    chosen = wanted.filters.get(name, "")
    if chosen:
        counted.setdefault(chosen, 0)
    values = STATUSES if name == "status" else counted
    return [
        Choice(value, name_of(name, value), counted[value], value == chosen)
        for value in values
        if value in counted
    ]


def name_of(name: str, value: str) -> str:
    """Return what people call the value of a filter."""
    if name == "status":
        return STATUS_NAMES.get(value, value)
    return capital(event_name(value)) if name == "event" else value


def is_known(wanted: Wanted) -> bool:
    """Return False if a filter has a value that no claim can have."""
    return wanted.status in ("", *STATUSES) and wanted.event in ("", *EVENTS)


def next_place(hits: Sequence[JsonObject]) -> str:
    """Return the place behind the last hit that is shown; "" if there are no more."""
    if len(hits) <= SIZE:
        return ""
    at, id = hits[SIZE - 1]["sort"]
    return "" if at is None else f"{at}~{id}"


def _query(filters: Mapping[str, str]) -> JsonObject:
    terms = [{"term": {FILTERS[name]: value}} for name, value in filters.items()]
    # A merged claim has ended: its reports stand in the other.
    return {"bool": {"filter": terms, "must_not": [{"exists": {"field": "merged_into"}}]}}


def _place(after: str) -> list[Any] | None:
    at, _, id = after.partition("~")
    is_number = at.lstrip("-").isdecimal() and at.isascii() and len(at) <= 20
    return [int(at), id] if is_number and id else None


def _sentence(claim: Claim | None, document: Mapping[str, Any]) -> str:
    if claim is not None:
        return sentence_of(claim, claim.status)
    told, status = told_of_document(document), text_of(document, "status")
    known: Status | None = status if status in STATUSES else None
    return capital(what_happened(told, known)) if told.event else "A claim that can't be read"


def _was(claim: Claim) -> str:
    """Return the status before the last step, if nothing came after that step."""
    if len(claim.history) < 2 or claim.history[-1].at != claim.updated_at:
        return ""
    before = claim.history[-1].from_ or claim.history[-2].to
    return before if before != claim.status else ""


def _quote(claim: Claim) -> Evidence | None:
    steps = reversed(claim.history)
    return next((said for step in steps for said in quotes_of_step(step)), None)


def _number(document: Mapping[str, Any], name: str) -> int:
    value = document.get(name)
    return value if isinstance(value, int) else 0
