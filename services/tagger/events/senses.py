"""Senses of words of force: whether the arguments of a trigger are those of its event.

An attack in words, a seat that is captured at the polls, and a death of old age have other
arguments than their namesakes: VerbNet's selectional restrictions, FrameNet's core elements.
Where two senses stay open, the event stands.
"""

from collections.abc import Callable, Iterable, Sequence

from services.messages import Frame, Mention
from services.tagger.events.found import Found
from services.tagger.events.nouns import is_personal
from services.tagger.events.subjects import subjects
from services.tagger.lexicon.ontology import Family, nouns_of, types_by_word
from services.tagger.lexicon.senses import senses
from services.tagger.lexicon.words import any_of, but_not, cues, forms, lemmas
from services.tagger.parse.doc import Token
from services.tagger.parse.tree import (
    behind,
    by_phrase,
    forms_of,
    has_called,
    is_passive,
    is_relative,
    kids,
    kids_called,
    kids_of_all,
    lemma_of,
    lemmas_of,
    own_subjects,
    tokens_of_lemma,
    undergoers,
)

_ACTING: tuple[Frame, ...] = ("verb", "actor")
"""Frames of a verb whose subject acts."""
_HOURS = 24
"""Hours of a day: of a number behind "at", more are years of age."""
_FORCEFUL: tuple[Family, ...] = ("violence", "damage", "control")


def is_without_force(event: Found) -> bool:
    """True if a word of force, harm, or disaster has arguments by which it means something else."""
    return any(is_so(event) for is_so in _OTHER_SENSES)


def is_other_verb(event: Found) -> bool:
    """True if a particle makes another verb of a trigger ("shot back", "backed off")."""
    verb = event.trigger
    particles = senses().particles.get(lemma_of(verb), frozenset())
    meant = event.type.with_word.get(lemma_of(verb), frozenset())
    near = [word for word in kids(verb, "advmod") if word.i == verb.i + 1]
    beside = forms_of([*kids(verb, "prt"), *near])
    return event.frame != "noun" and bool(beside & (particles - meant))


def _is_contest(event: Found) -> bool:
    """True for an attack, a fight, or a capture with words, at the polls, in sport or business.

    Nobody who might strike does it, no word for force is in its sentence, and it befalls nobody's
    body, house, or land.
    """
    trigger = event.trigger
    if lemma_of(trigger) not in senses().contests or event.instrument or event.counts:
        return False
    if event.frame not in (*_ACTING, "noun") or names_force(trigger):
        return False
    undergo = [*event.patient, *event.target]
    if event.blame is not None:
        return False
    if event.frame == "noun" and not undergo:
        # "An attack on the minister's record"
        return bool(lemmas_of(behind(trigger, "on", "against")) & _unreachable())
    if not event.agent:
        if _befalls_only_rivals(undergo) or _is_done_by_words(event, undergo):
            return True
        return _is_against_rivals(event, undergo)
    if any(map(_may_strike, event.agent)):
        return False
    if all(m.type == "person" and m.form != "pronoun" for m in event.agent):
        return not any(map(_is_bodily, undergo))
    return bool(undergo) and all(map(_is_rival, undergo))


def names_force(trigger: Token) -> bool:
    """True if a word of force stands beside a trigger in its sentence."""
    found = tokens_of_lemma(trigger.doc, senses().force)
    return any(word.i != trigger.i for word in found)


def _may_strike(agent: Mention) -> bool:
    """True for states, armed groups, and people without a name; others strike if words say so."""
    if words_of(agent) & _armed():
        return True
    if agent.type in ("state", "nationality", "group"):
        return head_of(agent) not in senses().rivals
    if agent.type != "person" or words_of(agent) & senses().rivals:
        return False
    return agent.form == "description"


def _armed() -> frozenset[str]:
    armed = any_of(senses().force, senses().commanders, cues().combatants, cues().forces)
    return any_of(armed, cues().firing_parties, cues().protesters, forms().police)


