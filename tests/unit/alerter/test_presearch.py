"""All watches in one pass: the same answers as every query asked alone, and live changes."""

from hypothesis import assume, given
from hypothesis import strategies as st
from queries import articles, means, queries

from services.alerter.presearch import Presearch
from services.errors import ConfigError
from services.query.document import document
from services.query.evaluate import evaluate, spans
from services.query.parse import parse


def presearch(nodes):
    book = Presearch[str]()
    for id, node in nodes.items():
        book.put(id, node, id)
    return book


def parsed(strings):
    nodes = {}
    for i, query in enumerate(strings):
        try:
            nodes[f"q{i}"] = parse(query)
        except ConfigError:
            continue
    assume(nodes)
    return nodes


many = st.lists(queries, min_size=1, max_size=8).map(parsed)


@given(many, articles())
def test_one_pass_finds_what_every_query_alone_means(nodes, article):
    found = presearch(nodes).find(document(article))
    assert set(found) == {id for id, node in nodes.items() if means(node, article)}


@given(many, articles())
def test_one_pass_marks_what_every_query_alone_marks(nodes, article):
    doc = document(article)
    for id, (_, clauses) in presearch(nodes).find(doc).items():
        marked = spans([node for clause in clauses for node in (clause.atom, *clause.rest)], doc)
        assert marked == evaluate(nodes[id], doc)


@given(many, many, articles(), st.data())
def test_queries_put_in_and_taken_out_leave_no_trace(first, second, article, data):
    book = presearch(first)
    for id, node in second.items():
        book.put(id, node, id)
    gone = data.draw(st.sets(st.sampled_from(sorted(first | second))))
    for id in gone:
        book.remove(id)
    left = {id: node for id, node in (first | second).items() if id not in gone}
    assert len(book) == len(left)
    assert set(book.find(document(article))) == {
        id for id, node in left.items() if means(node, article)
    }
    for id in left:
        book.remove(id)
    assert not any(book._anchors.values())


def test_a_query_that_was_changed_answers_with_its_new_value_only():
    book = Presearch[str]()
    book.put("w", parse("halvane"), "old")
    book.put("w", parse("halvane OR kadrin"), "new")
    assert [value for value, _ in book.find(doc("halvane")).values()] == ["new"]
    assert list(book.find(doc("kadrin"))) == ["w"]


def doc(text):
    from builders import tagged

    return document(tagged(text=text))
