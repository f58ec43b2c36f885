"""A gold story: short articles in order of sight,
and what must come of them; read from YAML with file and line.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import yaml

from services.alerter.watch import compile_watch
from services.errors import ConfigError, ReportedlyError
from services.messages import LEVELS, Cause, ChangeKind, Level, Status, Watch

DATA = Path(__file__).parents[1] / "data" / "stories"
SLOTS = ("agent", "patient", "target", "instrument", "place")


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a story file: an unknown field is an error."""


class Outlet(Row, frozen=True, kw_only=True):
    """Who publishes; outlets of one `family` are one publisher."""

    name: str
    family: str | None = None


class Telling(Row, frozen=True, kw_only=True):
    """One version of an article.

    `at` is when it was published (None: the feed gives no date), `seen_at` when we saw it.

    `edit_of` names the article whose text this one replaces; `source` is the feed's own `<source>`.
    """

    id: str
    outlet: str
    at: datetime | None
    seen_at: datetime | None = None
    title: str
    text: str
    url: str | None = None
    source: str | None = None
    edit_of: str | None = None
    cause: Cause | None = None

    @property
    def article(self) -> str:
        return self.edit_of or self.id

    @property
    def sight(self) -> datetime:
        seen = self.seen_at or self.at
        assert seen is not None
        return seen


class Numbers(Row, frozen=True, kw_only=True):
    """All that is said of a number: lowest, highest (None: open),
    and the lower bound of the last word in news time.
    """

    min: int
    max: int | None
    latest: int


class GoldClaim(Row, frozen=True, kw_only=True):
    """A claim as it must stand at the end.

    The first of `event` is what it is called, the others are other right names for it.

    `articles` are all that say or deny it, also those that an edit took
    back; `reports` those that still do. `against` are those that deny it, or a part in it.
    """

    id: str
    event: tuple[str, ...]
    principal: str
    articles: tuple[str, ...]
    against: tuple[str, ...] = ()
    status: Status
    level: Level | None = None
    independent: int
    reports: int | None = None
    history: tuple[Status, ...]
    disputed: tuple[str, ...] = ()
    counts: dict[str, Numbers] = {}

    @property
    def expected_level(self) -> Level | None:
        return self.level or next((level for level in LEVELS if level == self.status), None)

    @property
    def expected_reports(self) -> int:
        return len(self.articles) if self.reports is None else self.reports


class Story(Row, frozen=True, kw_only=True):
    """Articles, the claims they amount to, and what each watch must tell:
    everything not in `told` stays silent.

    `quiet` articles belong to no claim. `told` is watch → article → kinds of change.
    """

    name: str = ""
    title: str
    kinds: tuple[str, ...]
    outlets: dict[str, Outlet | str]
    articles: tuple[Telling, ...]
    claims: tuple[GoldClaim, ...] = ()
    quiet: tuple[str, ...] = ()
    watches: tuple[Watch, ...] = ()
    told: dict[str, dict[str, tuple[ChangeKind, ...]]] = {}

    def outlet(self, key: str) -> Outlet:
        outlet = self.outlets[key]
        return Outlet(name=outlet) if isinstance(outlet, str) else outlet

    def in_order_of_sight(self) -> list[Telling]:
        return sorted(self.articles, key=lambda a: a.sight)


def load_stories(folder: Path = DATA) -> list[Story]:
    """Return the stories of a folder, by name. Raises ConfigError as `file:line: what is wrong`."""
    paths = sorted(p for p in folder.glob("*.yaml") if p.stem not in ("actors", "levels"))
    return [read_story(path.read_text(encoding="utf-8"), str(path)) for path in paths]


