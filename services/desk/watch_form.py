"""The form of a watch: a watch as fields, fields as a watch, mistakes beside their field. Pure.

A form is flat: each field has a list of texts. What it can't hold of a watch (kinds of change that
no choice names) is kept as it was saved.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import msgspec

from services.channels import KINDS
from services.messages import ClaimCondition, Watch
from services.messages.watch import ALL_BUT_JOINS, DEFAULT_CONFIDENCE, ChangeKind, Channel
from services.text.findings import MAX_ID_CHARS, Finding
from services.text.happening import capital
from services.text.names import fold
from services.text.romanise import romanise

Fields = Mapping[str, Sequence[str]]
"""Field to what was written into it; several values of one name in their order."""

Row = dict[str, Any]
"""A watch as a row of a file, for the check that all watches pass."""

TELLS: dict[str, tuple[str, tuple[ChangeKind, ...]]] = {
    "all": ("every change", ALL_BUT_JOINS),
    "status": (
        "new alerts, status, and corrections",
        ("first", "status", "denied", "corrected", "retracted", "also"),
    ),
    "first": ("new alerts only", ("first",)),
}
"""What a channel is told of: a choice to its words and its kinds of change."""

KEPT = "kept"
"""The choice for kinds that no other choice has."""

CHANNELS = 5
"""Channels that the form has room for. A desk with more delivers to a subscriber, who has many."""

NAMES = ("actor", "patient", "agent", "place")
"""Fields with names of people, groups, states, and places; a watch may hold their ids."""

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Written:
    """A form as it was read: the row of its watch, and what could not be read, by field."""

    row: Row
    unread: dict[str, list[str]] = field(default_factory=dict)


def read(
    form: Fields, before: Watch | None = None, called: Mapping[str, str] = MappingProxyType({})
) -> Written:
    """Return the watch that a form describes.

    - `before`: as it is saved; None: it is new.
    - `called`: id to the name that the form shows in its place.
    """
    unread: dict[str, list[str]] = {}
    name = _one(form, "name")
    row: Row = {"id": before.id if before else _one(form, "id") or id_of(name), "name": name}
    if query := _one(form, "query"):
        row["query"] = query
    if claim := _claim(form, unread, {name: id for id, name in called.items()}):
        row["claim"] = claim
    if _one(form, "passing"):
        row["passing"] = True
    if unless := _listed(_one(form, "unless")):
        row["unless"] = unless
    if not_rules := _listed(_one(form, "not_rules")):
        row["not_rules"] = not_rules
    if channels := _channels(form, before):
        row["deliver"] = channels
    row |= _waiting(form)
    if owner := _one(form, "owner"):
        row["owner"] = owner
    row["enabled"] = bool(_one(form, "enabled"))
    return Written(row, unread)


def fields(watch: Watch, called: Mapping[str, str] = MappingProxyType({})) -> dict[str, list[str]]:
    """Return a watch as the form shows it. `called`: id to the name that is shown in its place."""
    claim = watch.claim or ClaimCondition()
    quiet, digest = watch.quiet, watch.digest
    found: dict[str, list[str]] = {
        "id": [watch.id],
        "name": [watch.name],
        "query": [watch.query or ""],
        "passing": ["on"] if watch.passing else [],
        "unless": [", ".join(watch.unless)],
        "not_rules": [", ".join(watch.not_rules)],
        "is_claim": ["on"] if watch.claim is not None else [],
        "event": [*claim.event],
        "status": [claim.status or ""],
        "independent": [str(claim.independent or "")],
        "killed": [str(claim.killed or "")],
        "confidence": [f"{claim.confidence * _PERCENT:g}"],
        "quiet_from": [quiet.from_ if quiet else ""],
        "quiet_to": [quiet.to if quiet else ""],
        "quiet_zone": [quiet.zone if quiet else ""],
        "quiet_except": [*quiet.except_] if quiet else [],
        "digest_every": [digest.every if digest else ""],
        "digest_at": [", ".join(digest.at) if digest else ""],
        "digest_zone": [digest.zone if digest else ""],
        "throttle": [watch.throttle.every if watch.throttle else ""],
        "owner": [watch.owner or ""],
        "enabled": ["on"] if watch.enabled else [],
        "version": [str(watch.version)],
        "to": [channel.to for channel in watch.deliver],
        "tells": [_choice(channel) for channel in watch.deliver],
    }
    shown = {name: [called.get(each, each) for each in getattr(claim, name)] for name in NAMES}
    return found | {name: [", ".join(each)] for name, each in shown.items()}


def empty_fields(owner: str = "") -> dict[str, list[str]]:
    """Return the form of a new watch. `owner`: who begins it."""
    return begun_fields(Watch(id="new", name="", claim=None), owner)


def begun_fields(
    watch: Watch, owner: str = "", called: Mapping[str, str] = MappingProxyType({})
) -> dict[str, list[str]]:
    """Return the form of a new watch that was begun elsewhere, as a search."""
    begun = fields(msgspec.structs.replace(watch, owner=owner or None), called)
    return begun | {"id": [""], "version": [""]}


def id_of(name: str) -> str:
    """Return an id made of a name: small Latin letters and digits, joined by hyphens."""
    words = re.findall(r"[a-z0-9]+", fold(romanise(name)))
    return "-".join(words)[:MAX_ID_CHARS].strip("-")


def by_field(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Return findings in plain words, by the field that they are shown beside."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        name, text = field_of(finding.path), plain(finding)
        if text not in found.setdefault(name, []):
            found[name].append(text)
    return found


def field_of(path: str) -> str:
    """Return the field of the form for a place in a watch; `query` for the watch as a whole."""
    parts: list[str] = re.findall(r"[a-z_]+", path)
    if not parts:
        return "query"
    if parts[0] == "claim":
        return parts[1] if len(parts) > 1 else "event"
    if parts[0] == "deliver":
        number = re.search(r"\[(\d+)\]", path)
        return f"to{number[1]}" if number else "to0"
    if parts[0] in ("quiet", "digest"):
        return f"{parts[0]}_{parts[1]}" if len(parts) > 1 else f"{parts[0]}_{_FIRST[parts[0]]}"
    return parts[0]


_FIRST = {"quiet": "from", "digest": "every"}
"""The field beside which a mistake of several is shown."""

_CHANNELS_BEGIN = f"Channels begin with {', '.join(f'{kind}:' for kind in KINDS)}, or subscriber:."

_PLAIN: tuple[tuple[str, str], ...] = (
    (
        r"the watch waits for nothing.*",
        "Say what to wait for: words of articles, an event, or both.",
    ),
    (r"the watch delivers nowhere.*", "Name at least one channel."),
    (r"the channel .* is given twice.*", "This channel is named twice."),
    (r"when is empty.*", "Choose what this channel is told of."),
    (r"(.+) is the name of several: write (.+)", r"Several are called \1: write \2."),
    (r"no actor has the id (.+?): write (.+) for (.+)", r"\1 may be \3: write \2."),
    (r"no actor has the id (.+?): did you mean (.+?)\?.*", r"\1 is not known. Did you mean \2?"),
    (
        r"no dictionary knows (.+?):.*",
        r"No dictionary knows \1: only texts that write the name so are found.",
    ),
    (r"(delivery by \w+ is not supported yet): .*", r"\1. " + _CHANNELS_BEGIN),
    (r"(.+ is no channel: did you mean .+?)\? .*", r"\1?"),
    (r"(.+) is no channel: the channels are .*", r"\1 is no channel. " + _CHANNELS_BEGIN),
    (r"(.+) holds no letter or digit.*", r"\1 holds no letter or digit: write a name."),
    (r"the gazetteer has no place called (.+?): (did you mean .+)", r"No place is called \1: \2"),
    (r"the gazetteer has no place called (.+)", r"No place that we know is called \1."),
    (r"(.+ is no place but an? \w+): write .*", r"\1: write it under who is involved."),
    (r"(independent|killed) counts .*", "Write 0 or more."),
    (r"confidence is a probability.*", "Write a percentage from 0 to 100."),
    (r"a digest has either .*", "Give either a length of time or times of day."),
    (
        r"(about [\d,]+ alerts a day are expected).*",
        r"\1: add a rarer word, ask for more of the event, or collect them in a digest.",
    ),
    (r"no event is called (.+?); .*", r"No event is called \1."),
    (r"no rule is called (.+?): .*", r"No rule is called \1."),
)
"""Patterns of what a check of files says, and what it is called beside a field."""


def plain(finding: Finding) -> str:
    """Return a finding as a sentence, without the words of watch files."""
    text = finding.what.replace("`", "")
    for pattern, words in _PLAIN:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            text = str(found.expand(words))
            break
    return capital(text if text.endswith((".", "?", "!")) else f"{text}.")


def _claim(form: Fields, unread: dict[str, list[str]], ids: Mapping[str, str]) -> Row | None:
    """Return the condition of a form; None if it asks for nothing. `ids`: name to id."""
    row: Row = {}
    events = [each for each in form.get("event", ()) if each]
    if events:
        row["event"] = events
    for name in NAMES:
        if listed := _listed(_one(form, name)):
            row[name] = [ids.get(each, each) for each in listed]
    if status := _one(form, "status"):
        row["status"] = status
    for name in ("independent", "killed"):
        text = _one(form, name)
        if text and not re.fullmatch(r"\d{1,6}", text):
            unread.setdefault(name, []).append("Write a whole number, 0 or more.")
        elif text and int(text):
            row[name] = int(text)
    row |= _confidence(form, unread)
    is_asked = bool(row.keys() - {"confidence"}) or bool(_one(form, "is_claim"))
    return row if is_asked else None


def _confidence(form: Fields, unread: dict[str, list[str]]) -> Row:
    text = _one(form, "confidence").removesuffix("%").strip()
    if not text:
        return {}
    if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", text) or float(text) > _PERCENT:
        unread.setdefault("confidence", []).append("Write a percentage from 0 to 100.")
        return {}
    share = round(float(text) / _PERCENT, 6)
    return {} if share == DEFAULT_CONFIDENCE else {"confidence": share}


def _channels(form: Fields, before: Watch | None) -> list[Row]:
    """Return the channels of a form, each with what it is told of."""
    saved = {channel.to: channel.when for channel in before.deliver} if before else {}
    found: list[Row] = []
    choices = list(form.get("tells", ()))
    for number, to in enumerate(form.get("to", ())[:CHANNELS]):
        if not to.strip():
            continue
        choice = choices[number] if number < len(choices) else "all"
        channel: Row = {"to": to.strip()}
        if choice == KEPT and to.strip() in saved:
            channel["when"] = [*saved[to.strip()]]
        elif choice in TELLS and choice != "all":
            channel["when"] = [*TELLS[choice][1]]
        found.append(channel)
    return found


def _waiting(form: Fields) -> Row:
    """Return when the watch holds back, without what the form leaves empty."""
    row: Row = {}
    quiet = {"from": _one(form, "quiet_from"), "to": _one(form, "quiet_to")}
    if any(quiet.values()):
        row["quiet"] = quiet | _given(form, zone="quiet_zone")
        if excepted := [each for each in form.get("quiet_except", ()) if each]:
            row["quiet"]["except"] = excepted
    digest = _given(form, every="digest_every")
    if at := _listed(_one(form, "digest_at")):
        digest["at"] = at
    if digest:
        row["digest"] = digest | _given(form, zone="digest_zone")
    if throttle := _given(form, every="throttle"):
        row["throttle"] = throttle
    return row


def _given(form: Fields, **names: str) -> Row:
    """Return the named fields that are not empty, under their names in a watch."""
    return {key: text for key, name in names.items() if (text := _one(form, name))}


def _choice(channel: Channel) -> str:
    return next((name for name, (_, kinds) in TELLS.items() if {*kinds} == {*channel.when}), KEPT)


def _one(form: Fields, name: str) -> str:
    return next(iter(form.get(name, ())), "").strip()


def _listed(text: str) -> list[str]:
    return [each for part in re.split(r"[,;\n]", text) if (each := part.strip())]
