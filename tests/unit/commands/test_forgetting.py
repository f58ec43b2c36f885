"""The words of an article go out of every message; ids, counts, and other articles' words stay."""

from datetime import UTC, datetime

import msgspec
import previous
import pytest
from builders import article
from click.testing import CliRunner

import services.messages as kinds
from services.adapters.memory import MemoryBroker
from services.cli import root
from services.commands.forget import WORK
from services.commands.forgetting import (
    NOTICE,
    SHINGLE,
    WHY,
    Forgotten,
    Words,
    scrubbed,
    without,
)
from services.commands.log_lines import without_lines
from services.commands.saving import order
from services.commands.world import Instead
from services.messages import (
    Alert,
    Article,
    Claim,
    EntryState,
    FeedState,
    TaggedArticle,
    decode,
    encode,
)
from services.messages.topics import DEAD_LETTERS, topics
from services.ports import Outgoing, Record
from services.runtime.data_version import point

AT = datetime(2033, 5, 2, tzinfo=UTC)
KINDS = {spec.name: getattr(kinds, spec.message) for spec in topics() if spec.message}


def by_topic():
    found: dict[str, list[Record]] = {}
    for record in previous.records():
        if record.topic in order():
            found.setdefault(record.topic, []).append(record)
    return found


def quoted_most(found):
    """Return the id of an article that an alert quotes."""
    alerts = [decode(Alert, record.value) for record in found["alerts"] if record.value]
    quoted = [e for a in alerts for r in a.revisions for e in r.evidence]
    return max((e.article_id for e in quoted), key=[e.article_id for e in quoted].count)


@pytest.fixture(scope="module")
def before():
    return by_topic()


@pytest.fixture(scope="module")
def what(before):
    """What to forget: an article, its words, and its claims."""
    id, words = quoted_most(before), Words()
    tagged = [decode(TaggedArticle, r.value) for r in before["tagged-articles"] if r.key == id]
    for one in tagged:
        title, _, text = one.text.partition("\n\n")
        words.add(title)
        words.add(text)
    claims = {
        claim.claim_id
        for claim in (decode(Claim, r.value) for r in before["claims"] if r.value)
        if id in claim.article_ids
    }
    assert tagged
    assert claims
    return Forgotten(frozenset([id]), AT, words, frozenset(claims))


@pytest.fixture(scope="module")
def after(before, what):
    return {topic: [*without(topic, iter(rows), what)] for topic, rows in before.items()}


def of_others(topic, record, what):
    """Return whether a message is that of another article, which may hold the same words."""
    return topic in ("articles", "tagged-articles", "feed-pending") and record.key not in what.ids


def holding(found, what):
    """Return topic and key of the messages that name the article and hold its words."""
    return {
        (topic, record.key)
        for topic, rows in found.items()
        for record in rows
        if not of_others(topic, record, what)
        and any(id.encode() in (record.value or b"") for id in what.ids)
        and what.words.are_in(own_words(record, what))
    }


def own_words(record, what):
    """Return a message without the sentences that others are quoted with."""

    def own(node):
        if isinstance(node, list):
            return [own(each) for each in node]
        if not isinstance(node, dict):
            return node
        if isinstance(id := node.get("article_id"), str) and id not in what.ids:
            return None
        return {key: own(value) for key, value in node.items()}

    return msgspec.json.encode(own(msgspec.json.decode(record.value))).decode()


def test_no_message_holds_the_words_any_more_and_many_did(before, after, what):
    held = holding(before, what)
    assert {"tagged-articles", "claims", "alerts", "alerter-state", "tracker-state"} <= {
        topic for topic, _ in held
    }
    assert holding(after, what) == set()


def test_every_message_can_be_read_and_none_is_missing(before, after):
    for topic, rows in after.items():
        assert [r.key for r in rows[: len(before[topic])]] == [r.key for r in before[topic]]
        for old, new in zip(before[topic], rows, strict=False):
            if new is not old:
                decode(KINDS[topic], new.value)


def test_ids_and_counts_stay(before, after):
    def facts(rows):
        claims = [decode(Claim, record.value) for record in rows if record.value]
        return [
            (c.claim_id, c.version, c.status, c.n_reports, c.n_independent, c.article_ids,
             {q: [a.key for a in slot.answers] for q, slot in c.slots.items()})
            for c in claims
        ]  # fmt: skip

    assert facts(after["claims"]) == facts(before["claims"])


def test_each_alert_that_quoted_it_gets_one_revision_that_says_so(before, after):
    alerts = {r.key: decode(Alert, r.value) for r in after["alerts"] if r.value}
    was = {r.key: decode(Alert, r.value) for r in before["alerts"] if r.value}
    changed = {key for key, alert in alerts.items() if alert != was[key]}
    assert changed
    for key in changed:
        last, version = alerts[key].revisions[-1], was[key].version
        assert (last.text, last.corrects, last.at) == (NOTICE, True, AT)
        assert alerts[key].version == version + 1
        assert last.number == was[key].revisions[-1].number + 1
    # The alerter goes on from the same alert.
    states = [decode(kinds.AlertState, r.value) for r in after["alerter-state"] if r.value]
    kept = {row.alert.alert_id: row.alert for row in states if row.alert is not None}
    assert {key: kept[key].version for key in changed} == {
        key: alerts[key].version for key in changed
    }


def test_what_was_forgotten_once_stays_as_it_is(after, what):
    again = {topic: [*without(topic, iter(rows), what)] for topic, rows in after.items()}
    assert {t: [r.value for r in rows] for t, rows in again.items()} == {
        t: [r.value for r in rows] for t, rows in after.items()
    }