def _is_bodily(undergoer: Mention) -> bool:
    """True for private people and for what has a place: nobody attacks them in words."""
    if _is_rival(undergoer):
        return False
    if undergoer.type in ("person", "group"):
        return undergoer.form == "description"
    return head_of(undergoer) in any_of(cues().sites, cues().vehicles, cues().things)


def _is_rival(undergoer: Mention) -> bool:
    """True for who contests, for a person with a name, and for what is no body."""
    if words_of(undergoer) & any_of(senses().rivals, offices()) or _is_immaterial(undergoer):
        return True
    return undergoer.type == "person" and undergoer.is_named


def _befalls_only_rivals(undergo: Iterable[Mention]) -> bool:
    """True if all that undergoes an event is immaterial or a rival by its noun."""
    found = list(undergo)
    return bool(found) and all(_is_immaterial(m) or head_of(m) in senses().rivals for m in found)


def _is_against_rivals(event: Found, undergo: Sequence[Mention]) -> bool:
    """True for an active participle: somebody "is on solid ground attacking NAME"."""
    verb = event.trigger
    if event.type.family != "violence" or event.frame != "verb" or not undergo:
        return False
    return verb.tag_ == "VBG" and not is_passive(verb) and all(map(_is_rival, undergo))


def _is_done_by_words(event: Found, undergo: list[Mention]) -> bool:
    """True if a thing without force is the subject: "tariffs target", "the advert attacks"."""
    if event.frame not in _ACTING or any(map(_is_bodily, undergo)):
        return False
    return any(map(is_inert, _doers(event.trigger)))


def _doers(verb: Token) -> list[Token]:
    return by_phrase(verb) if is_passive(verb) else subjects(verb)


def is_inert(noun: Token) -> bool:
    """True for a common noun for no people, no weapon, and no force of nature."""
    if noun.pos_ != "NOUN" or noun.ent_type_ or is_personal(noun):
        return False
    known = cues()
    may_act = any_of(known.things, known.vehicles, known.aircraft, known.forces, known.bodies)
    forces = any_of(known.party, known.harmful_means, known.violent_means, known.sites)
    lemma = lemma_of(noun)
    return lemma not in any_of(may_act, forces, senses().force) and lemma not in types_by_word()


def _is_of_nothing(event: Found) -> bool:
    """True if only immaterial things undergo violence, damage, or a capture."""
    if event.type.family not in _FORCEFUL or event.type.patient_is or event.patient:
        return False
    return bool(event.target) and all(map(_is_immaterial, event.target))


def _is_of_no_prisoner(event: Found) -> bool:
    """True for who captures, seizes, or picks up no people: "captured two states"."""
    if event.type.family != "custody" or lemma_of(event.trigger) not in senses().contests:
        return False
    armed = any_of(cues().forces, cues().combatants, cues().firing_parties, forms().police)
    bodies = but_not(cues().bodies, any_of(armed, lemmas().small_groups))
    kept = any_of(senses().immaterial, bodies)
    return bool(event.patient) and all(not m.is_name and head_of(m) in kept for m in event.patient)


def _is_immaterial(mention: Mention) -> bool:
    return mention.form == "thing" and head_of(mention) in _unreachable()


def _unreachable() -> frozenset[str]:
    return any_of(senses().immaterial, cues().abstract)


def offices() -> frozenset[str]:
    """Return the words for public offices."""
    return any_of(cues().roles, cues().official, cues().title_heads)


def _is_stolen_show(event: Found) -> bool:
    """True for a theft of what nobody owns ("stole the show", "stole a glance")."""
    stolen = lemmas_of([*undergoers(event.trigger), *behind(event.trigger, "of")])
    return event.type.family == "damage" and bool(stolen & senses().figures_stolen)


def _is_blow_of_nature(event: Found) -> bool:
    """True for an attack by a hazard: "was hit by a blizzard", "floods struck the coast".

    No more do "winds" that topple a car topple a government.
    """
    if event.type.family not in ("violence", "control", "office") or event.type.harm:
        return False
    doers = lemmas_of(_doers(event.trigger))
    blows = nouns_of("hazard") | senses().weather
    return event.frame in _ACTING and not doers.isdisjoint(blows)


