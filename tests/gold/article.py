"""A gold article and a gold sentence:
what a careful reader takes from it; read from YAML with file and line.
"""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import yaml
from stories.story import line_of

from services.errors import ConfigError
from services.messages.base import AttributionKind, MentionType, Stance
from services.tagger.lexicon.ontology import ontology

DATA = Path(__file__).parents[1] / "data" / "gold"
Number = int | tuple[int | None, int | None]


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a file: an unknown field is an error."""


class GoldReport(Row, frozen=True, kw_only=True):
    """What is said to have happened.

    Of several events or stances each is right; surfaces stand so in the article.

    `a|b` is right with either surface. `by` is who says so with the kinds of source that are right
    (none: not judged); a number is exact, a pair is lowest and highest (None: open);
    a date is a day, or the first and last of several.
    """

    event: str | tuple[str, ...]
    patient: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    stance: Stance | tuple[Stance, ...] = ()
    by: Mapping[str, AttributionKind | tuple[AttributionKind, ...]] = {}
    counts: Mapping[str, Number] = {}
    date: datetime.date | tuple[datetime.date, datetime.date] | None = None

    @property
    def events(self) -> frozenset[str]:
        return frozenset((self.event,) if isinstance(self.event, str) else self.event)

    @property
    def stances(self) -> frozenset[str]:
        return frozenset((self.stance,) if isinstance(self.stance, str) else self.stance)

    @property
    def counts_for_a_claim(self) -> bool:
        """Whether it must be found:
        what is only thought of or long past need not be, but must not be told as news.
        """
        return not self.stances or bool(self.stances - {"hypothetical", "background"})


class GoldArticle(Row, frozen=True, kw_only=True):
    """A short article; `names` are all names in it by type (None: not judged),
    `also` events told in passing.

    What is told in passing may be found or not. Without `reports` and `also` it must stay silent.
    """

    id: str
    title: str
    text: str
    at: datetime.date
    names: Mapping[MentionType, tuple[str, ...]] | None = None
    reports: tuple[GoldReport, ...] = ()
    also: tuple[str, ...] = ()


class Wanted(Row, frozen=True, kw_only=True):
    """A report that must, or must not, be found: all that is given must hold.

    `source`: one of the words between bars.
    """

    event: str | tuple[str, ...]
    patient: str | None = None
    agent: str | None = None
    source: str | None = None
    stance: tuple[Stance, ...] = ()
    count: int | None = None


class WantedMention(Row, frozen=True, kw_only=True):
    """A mention that must be found, with its role and whose role it is."""

    surface: str
    type: MentionType
    role: str
    of: str


class Sentence(Row, frozen=True, kw_only=True):
    """A title or a body, and the one thing that is asked of it."""

    title: str = ""
    text: str = ""
    report: Wanted | None = None
    silent: Wanted | None = None
    mention: WantedMention | None = None
    boilerplate: str | None = None


def load_articles(folder: Path = DATA) -> list[GoldArticle]:
    """Return all gold articles. Raises ConfigError as `file:line: what is wrong`."""
    found: list[GoldArticle] = []
    for path in sorted(folder.glob("[0-9]*.yaml")):
        found += read_articles(path.read_text(encoding="utf-8"), str(path))
    return found


def load_kinds(folder: Path = DATA) -> dict[str, list[Sentence]]:
    """Return the sentences by kind. Raises ConfigError as `file:line: what is wrong`."""
    path = folder / "seed-kinds.yaml"
    text = path.read_text(encoding="utf-8")
    try:
        return msgspec.convert(yaml.safe_load(text), dict[str, list[Sentence]])
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"{path}:{line_of(yaml.compose(text, Loader=yaml.SafeLoader), str(error))}: {error}"
        ) from error


def read_articles(text: str, name: str) -> list[GoldArticle]:
    """Return checked articles. Raises ConfigError as `name:line: what is wrong`."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    try:
        articles = msgspec.convert(yaml.safe_load(text), list[GoldArticle])
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}:{line_of(root, str(error))}: {error}") from error
    seen: set[str] = set()
    for i, article in enumerate(articles):
        fault = _fault(article, seen)
        if fault:
            raise ConfigError(f"{name}:{line_of(root, f'$.[{i}]')}: {article.id}: {fault}")
        seen.add(article.id)
    return articles


def _fault(article: GoldArticle, seen: set[str]) -> str | None:
    text = f"{article.title}\n\n{article.text}".casefold()
    if article.id in seen:
        return "this id is used twice"
    for surface in _surfaces(article):
        if not any(words in text for words in surface.casefold().split("|")):
            return f"{surface!r} does not stand in the article"
    known = {kind.event for kind in ontology()}
    named = {event for report in article.reports for event in report.events} | set(article.also)
    unknown = named - known
    return f"no event of the ontology: {', '.join(sorted(unknown))}" if unknown else None


def _surfaces(article: GoldArticle) -> Sequence[str]:
    named = [surface for surfaces in (article.names or {}).values() for surface in surfaces]
    for report in article.reports:
        named += [*report.patient, *report.agent, *report.target, *report.place, *report.by]
    return named
