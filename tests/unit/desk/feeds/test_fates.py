"""What becomes of each line of a list."""

from services.desk.feeds.checking import check_feeds
from services.desk.feeds.fates import fates, new_feeds
from services.messages import Feed

LIST = b"""<opml version="2.0"><body>
<outline type="rss" text="One" xmlUrl="https://one.example/rss"/>
<outline type="rss" text="Two" xmlUrl="https://two.example/rss"/>
<outline type="rss" text="Again" xmlUrl="http://two.example/rss/"/>
<outline type="rss" text="Inside" xmlUrl="http://10.0.0.1/rss"/>
<outline type="rss" text="None"/>
</body></opml>"""
KNOWN = [Feed(feed_id="1", url="http://one.example/rss/", outlet="One")]


def test_each_line_has_its_fate_in_the_order_of_the_list():
    found = fates(check_feeds(LIST, "list"), KNOWN)
    assert [(fate.kind, fate.line) for fate in found] == [
        ("saved", 2), ("new", 3), ("left-out", 4), ("mistake", 5), ("mistake", 6),
    ]  # fmt: skip
    assert [bool(fate.why) for fate in found] == [False, False, True, True, True]
    assert found[1].url == "https://two.example/rss"


def test_only_what_is_not_saved_is_added_and_gets_an_id_of_its_own():
    feeds = check_feeds(LIST, "list").feeds
    (new,) = new_feeds(feeds, KNOWN)
    assert (new.outlet, new.url) == ("Two", "https://two.example/rss")
    taken = Feed(feed_id=new.feed_id, url="https://other.example/", outlet="Other")
    (other,) = new_feeds(feeds, [*KNOWN, taken])
    assert other.feed_id != new.feed_id
