"""From the bytes of a feed to alerts: damage takes nothing back, a withdrawal does."""

import pytest
from sights import HOUR, Polls

from services.alerter.watch import compile_all
from services.backtest.pipeline import Pipeline
from services.backtest.why import explain, facts
from services.messages import Watch
from services.poller.reading.feed import parse_feed
from services.poller.versions.sight import Pages

WATCHES = compile_all(
    [
        Watch(id="words", name="Words", query="harbourmaster"),
        Watch(id="killed", name="Killed", query="event:killed"),
    ]
)
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
    'xmlns:at="http://purl.org/atompub/tombstones/1.0"><channel><title>Vale Wire</title>'
)
KILLED = (
    '<item><guid isPermaLink="false">k1</guid><title>Harbourmaster killed in Sund</title>'
    "<link>https://herald.example/k1</link><description>Gunmen killed the harbourmaster Oren "
    "Veldt in Sund on Tuesday, the police said — “a cold murder”. His driver was "
    "wounded.</description></item>"
)
SPORT = (
    '<item><guid isPermaLink="false">s1</guid><title>Sund win the cup</title>'
    "<link>https://herald.example/s1</link><description>Sund beat Ostrel by two goals to one on "
    "Sunday – their third cup.</description></item>"
)
END = "</channel></rss>"


class Desk:
    """A feed that is polled, tagged, and watched."""

    def __init__(self, tagger):
        self._tagger, self._polls = tagger, Polls()
        self._pipeline = Pipeline(WATCHES)

    def poll(self, body, **kw):
        decision = self._polls.decided(
            parse_feed(body, "text/xml", "https://herald.example/f"), **kw
        )
        self.passages = [self._pipeline.step(a) for a in self._tagger.tag(decision.articles)]
        return [article.cause for article in decision.articles]

    @property
    def why(self):
        """Return what is told of the last articles' collecting, behind their outlet and times."""
        told = [explain(facts(passage), ()) for passage in self.passages]
        return [line.text for lines in told for line in lines if line.stage == "collect"][1:]

    @property
    def key(self):
        (key,) = [k for k, e in self._polls.state.entries.items() if str(e.url).endswith("k1")]
        return key

    @property
    def revisions(self):
        return {a.watch_id: [r.kind for r in a.revisions] for a in self._pipeline.alerts()}

    @property
    def last_words(self):
        return {a.watch_id: a.revisions[-1].text for a in self._pipeline.alerts()}


@pytest.fixture
def desk(tagger):
    desk = Desk(tagger)
    desk.poll((HEAD + SPORT + END).encode())
    assert desk.poll(WHOLE) == ["new"]
    assert set(desk.revisions) == {"words", "killed"}
    return desk


WHOLE = (HEAD + SPORT + KILLED + END).encode()


@pytest.mark.parametrize(
    "body",
    [
        WHOLE.replace("–".encode(), b"\x96"),
        WHOLE[: WHOLE.index(b"His driver")],
        WHOLE[: WHOLE.index(b"Gunmen")],
        (HEAD + KILLED[: KILLED.index("in Sund on")]).encode(),
    ],
    ids=["one-broken-byte", "cut-in-the-text", "cut-before-the-text", "other-order-and-cut"],
)
def test_a_damaged_document_retracts_nothing(desk, body):
    before = desk.revisions
    assert desk.poll(body) == []
    assert desk.poll(WHOLE) == []
    assert desk.revisions == before


def test_leaving_the_feed_retracts_nothing(desk):
    before = desk.revisions
    assert desk.poll((HEAD + SPORT + END).encode()) == []
    assert desk.revisions == before


def test_an_edit_tells_what_it_changed(desk):
    assert desk.poll(WHOLE.replace(b"was wounded", b"fled")) == ["edit"]
    assert desk.why == ["the edit took out 'was wounded.' and put in 'fled.'"]


def test_a_tombstone_reaches_those_who_were_alerted(desk):
    stone = '<at:deleted-entry ref="k1" when="2031-05-06T12:00:00Z"/>'
    assert desk.poll((HEAD + stone + SPORT + END).encode()) == ["withdrawn"]
    assert {kinds[-1] for kinds in desk.revisions.values()} == {"retracted"}
    assert desk.why == [
        "withdrawn: the feed says that it was deleted; it was called 'Harbourmaster killed in Sund'"
    ]
    assert all(said.startswith("Taken back by The Herald: ") for said in desk.last_words.values())


def test_a_page_that_is_gone_reaches_those_who_were_alerted(desk):
    gone, rest = Pages(statuses={desk.key: 404}), (HEAD + SPORT + END).encode()
    assert desk.poll(rest, pages=gone) == []
    assert desk.poll(rest, after=HOUR, pages=gone) == ["withdrawn"]
    assert {kinds[-1] for kinds in desk.revisions.values()} == {"retracted"}
