"""The inbox of a person: alerts with the orders in force, and what may be ordered."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from fastapi import FastAPI
from msgspec.structs import replace

from services.api.access.people import Person
from services.api.access.visible import only_seen, sees
from services.api.desk import Desk
from services.api.ordering import Action, Remembered, order, send
from services.api.parameters import MOST_LETTERS
from services.api.problems import Problem
from services.api.tables import MARKS
from services.desk.inbox import AlertView, Reader, called, counts, in_group, view, whole_alert
from services.desk.standing import Group, Standing, own, standing
from services.messages import Alert, Command, Mark, MarkOf, Watch, mark_key
from services.orders import EVERYBODY, Books
from services.ports import JsonObject

LOOKED_AT = 200
"""Alerts that one page looks at: how they stand is found by their orders, not by the index.

A desk that gets 100 alerts a day has two days of them before it; older ones are pages further.
"""

ON_A_PAGE = 25
"""Alerts of one page."""

MOST_ORDERS = 5_000
"""Orders that are read for one page, the newest. An alert has a handful."""

LONGEST_SNOOZE = timedelta(days=30)
"""As of the command `alerts snooze`: who wants longer mutes."""

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """One page of the inbox.

    - `counts`: the alerts of each group among those looked at; None on further pages.
    - `next`: the cursor of the next page; "" for the last.
    """

    views: list[AlertView]
    counts: dict[Group, int] | None
    next: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person asks for of an alert.

    - `revision`: the last one that the person saw; 0: all that there are.
    - `until`: the end of a snooze.
    - `undoes`: the order to take back; "": what is in force.
    """

    action: Action
    revision: int = 0
    until: datetime | None = None
    undoes: str = ""


def inbox_of(app: FastAPI, desk: Desk) -> "Inbox":
    """Return the one inbox of an application, which pages and routes share."""
    if not hasattr(app.state, "inbox"):
        app.state.inbox = Inbox(desk)
    found: Inbox = app.state.inbox
    return found


