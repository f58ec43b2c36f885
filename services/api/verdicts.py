"""The desk's verdicts: given, taken back, counted, and learnt from. Pages and routes share it."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi import FastAPI

from services.api.access.people import Person
from services.api.desk import Desk
from services.api.problems import Problem
from services.api.subjects import sampled, subject_of
from services.api.tables import VERDICTS
from services.api.watching import Watching, watching_of
from services.desk.aliases import Alias, aliases, dictionary, with_alias
from services.desk.documents import alert_of, claim_of
from services.desk.figures import (
    Figures,
    Week,
    by_thing,
    days_of,
    figures,
    in_force,
    outcome,
    week_before,
    weeks,
)
from services.desk.past import PastAlert
from services.desk.suggesting import Suggestion, Wider, suggestions
from services.desk.verdicts import (
    REASONS,
    AlreadyUndone,
    Given,
    Said,
    WrongAnswer,
    answers_to_judge,
    labelled,
    made,
    on,
    shown,
    undoing,
)
from services.desk.words import claim_sentence
from services.errors import ConfigError
from services.messages import About, Alert, Claim, Evidence, Verdict, Watch, WrongReason
from services.messages.verdict import NOTE_CHARS, REALLY_CHARS
from services.ports import JsonObject

MOST_ALERTS = 500
"""Alerts of a watch that a suggestion is tried on, the newest. It bounds the work."""

MOST_ELSEWHERE = 200
"""Right alerts of other watches that show the words of all news."""

MOST_WIDER = 2
"""Names that are suggested for one watch: each is tried by a backtest, which may take seconds."""

MOST_EFFECTS = 3
"""Watches of which the page shows what a name in a dictionary would change."""

MOST_LOOKED_AT = 20
"""Names that are compared with all watches of a person."""

WEEKS = 12
"""Weeks whose figures are shown: a quarter."""

PATIENCE_SECONDS = 10.0
"""Seconds that one waits while suggestions are made for another. One runs at a time."""

MOST_CACHED = 100
"""Watches whose suggestions are kept until a verdict or the watch changes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim of the weekly sample. `verdicts`: those in force on it."""

    claim: Claim
    sentence: str
    said: Evidence | None
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A thing with its verdicts, for the buttons of a page. `is_mine`: the reader judged it."""

    given: tuple[Given, ...]
    is_mine: bool
    answers: tuple[WrongAnswer, ...] = ()
    reasons: Mapping[WrongReason, str] = field(default_factory=lambda: REASONS)
    most_of_note: int = NOTE_CHARS
    most_of_name: int = REALLY_CHARS

    @property
    def may_name(self) -> bool:
        """True if a name among the answers may be somebody else's."""
        return any(answer.reason == "who" for answer in self.answers)


def verdicts_of(app: FastAPI, desk: Desk) -> "Verdicts":
    """Return what an application knows of verdicts, which pages and routes share."""
    if not hasattr(app.state, "verdicts"):
        app.state.verdicts = Verdicts(desk, watching_of(app, desk))
    found: Verdicts = app.state.verdicts
    return found


