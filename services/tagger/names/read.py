"""The first pass: who and where. Names are found from the surest source to the least sure.

    dictionary ─► dateline ─► gazetteer ─► recogniser ─► acronyms ─► roles ─► leaders
        ─► one key a person ─► short forms

What overlaps an earlier find gives way to it, so the order is the order of trust. Descriptions and
pronouns ("four men", "he") are no names: the second pass makes them where an event needs them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.tagger.layout.dateline import Dateline
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.entities import Entity, add_dictionary, add_entities, named_entities
from services.tagger.names.identity import join_people
from services.tagger.names.mentions import Mentions
from services.tagger.names.people import add_acronyms, tie_leaders, tie_roles
from services.tagger.names.place_owners import add_owned
from services.tagger.names.places import add_places
from services.tagger.names.short_forms import add_short_forms
from services.tagger.parse.sentence import Parsed
from services.tagger.steps import Fact, Step, take


@dataclass
class NameWork:
    """The work of the first pass."""

    mentions: Mentions
    parsed: Sequence[Parsed]
    dateline: Dateline | None
    entities: list[Entity] = field(default_factory=list)


def find_names(
    text: str,
    actors: Actors,
    parsed: Sequence[Parsed],
    dateline: Dateline | None,
    published: date | None,
) -> Mentions:
    """Return the names of an article, each with its actor or place where one is known.

    `published` is the day that "today" means, if it is known.
    """
    day = published.isoformat() if published else None
    work = NameWork(Mentions(text, actors, day), parsed, dateline)
    take(STEPS, work)
    return work.mentions


def _dictionary(work: NameWork) -> None:
    add_dictionary(work.mentions, work.mentions.day)


def _dateline(work: NameWork) -> None:
    place = work.dateline.place if work.dateline else None
    if place is not None and not work.mentions.overlaps(*place):
        work.mentions.add(*place, "place", "mention/dateline")


def _places(work: NameWork) -> None:
    for sentence in work.parsed:
        work.entities.extend(named_entities(sentence.doc, sentence.span[0]))
    add_places(work.mentions, work.entities)


def _owned(work: NameWork) -> None:
    for sentence in work.parsed:
        add_owned(work.mentions, sentence)


def _recognised(work: NameWork) -> None:
    add_entities(work.mentions, work.entities, work.mentions.day)


def _acronyms(work: NameWork) -> None:
    add_acronyms(work.mentions)


def _roles(work: NameWork) -> None:
    tie_roles(work.mentions)


def _leaders(work: NameWork) -> None:
    tie_leaders(work.mentions)


def _one_key(work: NameWork) -> None:
    join_people(work.mentions)


def _short_forms(work: NameWork) -> None:
    add_short_forms(work.mentions)


GIVEN: tuple[Fact, ...] = ("text", "parse", "dateline")

STEPS: tuple[Step[NameWork], ...] = (
    Step(
        _dictionary,
        ("text",),
        ("names:dictionary",),
        "A name that somebody entered by hand is surer than any guess.",
    ),
    Step(
        _dateline,
        ("dateline", "names:dictionary"),
        ("names:dateline",),
        "The place of a dateline is one by its position, whatever else its word may mean.",
    ),
    Step(
        _places,
        ("parse", "names:dictionary", "names:dateline"),
        ("names:places",),
        "A name of the gazetteer is surer than the recogniser, which calls towns persons.",
    ),
    Step(
        _recognised,
        ("parse", "names:places"),
        ("names:recognised",),
        "What is left over is taken as the recogniser has it.",
    ),
    Step(
        _owned,
        ("parse", "names:recognised"),
        ("places:owned",),
        "Whose a place is shows in the tree, beside the names of people and bodies.",
    ),
    Step(
        _acronyms,
        ("names:recognised",),
        ("names:acronyms",),
        "A short form in brackets stands behind the long one, which must be known.",
    ),
    Step(
        _roles,
        ("names:recognised", "names:acronyms"),
        ("mentions:roles",),
        "A role belongs to the body named beside it, by its short form too.",
    ),
    Step(
        _leaders,
        ("mentions:roles",),
        ("mentions:leaders",),
        "Who leads a body is known once the roles have their bodies.",
    ),
    Step(
        _one_key,
        ("names:recognised", "mentions:leaders"),
        ("names:one-key",),
        "Names are compared once all are known, also those that only a role gives.",
    ),
    Step(
        _short_forms,
        ("names:one-key", "mentions:leaders"),
        ("names:short-forms",),
        "A surname alone takes over the whole name's role and body, so it comes last.",
    ),
)
