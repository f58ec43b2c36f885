"""Letters, digests and notices as plain text."""

import msgspec
import pytest
from builders import START
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import ALERT, CONFIRMED, DENIED, FIRST, HEADLINE, SAID, hostile, said
from linking import clicked

from services.messages import Wording
from services.notifier.content import Links, Notice, Quote
from services.notifier.texts.compose import digest, letter
from services.notifier.texts.harmless import line
from services.notifier.texts.plain import (
    LONGEST_NAME,
    LONGEST_QUOTE,
    LONGEST_SUBJECT,
    cut,
    fitted,
    quote_text,
    shortened,
    source_text,
    subject,
    text,
    when_text,
)


def of(revision, alert=ALERT, **options):
    return letter(alert, revision, key="k", **options)


def test_a_subject_has_the_kind_of_change_in_front():
    assert subject(of(FIRST)) == f"{HEADLINE}, says Coast Post (1 source)"
    assert subject(of(DENIED)) == (
        "Now denied by the Orran Front: Idris Halvane killed in Meris (3 independent sources)"
    )


def test_the_subject_of_a_digest_has_its_most_urgent_alert():
    found = subject(digest([of(FIRST), of(DENIED)], key="d"))
    assert found.startswith("Idris Halvane: 2 alerts · Now denied by the Orran Front: ")
    assert subject(digest([of(FIRST)], key="d")).startswith("Idris Halvane: 1 alert · ")


@pytest.mark.parametrize("n", [LONGEST_SUBJECT, LONGEST_SUBJECT + 1])
def test_a_subject_of_180_characters_stays_whole(n):
    found = subject(Notice("k", "x" * n, ()))
    assert len(found) <= LONGEST_SUBJECT
    assert ("…" in found) == (n > LONGEST_SUBJECT)


def test_the_text_of_a_letter_reads_from_the_change_to_the_orders():
    links = Links(acknowledge="https://r.example/a", unsubscribe="https://r.example/u")
    assert text(of(CONFIRMED, links=links, zone="Europe/Berlin")) == (
        "Now confirmed by Marta Olvin: Idris Halvane killed in Meris, 9 killed in all "
        "(3 independent sources)\n\n"
        "> “Idris Halvane was among the nine *killed*,” minister Marta Olvin said.\n"
        "> Marta Olvin, in Herald, 2 May 2031, 08:00 CEST\n"
        "> https://herald.example/olvin\n\n"
        "> Idris Halvane was *killed* when a blast tore through the market in Meris, police said.\n"
        "> Police, in Coast Post, 2 May 2031, 08:00 CEST\n"
        "> https://coast-post.example/2031/05/13/meris\n\n"
        "3 independent of 12 reports\n\nTold before:\n"
        f"  2 May, 08:00  {FIRST.text}\n"
        "  2 May, 08:20  3 independent of 7 reports\n\n"
        "Acknowledge: https://r.example/a\nUnsubscribe from Idris Halvane: https://r.example/u"
    )


def test_a_letter_without_links_has_no_orders_and_one_without_history_no_history():
    found = text(of(FIRST))
    assert found.endswith("1 report")
    assert "Also: Sela Varn reportedly arrested in Talden" in found


def test_a_digest_tells_each_alert_and_no_history():
    links = Links(unsubscribe="https://r.example/u")
    found = text(digest([of(FIRST), of(DENIED)], key="d", links=links))
    assert found.startswith(
        "Idris Halvane: 1 taken back, denied or corrected, 1 new\n\n"
        "TAKEN BACK, DENIED, CORRECTED\n=============================\n\nNow denied by the Orran "
    )
    assert found.index("Now denied") < found.index(HEADLINE)
    assert "Told before" not in found
    assert found.endswith("Unsubscribe from Idris Halvane: https://r.example/u")


def test_a_notice_has_its_lines():
    notice = Notice("k", "A test", ("One.", "Two."), Links(unsubscribe="https://r.example/u"))
    assert text(notice) == "One.\nTwo.\n\nUnsubscribe: https://r.example/u"


def test_a_long_quotation_is_cut_around_its_marked_span():
    long = said(f"{'before the day ' * 60}he was killed {'after the day ' * 60}")
    (quote,) = of(msgspec.structs.replace(FIRST, evidence=(long,))).quotes
    found = quote_text(quote)
    assert "he was *killed* after" in found
    assert (found[:2], found[-1]) == ("… ", "…")
    assert LONGEST_QUOTE - 60 < len(found) <= LONGEST_QUOTE + len("… **")


