"""Labels: the words by which an actor is shown, the same for all mentions in an article."""

from collections import defaultdict
from collections.abc import Sequence

from services.messages import Mention
from services.tagger.lexicon.gazetteer import gazetteer
from services.tagger.lexicon.words import forms
from services.tagger.names.full_names import full_name
from services.tagger.names.mentions import Mentions

_FORMS = ("name", "people", "office")
"""How a mention may name an actor, the best first."""
ACRONYM_LETTERS = 3
"""Letters of the longest code of a place (IATA, ISO 3166): "NYC", "UAE"."""
_LAST_LATIN = "\u024f"
"""The last letter of the block Latin Extended-B."""


def add_labels(mentions: Mentions) -> None:
    """Give every mention its label.

    A mention that names or stands for somebody has the best name of that actor, any other its own
    words. A label that it has already stays.
    """
    by_actor: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions.in_order():
        identity = mention.actor_id or mention.key
        if mention.form in ("description", "thing") or not identity:
            words = mention.label or mentions.text[mention.start : mention.end]
            mentions.update(mention, label=_with_small_article(words))
        else:
            by_actor[identity].append(mention)
    for same in by_actor.values():
        actor, kind = mentions.actors.get(same[0].actor_id), same[0].type
        # Adjectives name states, too ("a Kostrian airstrike"): the dictionary has the noun.
        is_state = actor is not None and kind == "state"
        label = actor.name if is_state and actor else _best_name(same, mentions.text)
        label = place_name(label) if kind == "place" else label
        known = actor.name if actor and actor.name != label else ""
        for mention in same:
            mentions.update(mention, label=label, dictionary_name=known)


def place_name(name: str) -> str:
    """Return the name of a place as the gazetteer writes it, if the text has capitals alone.

    Datelines have them ("LYON - Two people …"). A place that the gazetteer lacks may be an acronym.
    """
    known = gazetteer().find(name) if name.isupper() and len(name) > ACRONYM_LETTERS else ()
    if not known:
        return name
    same = (place.name for place in known if place.name.casefold() == name.casefold())
    return next(same, name.title())


def _best_name(same: Sequence[Mention], text: str) -> str:
    """Return the fullest name of an actor, without titles; a title's own words if none has one."""
    named = [m for m in same if m.form in _FORMS and m.type != "nationality"] or same
    full = {name.words for m in named if (name := full_name(m.shown)).is_full}

    def badness(mention: Mention) -> tuple[int, bool, bool, int, bool, int]:
        name = full_name(mention.shown)
        return (
            _FORMS.index(mention.form) if mention.form in _FORMS else len(_FORMS),
            not _is_latin(mention.shown),
            name.is_introduced(full),
            -name.n_spelled,
            mention.shown.isupper(),
            mention.start,
        )

    best = min(named, key=badness)
    has_name = best.label and " " in best.label
    return best.label if has_name else _own_words(best, text)


def _is_latin(name: str) -> bool:
    return all(letter <= _LAST_LATIN for letter in name if letter.isalpha())


def _own_words(mention: Mention, text: str) -> str:
    """Return the words of a mention; a name has no article."""
    words = _with_small_article(text[mention.start : mention.end])
    first, _, rest = words.partition(" ")
    return rest if mention.is_name and rest and first in forms().articles else words


def _with_small_article(words: str) -> str:
    first, blank, rest = words.partition(" ")
    return f"{first.lower()}{blank}{rest}" if first.lower() in forms().articles else words
