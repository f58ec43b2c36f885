"""Examples of the API's description. A test holds each to the type that it is one of."""

from services.ports import JsonObject

WATCH_ROW: JsonObject = {
    "id": "leadership",
    "name": "Leadership of the Orran Front",
    "query": '"orran front" AND (leader OR commander)',
    "claim": {"event": ["killed", "appointed"], "status": "claimed", "independent": 2},
    "deliver": [{"to": "log:", "when": ["first", "status", "denied"]}],
    "owner": "group:levant",
}

WATCH: JsonObject = WATCH_ROW | {"version": 3, "saved_at": "2031-05-02T12:00:00Z"}

CHECKED: JsonObject = {
    "is_usable": False,
    "findings": [
        {
            "path": ".claim.event[0]",
            "what": "no event is called kiled; did you mean killed?",
            "is_warning": False,
        }
    ],
    "alerts_a_day": None,
    "watch": None,
}

PREVIEW: JsonObject = {
    "from": "2031-04-02",
    "to": "2031-05-02",
    "days": [{"day": "2031-04-30", "n": 2}, {"day": "2031-05-02", "n": 7}],
    "total": 9,
    "is_whole": True,
    "alerts_a_day": 0.3,
    "alerts": 8,
    "articles_read": 31,
    "articles_found": 31,
    "sample": [
        {
            "kind": "claims",
            "id": "5c0f2b7e9d1a4c38",
            "title": "Idris Halvane was killed in Ostrel",
            "at": "2031-05-02T09:40:00+00:00",
            "outlet": "",
        }
    ],
}
