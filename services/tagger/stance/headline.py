"""Headline conventions: what a title says of its own news, outside any clause ("Hoax:", "…: sources", "X NOT dead").

Headlines drop auxiliaries and subjects and debunk outside the event's clause, so a walk through the parse is not enough:

    opening "No," ─► what speaks against it (falsehood, denial, scoped negation, "alive" beside death) ─► belief mocked
        ─► a source beside a colon ─► yes-no question ─► hedges and modals ─► somebody says so

The first that holds decides; two against each other ("denies hoax") and a negation of something else leave it `reported`.
Negation is scoped by the parse (ConText, Harkema et al. 2009, has the pseudo-negations); whether a cue class helps was
measured class by class on headlines about rumours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from spacy.tokens import Doc, Token

from services.messages import Cue, Stance
from services.tagger.lexicon.cues import Words
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import cues
from services.tagger.parse.tree import has, is_a, is_noun, kids, label_of, lemma_of

_OPENING_NO = re.compile(
    r"(?:^|[:.?!] (?:update[:,]? )?)(?P<cue>No|Nope|Non|Nein|Sorry|Nah|Wrong)(?:[,.!:;]|$)(?! this page)", re.IGNORECASE
)
_TALK = r"(?:claim|report|rumou?r|assertion|allegation|theor|idea|talk|stor(?:y|ies)|tale)s?"
_WH = r"(?:how|why|what|who|where|when|which|whose)"
_WH_QUESTION = re.compile(rf"(?:^|[:.,;!?–-] (?:but |and |so )?|\basks?\b[^?]{{0,25}} ){_WH}\b[^?]*\?", re.IGNORECASE)
_QUESTION = re.compile(r"(?P<cue>\?)")
_YES = re.compile(r"\? (?:Yes|It[’']s (?:real|true|official)|It (?:did|does|really)|Indeed|True story)\b", re.IGNORECASE)
_OWN_WORDS = re.compile(r"^(?P<cue>[^:]{2,40}):\s[‘“'\"]?(?:I|I[’']\w+|We|We[’']\w+|My|Our)\b")
_COLON = re.compile(r"\s?[:|]\s|\s[-–—]\s?|\s?[-–—]\s")
_BESIDE = frozenset({"relcl", "advcl", "acl", "appos"})
_MAX_SOURCE_WORDS = 5
"""Words beside a colon that may be a source ("Chief of the local police: …")."""
_WORDS_TO_A_LIE = 2
"""Words between a denial and the word for a falsehood that it denies ("denies hoax")."""
_WORDS_FROM_SO = 4
"""Words before a negation among which "so" opens a clause of purpose."""

Scope = Literal["event", "aside", "idle"]
"""Whether a negation is of the title's news, of something beside it, or none at all ("not only")."""


@dataclass(frozen=True)
class Convention:
    """What a title makes of its news, and the words that say so (offsets in the title)."""

    stance: Stance
    cue: Cue


def headline_convention(title: str, doc: Doc) -> Convention | None:
    """Return the convention that holds for a title with its parse, or None: then the outlet says it in its own voice."""
    opening = _OPENING_NO.search(title)
    if opening:
        return Convention("denied", _cue("denial", opening.span("cue"), "no"))
    against, aside = _against(title, doc)
    question = title.rfind("?") if _asked(title) else -1
    if against and _turned_round(title, against):
        return Convention("reported", against[0])
    for cue in against:
        if cue.span[0] > question:
            # What speaks against it before a question mark is only asked, what comes behind is the answer.
            return Convention("denied", cue)
    for convention in (*_mocked(title), *_reported(title, doc)):
        return convention
    return Convention("reported", aside[0]) if aside else None


def _against(title: str, doc: Doc) -> tuple[list[Cue], list[Cue]]:
    """Return the cues that speak against the news, and the negations of something beside it."""
    against = [*_found(title, cues().title_falsehoods, "falsehood"), *_found(title, cues().title_denials, "denial")]
    against += [_cue("denial", m.span(m.lastgroup or 0), "talk") for m in _talk_pattern().finditer(title)]
    aside: list[Cue] = []
    for token in doc:
        if token.lower_ in _NEGATIONS:
            scope = _scope(token)
            span = (token.idx, token.idx + len(token))
            if scope != "idle":
                (against if scope == "event" else aside).append(_cue("negation", span, "not"))
    against += _found(title, cues().title_well, "alive")
    if _search(title, cues().title_death, "death"):
        against += _found(title, cues().title_alive, "alive")
    return against, aside


