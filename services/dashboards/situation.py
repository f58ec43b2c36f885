"""The dashboard of what is reported to have happened."""

from services.dashboards.conditions import Every, Given, Is
from services.dashboards.definition import (
    ByValue,
    Chart,
    Count,
    Dashboard,
    Figure,
    Listing,
    Map,
    OverTime,
    side_by_side,
)
from services.dashboards.views import CLAIMS, INCIDENTS, LIVING, VOICES, incidents_by_stance

_IS_CONFIRMED = Every((LIVING, Is("status", ("confirmed",))))
_IS_CONTRADICTED = Every((LIVING, Is("status", ("disputed", "denied"))))

_CLAIM_COLUMNS = (
    ("status_at", "Since"),
    ("event", "Event"),
    ("patient_labels", "Whom"),
    ("agent_labels", "By whom"),
    ("n_independent", "Independent origins"),
    ("n_reports", "Reports"),
    ("quotes", "Quotes"),
)

_OPENED = Chart(
    "Claims opened",
    "Events that articles began to report.",
    CLAIMS,
    "number",
    (Count("Claims"),),
    where=LIVING,
)
_CONFIRMED = Chart(
    "Confirmed claims",
    "Claims confirmed by a source that is able to know.",
    CLAIMS,
    "number",
    (Count("Confirmed"),),
    where=_IS_CONFIRMED,
)
_CONTRADICTED = Chart(
    "Disputed or denied claims",
    "Claims that a source contradicts.",
    CLAIMS,
    "number",
    (Count("Disputed or denied"),),
    where=_IS_CONTRADICTED,
)
_KILLED = Chart(
    "Reported killed, at least",
    "The lowest number that each claim gives, summed over claims.",
    CLAIMS,
    "number",
    (Figure("sum", "killed_min", "Killed, at least"),),
    where=LIVING,
)
_STATUS = Chart(
    "Claims by status over time",
    "Claims by when they were opened, with their present status.",
    CLAIMS,
    "bars",
    (Count("Claims"),),
    (OverTime("Opened"), ByValue("status", "Status", 7)),
    where=LIVING,
)
_ACTORS = incidents_by_stance(
    "People and groups told of most, by stance",
    "Incidents of articles, by whom they name; the stance is the article's last word.",
    ByValue("named_actors", "Person or group", 10),
)
_MAP = Map(
    "reportedly-map-incidents",
    "Where it happened",
    "Incidents of articles at the most exact place that they name.",
    INCIDENTS,
    "location",
    "place_name",
    ("event", "stance", "place_name", "outlet", "title"),
    where=VOICES,
)
_EVENTS = incidents_by_stance(
    "Types of event told most, by stance",
    "Incidents of articles, by their strongest type of event.",
    ByValue("event", "Event", 10),
)
_PLACES = Chart(
    "Places named most",
    "Incidents of articles, by the most exact place that they name.",
    INCIDENTS,
    "table",
    (
        Count("Incidents"),
        Figure("distinct", "outlet", "Outlets"),
        Figure("max", "killed_max", "Highest number killed"),
        Figure("max", "sorted_at", "Last told", "time"),
    ),
    (ByValue("place_name", "Place", 10),),
    where=Every((VOICES, Given("place_name"))),
)
_NEWEST_CONFIRMED = Listing(
    "reportedly-confirmed-claims",
    "Newest confirmed claims",
    "Claims confirmed by a source that is able to know.",
    CLAIMS,
    _CLAIM_COLUMNS,
    "status_at",
    where=_IS_CONFIRMED,
)
_NEWEST_CONTRADICTED = Listing(
    "reportedly-disputed-claims",
    "Newest disputed or denied claims",
    "Claims that a source contradicts.",
    CLAIMS,
    (_CLAIM_COLUMNS[0], ("status", "Status"), *_CLAIM_COLUMNS[1:]),
    "status_at",
    where=_IS_CONTRADICTED,
)

SITUATION = Dashboard(
    "reportedly-situation",
    "Reportedly: situation",
    "What is reported to have happened, to whom, where, and how sure it is.",
    30,
    side_by_side(
        (8, ((12, _OPENED), (12, _CONFIRMED), (12, _CONTRADICTED), (12, _KILLED))),
        (15, ((26, _STATUS), (22, _ACTORS))),
        (16, ((26, _MAP), (22, _EVENTS))),
        (13, ((48, _PLACES),)),
        (13, ((48, _NEWEST_CONFIRMED),)),
        (13, ((48, _NEWEST_CONTRADICTED),)),
    ),
)
