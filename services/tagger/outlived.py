"""Who outlived a shot: the wounds of those who die are not counted beside their deaths."""

from collections.abc import Sequence

import msgspec

from services.messages import Count, Report
from services.tagger.blocks import is_named
from services.tagger.mentions import Mentions

_OTHERS = frozenset({"another", "other", "others", "second", "third"})
_SHOT = ("shot", "shoot", "shoots", "shooting", "stabbed", "stabbing")


def without_outlived(reports: Sequence[Report], mentions: Mentions) -> list[Report]:
    """Drop "X was shot" as a wound where the article goes on to say that X, or as many as were shot, died.

    Where more were shot than died ("two were shot, and one died"), the number of the wounded is that of those who live.
    """
    by_id = {m.id: m for m in mentions.found.values()}
    deaths = [r for r in reports if r.event == "killed" and r.stance not in ("denied", "hypothetical", "background")]
    dead = {by_id[i].actor_id or by_id[i].key for r in deaths for i in r.patient if i in by_id and is_named(by_id[i])}
    n_dead = max((_n_people(r) for r in deaths), default=0)

    def is_outlived(report: Report) -> bool:
        if report.event != "wounded" or report.in_passing or _says_survived(mentions.text[slice(*report.trigger)]):
            return False
        people = [by_id[i] for i in report.patient if i in by_id]
        if any(_OTHERS & set(m.surface.lower().split()) for m in people):
            return False
        if any((m.actor_id or m.key) in dead for m in people if is_named(m)):
            return True
        if any(is_named(m) and m.rule != "phrase/pronoun@1" for m in people):
            return False
        trigger = mentions.text[slice(*report.trigger)].lower()
        # "Ten suffered injuries" beside ten dead are ten more.
        return _n_people(report) <= (n_dead if trigger in _SHOT else min(n_dead, 1))

    return [_of_survivors(report, n_dead, mentions.text) for report in reports if not is_outlived(report)]


def _of_survivors(report: Report, n_dead: int, text: str) -> Report:
    """Return a report of people shot or stabbed with the dead taken off their number."""

    def less(count: Count) -> Count:
        ours = count.of == "wounded" and count.min is not None and count.min == count.max and count.min > n_dead
        return msgspec.structs.replace(count, min=count.min - n_dead, max=count.min - n_dead) if ours and count.min else count

    if report.event != "wounded" or not n_dead or text[slice(*report.trigger)].lower() not in _SHOT:
        return report
    return msgspec.structs.replace(report, counts=tuple(map(less, report.counts)))


_SURVIVING = frozenset(
    ("wounded", "wounding", "injured", "injure", "injures", "injuring", "hurt", "maimed", "grazed", "mutilated", "tortured")
)


def _says_survived(trigger: str) -> bool:
    """Tell whether a word tells the wounded from the dead; that "shot" or "taken to hospital" leaves it open."""
    return trigger.lower() in _SURVIVING


def _n_people(report: Report) -> int:
    return max((count.min or 0 for count in report.counts), default=len(report.patient) or 1)
