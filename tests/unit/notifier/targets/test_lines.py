"""The lines of which every service's own form is made."""

import msgspec
from builders import START
from letters import ALERT, FIRST, SAID, hostile

from services.messages import Wording
from services.notifier.content import Links, Notice
from services.notifier.targets.lines import (
    articles_of,
    letter_lines,
    links_of,
    plain,
    rendered,
    titled,
    without_past,
)
from services.notifier.texts.compose import digest, letter
from services.notifier.texts.page import html
from services.notifier.texts.plain import text
from services.notifier.webhook_body import webhook_body

LINKS = Links(acknowledge="https://r.example/a", unsubscribe="javascript:alert(1)")


def of(number, **given):
    return letter(ALERT, ALERT.revisions[number - 1], key=f"k{number}", **given)


def test_a_letter_begins_with_the_change_and_ends_with_what_one_can_do():
    lines = plain(letter_lines(of(4, links=LINKS)), has_links=True).split("\n")
    assert lines[0].startswith("Now denied by the Orran Front: Idris Halvane killed in Meris")
    assert lines[-1] == "Watch: Idris Halvane · Acknowledge (https://r.example/a)"
    assert "Told before:" in lines


def test_the_change_and_the_marked_span_are_bold_and_nothing_else():
    bold = [run.text for each in letter_lines(of(4)) for run in each if run.is_bold]
    assert bold == ["Now denied by the Orran Front:", "denied", "killed"]


def test_a_quotation_has_marks_once():
    told = plain(letter_lines(of(3)))
    assert "“Idris Halvane was among the nine killed,” minister Marta Olvin said." in told
    assert "““" not in told


def test_a_sentence_that_stands_behind_the_headline_stands_once():
    behind = f"“A day in Meris”: “{SAID}”"
    told = msgspec.structs.replace(FIRST, wording=Wording(core=behind), text=behind)
    found = plain(letter_lines(letter(ALERT, told, key="k")))
    assert found.count("blast tore through") == 1
    assert "— Police, in Coast Post" in found


def test_a_note_leaves_out_what_stands_above_it():
    assert "Told before" not in plain(letter_lines(without_past(of(4))))


def test_articles_are_named_once_and_links_lead_to_the_web_alone():
    assert [run.url for run in articles_of(of(3))] == [
        "https://herald.example/olvin",
        "https://coast-post.example/2031/05/13/meris",
    ]
    assert [run.text for run in links_of(of(4, links=LINKS))] == ["Acknowledge"]
    evil = hostile()
    assert articles_of(letter(evil, evil.revisions[-1], key="k")) == []


def test_a_digest_that_is_too_long_counts_what_it_leaves_out():
    many = digest([of(number) for number in (1, 2, 3, 4)] * 10, key="d")
    whole, short = rendered(many, plain, 10_000), rendered(many, plain, 500)
    assert titled(many) == "Idris Halvane: 40 alerts"
    assert "more" not in whole
    assert len(short) <= 500
    assert short.count("\n• ") + int(short.split("and ")[-1].split(" more")[0]) == 40


def test_a_digest_counts_the_letters_that_it_was_not_given():
    many = digest([of(1), of(2)], key="d", left_out=1_200)
    assert titled(many) == "Idris Halvane: 1202 alerts"
    assert "\nand 1,200 more\n" in rendered(many, plain, 10_000) + "\n"


def test_a_notice_that_is_too_long_keeps_its_subject():
    notice = Notice("n", "No delivery to this channel", ("Because it is gone. " * 20,) * 50)
    assert rendered(notice, plain, 100) == "No delivery to this channel"


def test_a_command_of_a_notice_can_be_copied_as_it_is():
    told = Notice("n", "At evil.example", ("It said evil.example.",), command="redrive eu.desk")
    for words in (rendered(told, plain, 500), text(told), html(told)):
        assert "redrive eu.desk" in words
        assert "evil.example" not in words
    assert b"redrive eu.desk" in webhook_body(told, START)