@pytest.mark.parametrize("length", [LONGEST_QUOTE, LONGEST_QUOTE + 1])
def test_a_quotation_of_600_characters_stays_whole(length):
    long = said("killed ".ljust(length, "x"))
    found = quote_text(of(msgspec.structs.replace(FIRST, evidence=(long,))).quotes[0])
    assert ("…" in found) == (length > LONGEST_QUOTE)


@pytest.mark.parametrize(
    ("words", "most", "kept"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 1, "…"),
        ("one two three", 0, ""),
        ("東京都千代田区", 4, "東京都…"),
        ("e\u0301e\u0301e\u0301", 5, "e\u0301e\u0301…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
    ],
)
def test_a_text_is_cut_at_a_blank_and_never_inside_a_letter(words, most, kept):
    assert cut(words, most) == kept


@pytest.mark.parametrize("n", [LONGEST_NAME, LONGEST_NAME + 1])
def test_a_name_of_80_characters_stays_whole(n):
    evidence = said(speaker="S" * n, outlet="O" * n)
    found = source_text(of(msgspec.structs.replace(FIRST, evidence=(evidence,))).quotes[0])
    assert found.count("…") == 2 * (n > LONGEST_NAME)
    assert len(found) == len(", in ") + 2 * LONGEST_NAME


def test_times_are_those_of_the_readers_zone():
    assert when_text(START, "UTC") == "2 May 2031, 06:00 UTC"
    assert when_text(START, "America/New_York") == "2 May 2031, 02:00 EDT"


@pytest.mark.parametrize(
    ("speaker", "outlet", "words"),
    [
        ("police", "Coast Post", "Police, in Coast Post"),
        ("the State News Agency", "State News Agency", "State News Agency"),
        ("State News Agency", "The State News Agency", "The State News Agency"),
        ("the State News Agency", "", "The State News Agency"),
        ("the news agency", "State News Agency", "The news agency, in State News Agency"),
    ],
)
def test_an_outlet_that_speaks_for_itself_is_named_once(speaker, outlet, words):
    assert source_text(Quote("", "", "", speaker=speaker, outlet=outlet)) == words


def test_a_sentence_that_stands_behind_the_headline_stands_once():
    behind = Wording(headline="“A day in Meris”", core=f"“A day in Meris”: “{SAID}”")
    told = msgspec.structs.replace(
        FIRST, wording=behind, text=f"{behind.core}, says Coast Post (1 source)"
    )
    found = text(of(told))
    assert found.count("blast tore through") == 1
    assert "Police, in Coast Post" in found
    assert text(of(FIRST)).count("blast tore through") == 1


def test_what_is_left_out_first_is_history_then_quotations():
    whole = of(DENIED)
    full = shortened(whole, 10_000)
    assert "Told before" in full
    without = shortened(whole, len(full) - 1)
    assert "Confirmed by Marta Olvin" in without
    assert FIRST.text not in without
    short = shortened(whole, 300)
    assert "Told before" not in short
    assert "*denied*" in short
    least = shortened(whole, 120)
    assert least.startswith("Now denied by the Orran Front: Idris Halvane killed in Meris")


@settings(max_examples=40)
@given(most=st.integers(30, 5_000), is_hostile=st.booleans())
def test_a_letter_is_shortened_to_any_length_by_any_measure(most, is_hostile):
    alert = hostile() if is_hostile else ALERT
    whole = letter(alert, alert.revisions[-1], key="k")
    assert len(shortened(whole, most)) <= most
    n_bytes = fitted(whole, text, 4 * most, lambda words: len(words.encode()))
    assert len(n_bytes.encode()) <= 4 * most


def test_words_of_a_hostile_article_add_no_line_and_no_invisible_character():
    alert = hostile()
    for content in (
        of(alert.revisions[-1], alert),
        digest([of(alert.revisions[-1], alert)], key="d"),
    ):
        assert subject(content) == line(subject(content))
        rows = text(content).split("\n")
        assert all(" ".join(row.split()) == line(row) for row in rows)
        assert not any(row.lstrip().lower().startswith("bcc:") for row in rows)
        assert "javascript:" not in text(content)
        assert not clicked(subject(content))
        assert not clicked(text(content))


@pytest.mark.parametrize("marked", ["evil", "evil.", ".", "example", ".example"])
def test_a_marked_word_within_a_domain_makes_no_link_of_it(marked):
    before, _, after = "At evil.example it burns".partition(marked)
    assert not clicked(quote_text(Quote(before, marked, after), mark=""))
