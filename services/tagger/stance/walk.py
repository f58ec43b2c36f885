"""Stance: what the words around a trigger make of its event, by a walk from the trigger to the root of its sentence.

Operators are collected inner to outer (nested sources as in FactBank, polarity and certainty as in De Facto). Relative
and adverbial clauses presuppose what they say: there polarity and modality stop, sources go on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Token

from services.messages import Cue, Span, Stance
from services.tagger.lexicon.words import cues
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
            self.cues.append(Cue(kind=kind, span=span, rule=f"{kind}/{rule}@1"))


def read(trigger: Token, base: int, *, is_title: bool = False) -> Reading:
    """Return what the sentence says of the trigger's event; a title's infinitive ("Chief to resign") is its news."""
    reading = Reading()
    if (unreal := unrealised(trigger, is_title=is_title)) is not None:
        reading.note("unrealised", unreal[0], _span(unreal[1], base))
    granted = aside = False
    inner: Token | None = None
    below: Token | None = None
    for token in _upwards(trigger):
        if below is not None and token.dep_ == "prep" and below.dep_ in ("pobj", "pcomp"):
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
            aside = aside or (below is not None and below.dep_ in ASIDE)
            if not granted:
                _operators(reading, token, below, inner, base, is_title=is_title)
            elif (
                not aside and below is not None and (signed := signature_of(token, below, inner)) and signed[0].makes == "confirm"
            ):
                reading.note("confirm", token.lemma_.lower(), _span(token, base))
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
        rule = "possibility" if signature.makes == "unrealised" else word.lemma_.lower()
        reading.note(signature.makes, rule, _span(word, base))
        reading.negations += signature.makes in ("negation", "denial")
    elif below.dep_ in _SHARED and (unreal := unrealised(token, is_title=is_title)) is not None:
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
    if below is None or below.dep_ != "conj":
        return False
    if any(c.dep_ in ("nsubj", "nsubjpass") for c in below.children):
        return True
    return any(c.dep_ == "cc" and c.lower_ == "but" for c in below.head.children)


def _span(token: Token, base: int) -> Span:
    return (base + token.idx, base + token.idx + len(token))


def _own_operators(reading: Reading, token: Token, base: int, below: Token | None, *, is_title: bool) -> None:
    """Note negations, hedges, modals, and conditions among a word's own children; what "can" be in a title is its news."""
    words = cues()
    modals = words["hard_modals"] - ({"can"} if is_title else set())
    if (fake := _is_fake(token)) is not None:
        reading.negations += 1
        reading.note("denial", fake.lower_, _span(fake, base))
    opens = below is not None and below.dep_ == "ccomp" and token.lemma_.lower() in words["say"] | words["confirm"]
    for child in token.children:
        lower = child.lower_
        if (child.dep_ == "neg" and not _is_contrast(child, below)) or (child.dep_ == "det" and lower == "no" and below is None):
            _negated(reading, "not", child, base)
        elif child.dep_ == "det" and lower == "no" and _is_of(token, below):
            if token.lemma_.lower() in words["none_such"]:
                _negated(reading, "none-such", child, base)
            elif token.lemma_.lower() in words["no_evidence"]:
                reading.note("unverified", "no-evidence", _span(child, base))
        elif lower in words["hedges"] and child.dep_ in ("advmod", "amod"):
            reading.note("hedge", lower, _span(child, base))
        elif lower in words["prospective"] and child.dep_ in ("amod", "acomp") and not _is_well(child):
            reading.note("unrealised", "prospective", _span(child, base))
        elif child.dep_ == "mark" and (lower in words["conditions"] or (lower == "until" and token.tag_ in ("VBZ", "VBP"))):
            reading.note("condition", lower, _span(child, base))
        elif child.dep_ == "aux" and lower in modals and token.pos_ in ("VERB", "AUX") and child.tag_ == "MD":
            if not opens:
                reading.note("modal", lower, _span(child, base))
        elif child.dep_ == "advcl" and token.pos_ in ("VERB", "AUX") and not _is_past(token):
            for mark in child.children:
                if mark.dep_ == "mark" and mark.lower_ in ("if", "unless"):
                    reading.note("condition", mark.lower_, _span(mark, base))
        elif child.dep_ in ("nsubj", "nsubjpass", "dobj") and below is None and (none := _none(child)) is not None:
            _negated(reading, "not", none, base)


def _is_fake(talk: Token) -> Token | None:
    """Return the word by which talk is no truth: "false reports", "a fake letter"."""
    if talk.lemma_.lower() not in cues()["talk"]:
        return None
    return next((c for c in talk.children if c.dep_ in ("amod", "compound") and c.lower_ in cues()["falsehood"]), None)


def _is_well(word: Token) -> bool:
    """Tell whether something was done well or long ("a well-planned attack"), so that it was done."""
    return any(c.lower_ in ("well", "carefully", "poorly", "long") for c in word.children)


def _is_contrast(negation: Token, below: Token | None) -> bool:
    """Tell whether a negation behind the event is of what it is told apart from ("it was an attack, not an accident")."""
    return below is not None and below.dep_ in ("attr", "dobj") and below.i < negation.i


def _is_of(noun: Token, below: Token | None) -> bool:
    """Tell whether an event is what a noun is of: "no plan to attack", "no sign of an attack"."""
    return below is not None and (below.lower_ in ("of", "on", "for", "about") or below.dep_ in ("acl", "ccomp", "relcl"))


def _none(noun: Token) -> Token | None:
    """Return the word by which a subject or an object is nobody or nothing: "no", "nobody", "none"."""
    if noun.lower_ in ("nobody", "none", "nothing"):
        return noun
    return next((c for c in noun.children if c.dep_ == "det" and c.lower_ == "no"), None)


