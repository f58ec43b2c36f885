"""Fields of an incident: its types, people, numbers, places, and day, from its own reports."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from operator import attrgetter

from services.messages import Attribution, EventDate, Mention, Report, Span, Time
from services.tagger.discourse.arguments import Role, fillers, identity, known, words_of
from services.tagger.discourse.elided import is_included
from services.tagger.discourse.traits import is_dated
from services.tagger.incidents.tolls import is_number
from services.tagger.incidents.view import ArticleView
from services.tagger.lexicon.ontology import ontology, type_named
from services.tagger.lexicon.words import any_of, cues, forms

_MOST_NAMES, _MOST_DESCRIPTIONS = 8, 3
"""People of one role that an incident lists by name, and by description."""
_NEWS_DAYS = 3
"""Days before publication that are the article's own news."""
_MOST_SOURCES = 4
"""Sources that an incident lists."""


def ranked(members: Sequence[Report], view: ArticleView) -> list[Report]:
    """Return reports with the surest first: what is affirmed, then the title, then the lead."""

    def rank(report: Report) -> tuple[bool, bool, bool, Span]:
        return (
            report.time != "news",
            not report.patient and not report.target,
            not view.is_lead(report),
            report.trigger,
        )

    return sorted(members, key=rank)


def types_of(members: Iterable[Report]) -> tuple[str, ...]:
    """Return the types, the strongest first: the ontology's order is precedence.

    A deed comes before the claim of it.
    """
    found = {report.event for report in members}
    kinds = sorted(ontology(), key=attrgetter("claims_deed"))
    return tuple(kind.event for kind in kinds if kind.event in found)


def people(members: Sequence[Report], role: Role, view: ArticleView) -> tuple[str, ...]:
    """Return the ids of those in a role, each actor once: names, then the first descriptions.

    Later descriptions are mostly other words for the same people ("the men", "the victims"): the
    surest report of each type gives them. What was done to them gives them where the harm does not.
    Pronouns, and numbers alone ("killed 19"), stand only where there is nothing else.
    """
    first: dict[str, Report] = {}
    for report in members:
        whole = fillers([report], role, view.mentions)
        if any(_describes(m) and not is_included(view.text, m.start) for m in whole):
            first.setdefault(report.event, report)
    harms = {r.event for r in members if type_named(r.event).counts}
    of_harms = [report for event, report in first.items() if event in harms]
    telling = of_harms if of_harms and harms <= first.keys() else first.values()
    described = set(map(identity, fillers(telling, role, view.mentions)))
    mentions = fillers(members, role, view.mentions)
    kept = [m for m in mentions if not _describes(m) or identity(m) in described]
    return tuple(m.id for m in _listed(kept, view))


def befallen(members: Sequence[Report], view: ArticleView) -> tuple[str, ...]:
    """Return the ids of those whom the incident befell.

    Where it harmed people, an opponent ("fought NAME") is none of them, and no state or place is.
    Of a killer who then takes his own life, the others are the victims.
    """
    harmed = any(type_named(r.event).counts and r.patient for r in members)
    one_sided = [r for r in members if not (harmed and type_named(r.event).mutual)]
    found = people(one_sided, "patient", view)
    if harmed:
        found = tuple(i for i in found if view.mentions[i].type not in ("state", "place"))
    of_doers = _doers(one_sided, view)
    others = tuple(i for i in found if identity(view.mentions[i]) not in of_doers)
    return others or found


def _doers(members: Sequence[Report], view: ArticleView) -> set[str]:
    """Return the identities of those who harmed somebody else."""
    found = set[str]()
    for report in members:
        if type_named(report.event).counts and report.patient:
            found |= _identities(report.agent, view) - _identities(report.patient, view)
    return found


def _describes(mention: Mention) -> bool:
    return not mention.is_named and not _says_little(mention)


def _listed(mentions: Iterable[Mention], view: ArticleView) -> list[Mention]:
    found: dict[str, Mention] = {}
    for mention in mentions:
        found.setdefault(identity(mention), mention)
    named = [m for m in found.values() if m.is_named]
    described = [m for m in found.values() if not m.is_named and not _says_little(m)]
    others = [m for m in described if not is_included(view.text, m.start)] or described
    rest = [m for m in found.values() if not m.is_named and _says_little(m)]
    chosen = [*named[:_MOST_NAMES], *others[:_MOST_DESCRIPTIONS]] or rest[:1]
    order = list(found.values())
    return sorted(chosen, key=order.index)


def _says_little(mention: Mention) -> bool:
    """True for a pronoun, and for a number without a noun, which the toll tells better."""
    words = mention.surface.casefold()
    bounds = any_of(forms().at_least, forms().at_most)
    bound = max((b for b in bounds if words.startswith(f"{b} ")), key=len, default="")
    return mention.form == "pronoun" or all(map(is_number, words[len(bound) :].split()))


def targets(
    members: Sequence[Report], patients: Sequence[str], places: Sequence[str], view: ArticleView
) -> tuple[str, ...]:
    """Return the ids of the targets.

    Where people were hurt, they are what was damaged, and the first aim that headline or lead
    tells: later ones are mostly other words for it, or of other attacks. The place of it is none,
    as one mention has one role of an event (Fillmore 1968).
    """
    aimed_at = people(members, "target", view)
    if not patients:
        return aimed_at
    of_places = {identity(m) for m in known(places, view.mentions)}
    others = [i for i in aimed_at if identity(view.mentions[i]) not in of_places]
    damaged = {i for r in members if type_named(r.event).family == "damage" for i in r.target}
    first = {i for r in members if view.is_lead(r) for i in r.target} - damaged
    aim = next((i for i in others if i in first), None)
    return tuple(i for i in others if i in damaged or i == aim)


