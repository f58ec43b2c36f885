"""For tests of watch files: the names that are known, a file of one watch, what is said of it."""

import json
from typing import Any

from services.alerter.vocabulary import Remark, Vocabulary
from services.alerter.watch_file import check_watches
from services.text.language_codes import language_refusal

NAMES = Vocabulary(
    events=("killed", "arrested"),
    actor=lambda asked: (
        None if asked == "idris-halvane" else Remark(f"no actor has the id {asked}")
    ),
    language=lambda asked: Remark(refusal) if (refusal := language_refusal(asked)) else None,
)


EVENTS = "The events are arrested, killed"


def watch(**fields: object) -> str:
    """Return a watch file of one watch, in JSON, which YAML holds."""
    return json.dumps([{"id": "a", "name": "A", "query": "halvane", **fields}])


def said(text: str | bytes, **more: Any) -> list[str]:
    """Return the problems of a file, each as it is shown."""
    return [str(problem) for problem in check_watches(text, "w.yaml", NAMES, **more).problems]