_NEGATIONS = frozenset({"not", "n't", "n’t", "never", "no", "nt"})
_MODALS = frozenset({"ca", "can", "wo", "will", "may", "might", "could"})


def _scope(token: Token) -> Scope:
    after = token.nbor(1).lower_ if token.i + 1 < len(token.doc) else ""
    before = token.nbor(-1).lower_ if token.i else ""
    two_before = token.nbor(-2).lower_ if token.i > 1 else ""
    words = cues()
    if after in words.pseudo_negation_after or before in words.pseudo_negation_before or two_before == "or":
        return "idle"
    if before == "," and token.lower_ == "not":
        # "a ticket, not arrest": a contrast between two parts of the news.
        return "idle"
    if (two_before == "," and before in ("do", "don")) or _is_purpose(token):
        # A slogan ("Hands up, don't shoot"), or what somebody would avoid ("so he won't be seen").
        return "idle"
    if after == "to" and lemma_of(token.head.head) in words.intend:
        return "aside"
    if after in words.no_evidence:
        return "aside"
    if token.lower_ == "no" and not is_a(token, "det", "neg", "advmod", "intj"):
        return "idle"
    verb = token.head
    if is_a(verb, "pcomp") or lemma_of(verb) in words.goes_on:
        # What somebody did not do may be why ("fined for not paying"), and what does not stop goes on.
        return "idle"
    if verb.tag_ == "VB" and before in ("do", "don") and not has(verb, "nsubj", "nsubjpass"):
        return "idle"
    if verb.lemma_ == "be" and any(child.lower_ in words.attitudes for child in kids(verb)):
        return "idle"
    if before in _MODALS or lemma_of(verb) in words.not_of_the_event:
        return "aside"
    return "aside" if _is_beside(verb) and not _copula_dropped(token) else "event"


def _copula_dropped(token: Token) -> bool:
    """Tell whether a "not" stands right behind a noun ("Chief not dead"): the parser hangs such a clause on the noun."""
    before = next((t for t in reversed(token.doc[: token.i]) if t.pos_ != "ADV"), None)
    return token.lower_ == "not" and before is not None and (is_noun(before) or before.text == ":")


def _is_purpose(token: Token) -> bool:
    """Tell whether a word stands in a clause of purpose ("flees so he won't be seen", "so they could vote")."""
    return any(t.lower_ == "so" for t in token.doc[max(0, token.i - _WORDS_FROM_SO) : token.i])


def _is_beside(token: Token) -> bool:
    """Tell whether a token stands in a clause that hangs behind what it tells more of ("a friend who never came")."""
    for _ in range(20):
        if token.head.i == token.i:
            return False
        if label_of(token) in _BESIDE and token.i > token.head.i:
            return True
        token = token.head
    return False


def _turned_round(title: str, against: list[Cue]) -> bool:
    """Tell whether a falsehood is itself denied or negated, close before it ("denies hoax", "no fake")."""
    lies = [cue.span[0] for cue in against if cue.kind == "falsehood"]
    turns = [cue.span[1] for cue in against if cue.kind == "negation" or (cue.kind == "denial" and not _calls(title, cue))]
    return any(end <= lie and len(title[end:lie].split()) <= _WORDS_TO_A_LIE for lie in lies for end in turns)


def _calls(title: str, denial: Cue) -> bool:
    """Tell whether a denial names what it speaks against by what follows ("exposed as a hoax", "dismissed as fake")."""
    return title[: denial.span[1]].lower().endswith(" as") or title[denial.span[1] :].lower().startswith(" as ")


def _asked(title: str) -> bool:
    return "?" in title and not _WH_QUESTION.search(title) and not _YES.search(title)


def _mocked(title: str) -> Iterator[Convention]:
    for cue in _found(title, cues().title_mock_beliefs, "mock"):
        yield Convention("reported", cue)


