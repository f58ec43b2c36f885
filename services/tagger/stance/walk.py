"""Stance: what the words around a trigger make of its event, by a walk from the trigger to the root of its sentence.

Operators are collected inner to outer (nested sources as in FactBank, polarity and certainty as in De Facto). Relative
and adverbial clauses presuppose what they say: there polarity and modality stop, sources go on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Token

from services.messages import Cue, Span, Stance
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import behind, by_phrase, has, has_called, is_a, is_noun, is_verb, kid, kids, label_of, lemma_of
from services.tagger.stance.reality import unrealised
from services.tagger.stance.signatures import ASIDE, is_known, signature_of, takes_for_granted


@dataclass
class Reading:
    """What was found on the way: cues in order, who is said to say it, and how often it was turned round."""

    cues: list[Cue] = field(default_factory=list)
    speakers: list[tuple[Token, Token]] = field(default_factory=list)
    """(source token, cue token), outermost last."""
    kinds: set[str] = field(default_factory=set)
    negations: int = 0
    known: bool = False
    """The event is taken for granted and pointed at ("held over the blast"): who says something of it does not report it."""

    def note(self, kind: str, rule: str, span: Span) -> None:
        self.kinds.add(kind)
        if not any(cue.span == span and cue.kind == kind for cue in self.cues):
            self.cues.append(Cue(kind=kind, span=span, rule=rule_id(f"{kind}/{rule}")))


def read(trigger: Token, base: int, *, is_title: bool = False) -> Reading:
    """Return what the sentence says of the trigger's event; a title's infinitive ("Chief to resign") is its news."""
    reading = Reading()
    if (unreal := unrealised(trigger, is_title=is_title)) is not None:
        reading.note("unrealised", unreal[0], _span(unreal[1], base))
    granted = aside = False
    inner: Token | None = None
    below: Token | None = None
    for token in _upwards(trigger):
        if below is not None and is_a(token, "prep") and is_a(below, "pobj", "pcomp"):
            if not granted and _leaves_out(token):
                _negated(reading, "without", token, base)
            inner, below = below, token
            continue
        if below is not None and _unconfirmed(token):
            # Who could not confirm it is no source of it.
            reading.note("unverified", "not-confirmed", _span(token, base))
            granted = True
        else:
            if below is not None and not granted and _granted(token, below, inner, trigger):
                granted = True
                reading.known = is_known(below, inner, trigger)
            aside = aside or (below is not None and label_of(below) in ASIDE)
            if not granted:
                _operators(reading, token, below, inner, base, is_title=is_title)
            elif (
                not aside and below is not None and (signed := signature_of(token, below, inner)) and signed[0].makes == "confirm"
            ):
                reading.note("confirm", lemma_of(token), _span(token, base))
            if below is not None:
                _speech(reading, token, below, base, granted)
        inner, below = None, token
    _if_true(reading, trigger, base)
    _told_by(reading, trigger, base)
    _according_to(reading, trigger, base)
    return reading


def stance(reading: Reading, *, claimed: bool) -> Stance:
    """Return the stance of a reading; `claimed`: its nearest source is a party that a reader can tell."""
    kinds = reading.kinds
    if reading.negations % 2 and not kinds & {"condition", "modal", "unrealised"}:
        return "denied"
    if kinds & {"condition", "modal", "intention", "unrealised"}:
        return "hypothetical"
    if "unverified" in kinds:
        return "reported"
    if "confirm" in kinds and not reading.negations:
        return "confirmed" if "hedge" not in kinds else "reported"
    if "confirm" in kinds or "hedge" in kinds:
        return "reported"
    if reading.speakers and claimed:
        return "claimed"
    return "reported" if reading.speakers and not reading.known else "asserted"


def _upwards(trigger: Token) -> Iterator[Token]:
    """Yield the tokens from the trigger to the root; capped, a parse may loop."""
    token = trigger
    for _ in range(30):
        yield token
        if token.head.i == token.i:
            return
        token = token.head


def _granted(token: Token, below: Token, inner: Token | None, trigger: Token) -> bool:
    signed = signature_of(token, below, inner)
    if signed is not None and signed[0].makes not in ("unverified", "taken"):
        return False
    return (signed is not None and signed[0].makes == "taken") or takes_for_granted(token, below, inner, trigger)


def _operators(reading: Reading, token: Token, below: Token | None, inner: Token | None, base: int, *, is_title: bool) -> None:
    """Note what a word on the path makes of the event: by its own helpers, by its signature, and by being unreal itself."""
    if not _stands_alone(below):
        _own_operators(reading, token, base, below, is_title=is_title)
    if below is None:
        return
    signed = signature_of(token, below, inner)
    if signed is not None and signed[0].makes not in ("taken", "real"):
        signature, word = signed
        rule = "possibility" if signature.makes == "unrealised" else lemma_of(word)
        reading.note(signature.makes, rule, _span(word, base))
        reading.negations += signature.makes in ("negation", "denial")
    elif label_of(below) in _SHARED and (unreal := unrealised(token, is_title=is_title)) is not None:
        reading.note("unrealised", unreal[0], _span(unreal[1], base))


_SHARED = frozenset({"xcomp", "dobj", "nsubjpass", "prep", "attr"})
"""What an event shares the fate of its verb in: "will sign a truce", "expected to begin shelling"."""


def _leaves_out(preposition: Token) -> bool:
    rather = preposition.lower_ == "than" and preposition.i > 0 and preposition.nbor(-1).lower_ == "rather"
    return rather or preposition.lower_ in ("without", "instead")


def _negated(reading: Reading, rule: str, token: Token, base: int) -> None:
    reading.negations += 1
    reading.note("negation", rule, _span(token, base))


def _stands_alone(below: Token | None) -> bool:
    """Tell whether a joined clause has a subject of its own or a "but" before it: what turns the first round leaves it alone."""
    if below is None or not is_a(below, "conj"):
        return False
    if has(below, "nsubj", "nsubjpass"):
        return True
    return any(c.lower_ == "but" for c in kids(below.head, "cc"))


def _span(token: Token, base: int) -> Span:
    return (base + token.idx, base + token.idx + len(token))


def _own_operators(reading: Reading, token: Token, base: int, below: Token | None, *, is_title: bool) -> None:
    """Note negations, hedges, modals, and conditions among a word's own children; what "can" be in a title is its news."""
    words = cues()
    modals = words.hard_modals - ({"can"} if is_title else set())
    if (fake := _is_fake(token)) is not None:
        reading.negations += 1
        reading.note("denial", fake.lower_, _span(fake, base))
    opens = below is not None and is_a(below, "ccomp") and lemma_of(token) in words.say | words.confirm
    for child in kids(token):
        lower = child.lower_
        if (is_a(child, "neg") and not _is_contrast(child, below)) or (is_a(child, "det") and lower == "no" and below is None):
            _negated(reading, "not", child, base)
        elif is_a(child, "det") and lower == "no" and _is_of(token, below):
            if lemma_of(token) in words.none_such:
                _negated(reading, "none-such", child, base)
            elif lemma_of(token) in words.no_evidence:
                reading.note("unverified", "no-evidence", _span(child, base))
        elif lower in words.hedges and is_a(child, "advmod", "amod"):
            reading.note("hedge", lower, _span(child, base))
        elif lower in words.prospective and is_a(child, "amod", "acomp") and not _is_well(child):
            reading.note("unrealised", "prospective", _span(child, base))
        elif is_a(child, "mark") and (lower in words.conditions or (lower == "until" and token.tag_ in ("VBZ", "VBP"))):
            reading.note("condition", lower, _span(child, base))
        elif is_a(child, "aux") and lower in modals and is_verb(token) and child.tag_ == "MD":
            if not opens:
                reading.note("modal", lower, _span(child, base))
        elif is_a(child, "advcl") and is_verb(token) and not _is_past(token):
            for mark in kids(child):
                if is_a(mark, "mark") and mark.lower_ in ("if", "unless"):
                    reading.note("condition", mark.lower_, _span(mark, base))
        elif is_a(child, "nsubj", "nsubjpass", "dobj") and below is None and (none := _none(child)) is not None:
            _negated(reading, "not", none, base)


