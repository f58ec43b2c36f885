"""A dossier as a bundle of STIX 2.1, for programs that exchange what happened.

Ids are made of what they name (UUIDv5), so a bundle that is read again brings no second object.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from services.desk.articles import ArticleFact
from services.desk.dossier import Dossier
from services.desk.links import web_link
from services.desk.naming import sentences_of
from services.desk.words import question, slot_order
from services.messages import Claim, Evidence

NAMESPACE = uuid.UUID("5d0a6c4e-1f7c-5d0b-9a53-7f1f6a1c2b34")
"""The namespace of our ids. It never changes, nor do they."""

MOST_NOTES = 40
"""Sentences of a bundle, the first ones. A guess: as many as voices on a page."""

MOST_REFERENCES = 100
"""Articles that a bundle names."""

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""When the object that stands for this program was made: a date before all claims."""

_PEOPLE = ("patient", "target", "agent")

Object = dict[str, Any]


def bundle(claim: Claim, dossier: Dossier) -> Object:
    """Return the bundle of a claim; `dossier` is made of it."""
    made = _Made(claim, dossier)
    objects = made.objects()
    report = made.report([each["id"] for each in objects])
    return {
        "type": "bundle",
        "id": _id("bundle", claim.claim_id, str(claim.version), _stamp(dossier.made_at)),
        "objects": [*objects, report],
    }


class _Made:
    """The objects of one claim, which share author and times."""

    def __init__(self, claim: Claim, dossier: Dossier) -> None:
        self._claim, self._dossier = claim, dossier
        opened = claim.opened_at or claim.updated_at or dossier.made_at
        changes = [claim.updated_at, *(step.at for step in claim.history)]
        changes += [judgement.at for judgement in claim.judgements]
        self._created = _stamp(opened)
        self._modified = _stamp(max(filter(None, (opened, *changes))))
        self._author = _author()
        self._incident = _id("incident", claim.claim_id)

    def objects(self) -> list[Object]:
        """Return all but the report."""
        found = [self._author, self._event(), *self._people(), *self._places(), *self._notes()]
        return [*{each["id"]: each for each in [*found, *self._opinions()]}.values()]

    def report(self, refs: list[str]) -> Object:
        """Return the report that holds all objects."""
        view = self._dossier.claim
        return self._object("report", "report") | {
            "name": view.sentence,
            "description": f"{view.status_name}. {view.why}".strip(),
            "published": self._modified,
            "object_refs": refs,
        }

    def _object(self, kind: str, *key: str) -> Object:
        return {
            "type": kind,
            "spec_version": "2.1",
            "id": _id(kind, self._claim.claim_id, *key) if key else self._incident,
            "created_by_ref": self._author["id"],
            "created": self._created,
            "modified": self._modified,
        }

    def _event(self) -> Object:
        view = self._dossier.claim
        event = self._object("incident") | {
            "name": view.sentence,
            "description": f"{view.status_name}. {view.why} {view.voices.summary}.".strip(),
            "labels": [view.status, self._claim.event],
        }
        if view.confidence is not None:
            event["confidence"] = round(view.confidence * 100)
        references = list(_references(view.articles))
        return event | ({"external_references": references} if references else {})

    def _people(self) -> Iterator[Object]:
        """Yield who is named, and how each belongs to the incident."""
        for slot in sorted(self._claim.slots, key=slot_order):
            if slot not in _PEOPLE:
                continue
            for answer in self._claim.slots[slot].answers[:MOST_NOTES]:
                who = self._object("identity", answer.key) | {
                    "name": answer.label or "unnamed",
                    "identity_class": "unspecified",
                }
                yield who
                yield self._related(who["id"], question(slot))

    def _places(self) -> Iterator[Object]:
        for place in self._dossier.places:
            where = self._object("location", place.name, f"{place.lat},{place.lon}") | {
                "name": place.name,
                "latitude": place.lat,
                "longitude": place.lon,
            }
            yield where
            yield self._related(where["id"], "Where")

    def _related(self, to: str, how: str) -> Object:
        return self._object("relationship", to, how) | {
            "relationship_type": "related-to",
            "description": how,
            "source_ref": self._incident,
            "target_ref": to,
        }

    def _notes(self) -> Iterator[Object]:
        """Yield the quoted sentences, each once."""
        said = {(each.quote, each.article_id): each for each in sentences_of(self._claim)}
        for evidence in [*said.values()][:MOST_NOTES]:
            if evidence.quote.strip():
                yield self._note(evidence)

    def _note(self, said: Evidence) -> Object:
        note = self._object("note", said.article_id, said.quote) | {
            "content": said.quote,
            "object_refs": [self._incident],
        }
        names = [name for name in (said.speaker, said.outlet) if name]
        url = web_link(said.url)
        return (
            note
            | ({"authors": names} if names else {})
            | ({"external_references": [_reference(said.outlet or "article", url)]} if url else {})
        )

    def _opinions(self) -> Iterator[Object]:
        """Yield what the sentences that show the status hold of the incident."""
        sides = self._dossier.claim.sides
        if sides is not None:
            yield self._opinion(sides.affirmed, "agree")
            yield self._opinion(sides.denied, "disagree")
        elif self._claim.status in ("confirmed", "denied"):
            held = "strongly-agree" if self._claim.status == "confirmed" else "strongly-disagree"
            yield from (self._opinion(said, held) for said in self._claim.shown_by[:1])

    def _opinion(self, said: Evidence, held: str) -> Object:
        names = [name for name in (said.speaker, said.outlet) if name]
        opinion = self._object("opinion", said.article_id, held) | {
            "opinion": held,
            "explanation": said.quote,
            "object_refs": [self._incident],
        }
        return opinion | ({"authors": names} if names else {})


def _author() -> Object:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": _id("identity", "reportedly"),
        "created": _stamp(_LONG_AGO),
        "modified": _stamp(_LONG_AGO),
        "name": "Reportedly",
        "identity_class": "system",
    }


def _references(articles: Iterable[ArticleFact]) -> Iterator[Object]:
    n = 0
    for article in articles:
        url = web_link(article.url)
        if url and n < MOST_REFERENCES:
            n += 1
            yield _reference(article.outlet or "article", url, article.title)


def _reference(source: str, url: str, title: str = "") -> Object:
    return {"source_name": source, "url": url} | ({"description": title} if title else {})


def _id(kind: str, *key: str) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, chr(0x1F).join((kind, *key)))}"


def _stamp(at: datetime) -> str:
    """Return a time to the millisecond, as STIX compares versions."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
