"""`reportedly search` and `watches search`, over an index in memory."""

import csv
import io

import msgspec
import pytest
from builders import claim, hours, tagged
from click.testing import CliRunner
from lxml import etree
from searching import holding

from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands.world import Instead
from services.errors import ConfigError
from services.messages import Watch, encode
from services.ports import Outgoing
from services.query.scan import QueryError
from services.settings import Settings

TEXT = "Halvane killed\n\nThe front says that Halvane is dead."


@pytest.fixture
def run(tmp_path):
    """A function that runs a command, on five articles and a claim."""
    broker = MemoryBroker()
    producer = broker.producer()
    watch = Watch(id="w1", name="W", query="halvane AND front")
    producer.send(Outgoing("watches", "w1", encode(watch)))
    producer.close()
    articles = [tagged(f"a{n}", TEXT, first_seen_at=hours(n), outlet="Post") for n in range(5)]
    index = holding(*articles, claim(article_ids=("a1",), updated_at=hours(1)))
    world = Instead(Settings(data_dir=tmp_path), broker, index)

    def command(*words):
        return CliRunner().invoke(root, words, obj=world, catch_exceptions=True)

    return command


def rows(done):
    return [msgspec.json.decode(line) for line in done.stdout.splitlines()]


def test_a_pipe_gets_every_document_as_a_line(run):
    done = run("search", "halvane")
    assert [row["article_id"] for row in rows(done)] == ["a4", "a3", "a2", "a1", "a0"]
    assert [row["article_id"] for row in rows(run("search", "halvane", "--limit", "2"))] == [
        "a4",
        "a3",
    ]


def test_a_person_is_shown_the_words_that_matched(run):
    said = run("search", "dead", "--limit", "1", "--format", "text").stdout.splitlines()
    assert said[0].startswith("a4  2031-")
    assert said[1:3] == ["  Halvane killed", "  The front says that Halvane is [dead]."]
    assert said[-1] == "1 of 5 articles"


def test_claims_are_shown_by_what_they_tell(run):
    said = run("search", "--in", "claims", "halvane", "--format", "text").stdout
    assert "killed (reported)" in said
    assert said.splitlines()[-1] == "1 claim"


def test_a_table_and_a_feed_can_be_saved(run):
    table = run("search", "halvane", "--format", "csv", "--limit", "1").stdout_bytes.decode()
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert (row["article_id"], row["excerpt"]) == (
        "a4",
        "Halvane killed … The front says that Halvane is dead.",
    )
    feed = etree.fromstring(run("search", "halvane", "--format", "atom").stdout_bytes)
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 5


def test_facets_are_counted(run):
    said = run("search", "halvane", "--facets").stdout
    assert "source      Post 5" in said
    assert "2031-05-02  5" in said
    with pytest.raises(ConfigError, match="leave the words out"):
        raise run("search", "halvane", "--in", "claims", "--facets").exception


def test_nothing_found_is_told(run):
    done = run("search", "kadrino", "--format", "text")
    assert (done.stdout, done.stderr) == ("", "reportedly: no article was found\n")


@pytest.mark.parametrize("words", [("actor:idris-halvan",), ("--actor", "idris-halvan")])
def test_where_nothing_is_found_a_name_that_nobody_knows_is_named(run, words):
    said = run("search", *words, "--format", "text").stderr
    assert "no article was found" in said
    assert "no dictionary knows idris-halvan" in said


def test_a_search_becomes_a_watch_without_its_dates(run):
    done = run("search", "halvane", "--lang", "en", "--from", "2031-05-01", "--as-watch", "mine")
    assert done.stdout.splitlines()[0] == "- id: mine"
    assert '  query: (halvane) AND lang:"en"' in done.stdout
    assert "a watch has no dates" in done.stderr


def test_a_saved_watch_is_asked_of_the_past(run):
    assert [row["article_id"] for row in rows(run("watches", "search", "w1", "--limit", "2"))] == [
        "a4",
        "a3",
    ]
    since = run("watches", "search", "w1", "--from", hours(4).isoformat())
    assert [row["article_id"] for row in rows(since)] == ["a4"]
    assert "no watch has the id w2" in str(run("watches", "search", "w2").exception)


def test_a_watch_of_a_file_is_asked_of_the_past(run, tmp_path):
    path = tmp_path / "w.yaml"
    path.write_text("- {id: c, name: C, claim: {event: [killed]}}\n", encoding="utf-8")
    done = run("watches", "search", "c", "--file", str(path))
    assert [row["claim_id"] for row in rows(done)] == ["c1"]


def test_a_mistake_in_the_words_has_its_place(run):
    with pytest.raises(QueryError, match=r"the query ends in AND.* \(at character 9\)"):
        raise run("search", "halvane AND").exception
