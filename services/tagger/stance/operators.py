"""Operators: the negations, hedges, modals, and conditions on the path of an event."""

from collections.abc import Iterator
from typing import NamedTuple, cast

from services.tagger.lexicon.words import any_of, cues, forms
from services.tagger.parse.doc import Doc, Token
from services.tagger.parse.tree import (
    forms_in,
    forms_of,
    has,
    has_called,
    is_a,
    is_verb,
    kids,
    kids_of_all,
    label_of,
    lemma_of,
    tokens_called,
    words_of,
)
from services.tagger.stance.reading import CueKind, Reading, Step
from services.tagger.stance.reality import unrealised
from services.tagger.stance.signatures import name_in

_SHARED = frozenset({"xcomp", "dobj", "nsubjpass", "prep", "attr"})
"""Complements as real as their verb: "will sign a truce", "expected to begin shelling"."""
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
"""Tags of verbs with a tense of their own."""


class _Operator(NamedTuple):
    kind: CueKind
    rule: str
    word: Token


def note_operators(reading: Reading, step: Step) -> None:
    """Note the effect of a word on the path: its own operators, its signature, and its reality."""
    word, below = step.word, step.below
    if not _stands_alone(below):
        if (fake := fake_word(word)) is not None:
            reading.mark("denial", fake.lower_, fake)
            reading.is_false_talk = True
        if (nor := _nor(word)) is not None and not _goes_on(step):
            reading.mark("negation", "nor", nor)
        for child in kids(word):
            for operator in _operators_of(child, step, is_title=reading.is_title):
                reading.mark(*operator)
    if below is None:
        return
    if step.signed is not None and step.makes not in ("taken", "real"):
        signature, signed = step.signed
        is_possible = signature.makes == "unrealised"
        rule = "possibility" if is_possible else name_in(cues().named(signature.words), signed)
        reading.mark(cast(CueKind, signature.makes), rule, signed)
        return
    unreal = unrealised(word, is_title=reading.is_title) if label_of(below) in _SHARED else None
    if unreal is not None:
        reading.mark("unrealised", *unreal)


def _operators_of(child: Token, step: Step, *, is_title: bool) -> Iterator[_Operator]:
    """Yield the operators that a child of a word on the path is or holds."""
    words, word = cues(), step.word
    lower = child.lower_
    negation = _negation(child, step)
    if negation is not None:
        yield negation
    elif lower in words.hedges and is_a(child, "advmod", "amod"):
        yield _Operator("hedge", lower, child)
    elif lower in words.prospective and is_a(child, "amod", "acomp") and not _is_well(child):
        yield _Operator("unrealised", "prospective", child)
    elif is_a(child, "mark") and _is_condition(lower, word):
        yield _Operator("condition", lower, child)
    elif is_a(child, "aux") and _is_modal(child, is_title=is_title):
        if is_verb(word) and not _opens_speech(step) and not _is_vain(child, step):
            yield _Operator("modal", lower, child)
    elif is_a(child, "advcl") and is_verb(word) and not _is_past(word):
        for mark in kids_of_all([child], "mark", words=forms().conditional):
            yield _Operator("condition", mark.lower_, mark)
    elif _turns_on_subject(step) and (none := none_word(child)) is not None:
        yield _Operator("negation", "not", none)


def _negation(child: Token, step: Step) -> _Operator | None:
    """Return what "not" or "no" does to the word that it belongs to, None for another child."""
    word, below = step.word, step.below
    is_no = is_a(child, "det") and child.lower_ == "no"
    if _is_yet(child, step) or (is_a(child, "preconj") and child.lower_ in forms().no):
        return _Operator("negation", "not", child)
    is_not = is_a(child, "neg") and not (_is_contrast(child, step) or _is_no_negation(child))
    if is_not and _goes_on(step):
        return None
    if is_not and below is not None and lemma_of(word) in cues().guilt:
        return _Operator("hedge", "not-guilty", child)
    if is_not or (is_no and below is None):
        return _Operator("negation", "not", child)
    if not is_no or below is None or not _is_complement(below):
        return None
    if lemma_of(word) in cues().none_such:
        return _Operator("negation", "none-such", child)
    if lemma_of(word) in cues().no_evidence:
        return _Operator("unverified", "no-evidence", child)
    return None