def test_other_messages_stay_to_the_byte(before, what):
    other = Forgotten(frozenset(["nobody"]), AT, what.words)
    for topic, rows in before.items():
        assert [*without(topic, iter(rows), other)] == rows


def test_an_article_of_the_archive_keeps_its_ids_and_says_why_it_is_empty():
    old = article("Two killed in Ostrel", "Two died.")
    record = Record("articles", 0, 7, "a", encode(old))
    new = decode(Article, scrubbed(record, Forgotten(frozenset("a"), AT)).value)
    assert (new.title, new.text, new.withdrawn) == ("", "", WHY)
    assert (new.version, new.content_hash, new.url) == (old.version, old.content_hash, old.url)


def test_the_poller_keeps_the_entry_without_its_words():
    entry = EntryState(
        article_id="a", version=1, content_hash="c", first_seen_at=AT, words="Two died"
    )
    other = msgspec.structs.replace(entry, article_id="b")
    state = FeedState(feed_id="f", entries={"a": entry, "b": other})
    record = Record("feed-states", 0, 7, "f", encode(state))
    entries = decode(FeedState, scrubbed(record, Forgotten(frozenset("a"), AT)).value).entries
    assert (entries["a"].words, entries["a"].is_forgotten) == (None, True)
    assert entries["b"] == state.entries["b"]


def test_an_article_on_its_way_is_not_published_and_letters_are_emptied():
    what = Forgotten(frozenset("a"), AT)
    assert scrubbed(Record("feed-pending", 0, 7, "a", encode(article())), what) is None
    letter = Record("articles" + DEAD_LETTERS, 0, 7, "a", b"{no json", headers={"reason": b"empty"})
    left = scrubbed(letter, what)
    assert (left.value, left.headers) == (b"", letter.headers)


@pytest.mark.parametrize(
    ("text", "are_in"),
    [
        ("one two three four five six", True),
        ("One, two; THREE-four\\nfive\\u0020six", True),
        ("one two three four five", False),
        ("one two three four five seven six", False),
        ("a short title", True),
        ("a short", False),
    ],
)
def test_a_run_of_words_tells_where_a_text_comes_from(text, are_in):
    words = Words()
    words.add("Zero one two three four five six.")
    words.add("A short title")
    assert SHINGLE == 6
    assert words.are_in(f"said: {text}.") is are_in


def test_logs_lose_the_lines_that_hold_it(tmp_path):
    words = Words()
    words.add("One two three four five six")
    log = tmp_path / "a.log"
    log.write_bytes(b"first\none two three four five six\nlast\n")
    log.chmod(0o640)
    assert without_lines(log, words, dry_run=True) == 1
    assert log.read_bytes().count(b"\n") == 3
    assert without_lines(log, words) == 1
    assert log.read_bytes() == b"first\nlast\n"
    assert log.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.log"]


def test_a_service_that_has_its_log_open_goes_on_in_the_same_file(tmp_path):
    words, log = Words(), tmp_path / "a.log"
    words.add("One two three four five six")
    with log.open("ab", buffering=0) as service:
        service.write(b"first\none two three four five six\n")
        assert without_lines(log, words) == 1
        service.write(b"last\n")
    assert log.read_bytes() == b"first\nlast\n"


@pytest.fixture
def world():
    """A system in memory whose archive has an article of each address."""
    broker = MemoryBroker(1)
    for n in (1, 2):
        one = article("Two killed in Ostrel", "Two people died on Monday in the port of Ostrel.")
        url = f"https://herald.example/{n}?utm_source=x"
        named = msgspec.structs.replace(one, article_id=f"article-{n}", url=url)
        broker.append(Outgoing("articles", named.article_id, encode(named)), None)
    return Instead(store=broker, broker=broker)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("article-1", "articles: 1 message\n"),
        ("https://herald.example/2", "articles: 1 message\n"),
        ("article-1 https://herald.example/2", "articles: 2 messages\n"),
    ],
)
def test_a_dry_run_counts_what_holds_the_articles_and_changes_nothing(world, tmp_path, given, told):
    (tmp_path / "logs").mkdir()
    log = tmp_path / "logs" / "notifier.log"
    log.write_text("told: two people died on monday in the port\n")
    done = CliRunner().invoke(
        root,
        ["forget", *given.split(), "--dry-run"],
        obj=world,
        env={"REPORTEDLY_DATA_DIR": str(tmp_path)},
    )
    assert done.stdout == f"{told}{log}: 1 line\n"
    assert log.read_text().startswith("told")
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_an_article_that_is_nowhere_is_told_and_nothing_is_done(world, tmp_path):
    environ = {"REPORTEDLY_DATA_DIR": str(tmp_path)}
    done = CliRunner().invoke(root, ["forget", "article-1", "nobody"], obj=world, env=environ)
    assert str(done.exception) == "no article has the id or the address nobody"
    assert not [*tmp_path.iterdir()]


def test_what_an_earlier_version_left_half_done_is_to_be_put_back_first(world, tmp_path):
    (tmp_path / WORK).touch()
    environ = {"REPORTEDLY_DATA_DIR": str(tmp_path)}
    done = CliRunner().invoke(root, ["forget", "article-1"], obj=world, env=environ)
    assert f"restore {tmp_path / WORK} --replace" in str(done.exception)


def test_a_run_that_broke_off_is_ended_before_another_begins(world, tmp_path):
    point(world.broker, 0, forgetting=("article-2",))
    environ = {"REPORTEDLY_DATA_DIR": str(tmp_path)}
    done = CliRunner().invoke(root, ["forget", "article-1"], obj=world, env=environ)
    assert "`reportedly forget article-2` broke off" in str(done.exception)
