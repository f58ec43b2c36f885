"""The head of a page: date, credit, and the title once more, in front of the story."""

import pytest

from services.tagger.layout.boilerplate import find_boilerplate, story_start
from services.tagger.layout.page_head import find_page_head
from services.tagger.layout.sentences import sentences

TITLE = "Bomb kills six in Meris"
STORY = "A bomb killed six people in Meris on Monday."


def heads(body, title=TITLE):
    text = f"{title}\n\n{body}" if title else body
    return [text[start:end] for start, end in find_page_head(text, len(title))]


@pytest.mark.parametrize(
    "head",
    [
        "Mon May 5 2031",
        "5 May, 2031",
        "05-05-2031",
        "2031-05-05",
        "Published on May 5, 2031",
        "Bomb kills six in Meris.",
        "Bomb kills six in Meris",
        "05/05/2031 Bomb Kills Six in Meris.",
        "Bomb kills six in Meris Courier Monday 5 May 2031",
        "Bomb kills six in Meris North Coast Courier 5 May 2031",
    ],
)
def test_date_title_and_credit_are_the_head_of_the_page(head):
    assert heads(f"{head} {STORY}") == [head]


@pytest.mark.parametrize(
    "body",
    [
        STORY,
        "Bomb kills six in Meris as talks go on.",
        "May 5, 2031, was the day on which the bridge fell.",
        "On Monday 5 May 2031 Rebels took the bridge.",
        "The bridge fell on 5 May 2031 In Meris, people fled.",
        "5 May 2031 saw the bridge fall.",
    ],
)
def test_a_sentence_is_no_head(body):
    assert heads(body) == []


def test_a_site_hung_on_the_title_need_not_be_repeated():
    assert heads(f"{TITLE}. {STORY}", f"{TITLE} - World - Courier Online") == [f"{TITLE}."]


def test_a_subtitle_stays_and_ends_at_the_credit():
    body = f"{TITLE} Blast hits a market at noon, says mayor Courier Monday 5 May 2031 {STORY}"
    text = f"{TITLE}\n\n{body}"
    spans = sentences(text, len(TITLE), find_boilerplate(text, len(TITLE)))
    subtitle = "Blast hits a market at noon, says mayor"
    assert [text[start:end] for start, end in spans] == [TITLE, subtitle, STORY]


@pytest.mark.parametrize(
    ("title", "is_known"), [("Six die in Meris", True), ("Six die here", False)]
)
def test_a_title_of_three_words_may_open_a_sentence(title, is_known):
    assert heads(f"{title} The mayor spoke.", title) == ([title] if is_known else [])


def test_a_dateline_may_stand_behind_the_head():
    text = f"{TITLE}\n\n{TITLE}. MERIS, 5 May (Courier) - {STORY}"
    found = find_boilerplate(text, len(TITLE))
    assert text[story_start(found, len(TITLE)) :].strip().startswith("MERIS")
    assert [text[a:b] for a, b in sentences(text, len(TITLE), found)] == [TITLE, STORY]


def test_the_first_sentence_has_its_own_subject(tag):
    article = tag(TITLE, f"{TITLE} Courier Monday 5 May 2031 Six guards were killed in Meris.")
    (last,) = {r.patient for r in article.reports if r.sentence[0] > len(TITLE)}
    assert [m.surface for m in article.mentions if m.id in last] == ["Six guards"]
