"""What a desk's corrections on one half of a stream do to the false alerts of the other half.

    python bench/verdicts.py [--corrections 50] [--articles 2000] [--seed 1]

The gold stories and quiet articles are split in two. A desk judges the alerts of one half as they
come, until it has called so many wrong; every watch takes the suggestions that lose no right alert.
Then the other half is told with the old watches and with the new ones. Both directions are run.
Ends with 1 if fewer than a third of the false alerts go, or if one story more is missed.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import msgspec
from stories.mixed import quiet_tagged
from stories.run import article_id, tag_stories
from stories.story import load_stories

from services.alerter.watch import compile_all
from services.backtest.pipeline import Pipeline, by_sight
from services.desk.past import PastAlert
from services.desk.suggesting import suggestions
from services.messages import Alert, Claim, ClaimCondition, TaggedArticle, Watch

LEAST_LOWERED = 1 / 3
"""The share of the false alerts of the other half that must go."""

MOST_TAKEN = 3
"""Suggestions that a watch takes one after the other: exceptions, confidence, types of event."""

WATCHES = (
    Watch(
        id="force",
        name="Force",
        query="bomb OR bombed OR blast OR explosion OR exploded OR shot OR shelled OR attack",
        passing=True,
    ),
    Watch(
        id="lives",
        name="Lives",
        query="killed OR kills OR dead OR died OR dies OR murdered OR victim OR executed",
        passing=True,
    ),
    Watch(
        id="custody",
        name="Custody",
        query="arrested OR hostage OR captive OR released OR captured OR strike",
        passing=True,
    ),
    Watch(
        id="sure-of-little",
        name="Sure of little",
        claim=ClaimCondition(event=("killed", "wounded", "attack", "bombing"), confidence=0.01),
    ),
)
"""Watches of a desk that asks for too much: broad words, and events of any confidence."""


@dataclass(frozen=True)
class Told:
    """What some watches told of a half: their alerts, and the claims behind them."""

    alerts: Sequence[Alert]
    claims: Mapping[str, Claim]

    @property
    def false(self) -> list[Alert]:
        return [alert for alert in self.alerts if is_false(alert)]

    @property
    def stories(self) -> set[tuple[str, str]]:
        """Each story of which a watch told an article that tells of an event, with the watch."""
        return {
            (alert.watch_id, id.partition("/")[0])
            for alert in self.alerts
            for id in alert.article_ids
            if id in eventful()
        }


@cache
def eventful() -> frozenset[str]:
    """Return the ids of the articles of which a careful reader makes a claim."""
    return frozenset(
        article_id(story, id)
        for story in load_stories()
        for claim in story.claims
        for id in claim.articles
    )


def is_false(alert: Alert) -> bool:
    """True if an alert rests on quiet articles alone, or on those of a story that tell no event."""
    return eventful().isdisjoint(alert.article_ids)


def told(watches: Iterable[Watch], half: Sequence[TaggedArticle]) -> Told:
    """Return what watches tell of a half of the stream."""
    pipeline, claims = Pipeline(compile_all(list(watches))), dict[str, Claim]()
    for article in half:
        passage = pipeline.step(article)
        claims |= {claim.claim_id: claim for claim in passage.claims}
    return Told(pipeline.alerts(), claims)


def judged(half: Told, corrections: int) -> list[tuple[str, PastAlert]]:
    """Return all alerts as the desk sees them, each with its watch.

    It judges them in the order of their ids, which are digests, until so many were wrong: as a desk
    that has no time for all of them.
    """
    found, n_wrong = list[tuple[str, PastAlert]](), 0
    for alert in sorted(half.alerts, key=lambda a: a.alert_id):
        past = past_alert(alert, half.claims)
        if n_wrong < corrections:
            past = replace(past, outcome="wrong" if is_false(alert) else "right")
            n_wrong += is_false(alert)
        found.append((alert.watch_id, past))
    return found


def past_alert(alert: Alert, claims: Mapping[str, Claim]) -> PastAlert:
    claim = next((claims[id] for id in alert.claim_ids if id in claims), None)
    return PastAlert(
        alert.alert_id,
        sentences=tuple(said.quote for said in alert.revisions[0].evidence),
        events=claim.events if claim else tuple(filter(None, (alert.revisions[0].told.event,))),
        confidence=claim.confidence if claim else None,
        is_denial=alert.revisions[0].told.status == "denied",
    )


def learnt(watch: Watch, past: Sequence[PastAlert], elsewhere: Sequence[PastAlert]) -> Watch:
    """Return a watch with every suggestion that loses no alert judged right."""
    for _ in range(MOST_TAKEN):
        safe = [found for found in suggestions(watch, past, elsewhere) if found.is_safe]
        if not safe:
            break
        print(f"    {watch.id}: {safe[0].text}\n      {safe[0].difference.about}")
        watch = msgspec.structs.replace(safe[0].watch, version=watch.version + 1)
    return watch


def direction(
    name: str, learning: Sequence[TaggedArticle], other: Sequence[TaggedArticle], corrections: int
) -> bool:
    """Print what one half teaches for the other. Return True if that is enough."""
    seen = judged(told(WATCHES, learning), corrections)
    n_wrong = sum(alert.outcome == "wrong" for _, alert in seen)
    n_right = sum(alert.outcome == "right" for _, alert in seen)
    print(f"{name}: {n_wrong} alerts corrected, {n_right} called right, of {len(seen)}")
    watches: list[Watch] = []
    for watch in WATCHES:
        own = [alert for id, alert in seen if id == watch.id]
        elsewhere = [alert for id, alert in seen if id != watch.id]
        watches.append(learnt(watch, own, elsewhere))
    before, after = told(WATCHES, other), told(watches, other)
    n_before, n_after = len(before.false), len(after.false)
    missed = before.stories - after.stories
    lowered = 1 - n_after / n_before if n_before else 0.0
    print(f"  false alerts of the other: {n_before} before, {n_after} after ({lowered:.0%} fewer)")
    print(f"  stories told of: {len(before.stories)} before, {len(after.stories)} after")
    for watch_id, story in sorted(missed):
        print(f"    missed by {watch_id}: {story}")
    return n_wrong == corrections and lowered >= LEAST_LOWERED and not missed


def halves(n_quiet: int, seed: int) -> tuple[list[TaggedArticle], list[TaggedArticle]]:
    """Return the stream in two halves: every other story, and every other quiet article."""
    stories = [found for _, found in sorted(tag_stories(load_stories()).items())]
    quiet = quiet_tagged(n_quiet, seed)
    first = [article for found in stories[::2] for article in found]
    second = [article for found in stories[1::2] for article in found]
    return by_sight([*first, *quiet[::2]]), by_sight([*second, *quiet[1::2]])


def main() -> int:
    """Print both directions; 1 where one falls short."""
    parser = argparse.ArgumentParser(description="Measure what the desk's corrections are worth.")
    parser.add_argument("--corrections", type=int, default=50)
    parser.add_argument("--articles", type=int, default=2000, help="quiet articles (default: 2000)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    first, second = halves(options.articles, options.seed)
    print(f"{len(first)} and {len(second)} articles, {len(WATCHES)} watches\n")
    is_enough = [
        direction("first half teaches", first, second, options.corrections),
        direction("second half teaches", second, first, options.corrections),
    ]
    return int(not all(is_enough))


if __name__ == "__main__":
    sys.exit(main())