def _reported(title: str, doc: Doc) -> Iterator[Convention]:
    yield from _beside_colon(title)
    own_words = _OWN_WORDS.search(title)
    if own_words:
        yield Convention("claimed", _cue("attribution", own_words.span("cue"), "own-words"))
    question = _QUESTION.search(title)
    if question and _asked(title):
        yield Convention("hypothetical", _cue("question", question.span("cue"), "mark"))
    for cue in (*_found(title, cues().title_hedges, "hedge"), *_modals(title, doc)):
        yield Convention("reported", cue)
    for cue in _found(title, cues().title_says, "attribution"):
        yield Convention("claimed", cue)


def _beside_colon(title: str) -> Iterator[Convention]:
    """Yield the source that stands before the first or behind the last colon or dash ("Monitor: …", "…: police")."""
    marks = list(_COLON.finditer(title))
    if not marks:
        return
    for side, (start, end) in (("before", (0, marks[0].start())), ("behind", (marks[-1].end(), len(title)))):
        words = re.findall(r"[\w’'.&]+", title[start:end])
        if words and len(words) <= _MAX_SOURCE_WORDS and _is_source(words):
            yield Convention("reported", _cue("attribution", (start, end), f"{side}-colon"))


def _is_source(words: list[str]) -> bool:
    known = cues()
    lower = [word.lower().removesuffix("’s").removesuffix("'s") for word in words]
    titled = len(lower) > 1 and lower[0].rstrip(".") in known.title_titles
    if lower[0] == "it":
        # "It's official:" names nobody.
        return False
    return titled or lower[-1] in known.title_sources or " ".join(lower) in known.title_outlets


def _modals(title: str, doc: Doc) -> Iterator[Cue]:
    """Yield "may" anywhere, other modals in the title's own clause only ("which could be" tells of something else)."""
    modals = [token for token in doc if token.tag_ == "MD" and token.lower_ != "may"]
    beside = {token.idx for token in modals if _is_beside(token) or _is_purpose(token)}
    yield from (cue for cue in _found(title, cues().title_modals, "modal") if cue.span[0] not in beside)


def _found(title: str, words: Words, kind: str) -> list[Cue]:
    return [_cue(kind, m.span("cue"), m["cue"].lower()) for m in _pattern(words).finditer(title)]


def _search(title: str, words: Words, kind: str) -> Cue | None:
    return next(iter(_found(title, words, kind)), None)


def _cue(kind: str, span: tuple[int, int], word: str) -> Cue:
    return Cue(kind=kind, span=span, rule=rule_id(f"headline/{kind}-{word.replace(' ', '-')}"))


@cache
def _talk_pattern() -> re.Pattern[str]:
    """Return a pattern over what is done to talk: "shoots down her claim", "theory laid to rest".

    What is shot down "in the north: reports" is a plane: nothing but the words of one noun phrase may stand between.
    """
    words = cues()
    ends, ended = ("|".join(map(re.escape, sorted(group))) for group in (words.title_ends_talk, words.title_talk_ended))
    between = rf"(?:(?!(?:{'|'.join(sorted(words.title_prepositions))}) )[\w’'-]+ ){{0,4}}"
    before = rf"\b(?P<before>{ends}) {between}{_TALK}\b(?! say)"
    what = r"(?:(?:of|about|over) (?:[\w’'-]+ ){1,4})?(?:is |are |was |were |been |finally )?"
    return re.compile(rf"{before}|\b{_TALK} {what}(?P<behind>{ended})\b", re.IGNORECASE)


@cache
def _pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern over a class of words; months ("May 2") and offenders ("alleged killer") are no hedges."""
    longest_first = sorted(words, key=len, reverse=True)
    choices = "|".join(re.escape(word).replace("’", "[’']") for word in longest_first)
    offenders = "|".join(sorted(cues().offenders))
    is_hedge = words == cues().title_hedges
    guard = rf"(?!\s+(?:\w+ )?(?:{offenders})\b)" if is_hedge else r"(?!\s+\d)"
    return re.compile(rf"(?<![\w’'])(?P<cue>{choices})(?!\w){guard}", re.IGNORECASE)


def of_title(convention: Stance, scoped: Stance) -> Stance:
    """Return the stance of a title's report: its convention's, unless the clause itself tells more of who says so or when."""
    if scoped == "background" and convention != "denied":
        return scoped
    return scoped if convention == "claimed" and scoped in ("reported", "confirmed") else convention
