"""Random queries and articles over few words, so that they often meet;
and what a query means, by definition, slowly.
"""

from collections.abc import Collection, Sequence
from itertools import combinations

from builders import tagged
from hypothesis import strategies as st

from services.messages import Boilerplate, Mention, TaggedArticle
from services.query.ast import And, Field, Near, Node, Not, Or, Phrase, Prefix
from services.query.document import segments

WORDS = "halvane halvard orran front the of killed killing kill café الرئيس".split()
ACTORS = ["idris-halvane", "orran-front"]

words = st.sampled_from(WORDS)


def atoms(field: str) -> st.SearchStrategy[str]:
    """Strings of the watch language, one atom each; `field` is "title:" or nothing."""
    return st.one_of(
        words.map(lambda w: field + w),
        st.lists(words, min_size=2, max_size=4).map(lambda ws: f'{field}"{" ".join(ws)}"'),
        st.tuples(
            st.lists(words, min_size=2, max_size=3), st.sampled_from([0, 1, 2, 3, 4, 30])
        ).map(lambda t: f'{field}"{" ".join(t[0])}"~{t[1]}'),
        st.sampled_from(["kil", "hal", "halva", "fro"]).map(lambda s: f"{field}{s}*"),
    )


facet_atoms = st.sampled_from(
    [f"actor:{a}" for a in ACTORS] + ["source:post", 'source:"the post"', "lang:en"]
)
any_atom = st.one_of(atoms(""), atoms(""), atoms("title:"), facet_atoms)


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Brackets of AND, OR, or blanks, each part perhaps denied."""
    part = st.tuples(st.sampled_from(["", "", "", "NOT ", "-"]), inner).map("".join)
    parts = st.lists(part, min_size=2, max_size=3)
    return st.tuples(st.sampled_from([" AND ", " OR ", " "]), parts).map(
        lambda t: f"({t[0].join(t[1])})"
    )


queries = st.recursive(any_atom, joined, max_leaves=6)


@st.composite
def articles(draw: st.DrawFn) -> TaggedArticle:
    """Articles of a few lines; some lines are boilerplate."""
    lines = draw(
        st.lists(st.lists(words, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4)
    )
    title = draw(st.lists(words, max_size=4).map(" ".join))
    text = f"{title}\n\n" if title else ""
    cuts = []
    for line in lines:
        if draw(st.integers(0, 3)) == 0:
            cuts.append(
                Boilerplate(start=len(text), end=len(text) + len(line), kind="related", rule="x")
            )
        text += line + "\n"
    named = draw(st.lists(st.sampled_from(ACTORS), unique=True))
    mentions = tuple(
        Mention(id=a, start=0, end=1, surface=a, type="person", key=a, actor_id=a, rule="x")
        for a in named
    )
    outlet = draw(st.sampled_from([None, "Post", "The Post"]))
    return tagged(
        text=text,
        title_end=len(title),
        boilerplate=tuple(cuts),
        mentions=mentions,
        outlet=outlet,
        language=draw(st.sampled_from(["en", None])),
    )


def means(node: Node, article: TaggedArticle, *, without_boilerplate: bool = True) -> bool:
    """Tell whether a query matches by its definition alone:
    every stretch of every segment is tried.
    """
    pieces = [piece.words for piece in segments(article, without_boilerplate=without_boilerplate)]
    facets = {f"actor:{m.actor_id}" for m in article.mentions}
    facets |= {f"source:{article.outlet.lower().replace(' ', '-')}"} if article.outlet else set()
    facets |= {f"lang:{article.language}"} if article.language else set()
    return _means(node, pieces, facets)


def _means(node: Node, pieces: Sequence[Sequence[str]], facets: Collection[str]) -> bool:
    match node:
        case And(parts):
            return all(_means(part, pieces, facets) for part in parts)
        case Or(parts):
            return any(_means(part, pieces, facets) for part in parts)
        case Not(part):
            return not _means(part, pieces, facets)
        case Field(name):
            return name in facets
    where = pieces[:1] if node.title else pieces
    match node:
        case Phrase(words):
            return any(tuple(p[i : i + len(words)]) == words for p in where for i in range(len(p)))
        case Prefix(stem):
            return any(word.startswith(stem) for p in where for word in p)
        case Near(words, slop):
            n = len(words) + slop
            return any(_holds_all(p[i : i + n], words) for p in where for i in range(len(p)))


def _holds_all(stretch: Sequence[str], words: Sequence[str]) -> bool:
    return any(sorted(chosen) == sorted(words) for chosen in combinations(stretch, len(words)))