def _is_fake(talk: Token) -> Token | None:
    """Return the word by which talk is no truth: "false reports", "a fake letter"."""
    if lemma_of(talk) not in cues().talk:
        return None
    return next((c for c in kids(talk, "amod", "compound") if c.lower_ in cues().falsehood), None)


def _is_well(word: Token) -> bool:
    """Tell whether something was done well or long ("a well-planned attack"), so that it was done."""
    return has_called(word, "well", "carefully", "poorly", "long")


def _is_contrast(negation: Token, below: Token | None) -> bool:
    """Tell whether a negation behind the event is of what it is told apart from ("it was an attack, not an accident")."""
    return below is not None and is_a(below, "attr", "dobj") and below.i < negation.i


def _is_of(noun: Token, below: Token | None) -> bool:
    """Tell whether an event is what a noun is of: "no plan to attack", "no sign of an attack"."""
    return below is not None and (below.lower_ in ("of", "on", "for", "about") or is_a(below, "acl", "ccomp", "relcl"))


def _none(noun: Token) -> Token | None:
    """Return the word by which a subject or an object is nobody or nothing: "no", "nobody", "none"."""
    if noun.lower_ in ("nobody", "none", "nothing"):
        return noun
    return next((c for c in kids(noun, "det") if c.lower_ == "no"), None)


