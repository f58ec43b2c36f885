"""The guard before the parser: one linear pass that refuses what a watch can't contain.

A refusal names the place and what to write instead. The rest is short, shallow, and free of syntax
that luqum would misread, fail on, or recurse over.
"""

import re

from services.errors import ConfigError
from services.text.tokens import tokens

MAX_BYTES = 4096
"""Bytes of a query in UTF-8."""
MAX_ATOMS = 200
"""Words and phrases of a query."""
MAX_DEPTH = 20
"""Nested brackets and negations."""
MAX_SLOP = 99
"""Words that may stand between those of a distance (~)."""
USUAL_SLOP = 10
"""Words between, in the advice for a nearness operator without a number.

Source: the default of `NEAR` in most query languages.
"""


class QueryError(ConfigError):
    """A query that can't be used: the reason, what to write instead, and the character (from 1).

    `unknown`: field and value, if the only mistake is a value that does not exist.
    """

    def __init__(
        self, reason: str, position: int | None = None, unknown: tuple[str, str] | None = None
    ) -> None:
        self.position = position
        self.unknown = unknown
        super().__init__(reason if position is None else f"{reason} (at character {position + 1})")


_LEXEME = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<phrase>"(?:[^"\\]|\\.)*")
  | (?P<bracket>[()])
  | (?P<sign>[+-])
  | (?P<word>(?:\\.|[^\s"():~^\[\]{}<>\\+-])(?:\\.|[^\s"():~^\[\]{}<>\\])*)
  | (?P<colon>:)
  | (?P<distance>~\w*(?:\.\w*)?)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_WILD = re.compile(r"(?<!\\)[*?]")
_REFUSED = {
    "^": "weights (^) can't be used: a watch matches or does not",
    "[": "ranges can't be used",
    "{": "ranges can't be used",
    "]": "ranges can't be used",
    "}": "ranges can't be used",
    "<": "ranges can't be used",
    ">": "ranges can't be used",
    '"': "this quotation mark is never closed",
    "\\": "nothing follows the \\",
}
_OTHER_OPERATORS = {"!": "NOT", "&": "AND", "|": "OR"}


_PLAIN = str.maketrans(dict.fromkeys("“”„‟«»＂″", '"'))
_PHRASE = re.compile(r'"(?:[^"\\]|\\.)*"')
_IN_SINGLE = re.compile(r"""(?<![^\s(:+-])['‘‚‛][^'’"]*\s[^'’"]*['’](?![^\s)])""")
_DASH = re.compile(r'(?<![^\s(])[–—−‐‑](?=[\w"(])')
_OPERATOR = re.compile(r"(?<![^\s(])(?:And|Or|Not)(?![^\s(])")
_NEARNESS = re.compile(
    r"""(?<![^\s()])(?:
        (?i:(?:O?NEAR|ADJ|WITHIN|NEXT|PRE|[WNP])[/:](?P<n>[0-9]{1,6}|[sp])f?)
      | (?i:(?:O?NEAR|ADJ)(?P<m>[0-9]{1,6}))
      | (?:O?NEAR|ADJ|WITHIN)
      | /(?:(?P<k>[0-9]{1,6})|[sp])
    )(?![^\s()])""",
    re.VERBOSE,
)
_FOREIGN = re.compile(r"(?<![^\s()])(?P<word>AND/OR|AND[-_]?NOT|BUT[-_]?NOT|XOR|NOR)(?![^\s()])")
_BEFORE = re.compile(r"(\"[^\"]*\"|[^\s\"():]+)\s*$")
_BEHIND = re.compile(r"\s*(\"[^\"]*\"|[^\s\"():]+)(?![:(])")


def plain_quotes(query: str) -> str:
    """Return the query with straight quotation marks for curly and angled ones.

    No character moves.
    """
    return query.translate(_PLAIN)


def mistyped(query: str) -> str | None:
    """Return what to write instead of a query that probably means something else, or None.

    Such queries can be read, so saved watches with them stay in force; new ones are refused.
    """
    error = mistaken(query)
    return None if error is None else str(error)


def mistaken(query: str) -> QueryError | None:
    """Return the same with its place."""
    # refused when it is read; the patterns below are quadratic in its length
    if _is_too_long(query):
        return None
    query = plain_quotes(query)
    bare = _PHRASE.sub(lambda phrase: '"' * len(phrase.group()), query)
    if found := _IN_SINGLE.search(bare):
        phrase = f'write "{found.group()[1:-1]:.40}"'
        return QueryError(f"single quotes don't make a phrase: {phrase}", found.start())
    if found := _DASH.search(bare):
        dash = f"a dash ({found.group()}) excludes nothing"
        return QueryError(f"{dash}: write NOT, or - as on the keyboard", found.start())
    if found := _OPERATOR.search(bare):
        word = found.group()
        reason = f'write {word.upper()} in capitals, or "{word}" for the word'
        return QueryError(reason, found.start())
    if found := _NEARNESS.search(bare):
        return QueryError(_nearness(query, found), found.start())
    if found := _FOREIGN.search(bare):
        word = found.group()
        better = f'write {"AND or OR" if word == "AND/OR" else "NOT"}, or "{word}" for the word'
        return QueryError(f"{word} would be read as a word: {better}", found.start())
    return None


