"""What each watch told at each article,
beside what it must tell; everything else must be silence.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stories.figures import Figure, Mistake, Tally
from stories.run import Said, article_id, version_of
from stories.story import Story

from services.messages import LEVELS

OPENED_TWICE = "alerts: opened where none was due"
DENIAL_AS_ASSERTED = "alerts: denials told as asserted"


def judge_told(story: Story, said: Sequence[Said], tally: Tally) -> Iterator[Mistake]:
    """Judge what each watch told at each article;
    telling without a word of gold is a false alert.
    """
    at: dict[tuple[str, str, int], list[Said]] = defaultdict(list)
    for s in said:
        at[s.watch, s.article_id, s.version].append(s)
    for watch in story.watches:
        for telling in story.articles:
            wanted = story.told.get(watch.id, {}).get(telling.id, ())
            found = at[watch.id, article_id(story, telling.article), version_of(telling)]
            yield from _judge_one(f"{watch.id} at {telling.id}", story.name, wanted, found, tally)


def _judge_one(
    where: str, story: str, wanted: Sequence[str], said: Sequence[Said], tally: Tally
) -> Iterator[Mistake]:
    found = [s for s in said if not s.held_back]
    kinds = [s.kind for s in found]
    if not wanted:
        tally.add("alerts: silence kept", not found)
    else:
        tally.add("alerts: told when due", bool(found))
        tally.add("alerts: right kinds", sorted(kinds) == sorted(wanted))
    if found:
        tally.add("alerts: due when told", bool(wanted))
        tally.add(OPENED_TWICE, "first" in kinds and "first" not in wanted)
    if set(wanted) & {"denied", "retracted"}:
        tally.add(DENIAL_AS_ASSERTED, any(s.status in LEVELS for s in found))
    if sorted(kinds) != sorted(wanted):
        got = (
            ", ".join(
                f"{s.kind} ({'held back' if s.held_back else s.status or 'words only'})"
                for s in said
            )
            or "nothing"
        )
        yield Mistake(story, "alerts", f"{where}: {got}, not {', '.join(wanted) or 'silence'}")


def alert_figures(tally: Tally) -> Iterator[Figure]:
    for name in (
        "alerts: told when due",
        "alerts: due when told",
        "alerts: right kinds",
        "alerts: silence kept",
    ):
        yield tally.figure(name)
    for name in (OPENED_TWICE, DENIAL_AS_ASSERTED):
        yield replace(tally.figure(name), at_most=True)
