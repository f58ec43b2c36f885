"""Places: names of the gazetteer where the text uses them as places, names by their form ("Marion County"), and where they lie.

A name of the gazetteer is a candidate wherever it stands. What makes it a place is evidence: the words around it, how the
entity recogniser took it, how large the place is, and whether the same name is a place elsewhere in the article.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.lang.en.stop_words import STOP_WORDS

from services.messages import Mention, Span
from services.tagger.lexicon.gazetteer import Gazetteer, Place, choose, gazetteer, place_words
from services.tagger.lexicon.words import cues
from services.tagger.names.mentions import Mentions

Entity = tuple[int, int, str]
"""Start, end, and label of a named entity."""

_LARGE, _TOWN, _SMALL = 100_000, 15_000, 5_000
"""Inhabitants from which a name needs less evidence."""
_MOST_WORDS = 5
"""Words of the longest name that is looked up."""
_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
_WORD = re.compile(r"[^\W\d_](?:[\w’'.-]*[\w.])?")
_JOINING = frozenset("de del della da do dos la las el al ez as ash an of the and on upon am sur le les du".split())  # noqa: SIM905
_TAIL = re.compile(r"(?:['’]s|[.,'’-])+$")
_SHORTENED = re.compile(r"['’](?:ve|re|ll|d|m|t)$")
_BEFORE = 60
"""Characters before a name that are looked at."""
_SIDE = (
    r"(?:north|south|east|west|central|northern|southern|eastern|western|north-?east|north-?west|south-?east|south-?west)(?:ern)?"
)
_LOCATIVE = re.compile(
    r"\b(?:in|near|outside|at|around|across|inside|into|throughout|towards?|between|via|leaving|entering|reached|visited)\s+"
    rf"(?:(?:the|{_SIDE}|downtown|nearby|rural|greater|[a-z]+-(?:held|controlled)|besieged|occupied|capital|city|town|village|suburb|"
    r"district|province|area|region|neighbou?rhood|port|island|of|towns|cities|villages|provinces)\s+){0,4}$"
)
_KIND_OF = re.compile(
    r"\b(?:city|town|village|suburb|district|province|governorate|region|port|capital|neighbou?rhood|mayor|outskirts|people|"
    r"residents|streets|north|south|east|west|cent(?:er|re))\s+of\s+(?:the\s+)?$"
)
_LOOSE = re.compile(r"\b(?:from|to|of|and|or|for|on)\s+(?:the\s+)?$|,\s$")
_FIRST = re.compile(r"(?:^|[.!?:]['\"”’)]?\s+|\n\s*|[“\"]\s*)$")
_HONORIFIC = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lady|Lord|Gen|Lt|Col|Maj|Capt|Sgt|Rep|Sen|President|Minister|Chancellor|King|Queen|Prince|"
    r"Princess|General|Colonel|Captain|Sheikh|Senator|Secretary|Judge|Justice|Pope|Officer|Detective|Coach)\.?\s+$"
)
_STATION = re.compile(r"\b[Rr]adio\s+$")
"""What makes a broadcaster of the name behind it."""
_BODY = re.compile(
    r"\s(?:Police|Department|Universit(?:y|ies)|College|School|State|Supreme|Superior|Crown|Circuit|Court|Council|Army|Force|Forces|"
    r"Government|City|County|Board|Bank|Hospital|Medical|Health|Authority|Office|Sheriff['’]s|Fire|Airport|Daily|Times|Post|News|Herald|"
    r"Tribune|International|Regional|National|District|Museum|Church|Parliament|Assembly|Chamber|Area|Community|Public)\b"
)
_SIDE_OF = re.compile(
    rf"^(?:(?i:{_SIDE}|far|upper|lower|greater|metro|downtown)\s+|(?:City|State|Province|County) of\s+)+|"
    r"\s+(?:[a-z]\w+|North|South|East|West|City)$"
)
_NOT_PLACES = re.compile(
    r"\b(?:Court|Office|Department|Police|Patrol|Sheriff|Inc|Club|Council|Committee|Ceremony|Recession|Fire|School|Games|"
    r"Competition|Ministry|Agency|Party|Marshal|Day)\b|^(?:Mr|Mrs|Ms|Miss|Dr|Sen|Rep)\b\.?|\d"
)
_CALLED_AFTER = ("Hospital", "Church", "Highway", "Museum", "Cathedral", "Cemetery", "Stadium", "Prison", "School District")
"""Kinds of buildings and bodies of which a town's name is only the first word: the town is the place then."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A name of the gazetteer at a span, with the label and span of the entity that covers it."""

    start: int
    end: int
    name: str
    places: tuple[Place, ...]
    label: str | None = None
    entity: Span | None = None

    @property
    def inhabitants(self) -> int:
        return max(place.population for place in self.places)

    @property
    def is_whole_entity(self) -> bool:
        return self.entity is not None and self.entity[0] + 4 >= self.start and self.end + 2 >= self.entity[1]