def harmers(
    members: Sequence[Report], patients: Sequence[str], view: ArticleView
) -> tuple[str, ...]:
    """Return the ids of the agents, without those whom the incident befell and their group.

    A victim did it only where one clause says so ("blew himself up"); of a victim's group nobody is
    sure. Where a name tells who did it, so does the first description; later ones are other words
    for it.
    """
    groups = (m.affiliation for m in known(patients, view.mentions))
    of_victims = _identities(patients, view).union(*groups)
    agents = _listed(_surest_agents(members, view), view)
    themselves = set[str]()
    for report in members:
        themselves |= _identities(report.patient, view) & _identities(report.agent, view)
    others = [m for m in agents if identity(m) not in of_victims]
    others = others or [m for m in agents if identity(m) in themselves]
    is_named = any(m.is_named for m in others)
    return tuple(m.id for m in others if m.is_named or m is others[0] or not is_named)


def _identities(ids: Iterable[str], view: ArticleView) -> set[str]:
    return set(map(identity, known(ids, view.mentions)))


def _surest_agents(members: Sequence[Report], view: ArticleView) -> list[Mention]:
    """Return the agents of clauses, those of their own sentences before those carried over.

    A noun ("the rebel attack") needs no agent (Grimshaw 1990), and its owner is often of another
    event: it is heard where no clause tells of the incident. A body that an article names in any of
    its sentences may have done it; people must stand where the incident itself is told. Who harmed
    somebody comes before who did anything else in it ("killed him in revenge for the air raids").
    """
    one_sided = [r for r in members if not type_named(r.event).mutual]
    clauses = [r for r in one_sided if r.frame != "noun"] or one_sided or members
    central = _central(members, view)
    found = [
        (agent, report)
        for report in clauses
        for agent in known(report.agent, view.mentions)
        if _may_have_done(agent, report, is_central=report.sentence in central)
    ]
    found = [(agent, r) for agent, r in found if type_named(r.event).counts] or found
    own = [agent for agent, r in found if r.sentence[0] <= agent.start < r.sentence[1]]
    return own or [agent for agent, _ in found]


def _may_have_done(agent: Mention, report: Report, *, is_central: bool) -> bool:
    """True for a body, and for people whom a sentence on the incident itself makes its agents.

    "The victims", "12 civilians" did no violence: the words say what befell them.
    """
    if type_named(report.event).is_deed and not cues().sufferers.isdisjoint(words_of(agent)):
        return False
    return is_central or agent.type != "person"


def _central(members: Sequence[Report], view: ArticleView) -> set[Span]:
    """Return the sentences that tell of the incident itself.

    That is of whom it harmed, else of those whom its surest report says that it befell.
    """
    telling = [r for r in members if type_named(r.event).counts and (r.patient or r.counts)]
    if not telling:
        first = members[0]
        befell = _identities((*first.patient, *first.target), view)
        telling = [r for r in members if befell & _identities((*r.patient, *r.target), view)]
        telling.append(first)
    return {r.sentence for r in (*telling, *filter(view.is_lead, members))}


def instruments(members: Sequence[Report]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(map(attrgetter("instrument"), members))))


def day(members: Sequence[Report], view: ArticleView) -> EventDate | None:
    """Return the day that the text gives, of the surest report that has one.

    A full date equal to the day of publication is mostly the page's own ("6 May 2014"): words such
    as "on Monday" in another report come before it.
    """
    dated = [r.date for r in members if r.date is not None and is_dated(r)]
    rest = [r.date for r in members if r.date is not None]
    published = view.published.isoformat() if view.published else None
    of_the_page = [d for d in dated if d.to == published and any(map(str.isdigit, d.basis))]
    others = [d for d in dated if d not in of_the_page]
    return next(iter([*others, *of_the_page, *rest]), None)


def time(members: Sequence[Report], view: ArticleView) -> Time:
    """Return "news" if any report is news, or dates what is mentioned to the days of the article.

    Else the time of the first report.
    """
    times = [report.time for report in members]
    if "news" in times or any(_is_of_these_days(report, view) for report in members):
        return "news"
    return times[0]


def _is_of_these_days(report: Report, view: ArticleView) -> bool:
    """True for a mere mention ("since the attack on Monday") with a day of the article's news."""
    if not report.in_passing or report.stance == "hypothetical" or view.published is None:
        return False
    if not is_dated(report) or report.date is None or report.date.to is None:
        return False
    return 0 <= (view.published - date.fromisoformat(report.date.to)).days <= _NEWS_DAYS


def sources(members: Iterable[Report]) -> tuple[Attribution, ...]:
    """Return the sources, each once."""
    found: dict[tuple[str | None, Span | None], Attribution] = {}
    for said in chain.from_iterable(map(attrgetter("attribution"), members)):
        found.setdefault((said.mention, said.source), said)
    return tuple(found.values())[:_MOST_SOURCES]
