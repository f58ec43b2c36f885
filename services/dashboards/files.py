"""The files in which the dashboards are shipped."""

import json

from services.dashboards.api_form import api_form
from services.dashboards.boards import DASHBOARDS
from services.dashboards.saved_objects import text

SAVED_OBJECTS = "reportedly.ndjson"


def files() -> dict[str, str]:
    """Return name to content: the saved objects, and one JSON a dashboard for the API."""
    bodies = {
        f"{board.id}.json": json.dumps(api_form(board), indent=2, ensure_ascii=False) + "\n"
        for board in DASHBOARDS
    }
    return {SAVED_OBJECTS: text(), **bodies}