def _is_past(verb: Token) -> bool:
    """Tell whether a clause tells of the past without a modal: no condition makes that undone ("had agreed, if …, to pay")."""
    helpers = kids(verb, "aux", "auxpass")
    if any(c.tag_ == "MD" for c in helpers):
        return False
    return verb.tag_ == "VBD" or any(c.lower_ in ("was", "were", "had", "has", "have", "did") for c in helpers)


def _if_true(reading: Reading, trigger: Token, base: int) -> None:
    """Note a condition on the news itself ("if it proves true", "should it be confirmed"): all of the sentence is under it."""
    doubted = any(t.lower_ in cues().truth for t in trigger.doc)
    for mark in trigger.doc:
        inverted = mark.i == 0 and mark.lower_ in ("should", "were", "had") and doubted
        if inverted or (is_a(mark, "mark") and mark.lower_ == "if" and any(t.lower_ in cues().truth for t in mark.head.subtree)):
            reading.note("condition", "if", _span(mark, base))


def _unconfirmed(token: Token) -> bool:
    """Tell whether a verb of confirming says that nobody did ("could not confirm", "declined to confirm")."""
    words = cues()
    if lemma_of(token) not in words.confirm or token.pos_ != "VERB":
        return False
    own = any(is_a(c, "neg") or (is_a(c, "aux") and c.tag_ == "MD" and c.lower_ not in ("can", "will")) for c in kids(token))
    return own or (is_a(token, "xcomp", "advcl", "acl") and {lemma_of(token.head), token.head.lower_} & words.unwilling != set())


def _speech(reading: Reading, token: Token, below: Token, base: int, presupposed: bool) -> None:
    """Note the source of a speech verb over a clause, an object, or (passive: "reported by NAME") its subject."""
    words, lemma = cues(), lemma_of(token)
    if (bearer := _who_brought(token, below)) is not None:
        reading.note("attribution", lemma, _span(token, base))
        reading.speakers.append((bearer, token))
        return
    speaks = lemma in words.say or lemma in words.confirm or lemma in words.deny
    if not speaks or token.pos_ not in ("VERB", "NOUN", "AUX"):
        return
    source = next((c for c in kids(token, "nsubj") if c.i != below.i), None) or _first_to_say(token)
    by = next(iter(by_phrase(token)), None)
    if by is not None and is_a(below, "nsubjpass", "xcomp", "ccomp"):
        reading.note("attribution", lemma, _span(token, base))
        reading.speakers.append((by, token))
    elif source is not None and is_a(below, "ccomp", "dobj", "parataxis", "xcomp", "acl"):
        if not presupposed and (fake := _is_fake(source)) is not None:
            reading.negations += 1
            reading.note("denial", fake.lower_, _span(fake, base))
        reading.note("attribution", lemma, _span(token, base))
        reading.speakers.append((source, token))
    elif source is None and is_a(below, "ccomp") and not presupposed:
        beside = next((c for c in kids(token, "appos", "dep", "attr") if is_noun(c)), None)
        reading.note("attribution", lemma, _span(token, base))
        if beside is not None:
            reading.speakers.append((beside, token))


def _who_brought(verb: Token, news: Token) -> Token | None:
    """Return the source of "news of it was broken by NAME", "word came first from NAME"."""
    if lemma_of(verb) not in cues().brings_news or lemma_of(news) not in ("news", "word", "report"):
        return None
    bearers = [g for c in kids(verb) if is_a(c, "agent") or c.lower_ == "from" for g in kids(c, "pobj")]
    return next((b for b in bearers if b.ent_type_ not in ("GPE", "LOC")), None)


def _first_to_say(verb: Token) -> Token | None:
    """Return the source of "NAME was (the) first to report it"."""
    if not is_a(verb, "xcomp", "acl", "relcl"):
        return None
    be = verb.head if verb.head.lemma_ == "be" else verb.head.head
    if be.lemma_ != "be" or not any(t.lower_ == "first" for t in verb.doc[be.i : verb.i]):
        return None
    return kid(be, "nsubj")


def _told_by(reading: Reading, trigger: Token, base: int) -> None:
    """Note who told of an event noun: "the abduction, first reported by NAME"."""
    for verb in (c for c in kids(trigger, "acl") if c.tag_ == "VBN" and lemma_of(c) in cues().say):
        by = next(iter(by_phrase(verb)), None)
        if by is not None:
            reading.note("attribution", lemma_of(verb), _span(verb, base))
            reading.speakers.append((by, verb))


def _according_to(reading: Reading, trigger: Token, base: int) -> None:
    """Note "according to X", "citing X" anywhere in the trigger's sentence."""
    for token in trigger.doc:
        if token.lower_ == "according":
            target = next(iter(behind(token, "to")), None)
        elif token.lower_ == "citing":
            target = kid(token, "dobj", "pobj")
        else:
            continue
        if target is not None:
            reading.note("attribution", token.lower_, _span(token, base))
            reading.speakers.append((target, token))