def _is_natural_death(event: Found) -> bool:
    """True for a death of age or illness ("died of cancer", "died aged 83")."""
    if event.type.harm != "death" or event.frame not in ("subject", "verb", "noun"):
        return False
    trigger = event.trigger
    causes = behind(trigger)
    named = lemmas_of([*causes, *kids_of_all(causes, "conj", "compound")])
    if named & senses().natural_causes:
        return not named & senses().force
    if event.frame != "subject":
        return False
    return has_called(trigger, "aged") or any(map(_is_age, behind(trigger, "at")))


def _is_age(number: Token) -> bool:
    """True for a number behind "at" that is no hour ("dies at 91")."""
    return number.text.isdecimal() and int(number.text) > _HOURS


def _is_shot_of_no_gun(event: Found) -> bool:
    """True for "fired questions": what is fired is no weapon."""
    if lemma_of(event.trigger) != "fire" or event.type.family != "violence":
        return False
    return bool(lemmas_of(undergoers(event.trigger)) & senses().immaterial)


def _is_hurt_by_no_body(event: Found) -> bool:
    """True for harm by a clause or an abstract noun ("the tax hurts families")."""
    if lemma_of(event.trigger) not in senses().hurting or event.frame != "verb":
        return False
    doers = own_subjects(event.trigger) if not is_passive(event.trigger) else []
    doers += by_phrase(event.trigger)
    pronouns = filter(_is_no_relative, doers)
    return any(map(is_inert, doers)) or bool(forms_of(pronouns) & forms().impersonal)


def _is_no_relative(word: Token) -> bool:
    return not is_relative(word)


def _is_sunk_into(event: Found) -> bool:
    """True for a collapse of what has no body ("derailed the talks", "sank millions into")."""
    if event.frame != "thing" or event.type.family != "hazard":
        return False
    sunk = kids(event.trigger, "dobj")
    if lemmas_of(sunk) & any_of(_unreachable(), cues().unbuilt):
        return True
    return bool(sunk) and has_called(event.trigger, "into")


def _is_no_descent(event: Found) -> bool:
    """True if what comes down is no aircraft ("prices came down")."""
    if event.frame != "thing" or lemma_of(event.trigger) not in senses().descents:
        return False
    return not lemmas_of(own_subjects(event.trigger)) & cues().aircraft


def _is_plenty(event: Found) -> bool:
    """True for a hazard of what is no hazard: "a flood of money", "a drug epidemic"."""
    if event.type.family != "hazard" or event.frame != "noun":
        return False
    noun = event.trigger
    if lemmas_of(kids(noun, "amod", "compound", "nmod")) & senses().no_disease:
        return True
    spread = lemmas_of(kids_of_all(kids_called(noun, "of"), "pobj"))
    if spread & senses().no_disease:
        return True
    return lemma_of(noun) in senses().plenty and bool(spread - senses().matter) and _is_common(noun)


def _is_common(noun: Token) -> bool:
    """True if a common noun stands behind a noun's "of", not a place, a year, or a number."""
    spread = kids_of_all(kids_called(noun, "of"), "pobj")
    return any(word.pos_ == "NOUN" and not word.ent_type_ for word in spread)


def head_of(mention: Mention) -> str:
    """Return the head of a phrase in lower case, singular if regular: "her rival" gives rival."""
    words = mention.surface.lower().replace("’", "'").split(" of ")[0].split()
    head = words[-1].strip(".,;:'\"") if words else ""
    return _singular(head)


def words_of(mention: Mention) -> set[str]:
    words = mention.surface.lower().replace("-", " ").split()
    return {form for word in words for form in (word, _singular(word))}


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


_OTHER_SENSES: tuple[Callable[[Found], bool], ...] = (
    is_other_verb,
    _is_contest,
    _is_of_nothing,
    _is_of_no_prisoner,
    _is_stolen_show,
    _is_blow_of_nature,
    _is_natural_death,
    _is_shot_of_no_gun,
    _is_hurt_by_no_body,
    _is_sunk_into,
    _is_no_descent,
    _is_plenty,
)
