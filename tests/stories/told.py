"""What each watch told at each article, beside what it must tell; everything else must be silence."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stories.figures import Figure, Mistake, Tally
from stories.run import Said
from stories.story import Story

from services.messages import LEVELS

OPENED_TWICE = "alerts: opened where none was due"
DENIAL_AS_ASSERTED = "alerts: denials told as asserted"


def judge_told(story: Story, said: Sequence[Said], tally: Tally) -> Iterator[Mistake]:
    """Judge what each watch told at each article; telling without a word of gold is a false alert."""
    told: dict[tuple[str, str], list[Said]] = defaultdict(list)
    reasons: dict[tuple[str, str], str] = {}
    for s in said:
        if s.held_back:
            reasons[s.watch, s.article] = s.kind
        else:
            told[s.watch, s.article].append(s)
    for watch in story.watches:
        for telling in story.articles:
            wanted = story.told.get(watch.id, {}).get(telling.id, ())
            found = told.get((watch.id, telling.id), [])
            yield from _judge_one(story, watch.id, telling.id, wanted, found, reasons.get((watch.id, telling.id)), tally)


def _judge_one(
    story: Story, watch: str, article: str, wanted: Sequence[str], found: Sequence[Said], reason: str | None, tally: Tally
) -> Iterator[Mistake]:
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
        got = ", ".join(f"{s.kind} ({s.status})" for s in found) or f"nothing{f' ({reason})' if reason else ''}"
        yield Mistake(story.name, "alerts", f"{watch} at {article}: {got}, not {', '.join(wanted) or 'silence'}")


def alert_figures(tally: Tally) -> Iterator[Figure]:
    for name in ("alerts: told when due", "alerts: due when told", "alerts: right kinds", "alerts: silence kept"):
        yield tally.figure(name)
    for name in (OPENED_TWICE, DENIAL_AS_ASSERTED):
        yield replace(tally.figure(name), at_most=True)
