"""Letters composed of revisions."""

from datetime import timedelta

import msgspec
import pytest
from builders import START
from letters import ALERT, CONFIRMED, DENIED, FIRST, HEADLINE, MORE, SAID, said, told

from services.messages import Evidence, Told, Wording
from services.notifier.content import Quote
from services.notifier.texts.compose import (
    MOST_HISTORY,
    MOST_QUOTES,
    digest,
    history,
    letter,
    rings,
    voices,
)


def of(revision, **options):
    return letter(ALERT, revision, key="k", **options)


def test_a_first_letter_has_the_headline_the_quotation_and_who_says_so():
    found = of(FIRST)
    assert (found.change, found.headline) == ("", HEADLINE)
    assert found.sentence == f"{HEADLINE}, says Coast Post (1 source)"
    assert found.also == ("Sela Varn reportedly arrested in Talden",)
    (quote,) = found.quotes
    assert (quote.before + quote.marked + quote.after, quote.marked) == (SAID, "killed")
    assert (quote.speaker, quote.outlet) == ("police", "Coast Post")
    assert found.history == ()
    assert found.rings


def test_what_changed_stands_apart_from_the_sentence():
    found = of(DENIED)
    assert found.change == "Now denied by the Orran Front"
    assert found.sentence == "Idris Halvane killed in Meris (3 independent sources)"


@pytest.mark.parametrize("opening", ["also", "besides"])
def test_the_other_incidents_stand_apart_and_what_is_behind_them_stays(opening):
    wording = Wording(core="“Mill to close”", also=("Two men reportedly arrested", "and 2 more"))
    others = "; ".join(wording.also)
    text = f"“Mill to close”, says Post; {opening}: {others}; date unknown"
    found = of(msgspec.structs.replace(FIRST, text=text, wording=wording))
    assert found.sentence == "“Mill to close”, says Post; date unknown"
    assert found.also == wording.also


def test_a_revision_of_an_older_version_is_told_by_its_text():
    found = of(msgspec.structs.replace(DENIED, wording=Wording()))
    assert (found.change, found.sentence) == ("", DENIED.text)


def test_the_history_has_a_line_for_each_revision_before():
    assert of(DENIED).history == (
        (FIRST.at, FIRST.text),
        (MORE.at, "3 independent of 7 reports"),
        (CONFIRMED.at, "Confirmed by Marta Olvin"),
    )


@pytest.mark.parametrize("n_words", [2, 60])
def test_a_quotation_ends_in_the_history_whether_it_is_cut_or_not(n_words):
    told = f"“{'word ' * n_words}killed”"
    long = msgspec.structs.replace(FIRST, text=told, wording=Wording(headline=told))
    ((_, words),) = history(msgspec.structs.replace(ALERT, revisions=(long, MORE)), MORE)
    assert words.count("“") == words.count("”") == 1
    assert ("…" in words) == (n_words == 60)


def test_a_change_of_another_incident_is_told_whole_in_the_history():
    beside = msgspec.structs.replace(CONFIRMED, about="i-2")
    alert = msgspec.structs.replace(ALERT, revisions=(FIRST, MORE, beside, DENIED))
    *_, (_, last) = letter(alert, DENIED, key="k").history
    assert last == f"{CONFIRMED.wording.change}: {CONFIRMED.wording.core}"


@pytest.mark.parametrize(("n", "left_out"), [(MOST_HISTORY, 0), (MOST_HISTORY + 1, 2)])
def test_a_long_history_keeps_the_first_and_the_last_lines(n, left_out):
    many = [
        msgspec.structs.replace(DENIED, number=i, text=f"t{i}", wording=Wording())
        for i in range(1, n + 2)
    ]
    alert = msgspec.structs.replace(ALERT, revisions=tuple(many))
    found = [words for _, words in letter(alert, many[-1], key="k").history]
    assert len(found) == MOST_HISTORY
    assert (found[0], found[-1]) == ("t1", f"t{n}")
    assert (f"{left_out} more changes" in found) == bool(left_out)


def test_a_channel_that_was_added_is_told_what_holds_without_history():
    found = of(DENIED, as_it_stands=True)
    assert (found.kind, found.change, found.history) == ("as-it-stands", "As it stands", ())
    assert found.rings


@pytest.mark.parametrize(
    ("kind", "corrects", "is_told_aloud"),
    [
        ("first", False, True),
        ("also", False, True),
        ("status", False, True),
        ("denied", True, True),
        ("corrected", True, True),
        ("retracted", True, True),
        ("independent", False, False),
        ("count", False, False),
        ("slot", False, False),
        ("slot", True, True),
        ("merged", True, False),
        ("split", True, False),
    ],
)
def test_status_denial_and_correction_ring_and_voices_and_counts_do_not(
    kind, corrects, is_told_aloud
):
    assert rings(kind, corrects=corrects) is is_told_aloud


@pytest.mark.parametrize(
    ("independent", "reports", "words"),
    [
        (0, 0, ""),
        (0, 1, "1 report"),
        (1, 1, "1 report"),
        (0, 2, "2 reports"),
        (1, 2, "1 independent of 2 reports"),
        (2, 2, "2 independent reports"),
        (3, 17, "3 independent of 17 reports"),
    ],
)
def test_voices_are_counted_as_published(independent, reports, words):
    assert voices(Told(n_independent=independent, n_reports=reports)) == words


@pytest.mark.parametrize("mark", [(5, 3), (0, 0), (-1, 4), (2, 400)])
def test_a_mark_outside_of_its_sentence_marks_nothing(mark):
    bad = Evidence(article_id="a", version=1, quote="Nine killed.", mark=mark)
    found = of(msgspec.structs.replace(FIRST, evidence=(bad,)))
    assert found.quotes == (Quote("Nine killed.", "", ""),)


def test_a_letter_has_at_most_three_quotations():
    many = msgspec.structs.replace(FIRST, evidence=(said(),) * (MOST_QUOTES + 1))
    assert len(of(many).quotes) == MOST_QUOTES


def test_a_digest_begins_with_what_is_taken_back_and_then_what_is_newest():
    later = msgspec.structs.replace(FIRST, at=START + timedelta(hours=1), told=told())
    letters = [of(one) for one in (MORE, FIRST, later, CONFIRMED, DENIED)]
    found = digest(letters, key="d")
    assert [one.revision for one in found.letters] == [DENIED, CONFIRMED, later, FIRST, MORE]
    assert (found.watch_id, found.watch_name) == ("halvane", "Idris Halvane")
