"""Denials without an event word of their own: by contrast, and with the verb left out."""

import pytest


def told(tag, text, event):
    article = tag("", text)
    names = {m.id: m.surface for m in article.mentions}
    reports = [r for r in article.reports if r.event == event and not r.in_passing]
    return [(names[r.patient[0]], r.stance) for r in reports]


@pytest.mark.parametrize(
    ("text", "event", "expected"),
    [
        (
            "A guard, not Marta Olvin, was killed in Meris.",
            "killed",
            {("A guard", "asserted"), ("Marta Olvin", "denied")},
        ),
        (
            "It was his guard, rather than Petr Olvin, who was killed.",
            "killed",
            {("his guard", "asserted"), ("Petr Olvin", "denied")},
        ),
        (
            "Police arrested Marta Olvin and not Petr Kolm.",
            "arrested",
            {("Marta Olvin", "asserted"), ("Petr Kolm", "denied")},
        ),
        (
            "Marta Olvin was arrested. Her brother, Petr Olvin, was not.",
            "arrested",
            {("Marta Olvin", "asserted"), ("Petr Olvin", "denied")},
        ),
        (
            "Marta Olvin died in the crash; her brother, Petr Olvin, did not.",
            "killed",
            {("Marta Olvin", "asserted"), ("Petr Olvin", "denied")},
        ),
    ],
)
def test_a_contrast_denies_the_event_for_one_and_tells_it_of_the_other(tag, text, event, expected):
    assert set(told(tag, text, event)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Marta Olvin was arrested. Her brother, Petr Olvin, was not afraid.",
        "Marta Olvin was arrested. Her brother, Petr Olvin, was.",
        "Rebels killed Marta Olvin. The brother, Petr Olvin, did not.",
        "A guard, not a judge, was killed in Meris.",
    ],
)
def test_other_negations_deny_it_for_nobody(tag, text):
    stances = {stance for event in ("killed", "arrested") for _, stance in told(tag, text, event)}
    assert stances == {"asserted"}


@pytest.mark.parametrize(
    ("text", "stances"),
    [
        (
            "A clip is said to show that Marta Olvin was killed. It does not.",
            ["reported", "denied"],
        ),
        ("A clip is said to show Marta Olvin alive. It does not.", ["denied", "asserted"]),
        ("Marta Olvin was killed in Meris. It does not matter.", ["asserted"]),
    ],
)
def test_what_was_said_to_be_so_is_not(tag, text, stances):
    assert [stance for _, stance in told(tag, text, "killed")] == stances


@pytest.mark.parametrize(
    ("text", "stances"),
    [
        (
            "A post said that Marta Olvin had died. She is well, her publisher says.",
            ["reported", "denied"],
        ),
        ("Marta Olvin was killed in Meris. He is well, the mayor says.", ["asserted"]),
        ("A post said that Marta Olvin had died. The mayor is well.", ["reported"]),
        (
            "A station that announced Marta Olvin's death closed. The announcement was a hoax.",
            ["reported", "denied"],
        ),
    ],
)
def test_who_is_well_and_what_was_a_hoax_is_denied_where_it_was_only_said(tag, text, stances):
    assert [stance for _, stance in told(tag, text, "killed")] == stances
