"""All stories in one stream with quiet articles between them,
and every watch in force: what subscribers would live with.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from stories.figures import Figure, Mistake
from stories.run import Said, article_id, tagger, tell, version_of
from stories.story import DATA, Story

from bench.quiet import QuietArticle, quiet_articles
from services.messages import LEVELS, Article, TaggedArticle, Watch
from services.tagger.lexicon.actors import read_actors
from services.text.hashes import digest

Place = tuple[str, str, int]
"""A watch at a version of an article: where something is told, or due."""


@dataclass(frozen=True)
class Mixed:
    """What came of a mixed stream: figures, and every false alert and missed story in words."""

    figures: tuple[Figure, ...]
    mistakes: tuple[Mistake, ...]


def mix(
    stories: Sequence[Story], tagged: Iterable[TaggedArticle], n_quiet: int, seed: int = 1
) -> Mixed:
    """Return the figures of the stories' tagged articles among `n_quiet` quiet ones."""
    quiet = quiet_tagged(n_quiet, seed)
    stream = sorted([*tagged, *quiet], key=lambda a: (a.seen_at, a.article_id, a.version))
    said = [
        s
        for s in tell([_own(story, watch) for story in stories for watch in story.watches], stream)
        if not s.held_back
    ]
    return _judged(_due(stories), said, len(stream))


def quiet_tagged(n: int, seed: int = 1) -> list[TaggedArticle]:
    """Return quiet articles, tagged, in order of sight."""
    return list(tagger().tag([_article(a) for a in quiet_articles(n, seed, _watched_names())]))


def _judged(due: dict[Place, tuple[str, ...]], said: Sequence[Said], n: int) -> Mixed:
    # A watch on any attack rightly tells of those in other stories:
    # it is judged by its own and by the quiet articles.
    judged = [
        s for s in said if s.article_id.partition("/")[0] in (s.watch.partition("/")[0], "quiet")
    ]
    told = [((s.watch, s.article_id, s.version), s) for s in judged]
    false = [(place, s) for place, s in told if place not in due]
    asked, opened = (
        _firsts((place[0], kinds) for place, kinds in due.items()),
        _firsts((s.watch, (s.kind,)) for s in judged),
    )
    missed = [watch for watch in asked if not opened[watch]]
    late, duplicates = opened_anew(told, due)
    denials = [place for place, kinds in due.items() if set(kinds) & {"denied", "retracted"}]
    asserted = sum(any(p == place and s.status in LEVELS for p, s in told) for place in denials)
    firsts = Counter((s.watch, s.article_id) for s in said if s.kind == "first")
    most = max(firsts.values(), default=0)
    figures = (
        Figure("false alerts per 1,000 articles", 1000 * len(false) / n, n, at_most=True),
        Figure(
            "false alerts on quiet articles per 1,000",
            1000 * sum(_is_quiet(p) for p, _ in false) / n,
            n,
            at_most=True,
        ),
        Figure("stories missed", len(missed) / len(asked), len(asked), at_most=True),
        Figure("alerts that came late per story", len(late) / len(asked), len(asked), at_most=True),
        Figure(
            "duplicate alerts per story", len(duplicates) / len(asked), len(asked), at_most=True
        ),
        Figure("denials shown as asserted", asserted / len(denials), len(denials), at_most=True),
        Figure("most alerts that an article opened of a watch", most, n, at_most=True),
    )
    mistakes = [*_false(false), *(Mistake(watch, "missed", "never alerted") for watch in missed)]
    for kind, found in (("late", late), ("duplicates", duplicates)):
        mistakes += (Mistake(s.watch, kind, f"first at {s.article_id}") for s in found)
    return Mixed(figures, tuple(mistakes))


def opened_anew(
    told: Sequence[tuple[Place, Said]], due: Mapping[Place, tuple[str, ...]]
) -> tuple[list[Said], list[Said]]:
    """Return the alerts that were opened where a revision was due: late ones, and duplicates.

    One is late if fewer were open than were due by then: the watch had missed the one before.
    """
    opened, late, duplicates = Counter[str](), list[Said](), list[Said]()
    for place, said in told:
        if place not in due or said.kind != "first":
            continue
        watch, _, version = place
        if "first" not in due[place]:
            until = (kinds for at, kinds in due.items() if at[0] == watch and at[2] <= version)
            n_due = sum(kinds.count("first") for kinds in until)
            (late if opened[watch] < n_due else duplicates).append(said)
        opened[watch] += 1
    return late, duplicates


def _due(stories: Sequence[Story]) -> dict[Place, tuple[str, ...]]:
    return {
        (f"{story.name}/{watch}", article_id(story, telling.article), version_of(telling)): kinds
        for story in stories
        for watch, told in story.told.items()
        for telling in story.articles
        if (kinds := told.get(telling.id))
    }


def _firsts(kinds: Iterable[tuple[str, Sequence[str]]]) -> Counter[str]:
    """Return watches with how often they open an alert."""
    return Counter(watch for watch, own in kinds for kind in own if kind == "first")


def _false(found: Sequence[tuple[Place, Said]]) -> Iterator[Mistake]:
    for (watch, article, _), said in sorted(
        found, key=lambda pair: (not _is_quiet(pair[0]), pair[0])
    ):
        yield Mistake(
            watch, "false alerts", f"{said.kind} ({said.status or 'words only'}) at {article}"
        )


def _is_quiet(place: Place) -> bool:
    return place[1].startswith("quiet/")


def _own(story: Story, watch: Watch) -> Watch:
    return msgspec.structs.replace(watch, id=f"{story.name}/{watch.id}")


def _watched_names() -> list[str]:
    """Return the people of the stories: quiet articles name them in passing."""
    actors = read_actors((DATA / "actors.yaml").read_text(encoding="utf-8"), "actors.yaml")
    return [actor.name for actor in actors if actor.type == "person"]


def _article(quiet: QuietArticle) -> Article:
    return Article(
        article_id=quiet.id,
        url_key=digest(quiet.id),
        feed_id=quiet.outlet,
        outlet=quiet.outlet,
        version=1,
        content_hash=digest(quiet.id),
        title=quiet.title,
        text=quiet.text,
        published_at=quiet.published_at,
        first_seen_at=quiet.published_at,
        seen_at=quiet.published_at,
    )
