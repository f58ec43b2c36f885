"""Fields of an incident: its types, people, numbers, places, and day, from its own reports."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter

from services.messages import Attribution, Count, EventDate, Mention, Report, Span, Time
from services.tagger.discourse.arguments import Role, fillers, identity, known
from services.tagger.discourse.traits import is_dated
from services.tagger.incidents.view import ArticleView, time_of
from services.tagger.lexicon.ontology import ontology, type_named

_MOST_PEOPLE = 8
"""People of one role that an incident lists: more than a reader takes in."""
_MOST_PLACES = 3
"""Places that an incident lists: a site, its town, its region or country."""
_MOST_SOURCES = 4
"""Sources that an incident lists."""


def ranked(members: Sequence[Report], view: ArticleView) -> list[Report]:
    """Return reports with the surest first: what is affirmed, then the title, then the lead."""

    def rank(report: Report) -> tuple[bool, bool, bool, Span]:
        return (
            time_of(report) != "news",
            not report.patient and not report.target,
            not view.is_lead(report),
            report.trigger,
        )

    return sorted(members, key=rank)


def types_of(members: Iterable[Report]) -> tuple[str, ...]:
    """Return the types, the strongest first: the ontology's order is precedence."""
    found = {report.event for report in members}
    return tuple(kind.event for kind in ontology() if kind.event in found)


def people(members: Sequence[Report], role: Role, view: ArticleView) -> tuple[str, ...]:
    """Return the ids of those in a role, each actor once, names before descriptions."""
    found: dict[str, Mention] = {}
    for mention in fillers(members, role, view.mentions):
        found.setdefault(identity(mention), mention)
    named = [m for m in found.values() if m.is_named]
    others = [m for m in found.values() if not m.is_named and m.form != "pronoun"]
    pronouns = [m for m in found.values() if m.form == "pronoun" and not m.is_named]
    first = named or others or pronouns
    rest = others if named else []
    return tuple(m.id for m in [*first, *rest][:_MOST_PEOPLE])


def instruments(members: Sequence[Report]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(map(attrgetter("instrument"), members))))


def tolls(members: Sequence[Report], view: ArticleView) -> tuple[Count, ...]:
    """Return one number for each type of casualties: that of the lead, else the largest."""
    by_kind: dict[str, list[tuple[bool, int, Count]]] = {}
    for report in members:
        for count in report.counts:
            if count.min is not None:
                rank = (view.is_lead(report), count.min, count)
                by_kind.setdefault(count.of, []).append(rank)
    found = {of: max(ranks, key=lambda r: r[:2])[2] for of, ranks in by_kind.items()}
    for report in members:
        kind = type_named(report.event)
        if kind.counts and report.event not in found:
            single = _singles(report, view)
            if single is not None:
                found[report.event] = single
    return tuple(found.values())


def _singles(report: Report, view: ArticleView) -> Count | None:
    """Return the number of patients who are all persons by name, None for any others."""
    patients = known(report.patient, view.mentions)
    if not patients or not all(m.type == "person" and m.is_named for m in patients):
        return None
    n = len({identity(m) for m in patients})
    return Count(of=report.event, min=n, max=n, span=(patients[0].start, patients[0].end))


def places(members: Sequence[Report], view: ArticleView) -> tuple[str, ...]:
    """Return the ids of the places that most reports give, towns before states."""
    votes: Counter[str] = Counter()
    first: dict[str, Mention] = {}
    for report in members:
        for place in known(report.place, view.mentions):
            votes[identity(place)] += 1 + view.is_lead(report)
            first.setdefault(identity(place), place)
    order = sorted(first, key=lambda i: (first[i].type != "place", -votes[i], first[i].start))
    return tuple(first[i].id for i in order[:_MOST_PLACES])


def day(members: Sequence[Report]) -> EventDate | None:
    """Return the day that the text gives, of the first report that has one."""
    dated = [r.date for r in members if is_dated(r)]
    known_days = [r.date for r in members if r.date is not None]
    return next(iter([*dated, *known_days]), None)


def time(members: Iterable[Report]) -> Time:
    """Return "news" if any report is news; else the time of the first."""
    times = list(map(time_of, members))
    return "news" if "news" in times else times[0]


def sources(members: Iterable[Report]) -> tuple[Attribution, ...]:
    """Return the sources, each once."""
    found: dict[tuple[str | None, Span | None], Attribution] = {}
    for said in chain.from_iterable(map(attrgetter("attribution"), members)):
        found.setdefault((said.mention, said.source), said)
    return tuple(found.values())[:_MOST_SOURCES]
