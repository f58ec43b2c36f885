"""A claim with what belongs to it, read from the index; and the judgements of analysts."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import quote

from services.api.access.people import Person
from services.api.desk import Desk
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.tables import JUDGEMENTS, VERDICTS
from services.dashboards.land import towns_within
from services.desk.articles import FIELDS, ArticleFact, articles_of, text_of
from services.desk.claim import ClaimView, claim_view, listed
from services.desk.documents import claim_of
from services.desk.dossier import Dossier
from services.desk.judging import Wanted, in_force, judged, undoing
from services.desk.map import FIELDS as PLACE_FIELDS
from services.desk.map import Map, map_of
from services.desk.undone import Undone, undone_of
from services.desk.words import STATUS_NAMES, claim_sentence
from services.messages import Claim, Judgement, encode
from services.ports import JsonObject, Outgoing

MOST_INCIDENTS = 200
"""Incidents whose places are looked up, the first and the last ones: as many as articles."""

MOST_ALERTS = 50
"""Alerts of a claim that are listed, the newest. A guess: no desk has more watches on one."""

MOST_NEAR = 20
"""Claims of one block that are offered to be merged with, the newest."""

MOST_HOPS = 5
"""Claims that one was merged into, one after the other, that a page follows."""

WAIT_SECONDS = 4.0
"""Seconds that a request waits until its judgement shows. Tracker and indexer take one or two on a
quiet machine; who waits longer is told so.
"""

_STEP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class AlertLink:
    """An alert that holds a claim. `at`: its newest change, as the index has it."""

    alert_id: str
    watch_name: str
    text: str
    at: str


class Claims:
    """What pages and routes ask of claims."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def warm(self) -> None:
        """Begin to read the towns of the map, so that nobody waits for them."""
        threading.Thread(target=lambda: towns_within(0, 0, 0, 0), name="towns", daemon=True).start()

    def get(self, claim_id: str) -> Claim:
        """Return a claim. Raises Problem 404, TransientError."""
        claim = self._find(claim_id)
        if claim is None:
            raise Problem(404, f"no claim with the id {claim_id[:MOST_LETTERS]}")
        return claim

    def holder(self, claim: Claim) -> Claim:
        """Return the claim that holds the reports of one now: itself, unless it was merged."""
        found, seen = claim, {claim.claim_id}
        for _ in range(MOST_HOPS):
            following = self._find(found.merged_into) if found.merged_into else None
            if following is None or following.claim_id in seen:
                break
            seen.add(following.claim_id)
            found = following
        # Of claims that were merged into each other none holds more than the first.
        return claim if found.merged_into else found

    def view(self, claim: Claim) -> ClaimView:
        """Return what its page shows."""
        return claim_view(claim, self._articles(claim), self._desk.now())

    def undone(self, claim: Claim) -> list[Undone]:
        """Return what the desk decided about it and took back, the last first."""
        tables = self._desk.tables
        return undone_of(claim, tables.rows(JUDGEMENTS).values(), tables.rows(VERDICTS).values())

    def dossier(self, claim: Claim) -> Dossier:
        """Return what leaves the desk."""
        found = self.map(claim)
        return Dossier(self._desk.now(), self.view(claim), found.places if found else ())

    def map(self, claim: Claim) -> Map | None:
        """Return where it is said to have happened; None if none of it is on the map."""
        ids = _ends(claim.incident_ids, MOST_INCIDENTS)
        return map_of(self._documents("incidents", "incident_id", ids, PLACE_FIELDS))

    def alerts(self, claim: Claim, person: Person) -> list[AlertLink]:
        """Return the alerts that hold it, the newest first, as far as a person sees their watch."""
        body: JsonObject = {
            "query": {"term": {"claim_ids": claim.claim_id}},
            "size": MOST_ALERTS,
            "sort": [{"last_at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}}],
            "_source": ["alert_id", "watch_id", "watch_name", "last_text", "last_at"],
        }
        found = self._desk.search.search("alerts", body)["hits"]["hits"]
        return [*self._seen_by(person, [hit["_source"] for hit in found])]

    def near(self, claim: Claim) -> list[tuple[str, str]]:
        """Return ids and sentences of the claims that it can be merged with, the newest first."""
        query: JsonObject = {
            "bool": {
                "filter": [{"term": {"block": claim.block}}],
                "must_not": [{"exists": {"field": "merged_into"}}],
            }
        }
        order = {"updated_at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}}
        body = {"query": query, "size": MOST_NEAR + 1, "sort": [order]}
        found = self._desk.search.search("claims", body)["hits"]["hits"]
        others = [claim_of(hit["_source"]) for hit in found]
        told = [(each.claim_id, _told(each)) for each in others if each is not None]
        return [row for row in told if row[0] != claim.claim_id][:MOST_NEAR]

    def judge(self, claim_id: str, wanted: Wanted, undoes: str = "") -> tuple[Judgement, bool]:
        """Send a judgement, or take one back. Return it, and whether the claim shows it already.

        Raises ConfigError for one that can't be, Problem 404 and 409, TransientError.
        """
        claim, now = self.get(claim_id), self._desk.now()
        if claim.merged_into:
            raise Problem(409, f"the claim {claim_id} was merged into {claim.merged_into}")
        if wanted.kind == "undo":
            old = in_force(claim, undoes)
            if old is None:
                raise Problem(409, "this judgement is not in force: somebody took it back before")
            made = undoing(old, wanted.by, wanted.why, now, token_hex())
        else:
            made = judged(claim, wanted, now, token_hex())
        self._desk.sender.send(Outgoing("judgements", made.judgement_id, encode(made)))
        return made, self._wait(claim_id, made)

    def _wait(self, claim_id: str, made: Judgement) -> bool:
        until, pause = time.monotonic() + WAIT_SECONDS, threading.Event()
        while not self._shows(claim_id, made):
            if time.monotonic() >= until:
                return False
            pause.wait(_STEP_SECONDS)
        return True

    def _shows(self, claim_id: str, made: Judgement) -> bool:
        claim = self._find(claim_id)
        if claim is None or claim.merged_into:
            return True
        if made.undoes:
            return in_force(claim, made.undoes) is None
        return in_force(claim, made.judgement_id) is not None

    def _find(self, claim_id: str) -> Claim | None:
        if not 0 < len(claim_id.encode()) <= MOST_LETTERS:
            return None
        document = self._desk.search.get("claims", claim_id)
        claim = claim_of(document)
        if document is not None and claim is None:
            detail = "an older version wrote this claim: `reportedly replay` writes all anew"
            raise Problem(404, detail)
        return claim

    def _articles(self, claim: Claim) -> dict[str, ArticleFact]:
        return articles_of(self._documents("articles", "article_id", listed(claim), FIELDS))

    def _documents(
        self, index: str, field: str, ids: Sequence[str], fields: Sequence[str]
    ) -> list[JsonObject]:
        if not ids:
            return []
        body = {"query": {"terms": {field: [*ids]}}, "size": len(ids), "_source": [*fields]}
        return [hit["_source"] for hit in self._desk.search.search(index, body)["hits"]["hits"]]

    def _seen_by(self, person: Person, alerts: Sequence[JsonObject]) -> Iterator[AlertLink]:
        watches = self._desk.tables.watches() if alerts else {}
        for alert in alerts:
            watch = watches.get(text_of(alert, "watch_id"))
            # Of a watch that was removed nobody knows the owner any more.
            may_see = person.owns(watch.owner) if watch else person.may("operator")
            if may_see:
                yield AlertLink(
                    text_of(alert, "alert_id"),
                    text_of(alert, "watch_name"),
                    text_of(alert, "last_text"),
                    text_of(alert, "last_at"),
                )


def claim_path(claim_id: str, **parameters: str) -> str:
    """Return the address of a claim's page."""
    given = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"/claims/{quote(claim_id, safe='')}" + (f"?{given}" if given else "")


def _told(claim: Claim) -> str:
    day = f", {claim.opened_at:%d %b %Y}" if claim.opened_at else ""
    return f"{claim_sentence(claim)} ({STATUS_NAMES[claim.status].lower()}{day})"


def _ends(ids: Sequence[str], most: int) -> Sequence[str]:
    return ids if len(ids) <= most else (*ids[: most // 2], *ids[-most // 2 :])
