"""Places: names of the gazetteer, names by their form ("Marion County"), and where they lie.

A name of the gazetteer is a candidate wherever it stands (`place_candidates`). Evidence makes it a
place (`place_evidence`): the words around it, the recogniser's label, its size, and whether the
same name is a place elsewhere in the article.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain

from services.messages import Mention, Precision, Span
from services.tagger.lexicon.gazetteer import Gazetteer, Place, choose, gazetteer
from services.tagger.lexicon.words import cues
from services.tagger.names.bare import is_title
from services.tagger.names.entities import Entity
from services.tagger.names.mentions import Mentions
from services.tagger.names.place_candidates import Candidate, Candidates
from services.tagger.names.place_evidence import LARGE, PLACE_LABELS, Evidence
from services.tagger.names.place_patterns import BEFORE, CALLED_AFTER, NOT_PLACES, ON, SIDE_OF
from services.tagger.names.place_precision import OF_LABEL, precision_of

_ACRONYM_LETTERS = 5
"""Letters of the longest acronym: a longer word in capitals is shouted."""
_POSSESSIVE = re.compile(r"['’]s$")


def add_places(mentions: Mentions, entities: Sequence[Entity]) -> None:
    """Add the places of an article, with country and coordinates where the gazetteer has them.

    `entities` are those of the sentences that were parsed. Names of the dictionaries are in
    `mentions` already and stay, except states that are part of a longer name ("New Mexico").
    """
    known = gazetteer()
    evidence = Evidence(mentions, known, entities)
    candidates = list(Candidates(mentions.text, known, entities))
    sure = {
        candidate.span: candidate.name for candidate in candidates if evidence.is_place(candidate)
    }
    names = set(sure.values())
    places = _Places(mentions, known)
    for candidate in candidates:
        is_known = candidate.name in names
        if candidate.span in sure or (is_known and evidence.may_repeat(candidate)):
            places.add(candidate)
    places.add_by_form({(e.start, e.end) for e in entities if e.label == "PERSON"})
    places.add_entities(entities)
    places.resolve()
    add_precision(mentions)


def add_precision(mentions: Mentions) -> None:
    """Set how exactly each place and state is named."""
    for mention in mentions.in_order():
        if mention.type == "state":
            mentions.update(mention, precision="country")
        elif mention.type == "place":
            precision = precision_of(mention, mentions.text, gazetteer())
            mentions.update(mention, precision=precision)


class _Places:
    """Adds the places of one article."""

    def __init__(self, mentions: Mentions, known: Gazetteer) -> None:
        self._mentions = mentions
        self._text = mentions.text
        self._gazetteer = known
        self._places: dict[Span, tuple[Place, ...]] = {}

    def add(self, c: Candidate) -> None:
        """Add a candidate; what it holds, or the state of its name, gives way."""
        for known in self._mentions.overlapping(c.start, c.end):
            self._mentions.drop(known)
        self._mentions.add(c.start, c.end, "place", "place/gazetteer", basis="gazetteer")
        self._places[c.span] = c.places

    def add_by_form(self, people: AbstractSet[Span]) -> None:
        """Add names with the word for a kind of place at an end: "Marion County", "Lake Chad".

        `people`: the spans that the recogniser takes for persons ("Marta Forest").
        """
        for match in _forms(self._gazetteer).finditer(self._text):
            start, end = match.span()
            if self._text[start:end].startswith(("The ", "A ", "In ", "On ", "At ")):
                start = self._text.index(" ", start) + 1
            inner = self._mentions.overlapping(start, end)
            may_be_person = (start, end) in people or self._ends_like_a_person(start, end)
            if may_be_person and not ON.search(self._text, max(0, start - BEFORE), start):
                continue
            if self._is_form(start, end, inner):
                for known in inner:
                    self._mentions.drop(known)
                self._add_form(start, end)

    def _ends_like_a_person(self, start: int, end: int) -> bool:
        return self._text[start:end].rpartition(" ")[2] in self._gazetteer.words.surnames

    def _is_form(self, start: int, end: int, inner: Sequence[Mention]) -> bool:
        name = self._text[start:end]
        if " " not in name or (inner and CALLED_AFTER.search(name)):
            return False
        if self._ends_like_a_person(start, end) and is_title(name.split()[0].lower()):
            return False
        return all(m.type == "place" and start <= m.start and m.end <= end for m in inner)

    def _add_form(self, start: int, end: int) -> None:
        if self._text[start:end].rsplit(" ", 1)[1].lower() in cues().body_ends:
            self._mentions.add(start, end, "group", "mention/body-form")
        else:
            self._mentions.add(start, end, "place", "place/form")

    def add_entities(self, entities: Sequence[Entity]) -> None:
        """Add what only the recogniser takes for a place.

        A side or kind goes from its name ("North Texas").
        """
        for entity in entities:
            if entity.label not in PLACE_LABELS:
                continue
            start, end = _stripped(self._text, entity.start, entity.end)
            name = self._text[start:end]
            is_name = name[:1].isupper() and not NOT_PLACES.search(name)
            if _is_acronym(name) or self._is_bare_possessive(name):
                continue
            if is_name and not self._mentions.overlaps(start, end):
                rule = f"entity/{entity.label.lower()}"
                more = {"basis": "recogniser", "precision": OF_LABEL.get(entity.label)}
                self._mentions.add(start, end, "place", rule, **more)

    def _is_bare_possessive(self, name: str) -> bool:
        """True for a country's possessive without its apostrophe ("Kostrias capital")."""
        return name.endswith("s") and self._gazetteer.is_country(name[:-1])

    def resolve(self) -> None:
        """Give each place of the gazetteer its country and coordinates.

        Of several places with one name, the article's other places make one likely.
        """
        self._places |= self._known_by_name()
        countries, divisions = self._surroundings()
        for span, places in self._places.items():
            mention = self._mentions.found.get(span)
            if mention is not None:
                place = choose(places, countries, divisions)
                self._locate(mention, place)
        for mention in self._mentions.in_order():
            if mention.type == "state":
                country = self._country_of(mention)
                within = self._gazetteer.holding(country or "")
                self._mentions.update(mention, country=country, within=within)

    def _locate(self, mention: Mention, place: Place) -> None:
        """Set where a mention lies: the name of a country is no town of that name elsewhere."""
        name = mention.surface
        state = None if self._gazetteer.is_listed(name) else self._gazetteer.country(name)
        if state is not None and state != place.country:
            within = self._gazetteer.holding(state)
            self._mentions.update(mention, country=state, within=within)
            return
        self._mentions.update(
            mention,
            country=place.country or None,
            within=self._gazetteer.holding(place.country, place.admin1),
            lat=place.lat,
            lon=place.lon,
            geoname_id=place.geoname_id,
        )

    def _surroundings(self) -> tuple[set[str], set[str]]:
        """Return the countries that an article names, and their divisions ("US.KY")."""
        mentions = self._mentions.in_order()
        states = (m for m in mentions if m.type in ("state", "nationality"))
        countries = set(filter(None, map(self._country_of, states)))
        divisions = set[str]()
        for span, places in self._places.items():
            if places and self._is_division(self._text[slice(*span)]):
                countries.add(places[0].country)
                if places[0].admin1:
                    divisions.add(f"{places[0].country}.{places[0].admin1}")
        return countries, divisions

    def _known_by_name(self) -> dict[Span, tuple[Place, ...]]:
        """Return the gazetteer's places for those found without it.

        They are datelines, and large towns with everyday names.
        """
        found: dict[Span, tuple[Place, ...]] = {}
        for mention in self._mentions.in_order():
            span = mention.start, mention.end
            if mention.type == "place" and span not in self._places:
                places = self._gazetteer.find(mention.surface)
                if max((place.population for place in places), default=0) >= LARGE:
                    found[span] = places
        return found

    def _is_division(self, name: str) -> bool:
        return name in self._gazetteer.short or self._gazetteer.is_listed(name)

    def _country_of(self, mention: Mention) -> str | None:
        actor = self._mentions.actors.get(mention.actor_id)
        return (actor.country or self._gazetteer.country(actor.name)) if actor else None