def _is_past(verb: Token) -> bool:
    """Tell whether a clause tells of the past without a modal: no condition makes that undone ("had agreed, if …, to pay")."""
    helpers = [c for c in verb.children if c.dep_ in ("aux", "auxpass")]
    if any(c.tag_ == "MD" for c in helpers):
        return False
    return verb.tag_ == "VBD" or any(c.lower_ in ("was", "were", "had", "has", "have", "did") for c in helpers)


def _if_true(reading: Reading, trigger: Token, base: int) -> None:
    """Note a condition on the news itself ("if it proves true", "should it be confirmed"): all of the sentence is under it."""
    doubted = any(t.lower_ in cues()["truth"] for t in trigger.doc)
    for mark in trigger.doc:
        inverted = mark.i == 0 and mark.lower_ in ("should", "were", "had") and doubted
        if inverted or (
            mark.dep_ == "mark" and mark.lower_ == "if" and any(t.lower_ in cues()["truth"] for t in mark.head.subtree)
        ):
            reading.note("condition", "if", _span(mark, base))


def _unconfirmed(token: Token) -> bool:
    """Tell whether a verb of confirming says that nobody did ("could not confirm", "declined to confirm")."""
    words = cues()
    if token.lemma_.lower() not in words["confirm"] or token.pos_ != "VERB":
        return False
    own = any(c.dep_ == "neg" or (c.dep_ == "aux" and c.tag_ == "MD" and c.lower_ not in ("can", "will")) for c in token.children)
    return own or (
        token.dep_ in ("xcomp", "advcl", "acl") and {token.head.lemma_.lower(), token.head.lower_} & words["unwilling"] != set()
    )


def _speech(reading: Reading, token: Token, below: Token, base: int, presupposed: bool) -> None:
    """Note the source of a speech verb over a clause, an object, or (passive: "reported by NAME") its subject."""
    words, lemma = cues(), token.lemma_.lower()
    if (bearer := _who_brought(token, below)) is not None:
        reading.note("attribution", lemma, _span(token, base))
        reading.speakers.append((bearer, token))
        return
    speaks = lemma in words["say"] or lemma in words["confirm"] or lemma in words["deny"]
    if not speaks or token.pos_ not in ("VERB", "NOUN", "AUX"):
        return
    source = next((c for c in token.children if c.dep_ == "nsubj" and c.i != below.i), None) or _first_to_say(token)
    by = next((g for c in token.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj"), None)
    if by is not None and below.dep_ in ("nsubjpass", "xcomp", "ccomp"):
        reading.note("attribution", lemma, _span(token, base))
        reading.speakers.append((by, token))
    elif source is not None and below.dep_ in ("ccomp", "dobj", "parataxis", "xcomp", "acl"):
        if not presupposed and (fake := _is_fake(source)) is not None:
            reading.negations += 1
            reading.note("denial", fake.lower_, _span(fake, base))
        reading.note("attribution", lemma, _span(token, base))
        reading.speakers.append((source, token))
    elif source is None and below.dep_ == "ccomp" and not presupposed:
        beside = next((c for c in token.children if c.dep_ in ("appos", "dep", "attr") and c.pos_ in ("NOUN", "PROPN")), None)
        reading.note("attribution", lemma, _span(token, base))
        if beside is not None:
            reading.speakers.append((beside, token))


def _who_brought(verb: Token, news: Token) -> Token | None:
    """Return the source of "news of it was broken by NAME", "word came first from NAME"."""
    if verb.lemma_.lower() not in cues()["brings_news"] or news.lemma_.lower() not in ("news", "word", "report"):
        return None
    bearers = [g for c in verb.children if c.dep_ == "agent" or c.lower_ == "from" for g in c.children if g.dep_ == "pobj"]
    return next((b for b in bearers if b.ent_type_ not in ("GPE", "LOC")), None)


def _first_to_say(verb: Token) -> Token | None:
    """Return the source of "NAME was (the) first to report it"."""
    if verb.dep_ not in ("xcomp", "acl", "relcl"):
        return None
    be = verb.head if verb.head.lemma_ == "be" else verb.head.head
    if be.lemma_ != "be" or not any(t.lower_ == "first" for t in verb.doc[be.i : verb.i]):
        return None
    return next((c for c in be.children if c.dep_ == "nsubj"), None)


def _told_by(reading: Reading, trigger: Token, base: int) -> None:
    """Note who told of an event noun: "the abduction, first reported by NAME"."""
    for verb in (c for c in trigger.children if c.dep_ == "acl" and c.tag_ == "VBN" and c.lemma_.lower() in cues()["say"]):
        by = next((g for c in verb.children if c.dep_ == "agent" for g in c.children if g.dep_ == "pobj"), None)
        if by is not None:
            reading.note("attribution", verb.lemma_.lower(), _span(verb, base))
            reading.speakers.append((by, verb))


def _according_to(reading: Reading, trigger: Token, base: int) -> None:
    """Note "according to X", "citing X" anywhere in the trigger's sentence."""
    for token in trigger.doc:
        if token.lower_ == "according":
            target = next((g for c in token.children if c.lower_ == "to" for g in c.children if g.dep_ == "pobj"), None)
        elif token.lower_ == "citing":
            target = next((c for c in token.children if c.dep_ in ("dobj", "pobj")), None)
        else:
            continue
        if target is not None:
            reading.note("attribution", token.lower_, _span(token, base))
            reading.speakers.append((target, token))