def _nor(verb: Token) -> Token | None:
    """Return the "nor" or "neither" that negates a clause from its front ("nor did he flee").

    The subject stands behind the auxiliary (Huddleston and Pullum 2002, ch. 15, 2.4). A "neither"
    that the parser makes a part of a pair or the subject is read as such.
    """
    for helper in (verb, *kids(verb, "aux", "auxpass")):
        if helper.i == 0 or helper.tag_ not in _FINITE or helper.pos_ != "AUX":
            continue
        front = helper.nbor(-1)
        if front.lower_ not in forms().fronted or is_a(front, "preconj", "nsubj", "nsubjpass"):
            continue
        subjects = kids(verb, "nsubj", "nsubjpass", "expl", "attr", "ccomp")
        if any(subject.i > helper.i for subject in subjects):
            return front
    return None


def _is_yet(adverb: Token, step: Step) -> bool:
    """True for the "yet" of "have yet to arrest anyone"."""
    below = step.below
    is_to_come = below is not None and is_a(below, "xcomp") and lemma_of(step.word) == "have"
    return is_to_come and adverb.lower_ == "yet"


def _turns_on_subject(step: Step) -> bool:
    """True where "nobody" negates: of the event, of a denial, of a prevention ("nobody doubts")."""
    return step.below is None or step.makes in ("denial", "forestalled")


def _goes_on(step: Step) -> bool:
    """True at a verb of ceasing: what "did not stop" goes on (Karttunen 1971)."""
    is_ceasing = lemma_of(step.word) in cues().goes_on
    return is_ceasing and step.below is not None and is_a(step.below, "xcomp")


def _is_no_negation(negation: Token) -> bool:
    """True for ConText's pseudo-negations ("did not only kill the guard")."""
    behind = negation.i + 1
    return behind < len(negation.doc) and negation.nbor().lower_ in forms().restricting


def _is_vain(modal: Token, step: Step) -> bool:
    """True for a negated ability to prevent or deny: "could not prevent", "cannot be denied"."""
    if not has(step.word, "neg") or modal.lower_ not in forms().ability:
        return False
    return step.makes == "denial" or (step.makes == "forestalled" and modal.lower_ == "could")


def _is_condition(conjunction: str, verb: Token) -> bool:
    """True for a conjunction of conditions; "until" is one before the present tense."""
    until = conjunction == "until" and verb.tag_ in ("VBZ", "VBP")
    return until or conjunction in cues().conditions


def _is_modal(auxiliary: Token, *, is_title: bool) -> bool:
    """True for a modal of possibility; "can" in a title states its news."""
    if auxiliary.tag_ != "MD" or auxiliary.lower_ not in cues().hard_modals:
        return False
    return not (is_title and auxiliary.lower_ == "can")


def _opens_speech(step: Step) -> bool:
    """True for a verb of saying over a clause: its modal is not the clause's ("could say that")."""
    speaks = lemma_of(step.word) in any_of(cues().say, cues().confirm)
    return speaks and step.below is not None and is_a(step.below, "ccomp")


def leaves_out(preposition: Token) -> bool:
    """True for "without", "instead of", and "rather than"."""
    before = preposition.nbor(-1).lower_ if preposition.i > 0 else ""
    if preposition.lower_ in forms().lacking or before in forms().lacking:
        return True
    return preposition.lower_ == "than" and before == "rather"


