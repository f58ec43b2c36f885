"""An alert that lives long stays below the limit of a message."""

import msgspec
import pytest
from alerting import hit
from builders import START, claim, hours

from services.alerter.revisions import (
    change,
    in_own_words,
    quoted,
    with_revision,
)
from services.messages import Alert, Evidence, Slot, SlotAnswer, Stamps, Told, Transition, encode
from services.messages.limits import (
    LABELS_BYTES,
    LISTED_REVISIONS,
    MESSAGE_BYTES,
    QUOTED_REVISIONS,
)
from services.text.happening import told_of_claim


def revised(n):
    """Return an alert that was told so many times that another one died."""
    alert = Alert(alert_id="a", watch_id="w", watch_version=1, watch_name="W")
    for i in range(n):
        alert = told_once_more(alert, i + 1)
    return alert


def told_once_more(alert, n_killed):
    i = alert.version
    quote = Evidence(article_id=f"a{i}", version=1, quote="x" * 900, mark=(0, 1))
    stamps = Stamps(published_at=START, first_seen_at=START, decided_at=hours(i))
    return with_revision(alert, told_of_claim(victims(n_killed)), [quote] * 3, stamps=stamps)


def victims(n):
    toll = SlotAnswer(key=str(n), label=str(n), min=n, max=n)
    place = SlotAnswer(key="osk", label="Osk")
    return claim(slots={"count.killed": Slot(answers=(toll,)), "place": Slot(answers=(place,))})


def test_the_last_revisions_keep_their_quotations_and_older_ones_their_number_and_words():
    alert = revised(QUOTED_REVISIONS + 1)
    assert [bool(r.evidence and r.told.slots) for r in alert.revisions] == [False] + [
        True
    ] * QUOTED_REVISIONS
    assert alert.revisions[0].text == revised(1).revisions[0].text
    assert all(r.evidence for r in revised(QUOTED_REVISIONS).revisions)


@pytest.mark.parametrize(
    ("n", "left_out"), [(LISTED_REVISIONS + 1, []), (LISTED_REVISIONS + 2, [2])]
)
def test_the_first_revision_and_the_last_ones_are_listed(n, left_out):
    numbers = [r.number for r in revised(n).revisions]
    assert numbers == [i for i in range(1, n + 1) if i not in left_out]


def test_a_correction_stays_listed():
    alert = revised(2)
    alert = told_once_more(alert, 1)
    for n in range(2, 2 + LISTED_REVISIONS):
        alert = told_once_more(alert, n)
    assert [(r.number, r.corrects) for r in alert.revisions][:3] == [
        (1, False),
        (3, True),
        (4, False),
    ]


def test_an_alert_of_thousands_of_revisions_is_a_message():
    assert len(encode(revised(3000))) < 20_000 < MESSAGE_BYTES


def test_a_revision_remembers_of_a_long_list_of_answers_the_first_and_the_last():
    answers = tuple(SlotAnswer(key=f"p{i:04}", label=f"Place {i:04}") for i in range(1000))
    labels = told_of_claim(claim(slots={"place": Slot(answers=answers)})).slots["place"]
    assert (labels[0], labels[-1]) == ("Place 0000", "Place 0999")
    assert len("".join(f'"{label}",' for label in labels)) in range(
        LABELS_BYTES - 13, LABELS_BYTES + 1
    )
    short = told_of_claim(claim(slots={"place": Slot(answers=answers[:130])})).slots["place"]
    assert len(short) == 130


@pytest.mark.parametrize(("now", "kind"), [(4, "corrected"), (5, None), (6, "count")])
def test_a_toll_that_rises_or_falls_by_one_is_told(now, kind):
    assert change(Told(counts={"killed": 5}), Told(counts={"killed": now})) == kind


@pytest.mark.parametrize(("now", "kind"), [(1, "corrected"), (2, None), (3, "independent")])
def test_one_more_or_one_less_independent_report_is_told(now, kind):
    assert change(Told(n_independent=2), Told(n_independent=now)) == kind


def sentence_of(article_id):
    return Evidence(article_id=article_id, version=1, quote="Killed.", mark=(0, 6))


@pytest.mark.parametrize(
    ("shown_by", "new", "expected"),
    [
        ((), "new", ["new"]),
        ((), None, ["first"]),
        (("own",), "new", ["own", "new"]),
        (("own",), "own", ["own"]),
        (("for", "against"), "for", ["against", "for"]),
    ],
)
def test_a_revision_quotes_what_shows_the_status_and_then_what_is_new(shown_by, new, expected):
    step = Transition(
        at=START,
        to="confirmed",
        report_id="r",
        rule="r",
        shown_by=tuple(map(sentence_of, shown_by)),
    )
    about = claim(history=(step,), evidence=(sentence_of("first"),))
    found = quoted(about, sentence_of(new) if new else None)
    assert [e.article_id for e in found] == expected


TITLE = "Guards shot in Dovra"
SAID = "The mill of Halvane was the scene."


def hit_at(*starts, headline=True, title=TITLE):
    """Return a hit, with words at some offsets, on an incident that its headline tells or not."""
    found = msgspec.structs.replace(
        hit("words", "a1"), title=title, spans=tuple((start, start + 5) for start in starts)
    )
    assert found.report is not None
    evidence = msgspec.structs.replace(found.report.evidence, quote=SAID, mark=(0, 3))
    on = msgspec.structs.replace(found.report, headline=headline, evidence=evidence)
    return msgspec.structs.replace(found, report=on, evidence=(evidence,))


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (hit_at(0), f"“{TITLE}”"),
        (hit_at(len(TITLE) - 1), f"“{TITLE}”"),
        (hit_at(len(TITLE)), f"“{TITLE}”: “{SAID}”"),
        (hit_at(), f"“{TITLE}”"),
        (hit_at(0, headline=False), f"“{TITLE}”: “{SAID}”"),
        (hit_at(0, title=""), f"“{SAID}”"),
        (hit_at(0, title=None), f"“{SAID}”"),
    ],
)
def test_the_headline_is_enough_if_it_tells_the_incident_and_holds_the_words(found, text):
    assert str(in_own_words(found, found.report)) == text


@pytest.mark.parametrize(("title", "text"), [(TITLE, f"“{TITLE}”"), ("", f"“{SAID}”")])
def test_words_alone_have_the_headline_else_their_line(title, text):
    assert str(in_own_words(hit_at(0, title=title), None)) == text


def test_an_alert_begins_with_the_sentence_of_the_article_that_opened_it():
    shown, new = (Evidence(article_id=a, version=1, quote=a, mark=(0, 1)) for a in "ab")
    step = Transition(to="confirmed", report_id="r", shown_by=(shown,), at=START, rule="x")
    confirmed = claim(status="confirmed", history=(step,))
    assert quoted(confirmed, new, is_first=True) == (new, shown)
    assert quoted(confirmed, new) == (shown, new)
    denied = msgspec.structs.replace(confirmed, status="denied")
    assert quoted(denied, new, is_first=True) == (shown, new)