def _is_acronym(name: str) -> bool:
    """True for letters alone: a body or a show, as states are in the dictionaries."""
    return name.isupper() and name.isalpha() and len(name) <= _ACRONYM_LETTERS


def _stripped(text: str, start: int, end: int) -> Span:
    """Return the span of an entity's name alone.

    The article, the possessive, and words for a side or kind are left out.
    """
    name = text[start:end]
    if name.startswith(("the ", "The ")):
        start += 4
    tail = _POSSESSIVE.search(name)
    end -= len(tail.group()) if tail else 0
    while (side := SIDE_OF.search(text[start:end])) is not None:
        if len(side.group()) >= end - start:
            break
        start, end = (
            (start + side.end(), end) if side.start() == 0 else (start, start + side.start())
        )
    return start, end


@cache
def _forms(known: Gazetteer) -> re.Pattern[str]:
    last, first = map(_any_of, (known.words.last_words, known.words.first_words))
    name = r"(?:[A-Z][\w-]*(?:['’](?!s\b)\w+)?\.?|\d{1,3}(?:st|nd|rd|th))"
    return re.compile(
        rf"(?<![\w-]){name}(?: {name}){{0,3}} (?:{last})(?![\w-])"
        rf"|\b(?:{first}) [A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?"
    )


def _any_of(words: Mapping[Precision, frozenset[str]]) -> str:
    alternatives = map(re.escape, chain.from_iterable(words.values()))
    return "|".join(sorted(alternatives, key=lambda word: (-len(word), word)))
