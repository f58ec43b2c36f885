"""A story that does not hold together is refused with file and line."""

import pytest
from stories.story import read_story

from services.errors import ConfigError

GOOD = """\
title: A test
kinds: [rumour]
outlets: {post: The Post}
articles:
  - id: one
    outlet: post
    at: "2031-01-01T00:00:00Z"
    title: A title
    text: A text.
  - id: two
    outlet: post
    at: "2031-01-02T00:00:00Z"
    title: Another title
    text: Another text.
claims:
  - id: death
    event: [killed]
    principal: someone
    articles: [one]
    status: reported
    independent: 1
    history: [reported]
quiet: [two]
watches:
  - {id: w, name: A watch, query: word}
told:
  w: {one: [first]}
"""


def test_a_good_story_is_read_with_its_defaults():
    story = read_story(GOOD, "folder/test.yaml")
    assert story.name == "test"
    assert story.claims[0].expected_level == "reported"
    assert story.claims[0].expected_reports == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("status: reported", "status: rumoured", 20, "Invalid enum value 'rumoured'"),
        ("    title: Another title", "    headline: Another title", 10, "unknown field `headline`"),
        ("kinds: [rumour]", "kinds: [rumour", 3, "expected ',' or ']'"),
        ("outlet: post", "outlet: times", 5, "names no outlet of this story: 'times'"),
        ("- id: two", "- id: one", 10, "article id 'one' is used twice"),
        ('at: "2031-01-01T00:00:00Z"', "at: null", 5, "needs `seen_at`"),
        ('at: "2031-01-01T00:00:00Z"', 'at: "2031-01-01T00:00:00"', 5, "needs a time zone"),
        ("articles: [one]", "articles: [one, three]", 16, "'three' is no article of this story"),
        ("quiet: [two]", "quiet: []", 23, "article 'two' is in no claim and not in `quiet`"),
        ("quiet: [two]", "quiet: [one, two]", 23, "article 'one' is in a claim"),
        ("articles: [one]", "articles: [one]\n    against: [two]", 16, "`against` names what"),
        ("history: [reported]", "history: [reported, claimed]", 16, "its history ends claimed"),
        (
            "history: [reported]",
            "history: [reported, reported]",
            16,
            "a step in its history that changes nothing",
        ),
        (
            "status: reported",
            "status: disputed",
            16,
            "ends disputed, but its history ends reported",
        ),
        ("independent: 1", "independent: 2", 16, "independent ≤ reports ≤ articles does not hold"),
        (
            "    independent: 1",
            "    disputed: [count.killed]\n    independent: 1",
            16,
            "'count.killed' is no slot",
        ),
        ("query: word", "name: B", 25, "needs a query, a claim condition, or both"),
        ("w: {one:", "v: {one:", 27, "'v' is no watch of this story"),
        ("{one: [first]}", "{three: [first]}", 27, "'three' is no article of this story"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(old, new, line, message):
    assert old in GOOD
    with pytest.raises(ConfigError) as error:
        read_story(GOOD.replace(old, new, 1), "test.yaml")
    assert str(error.value).startswith(f"test.yaml:{line}: ")
    assert message in str(error.value)


def test_the_stories_can_be_mixed_into_one_stream(gold):
    """Articles go by their story's name; watches of all stories are in force at once."""
    watches = [watch.id for story in gold for watch in story.watches]
    assert len(watches) == len(set(watches))
    assert sum(len({t.article for t in story.articles}) for story in gold) >= 200


def test_an_empty_file_is_no_story():
    with pytest.raises(ConfigError, match=r"test\.yaml:1: Expected `object`, got `null`"):
        read_story("", "test.yaml")


def test_an_edit_must_come_after_what_it_edits():
    edited = GOOD.replace("  - id: two\n", "  - id: two\n    edit_of: one\n").replace(
        "2031-01-02", "2030-01-02"
    )
    with pytest.raises(ConfigError, match=r"test\.yaml:10: 'two' must be a later version"):
        read_story(edited, "test.yaml")
