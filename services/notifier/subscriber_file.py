"""Subscriber files: YAML in; checked subscribers and mistakes, with file and line, out."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import yaml

from services.channels import PATTERN, subscriber_of
from services.messages import Subscriber
from services.text.editor_schema import for_editors
from services.text.findings import (
    ID_PATTERN,
    MAX_ID_CHARS,
    MAX_NAME_CHARS,
    Finding,
    heading,
    times,
)
from services.text.listed_yaml import line_at, read_list
from services.text.problems import Problem, errors
from services.text.typed_yaml import Row, read_row
from services.text.yaml_file import line_of

SERVER_FIELDS = ("saved_at",)
"""Fields that are set when a subscriber is saved, so that a file can't give them."""

MOST_TARGETS = 20
"""Channels of one subscriber: a desk with every service that we know, twice."""

_EXAMPLES = {"targets.to": '"log:"'}

_OFFERED: dict[str, tuple[str, ...]] = {
    "Subscriber.zone": ("UTC", "Europe/London", "Asia/Beirut"),
    "Subscriber.daily": ("07:30",),
    "Contact.to": ("log:", "webhook:https://example.org/hook"),
    "Contact.after": ("15m", "1h"),
    "Every.every": ("10m", "1h"),
    "DigestRule.every": ("1h", "1d"),
}
"""Values that editors offer for fields that take any text of a form."""

Refusal = Callable[[str], str | None]
"""Why nothing can be delivered to a channel and what to write instead; None if it can be."""


class SubscriberFile(NamedTuple):
    """The usable subscribers of a file, and its problems in order of lines."""

    subscribers: list[Subscriber]
    problems: list[Problem]


def check_subscribers(content: bytes | str, name: str, refusal: Refusal) -> SubscriberFile:
    """Read a subscriber file. Mistakes are among the problems; none is raised."""

    def read(node: yaml.Node) -> tuple[Subscriber | None, list[Problem]]:
        return _subscriber(node, name, refusal)

    return SubscriberFile(*read_list(content, name, "subscribers", read))


def _subscriber(
    node: yaml.Node, name: str, refusal: Refusal
) -> tuple[Subscriber | None, list[Problem]]:
    row, problems = read_row(
        node, Subscriber, "a subscriber", name, without=SERVER_FIELDS, examples=_EXAMPLES
    )
    for path, what, is_warning in _findings(row, refusal):
        problems.append(Problem(name, line_at(node, path), what, is_warning))
    if errors(problems):
        return None, problems
    try:
        return msgspec.convert(row, Subscriber), problems
    except msgspec.ValidationError as error:  # a mistake that no check above knows
        return None, [*problems, Problem(name, line_of(node), str(error))]


def _findings(row: Row, refusal: Refusal) -> Iterator[Finding]:
    yield from heading(row, "ann", "how messages are to call the subscriber")
    yield from _targets(row, refusal)
    yield from times(row)


def _targets(row: Row, refusal: Refusal) -> Iterator[Finding]:
    given = row.get("targets", ())
    if "targets" in row and not given:
        yield Finding(".targets", "nothing reaches the subscriber: name a channel")
    if len(given) > MOST_TARGETS:
        what = f"at most {MOST_TARGETS} channels a subscriber, {len(given)} are given"
        yield Finding(".targets", what)
    seen: set[str] = set()
    for number, target in enumerate(given):
        at, to = f".targets[{number}]", target.get("to")
        if to is not None and subscriber_of(to) is not None:
            yield Finding(f"{at}.to", "a subscriber has channels of its own, not other subscribers")
        elif to is not None and (why := refusal(to)):
            yield Finding(f"{at}.to", why)
        if to is not None and to in seen:
            yield Finding(f"{at}.to", f"the channel {to:.60} is given twice: keep one of them")
        seen.add(to or "")
        if target.get("when") == []:
            what = "when is empty, so nothing would go there: "
            yield Finding(f"{at}.when", f"{what}leave it out, or name kinds such as [first]")
    if given and all(target.get("after") for target in given):
        what = "every channel waits for an acknowledgement: the first gets alerts late"
        yield Finding(".targets", f"{what}; leave after out of it", is_warning=True)


def file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a subscriber file."""
    schema = msgspec.json.schema(list[Subscriber])
    fields = schema["$defs"]["Subscriber"]["properties"]
    for field in SERVER_FIELDS:
        del fields[field]
    fields["id"] |= {"pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID_CHARS}
    fields["name"] |= {"minLength": 1, "maxLength": MAX_NAME_CHARS}
    fields["targets"] |= {"minItems": 1, "maxItems": MOST_TARGETS}
    schema["$defs"]["Contact"]["properties"]["to"]["pattern"] = PATTERN
    return for_editors(schema, "subscriber file", _OFFERED)
