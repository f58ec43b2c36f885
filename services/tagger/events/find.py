"""Events of a sentence: the triggers by lemma, and the mentions in their roles by dependency."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from services.messages import Mention
from services.tagger.events.acts import is_no_such_act
from services.tagger.events.evidence import holds_up, is_spoken_of
from services.tagger.events.fill import fill
from services.tagger.events.found import Found
from services.tagger.events.intents import intent, is_vow
from services.tagger.events.make_believe import is_make_believe
from services.tagger.events.refused import Notes, misread, refused, why_not
from services.tagger.events.senses import is_without_force
from services.tagger.events.triggers import triggers, triggers_in
from services.tagger.events.upgrades import specify
from services.tagger.lexicon.ontology import EventType, Plover, meant_by
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import has, lemma_of

_COOPERATIVE: frozenset[Plover] = frozenset(
    {"AID", "CONSULT", "SUPPORT", "CONCEDE", "RETREAT", "AGREE"}
)
_HOSTILE: frozenset[Plover] = frozenset(
    {"ASSAULT", "FIGHT", "COERCE", "SANCTION", "MOBILIZE", "RETREAT"}
)


def find_events(
    doc: Doc,
    mentions: Mentions,
    base: int,
    figures: AbstractSet[str] = frozenset(),
    notes: Notes | None = None,
) -> list[Found]:
    """Return the events of one parsed sentence in the order of their triggers.

    `base` is the offset of the sentence in the text. `figures` are the lemmas that are figures of
    speech in this text. The words that name none are noted, if notes are taken.
    """
    phrases = Phrases(mentions, base)
    found: list[Found] = []
    for token in triggers_in(doc):
        not_held: list[Found] = []
        events = list(_events_of(token, phrases, base, figures, not_held))
        for event in events:
            found.append(event)
            if not event.in_passing:
                found += _announced(event)
        if notes is not None and not events:
            _note(notes, token, not_held, base, figures)
    specify(found, doc, mentions)
    return _once_a_trigger(found)


def _once_a_trigger(found: list[Found]) -> list[Found]:
    """Return the first event of each type and trigger.

    Two triggers may give the same offer: its own verb, and the word for what is offered.
    """
    last_first = reversed(found)
    return list({(event.type.event, event.trigger.i): event for event in last_first}.values())[::-1]


def _events_of(
    token: Token,
    phrases: Phrases,
    base: int,
    figures: AbstractSet[str],
    not_held: list[Found],
) -> Iterator[Found]:
    """Yield the first event that a word asserts, and those that it mentions in passing.

    Those that do not hold up are added to `not_held`.
    """
    asserted: Found | None = None
    listed: list[Found] = []
    spoken_of: list[Found] = []
    for event_type, frame in triggers(token):
        event = Found(event_type, token, frame)
        if event.in_passing:
            listed.append(event)
            continue
        if asserted is not None:
            continue
        fill(event, phrases, base)
        is_figure = lemma_of(token) in figures and _is_figure(event)
        if is_figure or _is_of_another_sense(event):
            not_held.append(event)
        elif holds_up(event):
            asserted = event
        elif not event.figurative and is_spoken_of(event):
            event.frame = "passing"
            spoken_of.append(event)
        else:
            not_held.append(event)
    if asserted is not None:
        yield asserted
        yield from (event for event in listed if event.type is not asserted.type)
    else:
        yield from listed or spoken_of[:1]


def _note(
    notes: Notes, token: Token, not_held: Sequence[Found], base: int, figures: AbstractSet[str]
) -> None:
    """Note why a word names no event; a word that only names one with others says nothing."""
    if not_held:
        event = not_held[0]
        reason = "figure" if lemma_of(token) in figures else why_not(event)
        if _is_of_another_sense(event):
            reason = "another-meaning"
        notes.refused.append(refused(event, base, reason))
    elif (other := misread(token, base)) is not None:
        notes.refused.append(other)


def _is_of_another_sense(event: Found) -> bool:
    return is_without_force(event) or is_no_such_act(event) or is_make_believe(event)


def _is_figure(event: Found) -> bool:
    """True if a trigger that may be a figure of speech is one: nobody with a name undergoes it."""
    undergone = has(event.trigger, "dobj", "auxpass", "nsubjpass")
    return not (undergone and any(map(_has_a_name, event.patient)))


def _has_a_name(mention: Mention) -> bool:
    return mention.is_named


def _announced(event: Found) -> list[Found]:
    """Return the agreement or the threat that an offer or a vow of an event makes.

    PLOVER codes statements of intent so: AGREE and THREATEN (Halterman et al. 2023).
    """
    governor = intent(event.trigger)
    if governor is None:
        return []
    kind = _type_of_intent(event.type.plover, vowed=is_vow(governor))
    if kind is None or kind is event.type or not event.agent:
        return []
    agents, patients = list(event.agent), list(event.patient)
    return [Found(kind, governor, "intent", agent=agents, patient=patients)]


def _type_of_intent(plover: Plover, *, vowed: bool) -> EventType | None:
    if plover in _COOPERATIVE and not (plover == "RETREAT" and vowed):
        return meant_by("offer")
    if plover in _HOSTILE and vowed:
        return meant_by("vow")  # "will withdraw unless" is an ultimatum.
    return None
