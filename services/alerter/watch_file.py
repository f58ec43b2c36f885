"""Watch files: YAML in; checked watches and mistakes, with file and line, out. Their schema."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import yaml

from services.addresses import Allowed
from services.alerter.expected import ARTICLES_A_DAY, MANY_A_DAY, alerts_a_day
from services.alerter.vocabulary import ANY, Vocabulary
from services.alerter.watch import CompiledWatch, compile_watch
from services.alerter.watch_check import ACTOR_FIELDS, findings
from services.channels import PATTERN
from services.errors import ConfigError
from services.messages import Watch
from services.text.editor_schema import for_editors
from services.text.findings import ID_PATTERN, MAX_ID_CHARS, MAX_NAME_CHARS, Finding
from services.text.listed_yaml import line_at, read_list
from services.text.problems import Problem, errors, refuse
from services.text.typed_yaml import mistyped, read_row
from services.text.yaml_file import line_of

SERVER_FIELDS = ("version", "saved_at")
"""Fields that are set when a watch is saved, so that a file can't give them."""

_EXAMPLES = {"deliver.to": '"log:"'}
"""Values that are shown where a channel is written wrongly."""

_OFFERED: dict[str, tuple[str, ...]] = {
    "Channel.to": (
        "log:",
        "webhook:https://example.org/hook",
        "mail:ann@example.org",
        "subscriber:ann",
    ),
    "Quiet.zone": ("UTC", "Europe/London", "Asia/Beirut"),
    "Every.every": ("10m", "1h", "1d"),
    "DigestRule.every": ("1h", "1d"),
    "DigestRule.zone": ("UTC", "Europe/London", "Asia/Beirut"),
}
"""Values that editors offer for fields that take any text of a form."""

NOTHING_MORE = Allowed()
"""Only public networks."""


class WatchFile(NamedTuple):
    """The usable watches of a file, and its problems in order of lines."""

    watches: list[CompiledWatch]
    problems: list[Problem]


def read_watches(
    content: bytes | str,
    name: str,
    vocabulary: Vocabulary = ANY,
    allowed: Allowed = NOTHING_MORE,
    *,
    delivers: bool = True,
) -> list[Watch]:
    """Return the watches of a YAML (or JSON) list. Arguments are those of `check_watches`.

    Raises FileProblems with all mistakes.
    """
    found = check_watches(content, name, vocabulary, allowed, delivers=delivers)
    refuse(found.problems)
    return [compiled.watch for compiled in found.watches]


def check_watches(
    content: bytes | str,
    name: str,
    vocabulary: Vocabulary = ANY,
    allowed: Allowed = NOTHING_MORE,
    *,
    delivers: bool = True,
) -> WatchFile:
    """Read a watch file. Mistakes are among the problems; none is raised.

    `allowed` are networks that webhooks may reach although they are not public. `delivers` is False
    if watches are only tried: then mistakes in channels are warnings.
    """

    def read(node: yaml.Node) -> tuple[CompiledWatch | None, list[Problem]]:
        return _watch(node, name, vocabulary, allowed, delivers=delivers)

    return WatchFile(*read_list(content, name, "watches", read))


def _watch(
    node: yaml.Node, name: str, vocabulary: Vocabulary, allowed: Allowed, *, delivers: bool
) -> tuple[CompiledWatch | None, list[Problem]]:
    row, problems = read_row(
        node, Watch, "a watch", name, without=SERVER_FIELDS, examples=_EXAMPLES
    )
    if isinstance(node, yaml.MappingNode):
        meant = mistyped(node, Watch)
        found = findings(row, vocabulary, allowed, delivers=delivers, mistyped=meant)
        for path, what, is_warning in found:
            problems.append(Problem(name, line_at(node, path), what, is_warning))
    if errors(problems):
        return None, problems
    try:
        watch = with_ids(msgspec.convert(row, Watch), vocabulary)
        compiled = compile_watch(watch)
    except (msgspec.ValidationError, ConfigError) as error:  # mistakes that no check above knows
        return None, [*problems, Problem(name, line_of(node), str(error))]
    return compiled, [*problems, *_too_many(compiled, name, node, vocabulary)]


def with_ids(watch: Watch, vocabulary: Vocabulary) -> Watch:
    """Return the watch with the ids of actors that it asks for by name: claims hold the ids."""
    if watch.claim is None:
        return watch
    given = {field: getattr(watch.claim, field) for field in ACTOR_FIELDS}
    ids = {
        field: tuple(id for name in names for id in (vocabulary.ids_of(name) or (name,)))
        for field, names in given.items()
    }
    return msgspec.structs.replace(watch, claim=msgspec.structs.replace(watch.claim, **ids))


def expected_alerts(compiled: CompiledWatch, vocabulary: Vocabulary) -> float:
    """Return about how many alerts a day the watch brings, at ARTICLES_A_DAY."""
    states = vocabulary.is_state, vocabulary.is_country
    return alerts_a_day(compiled.query, compiled.watch.claim, *states)


def _too_many(
    compiled: CompiledWatch, name: str, node: yaml.Node, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Yield a warning if a watch would alert too often to be read one by one, without a digest."""
    for path, what, is_warning in too_many(compiled, expected_alerts(compiled, vocabulary)):
        yield Problem(name, line_at(node, path), what, is_warning)


def too_many(compiled: CompiledWatch, expected: float) -> Iterator[Finding]:
    """Yield the warning, at its place in the watch. `expected`: alerts a day."""
    if expected > MANY_A_DAY and compiled.watch.digest is None and compiled.watch.enabled:
        what = (
            f"about {expected:,.0f} alerts a day are expected of {compiled.watch.id} "
            f"(of {ARTICLES_A_DAY:,} articles a day): add a rarer word with AND, "
            "ask for more in claim:, or collect them with digest: {every: 1h}"
        )
        yield Finding(".query" if compiled.query is not None else ".claim", what, is_warning=True)


def file_schema(events: Sequence[str]) -> dict[str, Any]:
    """Return the JSON Schema of a watch file, with the events for completion."""
    schema = msgspec.json.schema(list[Watch])
    fields = schema["$defs"]["Watch"]["properties"]
    for field in SERVER_FIELDS:
        del fields[field]
    claim = schema["$defs"]["ClaimCondition"]["properties"]
    claim["event"]["items"]["enum"] = list(events)
    claim["confidence"] |= {"minimum": 0, "maximum": 1}
    for bound in ("independent", "killed"):
        claim[bound]["minimum"] = 0
    fields["id"] |= {"pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID_CHARS}
    fields["name"] |= {"minLength": 1, "maxLength": MAX_NAME_CHARS}
    schema["$defs"]["Channel"]["properties"]["to"]["pattern"] = PATTERN
    return for_editors(schema, "watch file", _OFFERED)