class Verdicts:
    """What pages and routes ask. Thread-safe."""

    def __init__(self, desk: Desk, watching: Watching) -> None:
        self._desk, self._watching = desk, watching
        self._giving, self._making = threading.Lock(), threading.Lock()
        self._made: dict[str, tuple[object, list[Suggestion]]] = {}

    def all(self) -> Sequence[Verdict]:
        """Return all verdicts, undos too."""
        return [*self._desk.tables.rows(VERDICTS).values()]

    def on(self, about: About, id: str) -> list[Verdict]:
        """Return the verdicts in force on a thing, in order of time."""
        return on(self.all(), about, id)

    def judged(self, person: Person, about: About, id: str, claim: Claim | None = None) -> Judged:
        """Return what the buttons on a thing show. `claim`: whose answers may be wrong."""
        found = self.on(about, id)
        return Judged(
            given=tuple(shown(found)),
            is_mine=any(verdict.by == person.name for verdict in found),
            answers=tuple(answers_to_judge(claim)) if claim else (),
        )

    def newest(self, person: Person) -> list[Verdict]:
        """Return the verdicts in force that a person sees, the newest first."""
        return [v for v in reversed(in_force(self.all())) if self.sees(person, v)]

    def sees(self, person: Person, verdict: Verdict) -> bool:
        """Return True unless the verdict is about an alert of a watch that the person can't see."""
        if verdict.watch_id is None:
            return True
        watch = self._desk.tables.watches().get(verdict.watch_id)
        return person.owns(watch.owner) if watch else person.may("operator")

    def give(self, person: Person, about: About, id: str, said: Said) -> Verdict:
        """Keep a verdict. Raises Problem 404, 422, 503; TransientError."""
        subject = subject_of(self._desk.search, about, id)
        if subject is None:
            raise Problem(404, f"there is no {about} to judge with this id")
        week = week_before(self._desk.now())
        if about == "claim" and id in self._sampled(week):
            said = replace(said, sample=week)
        if said.keys and subject.claim_id:
            claim = claim_of(self._desk.search.get("claims", subject.claim_id))
            said = replace(said, labels=labelled(claim, said.keys))
        with self._giving:
            verdict = made(subject, said, self.all(), self._desk.now())
            if not self.sees(person, verdict):
                raise Problem(404, f"there is no {about} to judge with this id")
            self._desk.save(VERDICTS, verdict.verdict_id, verdict)
        return verdict

    def undo(self, person: Person, verdict_id: str) -> Verdict:
        """Take a verdict back. Raises Problem 404, 409; TransientError."""
        with self._giving:
            known = self._desk.tables.rows(VERDICTS).get(verdict_id)
            if known is None or known.answer == "undo" or not self.sees(person, known):
                raise Problem(404, "there is no such verdict")
            try:
                undo = undoing(known, person.name, self.all(), self._desk.now())
            except AlreadyUndone as error:
                raise Problem(409, str(error)) from error
            self._desk.save(VERDICTS, undo.verdict_id, undo)
        return undo

    def figures(self, person: Person) -> Figures:
        """Return how right the program is; of watches, those that the person sees."""
        return figures(v for v in self.all() if self.sees(person, v))

    def weeks(self) -> list[Week]:
        """Return the figures of the last weeks' samples, the newest first."""
        return [*weeks(self.all())][:WEEKS]

    def last_week(self) -> str:
        """Return the week whose sample asks for verdicts."""
        return week_before(self._desk.now())

    def sample(self, week: str) -> list[Asked]:
        """Return the claims of a week that the desk is asked about. Raises Problem 422."""
        try:
            days_of(week)
        except ValueError as error:
            raise Problem(422, "a week is written as 2031-W18") from error
        ids = self._sampled(week)
        found = {claim.claim_id: claim for claim in self._claims(ids)}
        return [
            Asked(
                claim=found[id],
                sentence=claim_sentence(found[id]),
                said=next(iter(found[id].shown_by or found[id].evidence), None),
                verdicts=tuple(self.on("claim", id)),
            )
            for id in ids
            if id in found
        ]

    def suggestions(self, person: Person, watch_id: str) -> list[Suggestion]:
        """Return what a watch may learn. Raises Problem 404, 503; TransientError."""
        watch = self._watching.get(person, watch_id)
        known = in_force(self.all())
        mark = (watch, tuple(v.verdict_id for v in known))
        kept = self._made.get(watch_id)
        if kept is not None and kept[0] == mark:
            return kept[1]
        if not self._making.acquire(timeout=PATIENCE_SECONDS):
            detail = "suggestions are being made for another watch: try again"
            raise Problem(503, detail, headers={"retry-after": "5"})
        try:
            found = [*self._suggestions(watch, known), *self._with_names(person, watch)]
            if len(self._made) >= MOST_CACHED:
                self._made.clear()
            self._made[watch_id] = mark, found
        finally:
            self._making.release()
        return found

    def take(self, person: Person, watch_id: str, id: str, version: int) -> Watch:
        """Save a watch as a suggestion has it. Raises Problem 404, 409, 412, TransientError."""
        offered = self.suggestions(person, watch_id)
        chosen = next((one for one in offered if one.id == id), None)
        if chosen is None:
            raise Problem(409, "this is suggested no longer: something was judged since")
        return self._watching.save(person, chosen.watch, version)

    def watches_to_learn(self, person: Person) -> list[Watch]:
        """Return the watches that a person sees of which an alert was called wrong, or that ask
        for somebody of another name, by name."""
        bad = {v.watch_id for v in in_force(self.all()) if v.answer in ("wrong", "unwanted")}
        names = self.aliases(person)[:MOST_LOOKED_AT]
        found = (
            watch
            for id, watch in self._desk.tables.watches().items()
            if id in bad or any(with_alias(watch, alias) for alias in names)
        )
        return sorted((w for w in found if person.owns(w.owner)), key=lambda w: (w.name, w.id))

    def aliases(self, person: Person) -> list[Alias]:
        """Return the names that the desk says are somebody's, as far as a person sees them."""
        told = [v for v in self.all() if v.really and self.sees(person, v)]
        if not told:
            return []
        undos = [v for v in self.all() if v.answer == "undo"]
        names = self._watching.names
        return aliases([*told, *undos], names.ids_of, names.name_of, names.id_made_of)

    def rule_says(self, rule: str) -> str:
        """Return what a rule of the tagger means, in words."""
        return self._watching.names.rule_says(rule)

    def dictionary(self, person: Person) -> str:
        """Return the names as a dictionary, in YAML."""
        return dictionary(self.aliases(person), self._watching.names.row_of)

    def effects(self, person: Person, spelling: str) -> list[tuple[Watch, Wider]]:
        """Return what a name would change in the watches that ask for its actor, by backtests.

        Raises TransientError.
        """
        alias = next((each for each in self.aliases(person) if each.spelling == spelling), None)
        watches = [w for w in self._desk.tables.watches().values() if person.owns(w.owner)]
        pairs = ((w, with_alias(w, alias)) for w in watches if alias is not None)
        found = [(watch, wider) for watch, wider in pairs if wider is not None][:MOST_EFFECTS]
        return [(watch, self._wider(watch, wider)) for watch, wider in found]

    def _wider(self, watch: Watch, wider: Watch) -> Wider:
        """Return what a watch that finds one more name would have told."""
        try:
            found = self._watching.compare(watch, wider)
        except (Problem, ConfigError) as error:
            return Wider(problem=str(error.detail if isinstance(error, Problem) else error))
        return Wider(
            before=found.before,
            after=found.after,
            more=found.n_more,
            fewer=found.n_fewer,
            n_read=found.n_read,
            n_found=found.n_found,
        )

    def _with_names(self, person: Person, watch: Watch) -> Iterator[Suggestion]:
        """Yield the watch with each name that the desk says is that of somebody it asks for."""
        names = self.aliases(person)[:MOST_LOOKED_AT]
        pairs = ((alias, with_alias(watch, alias)) for alias in names)
        found = [(alias, wider) for alias, wider in pairs if wider is not None]
        for alias, wider in found[:MOST_WIDER]:
            text = f"Also under another name: {alias.about}"
            yield Suggestion(
                f"alias:{alias.spelling}", "alias", text, wider, self._wider(watch, wider)
            )

    def _suggestions(self, watch: Watch, known: Sequence[Verdict]) -> list[Suggestion]:
        judged = {id: said for (about, id), said in by_thing(known).items() if about == "alert"}
        own = self._alerts({"term": {"watch_id": watch.id}}, MOST_ALERTS)
        right = [
            id
            for id, said in judged.items()
            if outcome(said) == "right" and said[0].watch_id != watch.id
        ][-MOST_ELSEWHERE:]
        others = self._alerts({"terms": {"alert_id": right}}, MOST_ELSEWHERE) if right else []
        claims = self._facts([*own, *others])
        return suggestions(
            watch,
            [_past(alert, judged, claims) for alert in own],
            [_past(alert, judged, claims) for alert in others],
        )

    def _alerts(self, query: JsonObject, most: int) -> list[Alert]:
        order = {"last_at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}}
        body: JsonObject = {"query": query, "size": most, "sort": [order], "_source": ["whole"]}
        hits = self._desk.search.search("alerts", body)["hits"]["hits"]
        return [alert for hit in hits if (alert := alert_of(hit["_source"])) is not None]

    def _facts(self, alerts: Iterable[Alert]) -> dict[str, JsonObject]:
        ids = sorted({alert.claim_id for alert in alerts if alert.claim_id})
        if not ids:
            return {}
        body: JsonObject = {
            "query": {"terms": {"claim_id": ids}},
            "size": len(ids),
            "_source": ["claim_id", "event", "events", "confidence"],
        }
        hits = self._desk.search.search("claims", body)["hits"]["hits"]
        return {str(hit["_source"].get("claim_id")): hit["_source"] for hit in hits}

    def _claims(self, ids: Sequence[str]) -> list[Claim]:
        if not ids:
            return []
        body: JsonObject = {"query": {"terms": {"claim_id": [*ids]}}, "size": len(ids)}
        hits = self._desk.search.search("claims", body)["hits"]["hits"]
        return [claim for hit in hits if (claim := claim_of(hit["_source"])) is not None]

    def _sampled(self, week: str) -> list[str]:
        return sampled(self._desk.search, week)


def _past(
    alert: Alert, judged: Mapping[str, Sequence[Verdict]], claims: Mapping[str, JsonObject]
) -> PastAlert:
    """Return an alert as it was told; if its first sentences are gone, by those of a later one."""
    first = alert.revisions[0]
    quoted = next((r.evidence for r in alert.revisions if r.evidence), ())
    claim = claims.get(alert.claim_id, {})
    said = judged.get(alert.alert_id)
    events = claim.get("events") or filter(None, (claim.get("event") or first.told.event,))
    confidence = claim.get("confidence")
    return PastAlert(
        alert_id=alert.alert_id,
        outcome=outcome(said) if said else None,
        sentences=tuple(evidence.quote for evidence in quoted),
        rules=tuple(dict.fromkeys(evidence.rule for evidence in quoted if evidence.rule)),
        events=tuple(map(str, events)),
        confidence=float(confidence) if isinstance(confidence, int | float) else None,
        is_denial=first.told.status == "denied",
    )
