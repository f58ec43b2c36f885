"""The dashboard of who reports, and who only repeats."""

from services.dashboards.conditions import AtLeast, Every, Given, Is, Not
from services.dashboards.definition import (
    ByCondition,
    ByValue,
    Chart,
    Count,
    Dashboard,
    Figure,
    OverTime,
    Ratio,
    side_by_side,
)
from services.dashboards.views import ARTICLES, CLAIMS, LIVING, SUPPRESSED, incidents_by_stance

_ARTICLES = Count("Articles")
_CREDITED = Count("Articles with an agency", Given("wire"))
_FEEDS = Figure("distinct", "feed_id", "Feeds")

_PUBLISHED = Chart(
    "Articles", "Articles first seen in this time.", ARTICLES, "number", (_ARTICLES,)
)
_OUTLETS = Chart(
    "Outlets that published",
    "Different outlets of the articles.",
    ARTICLES,
    "number",
    (Figure("distinct", "outlet", "Outlets"),),
)
_CREDITING = Chart(
    "Articles crediting an agency",
    "Share of all articles; those of one agency are one origin.",
    ARTICLES,
    "number",
    (Ratio(_CREDITED, _ARTICLES, "Share of articles", "share"),),
)
_INDEPENDENCE = Chart(
    "Independent reports",
    "Independent origins divided by reports, over all claims.",
    CLAIMS,
    "number",
    (
        Ratio(
            Figure("sum", "n_independent", "Independent origins"),
            Figure("sum", "n_reports", "Reports"),
            "Independent origins by reports",
            "share",
        ),
    ),
    where=LIVING,
)
_PER_FEED = Chart(
    "Articles for each feed alive",
    "Articles divided by the feeds that brought any in the same step of time.",
    ARTICLES,
    "lines",
    (Ratio(_ARTICLES, _FEEDS, "Articles for each feed"),),
    (OverTime("First seen"),),
)
_ALIVE = Chart(
    "Feeds alive",
    "Feeds that brought an article, in each step of time.",
    ARTICLES,
    "lines",
    (_FEEDS,),
    (OverTime("First seen"),),
)
_BY_OUTLET = Chart(
    "Articles over time, by outlet",
    "Articles by when they were first seen, of the ten largest outlets.",
    ARTICLES,
    "bars",
    (_ARTICLES,),
    (OverTime("First seen"), ByValue("outlet", "Outlet", 10)),
)
_TABLE = Chart(
    "Largest outlets",
    "Articles of the fifteen largest outlets; an edited article counts once.",
    ARTICLES,
    "table",
    (
        _ARTICLES,
        Ratio(_ARTICLES, _FEEDS, "Articles for each feed"),
        Ratio(_CREDITED, _ARTICLES, "Credit an agency", "share"),
        Ratio(Count("Edited", Is("cause", ("edit",))), _ARTICLES, "Edited", "share"),
        Figure("max", "first_seen_at", "Newest article", "time"),
    ),
    (ByValue("outlet", "Outlet", 15),),
)
_ORIGINS = Chart(
    "Claims by independent origins",
    "Claims by how many origins report them that do not repeat each other, and their status.",
    CLAIMS,
    "bars",
    (Count("Claims"),),
    (
        ByCondition(
            "Independent origins",
            (
                ("none", Not(AtLeast("n_independent", 1))),
                *(
                    (
                        str(n),
                        Every((AtLeast("n_independent", n), Not(AtLeast("n_independent", n + 1)))),
                    )
                    for n in (1, 2, 3)
                ),
                ("4 or more", AtLeast("n_independent", 4)),
            ),
        ),
        ByValue("status", "Status", 7),
    ),
    where=LIVING,
)
_FIRST = Chart(
    "Who reports first",
    "Claims, by the outlet of their first report and their present status.",
    CLAIMS,
    "lying-bars",
    (Count("Claims"),),
    (ByValue("first_outlet", "Outlet", 10), ByValue("status", "Status", 7)),
    where=LIVING,
)
_SPEAKERS = incidents_by_stance(
    "Kinds of source, by stance",
    "Incidents of articles that name their source, by its kind and the article's last word.",
    ByValue("speaker_kinds", "Kind of source", 8),
)
_COPIES = Chart(
    "Copies held back",
    "Hits that raised no alert because their article copies one that did.",
    SUPPRESSED,
    "bars",
    (Count("Hits"),),
    (OverTime("Held back"),),
    where=Is("reason", ("copy",)),
)

_WIRES = Chart(
    "Articles that credit an agency, by agency",
    "Articles, by the news agency that their text credits.",
    ARTICLES,
    "table",
    (_ARTICLES, Figure("distinct", "outlet", "Outlets")),
    (ByValue("wire", "Agency", 10),),
)

SOURCES = Dashboard(
    "reportedly-sources",
    "Reportedly: sources",
    "Who reports, who reports first, and who repeats others.",
    30,
    side_by_side(
        (8, ((12, _PUBLISHED), (12, _OUTLETS), (12, _CREDITING), (12, _INDEPENDENCE))),
        (14, ((24, _PER_FEED), (24, _ALIVE))),
        (15, ((24, _BY_OUTLET), (24, _FIRST))),
        (15, ((24, _ORIGINS), (24, _SPEAKERS))),
        (14, ((24, _COPIES), (24, _WIRES))),
        (16, ((48, _TABLE),)),
    ),
)
