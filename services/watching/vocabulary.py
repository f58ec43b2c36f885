"""The names that watches can ask for, from the dictionaries and the gazetteer."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

import msgspec
from rapidfuzz import fuzz, process

from services.alerter.vocabulary import Remark, Vocabulary
from services.ports import JsonObject
from services.tagger.lexicon.actors import Actor, slug
from services.tagger.lexicon.matcher import Actors, open_lexicon, packaged_lexicon
from services.tagger.lexicon.ontology import ontology, types_by_word
from services.tagger.lexicon.rules import rule_of
from services.tagger.lexicon.words import stems
from services.text.language_codes import language_refusal
from services.text.names import fold, name_key

ALIKE = 80.0
"""Likeness (rapidfuzz ratio, 0 to 100) from which an unknown id counts as mistyped.

One or two letters of a name are different then.
"""

MOST_MEANT = 5
"""Actors named in an error if several may be meant."""

MOST_EVENTS = 3
"""Events of a word that are named in an error. A word of more says little about the event."""


def vocabulary(dictionaries: Sequence[tuple[str, memoryview]]) -> Vocabulary:
    """Return the names that watches can ask for.

    `dictionaries`: name and content of those beside ours. Raises ConfigError for an unreadable one.
    """
    own = [open_lexicon(content, name) for name, content in dictionaries]
    actors = Actors([packaged_lexicon(), *own])
    return Vocabulary(
        events=event_names(),
        events_of=events_of,
        ids_of=partial(ids_of, actors),
        name_of=lambda actor_id: getattr(actors.get(actor_id), "name", ""),
        actor=partial(actor_remark, actors),
        place=partial(place_remark, actors),
        scene=partial(scene_remark, actors),
        language=_language,
        row_of=lambda actor_id: row_of(actors, actor_id),
        id_made_of=slug,
        is_rule=is_rule,
        rule_says=rule_says,
        is_state=partial(_is_state, actors),
        is_country=lambda place: any(_is_state(actors, id) for id in ids_of(actors, place)),
    )


def event_names() -> list[str]:
    """Return the events of the ontology."""
    return [event_type.event for event_type in ontology()]


def events_of(word: str) -> list[str]:
    """Return the events that a word of texts names; none if it is more than MOST_EVENTS."""
    by_word, types = types_by_word(), ontology()
    places = next((by_word[stem] for stem in stems(word.lower()) if stem in by_word), ())
    found = [types[place].event for place in sorted(places)]
    return found if len(found) <= MOST_EVENTS else []


def row_of(actors: Actors, actor_id: str) -> JsonObject:
    """Return an actor as a row of a dictionary; {} for an unknown id."""
    actor = actors.get(actor_id)
    row: JsonObject = msgspec.to_builtins(actor) if actor is not None else {}
    return row


def is_rule(name: str) -> bool:
    """Return True for the name of a rule that reads events, without its version."""
    return name.startswith("event/") and "@" not in name and rule_of(name) is not None


def rule_says(name: str) -> str:
    """Return what a rule means; "" for an unknown one."""
    rule = rule_of(name)
    return rule.says if rule is not None else ""


def ids_of(actors: Actors, asked: str) -> list[str]:
    """Return the ids of the actors that have a name, or that id; none if no dictionary knows it."""
    if actors.get(asked):
        return [asked]
    wanted = slug(asked)
    found = (a.id for a in _each(actors) if _is_called(a, wanted)) if wanted else iter(())
    if ids := list(islice(found, MOST_MEANT)):
        return ids
    by_key = actors.of_key(name_key(asked.replace("-", " ")))
    return [by_key.id] if by_key else []


def _is_state(actors: Actors, actor_id: str) -> bool:
    actor = actors.get(actor_id)
    return actor is not None and actor.type == "state"


def actor_remark(actors: Actors, asked: str) -> Remark | None:
    """Return the remark on an actor that a watch asks for; None for a known id.

    Claims and articles name a known actor by its id, and any other by the sound of its name. So the
    name of a known actor could never match, while an unknown name matches everybody of that name.
    """
    if actors.get(asked):
        return None
    if meant := _meant(actors, asked):
        ids = " or ".join(actor.id for actor in meant)
        names = ", ".join(dict.fromkeys(actor.name for actor in meant))
        return Remark(f"no actor has the id {asked:.60}: write {ids} for {names}")
    if near := process.extractOne(slug(asked), _ids(actors), scorer=fuzz.ratio, score_cutoff=ALIKE):
        return Remark(
            f"no actor has the id {asked:.60}: did you mean {near[0]}? Somebody else is added to a "
            "dictionary of your own "
            "(docs/actors.md)"
        )
    if not name_key(asked.replace("-", " ")):
        return Remark(
            f"{asked:.60} holds no letter or digit: write the id of an actor (reportedly actors "
            "list)"
        )
    return Remark(
        f"no dictionary knows {asked:.60}: only people and groups written so are found; reportedly "
        "actors list gives the ids "
        "that find all spellings",
        is_warning=True,
    )


def place_remark(actors: Actors, asked: str, field: str = "place:") -> Remark | None:
    """Return the remark on a place that a watch asks for; None for a known town or region.

    `field` stands before the name that is offered.
    """
    actor = actors.get(asked)
    if actor is not None and actor.type != "place":
        return Remark(f"{actor.name} is no place but a {actor.type}: write actor:{actor.id}")
    if actor is not None:
        return None
    # takes seconds to read; few watches ask for a place
    from services.tagger.lexicon.gazetteer import gazetteer

    name = asked.replace("-", " ")
    known = gazetteer()
    if known.find(name) or known.is_country(name):
        return None
    near = process.extractOne(
        fold(name), known.by_name.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE
    )
    guess = f": did you mean {field}{'-'.join(near[0].split())}?" if near else ""
    return Remark(f"the gazetteer has no place called {name:.60}{guess}", is_warning=True)


def scene_remark(actors: Actors, asked: str) -> Remark | None:
    """Return the remark on a place of a claim condition; None for a known country or place."""
    kinds = {actor.type for id in ids_of(actors, asked) if (actor := actors.get(id))}
    if "state" in kinds:
        return None
    return place_remark(actors, asked, "")


def _language(asked: str) -> Remark | None:
    refusal = language_refusal(asked)
    return Remark(refusal) if refusal else None


def _meant(actors: Actors, asked: str) -> list[Actor]:
    """Return the actors that a text other than an id may mean: by a name, else by a word of one."""
    wanted = slug(asked)
    if not wanted:
        return []
    if found := [actor for id in ids_of(actors, asked) if (actor := actors.get(id))]:
        return found
    part = (
        a
        for a in _each(actors)
        if a.type in ("person", "group") and f"-{wanted}-" in f"-{slug(a.name)}-"
    )
    return list(islice(part, MOST_MEANT))


def _is_called(actor: Actor, wanted: str) -> bool:
    """Return True if a name of the actor has this slug."""
    return any(slug(name) == wanted for name in (actor.name, *actor.aliases))


def _each(actors: Actors) -> Iterator[Actor]:
    """Yield every actor once, those of the last dictionary first."""
    seen: set[str] = set()
    for lexicon in reversed(actors.lexicons):
        for actor in lexicon:
            if actor.id not in seen:
                seen.add(actor.id)
                yield actor


def _ids(actors: Actors) -> Iterable[str]:
    return [actor.id for actor in _each(actors)]
