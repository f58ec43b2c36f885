"""Numbers alone stand for more of the kind that was named before."""

import pytest


def _wounded(article):
    surfaces = {m.id: m.surface for m in article.mentions}
    return [
        (surfaces[i], r.counts[0].min)
        for r in article.reports
        if r.event == "wounded"
        for i in r.patient
    ]


@pytest.mark.parametrize(
    ("text", "wounded"),
    [
        ("20 soldiers were killed and 10 wounded.", [("soldiers", 10)]),
        ("One person was killed and three others injured in the raid.", [("person", 3)]),
        (
            "The consul was travelling with two bodyguards. One of them was injured.",
            [("bodyguards", 1)],
        ),
        ("Two gunmen killed one and wounded three.", [("three", 3)]),
        ("Two soldiers were killed. Four others were wounded.", [("Four others", 4)]),
        (
            "A blast killed 12 people, including three boys and two nurses, and wounded 20 more.",
            [("people", 20)],
        ),
    ],
)
def test_a_number_alone_takes_the_kind_that_was_counted_before(tag, text, wounded):
    assert _wounded(tag("", text)) == wounded


def test_each_group_without_a_name_has_its_own_number(tag):
    article = tag("", "Six monks and two cooks were killed in the raid.")
    surfaces = {m.id: m.surface for m in article.mentions}
    told = [
        ([surfaces[i] for i in r.patient], [c.min for c in r.counts])
        for r in article.reports
        if r.event == "killed"
    ]
    assert told == [(["Six monks"], [6]), (["two cooks"], [2])]
    assert len({r.claim_block for r in article.reports if r.event == "killed"}) == 1


def test_a_name_and_those_with_it_stay_in_one_report(tag):
    article = tag("", "Otis Vane and four others were killed in the raid.")
    assert len([r for r in article.reports if r.event == "killed"]) == 1
