"""Headline conventions: the words by which a title marks its own news, outside any clause.

Titles drop auxiliaries and subjects, and debunk outside the event's clause ("Hoax:", "…: sources",
"X NOT dead"), so a walk through the parse is not enough:

    opening "No," ─► falsehood, denial, scoped negation, "alive" beside death ─► mocked belief
        ─► source beside a colon ─► yes-no question ─► hedges and modals ─► verbs of saying

The first that holds decides. Two against each other ("denies hoax") and a negation with another
scope leave the news `reported`. Each cue class was measured on headlines about rumours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from services.messages import AFFIRMING_STANCES, Cue, Stance
from services.tagger.lexicon.cues import Words
from services.tagger.lexicon.rules import rule_id
from services.tagger.lexicon.words import cues
from services.tagger.parse.doc import Doc, Token
from services.tagger.stance.reading import Reading
from services.tagger.stance.title_negation import is_beside, is_purpose, negations, reaches

_OPENING_NO = re.compile(
    r"(?:^|[:.?!] (?:update[:,]? )?)(?P<cue>No|Nope|Non|Nein|Sorry|Nah|Wrong)"
    r"(?:[,.!:;]|$)(?! this page)",
    re.IGNORECASE,
)
_TALK = r"(?:claim|report|rumou?r|assertion|allegation|theor|idea|talk|stor(?:y|ies)|tale)s?"
_WH = r"(?:how|why|what|who|where|when|which|whose)"
_WH_QUESTION = re.compile(
    rf"(?:^|[:.,;!?–-] (?:but |and |so )?|\basks?\b[^?]{{0,25}} ){_WH}\b[^?]*\?", re.IGNORECASE
)
_QUESTION = re.compile(r"(?P<cue>\?)")
_YES = re.compile(
    r"\? (?:Yes|It[’']s (?:real|true|official)|It (?:did|does|really)|Indeed|True story)\b",
    re.IGNORECASE,
)
_OWN_WORDS = re.compile(r"^(?P<cue>[^:]{2,40}):\s[‘“'\"]?(?:I|I[’']\w+|We|We[’']\w+|My|Our)\b")
_SHORT_QUOTE = re.compile(
    r"(?<!\w)[‘“'\"](?P<cue>[^\s‘’“”'\"]+(?: [^\s‘’“”'\"]+){0,2})[’”'\"](?!\w)"
)
"""One to three words in quotation marks."""
_COLON = re.compile(r"\s?[:|]\s|\s[-–—]\s?|\s?[-–—]\s")
_MAX_SOURCE_WORDS = 5
"""Words beside a colon that may be a source ("Chief of the local police: …")."""
_WORDS_TO_A_LIE = 2
"""Words between a denial and the word for a falsehood that it denies ("denies hoax")."""


@dataclass(frozen=True)
class Convention:
    """The stance that a title gives its news, and the cue with its offsets in the title."""

    stance: Stance
    cue: Cue


def headline_convention(
    title: str, doc: Doc, reading: Reading | None = None, *, of_death: bool = False
) -> Convention | None:
    """Return the convention that holds for a title with its parse; None without any.

    Without a convention the outlet asserts its news. With a `reading` only what reaches its event
    denies it; `of_death`: that is a death.
    """
    opening = _OPENING_NO.search(title)
    if opening:
        return Convention("denied", _cue("denial", opening.span("cue"), "no"))
    negated, aside = _negations(doc)
    against = [*_falsehoods_and_denials(title), *negated, *_alive(title)]
    if reading is not None:
        against = [cue for cue in against if _reaches(cue, doc, reading, of_death=of_death)]
    if against and _turned_round(title, against):
        return Convention("reported", against[0])
    question = title.rfind("?") if _asked(title) else -1
    for cue in against:
        # A cue before a question mark is part of the question. A cue behind it is the answer.
        if cue.span[0] > question:
            return Convention("denied", cue)
    trigger = reading.trigger if reading is not None else None
    convention = next(chain(_mocked(title), _reported(title, doc), _quoted(title, trigger)), None)
    if convention is None and aside:
        return Convention("reported", aside[0])
    return convention


def _reaches(cue: Cue, doc: Doc, reading: Reading, *, of_death: bool) -> bool:
    """True for a denying cue that is about the event of a reading; the tree decides if it can."""
    token = next((t for t in doc if t.idx + len(t) > cue.span[0]), None)
    return token is None or reaches(cue.kind, token, reading, of_death=of_death)


def _falsehoods_and_denials(title: str) -> list[Cue]:
    """Return the words that call the news false, deny it, or end talk of it."""
    found = _found(title, cues().title_falsehoods, "falsehood")
    found += _found(title, cues().title_denials, "denial")
    for match in _talk_pattern().finditer(title):
        found.append(_cue("denial", match.span(match.lastgroup or 0), "talk"))
    return found


def _negations(doc: Doc) -> tuple[list[Cue], list[Cue]]:
    """Return the negations of the news, and those of something beside it."""
    of_event: list[Cue] = []
    aside: list[Cue] = []
    for token, scope in negations(doc):
        cue = _cue("negation", (token.idx, token.idx + len(token)), "not")
        if scope == "event":
            of_event.append(cue)
        elif scope == "aside":
            aside.append(cue)
    return of_event, aside


def _alive(title: str) -> list[Cue]:
    """Return the words of being well: news of their own, or against a death in the title."""
    found = _found(title, cues().title_well, "alive")
    if _found(title, cues().title_death, "death"):
        found += _found(title, cues().title_alive, "alive")
    return found


def _turned_round(title: str, against: list[Cue]) -> bool:
    """True if a denial or negation stands close before a falsehood ("denies hoax", "no fake")."""
    for turn in filter(_is_turn, against):
        calls = turn.kind == "denial" and _calls(title, turn)
        if not calls and any(_is_close(title, turn, cue) for cue in against):
            return True
    return False


def _is_turn(cue: Cue) -> bool:
    return cue.kind in ("negation", "denial")


def _is_close(title: str, turn: Cue, cue: Cue) -> bool:
    """True for a falsehood right behind a denial or negation."""
    end, start = turn.span[1], cue.span[0]
    near = end <= start and len(title[end:start].split()) <= _WORDS_TO_A_LIE
    return near and cue.kind == "falsehood"


def _calls(title: str, denial: Cue) -> bool:
    """True for a denial with "as" ("exposed as a hoax", "dismissed as fake")."""
    before, behind = title[: denial.span[1]].lower(), title[denial.span[1] :].lower()
    return before.endswith(" as") or behind.startswith(" as ")


def _asked(title: str) -> bool:
    """True for a yes-no question that the title leaves open."""
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


def _quoted(title: str, trigger: Token | None) -> Iterator[Convention]:
    """Yield the quotation marks around the words for the event: somebody else's ("chief 'killed'").

    Scare quotes keep the writer from the word (Predelli 2003).
    """
    at = trigger.idx if trigger is not None else -1
    for match in _SHORT_QUOTE.finditer(title):
        if match.start() < at < match.end():
            yield Convention("reported", _cue("attribution", match.span("cue"), "quoted"))


def _beside_colon(title: str) -> Iterator[Convention]:
    """Yield the source before the first or behind the last colon or dash ("…: police")."""
    marks = list(_COLON.finditer(title))
    if not marks:
        return
    before, behind = (0, marks[0].start()), (marks[-1].end(), len(title))
    for side, (start, end) in (("before", before), ("behind", behind)):
        words = re.findall(r"[\w’'.&]+", title[start:end])
        if words and len(words) <= _MAX_SOURCE_WORDS and _is_source(words):
            yield Convention("reported", _cue("attribution", (start, end), f"{side}-colon"))


def _is_source(words: list[str]) -> bool:
    """True for words that end in a noun for sources, begin with a title, or are an outlet."""
    known = cues()
    lower = [word.lower().removesuffix("’s").removesuffix("'s") for word in words]
    if lower[0] == "it":
        # "It's official:" names no source.
        return False
    titled = len(lower) > 1 and lower[0].rstrip(".") in known.title_titles
    return titled or lower[-1] in known.title_sources or " ".join(lower) in known.title_outlets


def _modals(title: str, doc: Doc) -> Iterator[Cue]:
    """Yield "may" anywhere, other modals only in the title's main clause ("which could be")."""
    aside = {token.idx for token in filter(_is_modal_aside, doc)}
    for cue in _found(title, cues().title_modals, "modal"):
        if cue.span[0] not in aside:
            yield cue


