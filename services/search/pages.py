"""Runs a search, page by page, in a point in time that nothing written later changes."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.errors import PointInTimeEnded
from services.ports import JsonObject, SearchIndex
from services.query.compile import compile_query
from services.search import cursor as cursors
from services.search.asked import Asked
from services.search.bodies import body, counts, query
from services.search.cursor import Cursor
from services.search.rows import Row, row

MOST = 200
"""Documents of one page."""

KEEP_SECONDS = 120
"""Seconds for which a point in time is kept for the next page.

A person reads a page in less; a program needs milliseconds. Elasticsearch keeps the files of
deleted documents as long.
"""

LOOKED_THROUGH = 1_000
"""Claims that one request compares with the words of their articles at most.

A page may so hold fewer than were asked for, or none; its `next` goes on.
"""

_AT_ONCE = 200
"""Claims whose articles are asked for in one request."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search.

    - `total`: the number of all that is found; a lower bound unless `is_exact`. None: not counted.
    - `next`: the cursor of the next page; "" for the last.
    - `is_renewed`: the point in time had ended, so this page shows the index as it is now.
    """

    rows: list[Row]
    total: int | None
    is_exact: bool
    next: str = ""
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    is_renewed: bool = False


def first_page(index: SearchIndex, asked: Asked, size: int, *, facets: bool = False) -> Page:
    """Return the newest documents that a search finds. Raises TransientError.

    No point in time is opened: most searches have one page. The second page opens one, behind the
    last document of the first.
    """
    return _Run(index, asked, Cursor(cursors.of_search(asked), ())).page(size, facets=facets)


def next_page(index: SearchIndex, asked: Asked, size: int, after: str) -> Page:
    """Return the page behind a cursor. Raises ConfigError for a wrong one, TransientError."""
    run = _Run(index, asked, cursors.read(after, asked))
    is_renewed = run.freeze()
    try:
        page = run.page(size)
    except PointInTimeEnded:
        is_renewed = run.freeze(anew=True)
        page = run.page(size)
    if not page.next:
        index.close_point_in_time(run.pit)
    return Page(page.rows, page.total, page.is_exact, page.next, is_renewed=is_renewed)


def every_row(
    index: SearchIndex, asked: Asked, most: int | None = None
) -> Generator[Row, None, None]:
    """Yield all documents that a search finds, the newest first, as they are at the first one.

    `most`: as many at most. Raises TransientError, also PointInTimeEnded.
    """
    run = _Run(index, asked, Cursor(cursors.of_search(asked), ()))
    run.freeze()
    n = 0
    try:
        while most is None or n < most:
            page = run.page(MOST if most is None else min(MOST, most - n))
            yield from page.rows
            n += len(page.rows)
            if not page.next:
                break
    finally:
        index.close_point_in_time(run.pit)


class _Run:
    """A search that stands at a place."""

    def __init__(self, index: SearchIndex, asked: Asked, start: Cursor) -> None:
        self._index = index
        self._asked = asked
        self._after: Sequence[Any] = start.after
        self.pit = start.pit

    def freeze(self, *, anew: bool = False) -> bool:
        """Open a point in time unless one is open. Return whether it takes the place of another."""
        if not self.pit or anew:
            self.pit = self._index.open_point_in_time(self._asked.kind, KEEP_SECONDS)
        return anew

    def page(self, size: int, *, facets: bool = False) -> Page:
        joins = self._asked.condition is not None and self._asked.node is not None
        return self._joined(size) if joins else self._plain(size, facets=facets)

    def _plain(self, size: int, *, facets: bool) -> Page:
        answer = self._hits(size, facets=facets)
        hits, total = answer["hits"]["hits"], answer["hits"]["total"]
        rows = [row(self._asked.kind, self._asked.node, hit["_source"]) for hit in hits]
        is_last = len(hits) < size
        return Page(
            rows,
            total["value"],
            total["relation"] == "eq",
            "" if is_last else self._place(),
            counts(answer),
        )

    def _joined(self, size: int) -> Page:
        """Return the claims that meet the condition and have an article with the words."""
        rows: list[Row] = []
        n_seen = 0
        while True:
            hits = self._hits(_AT_ONCE)["hits"]["hits"]
            n_seen += len(hits)
            holding = self._with_words([hit["_source"] for hit in hits])
            for hit in hits:
                self._after = hit["sort"][:2]
                if hit["_source"]["claim_id"] in holding:
                    rows.append(row("claims", None, hit["_source"]))
                if len(rows) == size:
                    return Page(rows, None, is_exact=False, next=self._place())
            if len(hits) < _AT_ONCE:
                return Page(rows, None, is_exact=False)
            if n_seen >= LOOKED_THROUGH:
                return Page(rows, None, is_exact=False, next=self._place())

    def _with_words(self, claims: Sequence[JsonObject]) -> set[str]:
        """Return the ids of the claims of which an article matches the words."""
        assert self._asked.node is not None
        ids = sorted({id for claim in claims for id in claim["article_ids"]})
        found: set[str] = set()
        for start in range(0, len(ids), _ARTICLES_AT_ONCE):
            some = ids[start : start + _ARTICLES_AT_ONCE]
            filters = [{"terms": {"article_id": some}}, compile_query(self._asked.node)]
            asked = {"query": {"bool": {"filter": filters}}, "size": len(some)}
            hits = self._index.search("articles", asked | {"_source": ["article_id"]})
            found |= {hit["_source"]["article_id"] for hit in hits["hits"]["hits"]}
        return {claim["claim_id"] for claim in claims if not found.isdisjoint(claim["article_ids"])}

    def _hits(self, size: int, *, facets: bool = False) -> JsonObject:
        asked = body(self._asked, size, facets=facets)
        if self._after:
            asked["search_after"] = [*self._after]
        if self.pit:
            asked["pit"] = {"id": self.pit, "keep_alive": f"{KEEP_SECONDS}s"}
        answer = self._index.search(self._asked.kind, asked)
        self.pit = answer.get("pit_id", self.pit)
        hits = answer["hits"]["hits"]
        if hits:
            self._after = hits[-1]["sort"][:2]
        return answer

    def _place(self) -> str:
        return cursors.written(Cursor(cursors.of_search(self._asked), tuple(self._after), self.pit))


_ARTICLES_AT_ONCE = 5_000
"""Articles of one request: Elasticsearch takes 10,000 hits, and 65,536 terms."""


def total_of(index: SearchIndex, asked: Asked) -> int:
    """Return the exact number of documents that a search finds. Raises TransientError."""
    counted = {"query": query(asked), "size": 0, "track_total_hits": True}
    return int(index.search(asked.kind, counted)["hits"]["total"]["value"])
