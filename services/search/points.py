"""Points in time that searches go on in, counted: beyond a bound the oldest is let go."""

from collections.abc import Callable, Sequence
from threading import Lock

from services.errors import PointInTimeEnded
from services.ports import IndexAction, IndexOutcome, JsonObject, SearchIndex

MOST_OPEN = 100
"""Points that one process keeps open.

Each keeps files of Elasticsearch that were merged away since. A guess: a fifth of the 500 scrolls
that Elasticsearch allows (`search.max_open_scroll_context`), and twice the pages that a desk of
twenty people reads within two minutes.
"""


class BoundedPoints:
    """An index that keeps at most so many points in time open. `monotonic`: seconds of a clock.

    Who comes back to one that was let go is told that it has ended, and goes on in a new one.
    """

    def __init__(
        self, index: SearchIndex, monotonic: Callable[[], float], most: int = MOST_OPEN
    ) -> None:
        self._index = index
        self._monotonic = monotonic
        self._most = most
        self._lock = Lock()
        self._open: dict[str, float] = {}
        """Id to when it ends by itself; the one used last comes last."""
        self._n_opening = 0

    @property
    def n_open(self) -> int:
        """How many are open, as far as this process knows."""
        with self._lock:
            self._drop_ended()
            return len(self._open)

    def open_point_in_time(self, index: str, keep_seconds: int) -> str:
        """Open a point, after the oldest was let go if there are too many."""
        for victim in self._make_room():
            self._index.close_point_in_time(victim)
        try:
            id = self._index.open_point_in_time(index, keep_seconds)
        finally:
            with self._lock:
                self._n_opening -= 1
        self._used(id, keep_seconds)
        return id

    def close_point_in_time(self, id: str) -> None:
        """Let go of a point."""
        self._forget(id)
        self._index.close_point_in_time(id)

    def search(self, index: str, body: JsonObject) -> JsonObject:
        """Run a search body, in a point in time or not."""
        asked = body.get("pit")
        if not asked:
            return self._index.search(index, body)
        id = str(asked["id"])
        try:
            answer = self._index.search(index, body)
        except PointInTimeEnded:
            self._forget(id)
            raise
        self._forget(id)
        self._used(str(answer.get("pit_id", id)), _seconds(asked))
        return answer

    def bulk(self, actions: Sequence[IndexAction]) -> list[IndexOutcome]:
        """Write documents."""
        return self._index.bulk(actions)

    def remove(self, index: str, query: JsonObject) -> int:
        """Remove documents."""
        return self._index.remove(index, query)

    def get(self, index: str, id: str) -> JsonObject | None:
        """Return a document."""
        return self._index.get(index, id)

    def is_up(self) -> bool:
        """Return whether the index answers."""
        return self._index.is_up()

    def login_refusal(self) -> str:
        """Return the line of a refused login."""
        return self._index.login_refusal()

    def _make_room(self) -> list[str]:
        with self._lock:
            self._drop_ended()
            self._n_opening += 1
            too_many = len(self._open) + self._n_opening - self._most
            victims = list(self._open)[: max(0, too_many)]
            for victim in victims:
                del self._open[victim]
            return victims

    def _used(self, id: str, keep_seconds: int) -> None:
        with self._lock:
            self._open[id] = self._monotonic() + keep_seconds

    def _forget(self, id: str) -> None:
        with self._lock:
            self._open.pop(id, None)

    def _drop_ended(self) -> None:
        now = self._monotonic()
        for id in [id for id, ends in self._open.items() if ends <= now]:
            del self._open[id]


def _seconds(asked: JsonObject) -> int:
    """Return the seconds of `keep_alive` ("120s")."""
    text = str(asked.get("keep_alive", ""))
    return int(text[:-1]) if text.endswith("s") and text[:-1].isdecimal() else 0
