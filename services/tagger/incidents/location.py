"""Where an incident was: the most exact place that its own sentences give, then what holds it.

Its own sentences come first, then those right before them. The dateline says where the news was
written: it counts for the main incident only, and only if nothing else does. The lead sets the
scene of the whole article (Bell 1991, the orientation of a news story): an incident without a place
was in the one town that the lead names, else in the country that most places of the article lie in.
Beside a town, which has its own country, a state is listed only if a sentence of the incident names
it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from services.messages import Mention, Precision, Report, Span
from services.tagger.discourse.arguments import identity, known
from services.tagger.incidents.view import ArticleView

_EXACTNESS: tuple[Precision, ...] = ("site", "town", "region", "country")
"""Precision of places, the most exact first: an incident lists the likeliest of each."""
_MOST_OF_ONE = 2
"""Places of one precision that an incident lists, if as many reports give them."""
_MOST = Fraction(1, 2)
"""Share of an article's places from which their country is that of its events. Set by hand."""
_MOST_TOWNS = Fraction(2, 3)
"""Share of an article's mentions of towns from which the town of its lead is that of its events.

Set by hand, between three fifths and three quarters: more are found, and none more is wrong.
"""


def places(members: Sequence[Report], view: ArticleView, *, is_main: bool) -> tuple[str, ...]:
    """Return the ids of an incident's places; `members`: its reports, the surest first."""
    given = [p for r in members for p in known(r.place, view.mentions) * (1 + view.is_lead(r))]
    stated = _stated(given, members, view, is_main=is_main)
    votes = Counter(map(identity, given))
    located = [place for place in stated if place.country is not None]
    country = max(located, key=lambda p: votes[identity(p)]).country if located else None
    spoken = _inside(given, [r.sentence for r in members])
    found: list[Mention] = []
    for precision in _EXACTNESS:
        likely = _of(precision, stated, country)
        if not likely and found:
            likely = _of(precision, spoken if precision == "country" else given, country)
        found += _most_given(likely, votes)
    if all(place.precision == "country" for place in found):
        found = [*_of_lead(country, view), *found]
    return tuple(place.id for place in found)


def _of_lead(country: str | None, view: ArticleView) -> list[Mention]:
    """Return the one town that title, dateline, and lead name, if most of the article is on it.

    None of another country than the incident's.
    """
    end = max((r.sentence[1] for r in view.reports if view.is_lead(r)), default=0)
    towns = [m for m in view.mentions.values() if m.type == "place" and m.precision == "town"]
    of_lead = {identity(town): town for town in towns if town.start < end}
    n_named = sum(identity(town) in of_lead for town in towns)
    if len(of_lead) != 1 or n_named < _MOST_TOWNS * len(towns):
        return []
    return _of("town", list(of_lead.values()), country)


def _stated(
    given: Sequence[Mention], members: Sequence[Report], view: ArticleView, *, is_main: bool
) -> list[Mention]:
    """Return the places of an incident's own sentences, else the next best of those given."""
    telling = [r.sentence for r in members if not r.in_passing]
    passing = [r.sentence for r in members if r.in_passing]
    own = _inside(given, telling) or _inside(given, passing)
    near = [p for p in given if p.type != "state" and (p.start, p.end) != view.dateline]
    states = [p for p in own if p.type == "state"]
    of_article = [p for p in given if p.type == "state" and _holds_most(p.country, view)]
    if len(states) < len(own):
        return own
    return near or states or (list(given) if is_main else of_article)


def _inside(places: Sequence[Mention], sentences: Sequence[Span]) -> list[Mention]:
    return [p for p in places if any(start <= p.start < end for start, end in sentences)]


def _holds_most(country: str | None, view: ArticleView) -> bool:
    """True if most places that an article names lie in a country."""
    countries = [m.country for m in view.mentions.values() if m.country is not None]
    return countries.count(country or "") >= _MOST * len(countries)


def _of(precision: Precision, places: Sequence[Mention], country: str | None) -> list[Mention]:
    """Return the places of a precision that may lie in a country."""
    may_lie = (None, country)
    return [
        p for p in places if p.precision == precision and (country is None or p.country in may_lie)
    ]


def _most_given(places: Sequence[Mention], votes: Mapping[str, int]) -> list[Mention]:
    """Return the places that most reports give, each once."""
    most = max((votes[identity(place)] for place in places), default=0)
    distinct: dict[str, Mention] = {}
    for place in places:
        if votes[identity(place)] == most:
            distinct.setdefault(identity(place), place)
    return list(distinct.values())[:_MOST_OF_ONE]
