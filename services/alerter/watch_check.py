"""The mistakes in the values of a watch: each with its place and what to write instead."""

from collections.abc import Callable, Collection, Iterator

from services.addresses import Allowed
from services.alerter.channel import channel_refusal
from services.alerter.unless import exceptions_refused
from services.alerter.vocabulary import Remark, Vocabulary
from services.channels import FORMS
from services.messages.watch import DEFAULT_CONFIDENCE
from services.query.ast import Field, Node
from services.query.atoms import asked_by_key, atoms
from services.query.parse import parse
from services.query.scan import QueryError, mistyped
from services.text.findings import Finding, heading, waiting
from services.text.problems import instead
from services.text.typed_yaml import Row

MAX_UNKNOWN = 20
"""Unknown values of one query that are reported. It bounds the work of a hostile query."""

ACTOR_FIELDS = ("actor", "patient", "agent")
"""Fields of a claim condition that take actors."""


def findings(
    row: Row,
    vocabulary: Vocabulary,
    allowed: Allowed,
    *,
    delivers: bool = True,
    mistyped: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield the mistakes in the values of a watch. `row` has only fields that can be read.

    `mistyped` are the fields that unknown names probably mean. If nothing is delivered (`delivers`
    is False), mistakes in channels are warnings.
    """
    yield from heading(row, "orran-front", "what alerts are to be headed with")
    for found in _channels(row, allowed):
        yield found if delivers else found._replace(is_warning=True)
    given = {name for name in ("query", "claim") if row.get(name) is not None}
    if not given and {"query", "claim"}.isdisjoint(mistyped):
        yield Finding("", "the watch waits for nothing: it needs query: … or claim: …, or both")
    if "query" in given:
        for remark in query_remarks(row["query"], vocabulary):
            yield Finding(".query", *remark)
    yield from _condition(row, vocabulary)
    yield from exceptions_refused(row, vocabulary.is_rule)
    yield from waiting(row)


def _channels(row: Row, allowed: Allowed) -> Iterator[Finding]:
    if "deliver" not in row:
        return
    if not row["deliver"]:
        what = "the watch delivers nowhere: name a channel, or leave deliver out"
        yield Finding(".deliver", f"{what}; {FORMS}")
    seen: set[str] = set()
    for number, channel in enumerate(row["deliver"]):
        at, to = f".deliver[{number}]", channel.get("to")
        if to is not None and (why := channel_refusal(to, allowed)):
            yield Finding(f"{at}.to", why)
        if to is not None and to in seen:
            what = f"the channel {to:.60} is given twice: join what both want in one when: […]"
            yield Finding(f"{at}.to", what)
        seen.add(to or "")
        if channel.get("when") == []:
            what = "when is empty, so nothing would go there: "
            yield Finding(f"{at}.when", f"{what}leave it out, or name kinds such as [first]")


def _condition(row: Row, vocabulary: Vocabulary) -> Iterator[Finding]:
    claim = row.get("claim") or {}
    for number, event in enumerate(claim.get("event", ())):
        if vocabulary.events and event not in vocabulary.events:
            meant, names = vocabulary.events_of(event), sorted(vocabulary.events)
            better = instead(event, names, "events", meant)
            yield Finding(f".claim.event[{number}]", f"no event is called {event:.40}; {better}")
    for role in ACTOR_FIELDS:
        for number, name in enumerate(claim.get(role, ())):
            if remark := _actor_remark(name, vocabulary):
                yield Finding(f".claim.{role}[{number}]", *remark)
    for number, place in enumerate(claim.get("place", ())):
        if remark := vocabulary.scene(place):
            yield Finding(f".claim.place[{number}]", *remark)
    yield from _bounds(claim)


def _actor_remark(name: str, vocabulary: Vocabulary) -> Remark | None:
    """Return the remark on an actor by name; None if it means one actor that is known."""
    ids = vocabulary.ids_of(name)
    if len(ids) > 1:
        return Remark(f"{name:.60} is the name of several: write {' or '.join(ids)}")
    return None if ids else vocabulary.actor(name)


def _bounds(claim: Row) -> Iterator[Finding]:
    if claim.get("independent", 0) < 0:
        yield Finding(".claim.independent", "independent counts voices: write 0 or more")
    if claim.get("killed", 0) < 0:
        yield Finding(".claim.killed", "killed counts the dead: write 0 or more")
    if not 0 <= claim.get("confidence", 0) <= 1:
        what = f"confidence is a probability: write 0 to 1; without it, {DEFAULT_CONFIDENCE} holds"
        yield Finding(".claim.confidence", what)


def query_remarks(query: str, vocabulary: Vocabulary) -> Iterator[Remark]:
    """Yield why a query can't be read, and remarks on names in it that could never match."""
    if why := mistyped(query):
        yield Remark(why)
        return
    known = {"event": frozenset(vocabulary.events)} if vocabulary.events else {}
    for _ in range(MAX_UNKNOWN):
        try:
            node = parse(query, known)
        except QueryError as error:
            yield Remark(str(error))
            if error.unknown is None:
                return
            name, value = error.unknown
            known = {**known, name: known.get(name, frozenset()) | {value}}
        else:
            yield from _names(node, vocabulary)
            return


def _names(node: Node, vocabulary: Vocabulary) -> Iterator[Remark]:
    ask: dict[str, Callable[[str], Remark | None]] = {
        "actor": vocabulary.actor,
        "place": vocabulary.place,
        "lang": vocabulary.language,
    }
    facets = dict.fromkeys(atom.facet for atom, _ in atoms(node) if isinstance(atom, Field))
    keys = asked_by_key(node)
    for facet in facets:
        name, _, value = facet.partition(":")
        if facet not in keys and name in ask and (remark := ask[name](value)):
            yield remark