class Inbox:
    """Reads alerts and their orders from the index, and what it ordered itself from memory."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sent = Remembered()
        self._lock = threading.Lock()

    def look(
        self, person: Person, group: Group = "open", watch_id: str = "", after: str = ""
    ) -> Looked:
        """Return the alerts of a group, the last changed first. Raises Problem, TransientError."""
        found = self.alerts(person, self._of_watch(person, watch_id), after=after)
        views = self._views(person, [alert for alert, _ in found])
        shown = in_group(views, group)
        page = shown[:ON_A_PAGE]
        places = {alert.alert_id: place for alert, place in found}
        following = ""
        if len(shown) > ON_A_PAGE:
            following = places[page[-1].alert_id]
        elif len(found) == LOOKED_AT:
            following = found[-1][1]
        return Looked(page, None if after else counts(views), following)

    def one(self, person: Person, alert_id: str) -> AlertView:
        """Return one alert. Raises Problem 404 if the person has no such alert."""
        return self._views(person, [self.alert(person, alert_id)])[0]

    def alert(self, person: Person, alert_id: str) -> Alert:
        """Return the message of an alert. Raises Problem 404 if the person has no such alert."""
        is_id = 0 < len(alert_id.encode("utf-8", "replace")) <= MOST_LETTERS
        document = self._desk.search.get("alerts", alert_id) if is_id else None
        alert = whole_alert(document) if document else None
        if alert is None or not self.sees(person, alert.watch_id):
            raise Problem(404, "there is no such alert")
        return alert

    def sees(self, person: Person, watch_id: str) -> bool:
        """Return True if a person sees what a watch finds."""
        return sees(person, self._desk.tables.watches(), watch_id)

    def watches(self, person: Person) -> dict[str, Watch]:
        """Return the watches that a person sees, by name."""
        found = self._desk.tables.watches().values()
        seen = [watch for watch in found if person.owns(watch.owner)]
        return {watch.id: watch for watch in sorted(seen, key=lambda w: (w.name.casefold(), w.id))}

    def alerts(
        self,
        person: Person,
        filters: Sequence[JsonObject] = (),
        *,
        after: str = "",
        size: int = LOOKED_AT,
    ) -> list[tuple[Alert, str]]:
        """Return the alerts that a person sees, the last changed first, each with the cursor behind
        it. Raises Problem 422 for a wrong cursor."""
        asked = [*filters, *only_seen(person, self._desk.tables.watches())]
        body: JsonObject = {
            "query": {"bool": {"filter": asked}},
            "sort": [
                {"last_at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}},
                {"alert_id": {"order": "asc", "unmapped_type": "keyword"}},
            ],
            "size": size,
            "track_total_hits": False,
        }
        if after:
            body["search_after"] = _place(after)
        found: list[tuple[Alert, str]] = []
        for hit in self._desk.search.search("alerts", body)["hits"]["hits"]:
            alert = whole_alert(hit["_source"])
            if alert is not None:
                found.append((alert, _cursor(hit["sort"])))
        return found

    def reader(self, person: Person) -> Reader:
        """Return a person as views need them."""
        names = {f"subscriber:{s.id}": s.name for s in self._desk.tables.subscribers().values()}
        mark = self.mark(person, "alerts")
        return Reader(person.name, self._desk.now(), names, mark.at if mark else None)

    def orders(self, alerts: Iterable[Alert]) -> list[Command]:
        """Return the orders about alerts or all alerts of their watches, also those just sent."""
        by_alert = {alert.alert_id: alert.watch_id for alert in alerts}
        if not by_alert:
            return []
        of_watch = {
            "bool": {
                "filter": [{"terms": {"watch_id": sorted(set(by_alert.values()))}}],
                "must_not": [{"exists": {"field": "alert_id"}}],
            }
        }
        either = [{"terms": {"alert_id": sorted(by_alert)}}, of_watch]
        return self.commands([{"bool": {"should": either, "minimum_should_match": 1}}])

    def commands(self, filters: Sequence[JsonObject]) -> list[Command]:
        """Return the orders that the index has, and those of this process that it may not have."""
        body: JsonObject = {
            "query": {"bool": {"filter": [*filters]}},
            "sort": [{"at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}}],
            "size": MOST_ORDERS,
            "track_total_hits": False,
        }
        hits = self._desk.search.search("commands", body)["hits"]["hits"]
        known = {c.command_id: c for hit in hits if (c := _command(hit["_source"])) is not None}
        return [*({c.command_id: c for c in self._sent.all()} | known).values()]

    def standing(self, person: Person, alert: Alert) -> Standing:
        """Return how an alert stands with a person."""
        return standing(alert, _books(self.orders([alert])), person.name, self._desk.now())

    def mark(self, person: Person, of: MarkOf) -> Mark | None:
        """Return how far a person has read a list."""
        return self._desk.tables.rows(MARKS).get(mark_key(person.name, of))

    def set_mark(self, person: Person, of: MarkOf, at: datetime) -> Mark:
        """Save how far a person has read a list. It may be moved back, too."""
        mark = Mark(person=person.name, of=of, at=at, made_at=self._desk.now())
        self._desk.save(MARKS, mark.key, mark, partition_key=person.name)
        return mark

    def act(self, person: Person, alert_id: str, deed: Deed) -> AlertView:
        """Give an order, and return the alert as it stands then.

        Raises Problem: 404, 409 if what is to be taken back is not in force, 422.
        """
        alert = self.alert(person, alert_id)
        with self._lock:
            orders = self.orders([alert])
            command = self._decide(person, alert, deed, orders)
            if command is not None:
                latest = max((each.at for each in orders), default=None)
                if latest is not None and command.at <= latest:
                    command = replace(command, at=latest + _TICK)
                send(self._desk.sender, command)
                self._sent.add(command)
                orders.append(command)
        return view(alert, _books(orders), self.reader(person), self._watch(alert))

    def _decide(
        self, person: Person, alert: Alert, deed: Deed, orders: Iterable[Command]
    ) -> Command | None:
        """Return the order to send; None if it is in force already."""
        now, books = self._desk.now(), _books(orders)
        made = order(deed.action, alert.watch_id, alert.alert_id, person.name, now)
        stands = standing(alert, books, person.name, now)
        if deed.action == "acknowledge":
            last = alert.revisions[-1].number
            if not 0 <= deed.revision <= last:
                raise Problem(422, f"this alert has {last} revisions, not {deed.revision}")
            seen = replace(made, revision=deed.revision or last)
            return None if stands.state == "acknowledged" else seen
        if deed.action == "snooze":
            until = deed.until
            if until is None or not now < until <= now + LONGEST_SNOOZE:
                raise Problem(422, "a snooze ends later than now, and within 30 days")
            return replace(made, recipient=own(person.name), until=until)
        if deed.action == "mute":
            mine = replace(made, recipient=own(person.name))
            return None if stands.state == "muted" else mine
        return self._taking_back(person, alert, deed, books, made)

    def _taking_back(
        self, person: Person, alert: Alert, deed: Deed, books: Books, made: Command
    ) -> Command:
        """Return the order that takes back others. Raises Problem 409 if none is in force."""
        if deed.action == "reopen":
            actions: tuple[Action, ...] = ("acknowledge",)
            whom = EVERYBODY
        else:
            actions, whom = ("snooze", "mute"), own(person.name)
        held = [
            each
            for action in actions
            for each in books.in_force(action, alert.alert_id, alert.watch_id, (whom,))
            if each.alert_id is not None
        ]
        if not deed.undoes and held:
            return replace(made, recipient=whom)
        mine = next((each for each in held if each.command_id == deed.undoes), None)
        if mine is not None and mine.by == person.name:
            return replace(made, recipient=whom, undoes=mine.command_id)
        if held:
            who = called(held[0], self.reader(person))
            raise Problem(409, f"{who} did so since: it stays as it is")
        raise Problem(409, "nothing is to be taken back: it is not in force any more")

    def _of_watch(self, person: Person, watch_id: str) -> list[JsonObject]:
        if not watch_id:
            return []
        if not self.sees(person, watch_id):
            raise Problem(404, "there is no such watch")
        return [{"term": {"watch_id": watch_id}}]

    def _views(self, person: Person, alerts: Sequence[Alert]) -> list[AlertView]:
        books, reader = _books(self.orders(alerts)), self.reader(person)
        return [view(alert, books, reader, self._watch(alert)) for alert in alerts]

    def _watch(self, alert: Alert) -> Watch | None:
        return self._desk.tables.watches().get(alert.watch_id)


def _books(orders: Iterable[Command]) -> Books:
    books = Books()
    for each in orders:
        books.take(each)
    return books


def _command(document: Mapping[str, Any]) -> Command | None:
    """Return the order of a document; None for one that can't be read."""
    given = {name: value for name, value in document.items() if value is not None}
    try:
        return msgspec.convert(given, Command)
    except msgspec.ValidationError:
        return None


def _cursor(place: Sequence[Any]) -> str:
    """Return the place behind a document: its time in milliseconds, and its id."""
    return f"{place[0]}.{place[1]}" if isinstance(place[0], int) else ""


def _place(cursor: str) -> list[Any]:
    """Return what a search goes on behind. Raises Problem 422."""
    at, dot, id = cursor.partition(".")
    is_number = at.lstrip("-").isdecimal() and at.isascii() and len(at) <= _MOST_DIGITS
    if not (is_number and dot and 0 < len(id) <= MOST_LETTERS):
        raise Problem(422, "after is no cursor of this list: take it from the answer before")
    return [int(at), id]


_MOST_DIGITS = 19
"""Digits of a time in milliseconds that Elasticsearch takes (a signed 64-bit number has 19)."""
