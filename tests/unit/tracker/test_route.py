"""How many versions of an article route remembers."""

import pytest
from builders import tagged

from services.messages import ArticleBlocks, decode, encode
from services.ports import Record
from services.tracker.route import MAX_VERSIONS, RouteMachine


@pytest.mark.parametrize("n", [MAX_VERSIONS, MAX_VERSIONS + 1])
def test_the_latest_versions_of_an_article_are_remembered(n):
    machine, rows = RouteMachine(), list[ArticleBlocks]()
    for version in range(1, n + 1):
        article = tagged(version=version, first_seen_at=None)
        if version == 1:
            machine.restore("a1", encode(ArticleBlocks(article_id="a1", version=1, blocks=("b",))))
        out = machine.step(Record("tagged-articles", 0, 0, "a1", encode(article)))
        rows.append(decode(ArticleBlocks, out[-1].value))
    kept = [v.version for v in rows[-1].versions]
    assert kept == list(range(n - MAX_VERSIONS + 1, n + 1))