def add_places(mentions: Mentions, entities: Sequence[Entity]) -> None:
    """Add the places of an article, with country and coordinates where the gazetteer has them.

    `entities` are those of the sentences that were parsed. Names of the dictionaries are in `mentions` already and stay, but
    for states that are part of a longer name ("New Mexico").
    """
    finder = _Finder(mentions, entities)
    candidates = list(finder.candidates())
    sure = {(c.start, c.end): c.name for c in candidates if finder.is_place(c)}
    names = set(sure.values())
    for candidate in candidates:
        if (candidate.start, candidate.end) in sure or (candidate.name in names and finder.may_repeat(candidate)):
            finder.add(candidate)
    finder.add_by_form()
    finder.add_entities()
    finder.resolve()


class _Finder:
    """Weighs the candidates of one article."""

    def __init__(self, mentions: Mentions, entities: Sequence[Entity]) -> None:
        self._mentions = mentions
        self._text = mentions.text
        self._gazetteer = gazetteer()
        self._entities = _by_character(entities)
        self._all = entities
        self._people = _people(mentions.text, entities)
        self._common = _common_words(mentions.text)
        self._places: dict[Span, tuple[Place, ...]] = {}

    def candidates(self) -> Iterator[_Candidate]:
        """Yield the names of the gazetteer in order, the longest at each place; abbreviated states after a comma too."""
        words = [m.span() for m in _WORD.finditer(self._text)]
        i = 0
        while i < len(words):
            found = self._longest(words, i) if self._text[words[i][0]].isupper() else None
            if found is not None:
                yield found[0]
            i += found[1] if found else 1

    def _longest(self, words: Sequence[Span], i: int) -> tuple[_Candidate, int] | None:
        """Return the longest name that starts with word `i`, and how many words it has."""
        most = min(_MOST_WORDS, len(words) - i, self._gazetteer.n_words(self._text[slice(*words[i])]))
        for n in range(most, 0, -1):
            start, end = words[i][0], words[i + n - 1][1]
            between = (self._text[a[1] : b[0]] for a, b in zip(words[i : i + n - 1], words[i + 1 : i + n], strict=True))
            if any(gap != " " for gap in between) or not self._may_end(words[i + n - 1]):
                continue
            short = self._gazetteer.short.get(self._text[start:end]) if n == 1 else None
            if short is not None and (self._text[max(0, start - 2) : start] == ", " or "." in self._text[start : end - 1]):
                return self._candidate(start, end, (short,)), n
            end -= len(tail.group()) if (tail := _TAIL.search(self._text, start, end)) else 0
            places = self._gazetteer.find(self._text[start:end]) if not _SHORTENED.search(self._text, start, end) else ()
            if places:
                return self._candidate(start, end, places), n
        hyphen = self._text.find("-", *words[i])
        if hyphen > 0 and self._text[hyphen + 1].islower():
            places = self._gazetteer.find(self._text[words[i][0] : hyphen])
            return (self._candidate(words[i][0], hyphen, places), 1) if places else None
        return None

    def _may_end(self, word: Span) -> bool:
        return self._text[word[0]].isupper() or self._text[slice(*word)] not in _JOINING

    def _candidate(self, start: int, end: int, places: tuple[Place, ...]) -> _Candidate:
        entity = self._entities.get(start)
        covers = entity is not None and entity[1] >= end
        return _Candidate(
            start,
            end,
            self._text[start:end],
            places,
            entity[2] if entity and covers else None,
            entity[:2] if entity and covers else None,
        )

    def is_place(self, c: _Candidate) -> bool:
        """Tell whether a candidate is a place by itself."""
        if self._is_taken(c):
            return False
        if self._is_anchored(c) or c.name in self._gazetteer.short:
            return True
        vague = self._is_vague(c)
        located = self._is_located(c)
        if located and (not vague or c.inhabitants >= _LARGE or c.label in _PLACE_LABELS):
            return c.label != "PERSON" or c.is_whole_entity
        if self._gazetteer.is_region(c.name) and not vague:
            return c.label != "PERSON" or c.is_whole_entity
        if vague:
            return False
        return c.label in _PLACE_LABELS or self._is_likely(c)

    def _is_vague(self, c: _Candidate) -> bool:
        """Tell whether a name may be an everyday word or a person here."""
        single = " " not in c.name and not self._gazetteer.is_region(c.name)
        return (
            self._gazetteer.is_ambiguous(c.name)
            or c.name.lower() in self._common
            or (single and c.name in self._people)
            or (single and c.inhabitants < _LARGE and self._before(c).endswith(("the ", "The ", "a ", "A ", "an ")))
        )

    def _is_likely(self, c: _Candidate) -> bool:
        """Tell whether a name that no word places is large enough to be the place, for how the recogniser took it."""
        if c.label == "PERSON":
            return c.is_whole_entity and c.inhabitants >= _LARGE
        if c.label in ("ORG", "NORP") and c.is_whole_entity:
            return c.inhabitants >= _TOWN
        if c.label is not None:
            return c.inhabitants >= _LARGE and self._heads_entity(c)
        if self._touches_capitals(c):
            return c.inhabitants >= _LARGE and bool(_BODY.match(self._text, c.end))
        enough = _SMALL if " " in c.name or _LOOSE.search(self._before(c)) else _TOWN
        return c.inhabitants >= (_LARGE if _FIRST.search(self._before(c)) else enough)

    def may_repeat(self, c: _Candidate) -> bool:
        """Tell whether a name that is a place elsewhere in the article is one here too."""
        if self._is_taken(c) or self._is_vague(c):
            return False
        if c.label == "PERSON":
            return c.is_whole_entity
        return c.label is not None or not self._touches_capitals(c) or bool(_BODY.match(self._text, c.end))

    def _is_taken(self, c: _Candidate) -> bool:
        """Tell whether a dictionary name or a title stands against a place here."""
        for known in self._mentions.overlapping(c.start, c.end):
            longer = known.type in ("state", "nationality") and c.end - c.start > known.end - known.start and " " in c.name
            metonym = (
                known.type == "state"
                and known.surface == c.name
                and self._is_located(c)
                and not self._gazetteer.is_region(c.name)
            )
            if not (longer or (metonym and not self._gazetteer.is_country(c.name))):
                return True
        return bool(_HONORIFIC.search(self._before(c)) or _STATION.search(self._before(c)))

    def _is_located(self, c: _Candidate) -> bool:
        before = self._before(c)
        return bool(_LOCATIVE.search(before) or _KIND_OF.search(before)) and not self._goes_on(c)

    def _goes_on(self, c: _Candidate) -> bool:
        """Tell whether another capitalised word follows that is no part of a place or body: "in Jackson Smith's words"."""
        after = re.match(r" [A-Z][a-z]+", self._text[c.end : c.end + 30])
        return after is not None and c.label not in _PLACE_LABELS and not _BODY.match(self._text, c.end)

    def _is_anchored(self, c: _Candidate) -> bool:
        """Tell whether the state or country that a place lies in follows after a comma: "Bantam, Conn."."""
        after = re.match(r",? \(?((?:[A-Z][\w.]*)(?: [A-Z][\w.]*){0,2})", self._text[c.end : c.end + 40])
        if after is None or c.name in self._gazetteer.short:
            return False
        if not after.group().startswith(","):
            short = self._gazetteer.short.get(after[1])
            return short is not None and any(_lies_in(place, short) for place in c.places)
        words = after[1].split()
        for n in range(len(words), 0, -1):
            name = " ".join(words[:n])
            country = self._gazetteer.country(name)
            regions = [r for r in (self._gazetteer.short.get(name), *self._gazetteer.find(name)[:1]) if r is not None]
            if any(p.country == country or any(_lies_in(p, r) for r in regions) for p in c.places):
                return True
        return False

    def _heads_entity(self, c: _Candidate) -> bool:
        """Tell whether a name opens or closes the name of a body that is called after it ("Dublin Arts Council")."""
        if c.entity is None or c.label != "ORG":
            return False
        before = self._text[c.entity[0] : c.start]
        return before in ("", "the ", "The ") or before.endswith((" of ", " in ")) or before.isupper() or c.end >= c.entity[1] - 2

    def _touches_capitals(self, c: _Candidate) -> bool:
        before, after = self._before(c), self._text[c.end : c.end + 12]
        led = re.search(r"(?:^|[^\w])([A-Z][\w.’'-]*) $", before)
        follows = re.match(r" [A-Z]", after)
        return bool(follows) or (led is not None and not _FIRST.search(before[: led.start(1)]))

    def _before(self, c: _Candidate) -> str:
        return self._text[max(0, c.start - _BEFORE) : c.start]

    def add(self, c: _Candidate) -> None:
        """Add a candidate; a state that it holds or that it stands for in this sentence gives way."""
        for known in self._mentions.overlapping(c.start, c.end):
            self._mentions.drop(known)
        self._mentions.add(c.start, c.end, "place", "place/gazetteer", basis="gazetteer")
        self._places[(c.start, c.end)] = c.places

    def add_by_form(self) -> None:
        """Add names that end or begin with the word for a kind of place: "Marion County", "Lake Chad"."""
        for match in _forms(self._gazetteer).finditer(self._text):
            start, end = match.span()
            if self._text[start:end].startswith(("The ", "A ", "In ", "On ", "At ")):
                start = self._text.index(" ", start) + 1
            inner = self._mentions.overlapping(start, end)
            if " " not in self._text[start:end] or any(m.type != "place" or m.start < start or m.end > end for m in inner):
                continue
            if inner and self._text[start:end].endswith(_CALLED_AFTER):
                continue
            for known in inner:
                self._mentions.drop(known)
            if self._text[start:end].rsplit(" ", 1)[1].lower() in cues().body_ends:
                self._mentions.add(start, end, "group", "mention/body-form")
                continue
            self._mentions.add(start, end, "place", "place/form")

    def add_entities(self) -> None:
        """Add what the recogniser took for a place and no list knows; a side or kind goes from its name ("North Texas")."""
        for start, end, label in self._all:
            if label not in _PLACE_LABELS:
                continue
            start, end = _stripped(self._text, start, end)
            name = self._text[start:end]
            if not name or not name[0].isupper() or _NOT_PLACES.search(name) or self._mentions.overlaps(start, end):
                continue
            self._mentions.add(start, end, "place", f"entity/{label.lower()}", basis="recogniser")

    def resolve(self) -> None:
        """Give each place of the gazetteer its country and coordinates: those that the article's other places make likely."""
        self._places |= self._known_by_name()
        countries = {c for m in self._mentions.in_order() if m.type in ("state", "nationality") if (c := self._country_of(m))}
        regions = [r for s, places in self._places.items() for r in places[:1] if self._is_division(self._text[slice(*s)])]
        countries |= {r.country for r in regions}
        divisions = {f"{r.country}.{r.admin1}" for r in regions if r.admin1}
        for span, places in self._places.items():
            mention = self._mentions.found.get(span)
            if mention is not None:
                place = choose(places, countries, divisions)
                self._mentions.update(
                    mention, country=place.country or None, lat=place.lat, lon=place.lon, geoname_id=place.geoname_id
                )
        for mention in self._mentions.in_order():
            if mention.type == "state":
                self._mentions.update(mention, country=self._country_of(mention))

    def _known_by_name(self) -> dict[Span, tuple[Place, ...]]:
        """Return what the gazetteer has for places that were found without it: datelines, and large towns with everyday names."""
        found = {(m.start, m.end): self._gazetteer.find(m.surface) for m in self._mentions.in_order() if m.type == "place"}
        return {
            s: places
            for s, places in found.items()
            if s not in self._places and max((p.population for p in places), default=0) >= _LARGE
        }

    def _is_division(self, name: str) -> bool:
        return name in self._gazetteer.short or self._gazetteer.is_region(name)

    def _country_of(self, mention: Mention) -> str | None:
        actor = self._mentions.actors.get(mention.actor_id)
        return (actor.country or self._gazetteer.country(actor.name)) if actor else None