def _is_modal_aside(token: Token) -> bool:
    if token.tag_ != "MD" or token.lower_ == "may":
        return False
    return is_beside(token) or is_purpose(token)


def _found(title: str, words: Words, kind: str) -> list[Cue]:
    return [_cue(kind, m.span("cue"), m["cue"].lower()) for m in _pattern(words).finditer(title)]


def _cue(kind: str, span: tuple[int, int], word: str) -> Cue:
    return Cue(kind=kind, span=span, rule=rule_id(f"headline/{kind}-{word.replace(' ', '-')}"))


@cache
def _talk_pattern() -> re.Pattern[str]:
    """Return a pattern for the end of talk: "shoots down her claim", "theory laid to rest".

    Only the words of one noun phrase may stand between: a plane is shot down "in the north:
    reports".
    """
    words = cues()
    ends, ended = _any_of(words.title_ends_talk), _any_of(words.title_talk_ended)
    between = rf"(?:(?!(?:{_any_of(words.title_prepositions)}) )[\w’'-]+ ){{0,4}}"
    before = rf"\b(?P<before>{ends}) {between}{_TALK}\b(?! say)"
    what = r"(?:(?:of|about|over) (?:[\w’'-]+ ){1,4})?(?:is |are |was |were |been |finally )?"
    return re.compile(rf"{before}|\b{_TALK} {what}(?P<behind>{ended})\b", re.IGNORECASE)


def _any_of(words: Words) -> str:
    return "|".join(map(re.escape, sorted(words)))


@cache
def _pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern over a class of words.

    Months ("May 2") and offenders ("alleged killer") are no hedges.
    """
    longest_first = sorted(words, key=len, reverse=True)
    choices = "|".join(map(re.escape, longest_first)).replace("’", "[’']")
    offenders = _any_of(cues().offenders)
    is_hedge = words == cues().title_hedges
    guard = rf"(?!\s+(?:\w+ )?(?:{offenders})\b)" if is_hedge else r"(?!\s+\d)"
    return re.compile(rf"(?<![\w’'])(?P<cue>{choices})(?!\w){guard}", re.IGNORECASE)


def of_title(convention: Stance, scoped: Stance, reading: Reading) -> Stance:
    """Return the stance of a title's report from its convention and from its clause.

    The convention decides, unless the clause has a source, a date, or a negation of its own, or
    says that the event is sought or was forestalled. It is open where the convention denies what
    the clause affirms.
    """
    if reading.negations or reading.kinds & {"intention", "condition", "unrealised"}:
        affirms = scoped in AFFIRMING_STANCES or scoped == "background"
        return "reported" if convention == "denied" and affirms else scoped
    if scoped == "background" and convention != "denied":
        return scoped
    if convention == "claimed" and scoped in ("reported", "confirmed"):
        return scoped
    return convention
