"""Letters, digests and notices as HTML."""

import msgspec
import pytest
from builders import START
from letters import ALERT, CONFIRMED, DENIED, FIRST, HEADLINE, MORE, hostile, said, told
from linking import clicked
from lxml import html as parser

from services.notifier.content import Links, Notice
from services.notifier.texts.compose import digest, letter
from services.notifier.texts.page import html
from services.notifier.texts.plain import text

LINKS = Links(
    acknowledge="https://r.example/a?x=1&y=2",
    snooze="https://r.example/s",
    unsubscribe="https://r.example/u",
    view="https://r.example/v",
)


def of(revision, alert=ALERT, links=LINKS, **options):
    return letter(alert, revision, key="k", links=links, **options)


def page(content):
    return parser.document_fromstring(html(content))


def words(element):
    return " ".join(element.text_content().split())


def hrefs(root):
    return [link.get("href") for link in root.iter("a")]


def test_a_first_letter_shows_the_headline_the_marked_quotation_and_its_source():
    root = page(of(FIRST))
    assert words(root.find(".//h1")) == HEADLINE
    (quote,) = root.iter("blockquote")
    assert [words(span) for span in quote.iter("span")] == ["killed"]
    assert words(quote).endswith("police said. Police, in Coast Post · 2 May, 06:00")
    assert "https://coast-post.example/2031/05/13/meris" in hrefs(quote)
    assert "Also: Sela Varn reportedly arrested in Talden" in words(root)


def test_a_headline_that_is_quoted_stands_once_with_its_mark_and_its_source():
    head = said("Blast in Meris market kills Halvane", "kills", speaker=None)
    found = of(msgspec.structs.replace(FIRST, evidence=(head,)))
    root = page(found)
    (heading,) = root.iter("h1")
    assert [words(span) for span in heading.iter("span")] == ["kills"]
    assert words(root.find_class("facts")[0]) == (
        "Coast Post · 2 May, 06:00 · 1 report · date unknown"
    )
    assert not [*root.iter("blockquote")]
    assert text(found).count("Blast in Meris market") == 1


def test_a_time_of_another_year_has_it():
    old = said(at=START.replace(year=2030))
    assert "2 May 2030, 06:00 UTC" in words(
        page(of(msgspec.structs.replace(FIRST, evidence=(old,))))
    )


def test_a_change_stands_before_the_heading_and_the_history_behind():
    shown = words(page(of(DENIED)).find("body"))
    places = ("Now denied by the Orran Front", "Idris Halvane killed in Meris", "denied that",
              "Told before", HEADLINE, "Confirmed by Marta Olvin", "Acknowledge")  # fmt: skip
    at = [shown.index(place, shown.index("UTC")) for place in places]
    assert at == sorted(at)
    assert "Denied · 3 independent of 17 reports" in shown


@pytest.mark.parametrize(("revision", "colour"), [(DENIED, "#94160c"), (CONFIRMED, "#14602c")])
def test_a_change_is_coloured_by_what_it_says(revision, colour):
    (change,) = page(of(revision)).find_class("change")
    assert colour in change.get("style")


def test_styles_stand_in_the_elements_and_only_those_of_the_screen_in_a_sheet():
    root = page(of(FIRST))
    assert "font-size: 22px" in root.find(".//h1").get("style")
    (sheet,) = root.iter("style")
    assert sheet.text.strip().startswith("@media")


def test_each_link_for_the_reader_is_there_once_and_none_without_addresses():
    assert {*hrefs(page(of(FIRST)))} >= {
        LINKS.acknowledge,
        LINKS.snooze,
        LINKS.view,
        LINKS.unsubscribe,
    }
    bare = page(of(FIRST, links=Links()))
    assert hrefs(bare) == ["https://coast-post.example/2031/05/13/meris"]
    assert "Unsubscribe" not in words(bare)


def test_an_article_without_a_date_is_said_to_have_none():
    assert "date unknown" in words(page(of(FIRST)))
    dated = msgspec.structs.replace(
        FIRST, stamps=msgspec.structs.replace(FIRST.stamps, published_at=FIRST.at)
    )
    assert "date unknown" not in words(page(of(dated)))


def test_a_digest_has_a_section_for_each_kind_and_a_short_summary():
    letters = [of(one) for one in (FIRST, MORE, CONFIRMED, DENIED)]
    root = page(digest(letters, key="d", links=LINKS))
    assert [words(title) for title in root.iter("h3")] == [
        "Taken back, denied, corrected",
        "New status",
        "New",
        "More on what was told",
    ]
    assert words(root.find(".//h1")) == "Idris Halvane: 4 alerts"
    assert len([*root.iter("blockquote")]) == 3
    assert "1 taken back, denied or corrected · 1 with a new status · 1 new" in words(root)


def test_a_notice_has_its_lines():
    root = page(Notice("k", "A test", ("One <b>.", "Two.")))
    assert words(root.find(".//h1")) == "A test"
    assert "One <b>. Two." in words(root)


@pytest.mark.parametrize("is_digest", [False, True])
def test_words_of_a_hostile_article_are_words(is_digest):
    alert = hostile()
    evil = of(alert.revisions[-1], alert)
    plain = of(msgspec.structs.replace(FIRST, evidence=(said(),), told=told()))
    ours, theirs = (
        page(digest([one], key="d", links=LINKS) if is_digest else one) for one in (plain, evil)
    )
    tags = {element.tag for element in theirs.iter() if isinstance(element.tag, str)}
    assert tags <= {element.tag for element in ours.iter()} | {"table", "tr", "td", "p"}
    assert "<script>alert(1)</script>" in words(theirs)
    assert not [link for link in hrefs(theirs) if not link.startswith("https://r.example/")]
    assert "{{7*7}}" in words(theirs)
    assert not clicked(words(theirs.find("body")))
    assert not [character for character in html(evil) if character in "\u202e\u200b\x1b"]


def test_nothing_is_loaded_from_anywhere():
    source = html(of(DENIED))
    assert not any(word in source for word in ("<img", "<link", "<script", "url(", "@import"))