def _lies_in(place: Place, region: Place) -> bool:
    return place.country == region.country and (not region.admin1 or place.admin1 == region.admin1)


def _stripped(text: str, start: int, end: int) -> Span:
    """Return the span of an entity without article, possessive, and the words for its side or kind around the name."""
    name = text[start:end]
    if name.startswith(("the ", "The ")):
        start += 4
    end -= len(tail.group()) if (tail := re.search(r"['’]s$", name)) else 0
    while (side := _SIDE_OF.search(text[start:end])) is not None and len(side.group()) < end - start:
        start, end = (start + side.end(), end) if side.start() == 0 else (start, start + side.start())
    return start, end


def _people(text: str, entities: Sequence[Entity]) -> frozenset[str]:
    """Return the words of the persons' names that have two words or more."""
    names = (text[start:end].split() for start, end, label in entities if label == "PERSON")
    return frozenset(word for name in names if len(name) > 1 for word in name)


def _common_words(text: str) -> frozenset[str]:
    """Return the words that are no names: what the article also writes small, and the commonest of the language."""
    small: list[str] = re.findall(r"(?<![\w’'])[a-z][\w’']+", text)
    return frozenset(small) | frozenset(STOP_WORDS) | place_words().calendar


def _by_character(entities: Sequence[Entity]) -> dict[int, Entity]:
    """Return the entity at each character: entities don't overlap and are short, so this costs no more than their text."""
    return {at: entity for entity in entities for at in range(entity[0], entity[1])}


@cache
def _forms(known: Gazetteer) -> re.Pattern[str]:
    last = "|".join(sorted(map(re.escape, known.words.last_words), key=len, reverse=True))
    first = "|".join(sorted(map(re.escape, known.words.first_words), key=len, reverse=True))
    name = r"(?:[A-Z][\w-]*(?:['’](?!s\b)\w+)?\.?|\d{1,3}(?:st|nd|rd|th))"
    return re.compile(rf"(?<![\w-]){name}(?: {name}){{0,3}} (?:{last})(?![\w-])|\b(?:{first}) [A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?")
