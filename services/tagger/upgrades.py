"""What the words around an event make of it: fighting of two armed sides, a riot, a suicide bombing."""

from collections.abc import Iterable
from typing import Any

from services.messages import Mention
from services.tagger.dictionaries import cues, type_named
from services.tagger.found import Found
from services.tagger.mentions import Mentions

_REFLEXIVE = frozenset({"himself", "herself", "themselves", "itself"})
_TURNING = frozenset({"turn", "descend", "erupt", "degenerate", "escalate", "spiral", "become", "spill", "explode"})


def specify(found: Iterable[Found], doc: Any, mentions: Mentions) -> None:
    """Give the events of one sentence the more special type that the sentence calls for."""
    for event in found:
        if event.type.event == "attack" and _is_armed(event.agent, mentions) and _is_armed(event.patient, mentions):
            # ACLED's battles: "rebels attacked soldiers"; a post that is attacked is no side.
            _become(event, "clash")
        elif event.type.event == "bombing" and _is_suicide(event.trigger):
            _become(event, "suicide-bombing")
    if _turns_violent(doc) or any(_is_riotous(event) for event in found):
        for event in found:
            if event.type.event == "protest":
                _become(event, "riot")


def _become(event: Found, name: str) -> None:
    event.rule = event.rule.replace(f"/{event.type.event}-", f"/{name}-")
    event.type = type_named(name)


def _is_armed(side: Iterable[Mention], mentions: Mentions) -> bool:
    """Tell whether one of a side bears arms: an armed group of the dictionary, soldiers, fighters."""
    for mention in side:
        actor = mentions.actors.get(mention.actor_id)
        words = set(mention.surface.lower().replace("-", " ").split())
        if (actor is not None and actor.armed) or words & cues()["combatants"]:
            return True
    return False


def _is_suicide(trigger: Any) -> bool:
    """Tell whether who sets off a bomb is in it: "blew himself up", "detonated his vest", "exploded, killing themselves"."""
    below = [c for c in trigger.children if c.dep_ in ("dobj", "advcl", "conj")]
    near = {w.lower_ for c in below for w in (c, *c.children)}
    return bool(near & (_REFLEXIVE | {"vest", "belt", "suicide"}))


def _is_riotous(event: Found) -> bool:
    """Tell whether a protest beside it is a riot: people clash there, or protesters attack, burn, or destroy."""
    if event.type.event == "clash":
        return True
    words = {w for m in event.agent for w in m.surface.lower().split()}
    return event.type.event in ("attack", "arson", "destruction", "robbery") and bool(words & cues()["protesters"])


def _turns_violent(doc: Any) -> bool:
    """Tell whether a sentence says that something turned violent ("descended into violence")."""
    violent = (t for t in doc if t.lemma_.lower() in ("violent", "violence", "riot"))
    return any(a.lemma_.lower() in _TURNING for t in violent for a in t.ancestors)
