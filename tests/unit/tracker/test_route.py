"""How many versions of an article route remembers."""

import msgspec
import pytest
from builders import dense, hours, tagged

from services.messages import ArticleBlocks, BlockReports, decode, encode
from services.ports import Record
from services.tracker.claims.rules import STAY
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


@pytest.mark.parametrize(("days", "is_kept"), [(STAY.days, True), (STAY.days + 1, False)])
def test_the_blocks_of_an_article_are_forgotten_long_after_its_last_version(days, is_kept):
    machine = RouteMachine()

    def step(id, day):
        at = hours(24 * day)
        article = dense(1, 1)
        article = msgspec.structs.replace(
            article, article_id=id, first_seen_at=at, seen_at=at, published_at=at
        )
        return machine.step(Record("tagged-articles", 0, 0, id, encode(article)))

    step("old", 0)
    rows = {out.key: out.value for out in step("new", days) if out.topic == "article-blocks"}
    assert ("old" not in rows) == is_kept
    assert rows.get("old", b"") == (b"" if is_kept else None)


def test_the_reports_of_an_article_have_its_headline():
    article = msgspec.structs.replace(dense(1, 1), text="Blast in Meris\n\nIt burns.", title_end=14)
    out = RouteMachine().step(Record("tagged-articles", 0, 0, "a1", encode(article)))
    titles = {decode(BlockReports, one.value).title for one in out if one.topic == "reports"}
    assert titles == {"Blast in Meris"}
