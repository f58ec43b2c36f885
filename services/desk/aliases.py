"""Names that the desk says are somebody else's: what a dictionary may learn from verdicts. Pure.

wrong "who", with who it really is ─► one alias a name ─► a dictionary, or a watch that asks for it
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import yaml

from services.desk.figures import in_force
from services.messages import ClaimCondition, Verdict, Watch
from services.ports import JsonObject
from services.text.names import fold

MOST_ALIASES = 200
"""Aliases that are suggested, those that most of the desk says. It bounds a file and a page."""

NAMES = ("actor", "patient", "agent")
"""Fields of a condition that name actors."""

HEAD = """\
# Names that the desk's verdicts say are somebody's, from `reportedly verdicts aliases`.
# Check each, then: reportedly actors check FILE, and REPORTEDLY_LEXICON=…:FILE (docs/actors.md).
"""


@dataclass(frozen=True, slots=True)
class Alias:
    """`spelling` is a name of `name`. `by`: who say so.

    - `actor_id`: that of the dictionaries, or one made of the name if none knows it (`is_new`).
    """

    spelling: str
    name: str
    actor_id: str
    is_new: bool
    by: tuple[str, ...]

    @property
    def about(self) -> str:
        """The alias in words."""
        return f"“{self.spelling}” is {self.name}"


def aliases(
    verdicts: Iterable[Verdict],
    ids_of: Callable[[str], Sequence[str]],
    name_of: Callable[[str], str],
    id_made_of: Callable[[str], str],
) -> list[Alias]:
    """Return the names that verdicts in force tell, those that most people say first.

    A name that is said to be two people's is left out, and so is one that the dictionaries know
    as somebody's: then another one was meant, and not another spelling. `ids_of`: a name to the
    ids that have it. `id_made_of`: of a new name.
    """
    said: dict[str, dict[str, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    for verdict in in_force(verdicts):
        spelling = _spelling(verdict)
        ids = ids_of(verdict.really) if spelling else ()
        if spelling and len(ids) < 2 and (id := ids[0] if ids else id_made_of(verdict.really)):
            said[fold(spelling)][id].append(verdict)
    found = [_alias(of_name, name_of) for of_name in said.values() if len(of_name) == 1]
    new = [each for each in found if not ids_of(each.spelling)]
    return sorted(new, key=lambda each: (-len(each.by), each.spelling))[:MOST_ALIASES]


def _spelling(verdict: Verdict) -> str:
    """Return the name that a verdict says is somebody else's; "" if it says none."""
    is_told = verdict.reason == "who" and verdict.really and len(verdict.labels) == 1
    spelling = verdict.labels[0].strip() if is_told else ""
    is_name = _may_be_name(spelling) and fold(spelling) != fold(verdict.really)
    return spelling if is_name else ""


def _may_be_name(text: str) -> bool:
    """Return False for a description ("four commanders"): a name has a capital, if its script has
    any."""
    return text != text.lower() or text == text.upper()


def _alias(of_name: Mapping[str, Sequence[Verdict]], name_of: Callable[[str], str]) -> Alias:
    ((id, verdicts),) = of_name.items()
    return Alias(
        spelling=verdicts[0].labels[0].strip(),
        name=name_of(id) or verdicts[0].really.strip(),
        actor_id=id,
        is_new=not name_of(id),
        by=tuple(dict.fromkeys(verdict.by for verdict in verdicts)),
    )


def dictionary(found: Iterable[Alias], row_of: Callable[[str], JsonObject]) -> str:
    """Return a dictionary of the aliases, in YAML (docs/actors.md).

    A later dictionary replaces an actor whole. So one that is known is written with all that is
    known of it (`row_of`), and with its new names.
    """
    rows: dict[str, JsonObject] = {}
    for alias in found:
        row = rows.get(alias.actor_id) or dict(row_of(alias.actor_id)) or _new(alias)
        names = dict.fromkeys([*row.get("aliases", ()), alias.spelling])
        rows[alias.actor_id] = row | {"aliases": [*names]}
    body = {"actors": [*rows.values()]}
    return HEAD + yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100)


def _new(alias: Alias) -> JsonObject:
    """Return somebody whom no dictionary knows. A verdict says no more than the name."""
    return {"id": alias.actor_id, "type": "person", "name": alias.name}


def with_alias(watch: Watch, alias: Alias) -> Watch | None:
    """Return a watch that finds the spelling, too; None if it does not ask for the actor."""
    query = watch.query
    if query is not None:
        quoted = alias.spelling.replace('"', "").replace("\\", "")
        found = re.compile(rf"(?<![\w-])actor:\"?{re.escape(alias.actor_id)}\"?(?![\w-])")
        query = found.sub(lambda m: f'({m[0]} OR actor:"{quoted}")', query)
    claim = _claim_with(watch.claim, alias) if watch.claim is not None else None
    if (query, claim) == (watch.query, watch.claim):
        return None
    return msgspec.structs.replace(watch, query=query, claim=claim)


def _claim_with(claim: ClaimCondition, alias: Alias) -> ClaimCondition:
    asked = {field: getattr(claim, field) for field in NAMES}
    wider = {
        field: tuple(dict.fromkeys((*names, alias.spelling)))
        for field, names in asked.items()
        if alias.actor_id in names
    }
    return msgspec.structs.replace(claim, **wider)