def _nearness(query: str, found: re.Match[str]) -> str:
    """Return what to write for a nearness operator of another query language."""
    operator = found.group()
    given = found["n"] or found["m"] or found["k"] or ""
    slop = min(int(given), MAX_SLOP) if given.isdigit() else USUAL_SLOP
    before, behind = query[: found.start()], query[found.end() :]
    beside = [_words(side) for side in (_BEFORE.search(before), _BEHIND.match(behind))]
    words = " ".join(beside) if all(beside) else "word word"
    pairs = (
        " for each pair, OR between them"
        if before.rstrip().endswith(")") or behind.lstrip().startswith("(")
        else ""
    )
    as_word = "" if operator.startswith("/") else f', or "{operator}" for the word'
    better = f'write "{words}"~{slop}{pairs}{as_word}'
    return f"{operator} would be read as a word: {better}"


def _words(side: re.Match[str] | None) -> str:
    """Return the words beside an operator, as in a phrase; "" if there is no word or phrase."""
    text = side.group(1) if side else ""
    return "" if text in ("AND", "OR", "NOT") or "*" in text else " ".join(tokens(text).words)


def _is_too_long(query: str) -> bool:
    return len(query.encode("utf-8", "surrogatepass")) > MAX_BYTES


def guard(query: str) -> None:
    """Raise QueryError for anything that the parser must not see."""
    if _is_too_long(query):
        raise QueryError(f"the query is longer than {MAX_BYTES} bytes: make several watches of it")
    nesting = _Nesting()
    atoms, before = 0, "space"
    for lexeme in _LEXEME.finditer(query):
        kind, value, at = lexeme.lastgroup or "", lexeme.group(), lexeme.start()
        match kind:
            case "bracket":
                nesting.take_bracket(value, at)
            case "sign":
                nesting.signs += 1
            case "word":
                _check_word(value, at, query[lexeme.end() : lexeme.end() + 1])
                nesting.take_word(value)
                atoms += value not in ("AND", "OR", "NOT")
            case "phrase":
                _check_phrase(value, at, before)
                nesting.signs = 0
                atoms += 1
            case "distance":
                _check_distance(value, at, before)
            case "colon" | "other":
                _check_other(kind, value, at, before)
        nesting.check(at)
        if atoms > MAX_ATOMS:
            raise QueryError(
                f"the query has more than {MAX_ATOMS} words and phrases: make several watches of "
                "it",
                at,
            )
        before = kind
    nesting.check_end()


class _Nesting:
    """The depth of brackets and negations at a place of a query."""

    def __init__(self) -> None:
        self.signs = 0
        """Signs of negation directly before the next word, phrase, or bracket."""

        self._nested = 0
        self._opened: list[int] = []
        self._places: list[int] = []

    def take_bracket(self, bracket: str, at: int) -> None:
        if bracket == "(":
            self._opened.append(self.signs + 1)
            self._places.append(at)
            self._nested += self.signs + 1
        elif self._opened:
            self._nested -= self._opened.pop()
            self._places.pop()
        else:
            raise QueryError("this bracket was never opened", at)
        self.signs = 0

    def take_word(self, word: str) -> None:
        self.signs = self.signs + 1 if word == "NOT" else 0

    def check(self, at: int) -> None:
        if self._nested + self.signs > MAX_DEPTH:
            raise QueryError(f"brackets and NOT are nested more than {MAX_DEPTH} deep", at)

    def check_end(self) -> None:
        """Raise QueryError for brackets that are still open."""
        n = len(self._opened)
        if n:
            many = "s are" if n > 1 else " is"
            raise QueryError(f"{n} bracket{many} never closed", self._places[-1])


def _check_other(kind: str, value: str, at: int, before: str) -> None:
    if kind == "other":
        raise QueryError(_REFUSED.get(value, f"{value} can't be used"), at)
    if before != "word":
        raise QueryError('this colon follows no field: write "…" around text that holds one', at)


def _check_word(value: str, at: int, following: str) -> None:
    if value in ("and", "or", "not") and following != ":":
        raise QueryError(f'write {value.upper()}, or "{value}" for the word', at)
    if value.startswith(tuple(_OTHER_OPERATORS)):
        raise QueryError(f"write {_OTHER_OPERATORS[value[0]]} instead of {value[0]}", at)
    if value.startswith("/"):
        raise QueryError(
            "regular expressions can't be used: name the words, or word* for all that begin so", at
        )
    wild = _WILD.search(value)
    if wild and (wild.end() != len(value) or wild.group() == "?"):
        raise QueryError(
            f"{value:.40}: only * can be used, at the end of a word", at + wild.start()
        )


def _check_phrase(value: str, at: int, before: str) -> None:
    if before == "word":
        raise QueryError("a blank is missing before this quotation mark", at)
    if _WILD.search(value):
        raise QueryError(
            "* and ? can't stand inside quotation marks: give the words of the phrase in full", at
        )


def _check_distance(value: str, at: int, before: str) -> None:
    if before == "word":
        raise QueryError(
            "likeness (word~) can't be used: name the spellings, or use actor: for a name in all "
            "its spellings",
            at,
        )
    if before != "phrase" or not re.fullmatch(r"~[0-9]{1,3}", value):
        raise QueryError(
            'write "…"~n with a whole number below 100 right behind the quotation marks', at
        )