def _stands_alone(below: Token | None) -> bool:
    """True for a joined clause with its own subject, tense, or negation, or a "but" before it.

    Operators of the first clause have no scope over it: an operator reaches the second of two
    verbs that share its auxiliary (Huddleston and Pullum 2002, 9.1).
    """
    if below is None or not is_a(below, "conj"):
        return False
    joined_by = forms_of(kids(below.head, "cc"))
    if has(below, "nsubj", "nsubjpass", "neg") or "but" in joined_by:
        return True
    if "or" not in joined_by and _has_own_tense(below):
        return True
    return any(none_word(child) is not None for child in kids(below))


def _has_own_tense(joined: Token) -> bool:
    """True for "… and was found alive", and for "did not resign and survived"."""
    if any(word.tag_ in _FINITE for word in kids(joined, "aux", "auxpass")):
        return True
    return joined.head.tag_ == "VB" and joined.tag_ in _FINITE


def fake_word(talk: Token) -> Token | None:
    """Return the word of falsehood before a noun of talk: "false reports", "a fake letter"."""
    if lemma_of(talk) not in cues().talk:
        return None
    false = kids_of_all([talk], "amod", "compound", words=cues().falsehood)
    return next(iter(false), None)


def _is_well(word: Token) -> bool:
    """True for a word with an adverb of things done ("a well-planned attack")."""
    return has_called(word, *forms().thoroughly)


def _is_contrast(negation: Token, step: Step) -> bool:
    """True for a negation behind the event, which is of what follows.

    "It was an attack, not an accident", "twelve dead, not fifty".
    """
    word, below = step.word, step.below
    if below is None:
        return word.i < negation.i
    return is_a(below, "attr", "dobj") and below.i < negation.i


def _is_complement(below: Token) -> bool:
    """True for the complement of a noun: "no plan to attack", "no sign of an attack"."""
    return below.lower_ in forms().concerning or is_a(below, "acl", "ccomp", "relcl")


def none_word(noun: Token) -> Token | None:
    """Return the word by which a subject or object means nobody or nothing: "no", "nobody"."""
    if not is_a(noun, "nsubj", "nsubjpass", "dobj"):
        return None
    if noun.lower_ in forms().nothing:
        return noun
    return next(iter(kids_of_all([noun], "det", "preconj", words=forms().no)), None)


def _is_past(verb: Token) -> bool:
    """True for a past tense without a modal: a condition leaves it real ("had agreed, if …")."""
    helpers = kids(verb, "aux", "auxpass")
    if any(c.tag_ == "MD" for c in helpers):
        return False
    return verb.tag_ == "VBD" or bool(forms_of(helpers) & forms().past)


def note_condition_on_the_news(reading: Reading, sentence: Doc) -> None:
    """Note a condition over the whole sentence ("if it proves true", "should it be confirmed")."""
    truth = cues().truth
    if truth.isdisjoint(forms_in(sentence)):
        return
    for mark in tokens_called(sentence, forms().inverting | {"if"}):
        inverted = mark.i == 0 and mark.lower_ in forms().inverting
        conditional = is_a(mark, "mark") and mark.lower_ == "if"
        if inverted or (conditional and not truth.isdisjoint(forms_of(mark.head.subtree))):
            reading.mark("condition", "if", mark)


def is_unconfirmed(verb: Token) -> bool:
    """True for a negated verb of confirming ("could not confirm", "declined to confirm")."""
    if lemma_of(verb) not in cues().confirm or verb.pos_ != "VERB":
        return False
    if any(map(_leaves_open, kids(verb, "neg", "aux"))):
        return True
    if any(none_word(subject) is not None for subject in kids(verb, "nsubj")):
        return True
    refused = bool(words_of(verb.head) & cues().unwilling)
    return refused and is_a(verb, "xcomp", "advcl", "acl")


def _leaves_open(helper: Token) -> bool:
    """True for a negation, and for a modal that leaves a verb of confirming open."""
    if is_a(helper, "neg"):
        return True
    return helper.tag_ == "MD" and helper.lower_ not in forms().confirming_modals