def read_story(text: str, name: str) -> Story:
    """Return one checked story. Raises ConfigError as `name:line: what is wrong`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        story = msgspec.convert(yaml.safe_load(text), Story)
    except yaml.MarkedYAMLError as error:
        raise ConfigError(
            f"{name}:{error.problem_mark.line + 1 if error.problem_mark else 1}: {error.problem}"
        ) from error
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}:{line_of(root, str(error))}: {error}") from error
    _Check(story, root, name).run()
    return msgspec.structs.replace(story, name=Path(name).stem)


class _Check:
    """What YAML and types can't say: names that must exist, numbers that must agree."""

    def __init__(self, story: Story, root: yaml.Node | None, name: str) -> None:
        self._story = story
        self._root = root
        self._name = name
        self._ids = {a.id for a in story.articles if a.edit_of is None}

    def run(self) -> None:
        self._articles()
        for i, claim in enumerate(self._story.claims):
            self._claim(f"claims[{i}]", claim)
        claimed = {a for claim in self._story.claims for a in claim.articles}
        self._known("quiet", self._story.quiet)
        for article in sorted(self._ids - claimed - set(self._story.quiet)):
            self._fail("quiet", f"article {article!r} is in no claim and not in `quiet`")
        for article in sorted(claimed & set(self._story.quiet)):
            self._fail("quiet", f"article {article!r} is in a claim, so it is not quiet")
        self._watches()

    def _articles(self) -> None:
        seen: dict[str, Telling] = {}
        for i, telling in enumerate(self._story.articles):
            at = f"articles[{i}]"
            if telling.id in seen:
                self._fail(at, f"article id {telling.id!r} is used twice")
            if telling.outlet not in self._story.outlets:
                self._fail(
                    at, f"article {telling.id!r} names no outlet of this story: {telling.outlet!r}"
                )
            if telling.at is None and telling.seen_at is None:
                self._fail(at, f"article {telling.id!r} has no date, so it needs `seen_at`")
            if any(t is not None and t.tzinfo is None for t in (telling.at, telling.seen_at)):
                self._fail(at, f"article {telling.id!r} needs a time zone (end its times in Z)")
            first = seen.get(telling.edit_of or "")
            if telling.edit_of and first is None:
                self._fail(
                    at, f"{telling.id!r} edits {telling.edit_of!r}, which is no earlier article"
                )
            if first and (
                first.outlet != telling.outlet or first.edit_of or telling.sight <= first.sight
            ):
                self._fail(
                    at,
                    f"{telling.id!r} must be a later version, "
                    f"at the same outlet, of a first version",
                )
            seen[telling.id] = telling

    def _claim(self, at: str, claim: GoldClaim) -> None:
        self._members(at, claim)
        if not claim.event or not claim.articles or not claim.history:
            self._fail(
                at,
                f"claim {claim.id!r} needs `event`, `articles`, and `history`, none of them empty",
            )
        if claim.history[-1] != claim.status:
            self._fail(
                at,
                f"claim {claim.id!r} ends {claim.status}, but its history ends {claim.history[-1]}",
            )
        if any(a == b for a, b in zip(claim.history, claim.history[1:], strict=False)):
            self._fail(at, f"claim {claim.id!r} has a step in its history that changes nothing")
        if (claim.status == "disputed") != (claim.level is not None):
            self._fail(
                at, f"claim {claim.id!r}: `level` is given for a disputed claim, and only there"
            )
        if not 0 <= claim.independent <= claim.expected_reports <= len(claim.articles):
            self._fail(at, f"claim {claim.id!r}: independent ≤ reports ≤ articles does not hold")
        for slot in claim.disputed:
            if slot not in SLOTS and slot.removeprefix("count.") not in claim.counts:
                self._fail(
                    at, f"claim {claim.id!r}: {slot!r} is no slot, and no count of this claim"
                )
        for of, n in claim.counts.items():
            if n.max is not None and not n.min <= n.latest <= n.max:
                self._fail(at, f"claim {claim.id!r}: min ≤ latest ≤ max does not hold for {of!r}")

    def _members(self, at: str, claim: GoldClaim) -> None:
        self._known(at, claim.articles)
        if not set(claim.against) <= set(claim.articles):
            self._fail(at, f"claim {claim.id!r}: `against` names what is not in `articles`")

    def _watches(self) -> None:
        watches = {watch.id: watch for watch in self._story.watches}
        for i, watch in enumerate(self._story.watches):
            try:
                compile_watch(watch)
            except ReportedlyError as error:
                self._fail(f"watches[{i}]", str(error))
        tellings = {a.id for a in self._story.articles}
        for watch_id, told in self._story.told.items():
            if watch_id not in watches:
                self._fail("told", f"{watch_id!r} is no watch of this story")
            for article in set(told) - tellings:
                self._fail("told", f"{article!r} is no article of this story")

    def _known(self, at: str, articles: Sequence[str]) -> None:
        for article in articles:
            if article not in self._ids:
                self._fail(
                    at,
                    f"{article!r} is no article of this story (an edit "
                    f"goes by the name of its first version)",
                )

    def _fail(self, at: str, message: str) -> NoReturn:
        raise ConfigError(f"{self._name}:{line_of(self._root, f'$.{at}')}: {message}")


def line_of(root: Any, message: str) -> int:
    """Return the line of the deepest node
    on the path (`$.articles[3].title`) that a message names.
    """
    node, path = root, message[message.rfind("$") + 1 :] if "$" in message else ""
    for part in path.replace("[", ".[").strip("`.").split("."):
        key = part.rstrip("`")
        if isinstance(node, yaml.SequenceNode) and key.startswith("[") and key[1:-1].isdigit():
            node = node.value[int(key[1:-1])]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for name, value in node.value if name.value == key), node)
    line: int = node.start_mark.line if node else 0
    return line + 1
