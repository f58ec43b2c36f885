"""The incidents of an alert: the main one, and those named under "also"."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from services.messages import Alert, Also, Claim, Told
from services.text.happening import looks_like_name

MAIN = ""
"""The id of an alert's main incident among its incidents."""


def incident_of(alert: Alert, claim: Claim) -> str | None:
    """Return the id of the alert's incident that a claim tells; None if it tells none.

    Claims join and part, and one may go on with what was never told here. So an incident is told by
    the claim that told it last, or by an earlier one that holds the article the alert began with.
    Alerts of older versions do not know that article.
    """
    goes_with = not alert.opened_by or holds_origin(alert, claim)
    if claim.claim_id == alert.claim_id or (claim.claim_id in alert.claim_ids and goes_with):
        return MAIN
    for also in alert.also:
        is_told_in = not also.claim_ids and also.id in claim.incident_ids
        if is_told_in or claim.claim_id in also.claim_ids[-1:]:
            return also.id
    return None


def holds_origin(alert: Alert, claim: Claim) -> bool:
    """True if a claim holds the article that an alert began with."""
    return bool(alert.opened_by) and alert.opened_by[0] in claim.article_ids


def has_parted(alert: Alert, id: str) -> bool:
    """True if an incident was told apart from the main one: of it, only corrections matter."""
    return any(revision.kind == "split" and revision.about == id for revision in alert.revisions)


def last_told(alert: Alert, id: str) -> Told | None:
    """Return the values last published of an incident; None if there are none yet."""
    if id != MAIN:
        return next((also.told for also in alert.also if also.id == id), None)
    told = (revision.told for revision in reversed(alert.revisions) if revision.about == MAIN)
    return next(told, None)


def standing(alert: Alert, without: str | None = None, told: Told | None = None) -> Iterator[Told]:
    """Yield the values of the incidents that are neither denied nor taken back, the main one first.

    `without`: the id of one that is left out, and `told` what is told of it. Words alone, without
    an event, are no incident. One that adds nothing to those before it, or to what is told, is left
    out, too: one raid may be told by two claims.
    """
    before = [told] if told and _stands(told) else []
    for id in (MAIN, *(also.id for also in alert.also)):
        other = last_told(alert, id) if id != without else None
        if other and other.event and _stands(other):
            if not any(adds_nothing(other, known) for known in before):
                yield other
            before.append(other)


def _stands(told: Told) -> bool:
    return told.status not in ("denied", "retracted")


def adds_nothing(now: Told, known: Told) -> bool:
    """True if a known incident has the same event, and all of its people, places, and numbers."""
    if now.event != known.event or not now.counts.items() <= known.counts.items():
        return False
    people, others = _people(now), _people(known)
    if not all(any(_is_named_by(name, other) for other in others) for name in people):
        return False
    return set(now.slots.get("place", ())) <= set(known.slots.get("place", ()))


def has_same_toll(now: Told, known: Told) -> bool:
    """True if a known incident has the same number of people for the event, and no other place."""
    n = now.counts.get(now.event, 0)
    return n > 1 and known.counts.get(now.event) == n and not _apart(now, known)


def _apart(some: Told, other: Told) -> bool:
    """True if two incidents are told in places whose names share no word."""
    here, there = (
        {word for label in told.slots.get("place", ()) for word in label.split()}
        for told in (some, other)
    )
    return bool(here and there) and here.isdisjoint(there)


def _people(told: Told) -> Sequence[str]:
    """Return the labels of those whom it befell: the names among them, if there are any."""
    labels = told.slots.get("patient", ())
    return [label for label in labels if looks_like_name(label)] or labels


def _is_named_by(name: str, other: str) -> bool:
    """True if one label is the other, or the end of it: the family name of a full name."""
    short, long = sorted((name.split(), other.split()), key=len)
    return bool(short) and long[-len(short) :] == short


def with_told(alert: Alert, id: str, told: Told) -> Alert:
    """Return the alert with the values last published of an incident under "also"."""
    if id == MAIN:
        return alert
    known = {also.id: also for also in alert.also}
    known[id] = msgspec.structs.replace(known.get(id, Also(id=id)), told=told)
    return msgspec.structs.replace(alert, also=tuple(known.values()))


def with_known(alert: Alert, id: str, told: Told) -> Alert:
    """Return the alert with an incident that its article told already, by the number of people.

    It is followed as if it had been told.
    """
    is_known = any(has_same_toll(told, known) for known in standing(alert))
    return with_told(alert, id, told) if is_known else alert


def with_claim(alert: Alert, claim_id: str, id: str = MAIN) -> Alert:
    """Return the alert with the claim that tells an incident of it from now on, its last id.

    An incident that the same claim told already is the same one: it is named once.
    """
    same = {id} | {also.id for also in alert.also if claim_id in also.claim_ids}
    if claim_id in alert.claim_ids:
        same.add(MAIN)
    into = MAIN if MAIN in same else id
    joined: list[str] = []
    kept: list[Also] = []
    for also in alert.also:
        if also.id in same:
            joined += also.claim_ids
        if also.id == into or also.id not in same:
            kept.append(also)
    joined.append(claim_id)
    if into == MAIN:
        ids = _with_last(alert.claim_ids, joined)
        return msgspec.structs.replace(alert, claim_ids=ids, also=tuple(kept))
    if into not in {also.id for also in kept}:
        kept.append(Also(id=into))
    found = [_also_with(also, joined) if also.id == into else also for also in kept]
    return msgspec.structs.replace(alert, also=tuple(found))


def without(alert: Alert, id: str) -> Alert:
    """Return the alert without an incident under "also", which an older alert follows."""
    kept = tuple(also for also in alert.also if also.id != id)
    return msgspec.structs.replace(alert, also=kept)


def absorbed(into: Alert, other: Alert, shared: str) -> Alert:
    """Return an alert with the incidents of another, whose main one it has, too.

    `shared`: the id of that incident in the alert that continues.
    """
    survivor = into
    current = survivor.claim_ids[-1:] if shared == MAIN else ()
    for claim_id in (*other.claim_ids, *current):
        survivor = with_claim(survivor, claim_id, shared)
    for also in other.also:
        known = set(also.claim_ids) & set(survivor.all_claim_ids)
        if not known and also.id not in {one.id for one in survivor.also}:
            survivor = msgspec.structs.replace(survivor, also=(*survivor.also, also))
    return with_begun(survivor, other.opened_by)


def with_begun(alert: Alert, article_ids: tuple[str, ...]) -> Alert:
    """Return the alert with more articles that began it: it names all else that they tell."""
    return msgspec.structs.replace(alert, opened_by=_with(alert.opened_by, article_ids))


def _also_with(also: Also, claim_ids: Iterable[str]) -> Also:
    return msgspec.structs.replace(also, claim_ids=_with_last(also.claim_ids, claim_ids))


def _with_last(ids: Iterable[str], given: Iterable[str]) -> tuple[str, ...]:
    """Return ids with the given ones at the end, each once."""
    return tuple(reversed(dict.fromkeys(reversed((*ids, *given)))))


def _with(some: tuple[str, ...], others: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *others)))
