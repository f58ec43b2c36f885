"""The watch language: Lucene syntax, read by luqum, reduced to what a watch may say.

query := or ; or := and (OR and)* ; and := not (AND not)* ; not := [NOT | -] atom
atom  := word | word* | "phrase" | ( query )          a blank is AND
"""

from luqum import tree
from luqum.exceptions import ParseError
from luqum.parser import parser
from luqum.utils import UnknownOperationResolver

from services.errors import ConfigError
from services.query.ast import And, Node, Not, Or, Phrase, Prefix
from services.text.tokens import tokens

MAX_LENGTH = 4096
MIN_PREFIX = 3
MIXED = "AND and OR are mixed without brackets: write (a OR b) AND c"


def parse(query: str) -> Node:
    """Return the query as a tree. Raises ConfigError that says what can't be used and what to write instead."""
    if len(query) > MAX_LENGTH:
        raise ConfigError(f"the query has {len(query)} characters, the limit is {MAX_LENGTH}")
    try:
        parsed = UnknownOperationResolver(tree.AndOperation)(parser.parse(query))
    except ParseError as error:
        raise ConfigError(f"the query can't be read: {error}") from error
    node = _node(parsed)
    if not _needs_something(node):
        raise ConfigError("the query matches nearly everything: it needs a word that must occur")
    return node


def _node(item: tree.Item) -> Node:
    match item:
        case tree.OrOperation():
            if any(isinstance(child, tree.AndOperation) for child in item.children):
                raise ConfigError(MIXED)
            return Or(tuple(_node(child) for child in item.children))
        case tree.AndOperation():
            if any(isinstance(child, tree.OrOperation) for child in item.children):
                raise ConfigError(MIXED)
            return And(tuple(_node(child) for child in item.children))
        case tree.Group() | tree.Plus():
            return _node(item.children[0])
        case tree.Not() | tree.Prohibit():
            return Not(_node(item.children[0]))
        case tree.Word():
            return _word(item.value)
        case tree.Phrase():
            return _phrase(item.value[1:-1])
    raise ConfigError(f"{item!s:.40} can't be used in a watch: words, word*, phrases, AND, OR, NOT, and brackets can")


def _word(value: str) -> Node:
    if value.endswith("*") and "*" not in value[:-1] and "?" not in value:
        return _prefix(value[:-1])
    if "*" in value or "?" in value:
        raise ConfigError(f"{value}: a wildcard may only stand at the end of a word")
    return _phrase(value)


def _prefix(stem: str) -> Node:
    words = tokens(stem)
    if len(words) != 1 or len(words[0].text) < MIN_PREFIX:
        raise ConfigError(f"{stem}*: at least {MIN_PREFIX} letters must stand before the *")
    return Prefix(words[0].text)


def _phrase(value: str) -> Node:
    words = tuple(token.text for token in tokens(value))
    if not words:
        raise ConfigError(f"{value!r} holds no word, so it could never match")
    return Phrase(words)


def _needs_something(node: Node) -> bool:
    """Tell whether a text without any word can't match."""
    match node:
        case And(parts):
            return any(_needs_something(part) for part in parts)
        case Or(parts):
            return all(_needs_something(part) for part in parts)
        case Not(_):
            return False
    return True
