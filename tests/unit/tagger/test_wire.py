"""Agency texts: capitals throughout, datelines with dates, scenes set once, and who is blamed."""

import pytest


def named(article, ids):
    surfaces = {m.id: m.surface for m in article.mentions}
    return [surfaces[i] for i in ids]


def only(article, event):
    return next(r for r in article.reports if r.event == event)


def test_an_upper_case_wire_is_read_like_any_other(tag):
    article = tag(
        "",
        "MERIS, 24 DEC 15 (MERIDIAN WIRE) -- [TEXT] GUNMEN KILLED "
        "SENATOR MARTA OLVIN AND HER DRIVER IN LIMA YESTERDAY.",
    )
    report = only(article, "killed")
    assert named(article, report.patient)[0].endswith("MARTA OLVIN")
    assert named(article, report.agent) == ["GUNMEN"]
    assert named(article, report.place)[0] == "LIMA"


def test_offsets_of_an_upper_case_wire_hold_its_own_letters(tag):
    article = tag(
        "",
        "MERIS, 24 DEC 15 (MERIDIAN WIRE) -- [TEXT] POLICE ARRESTED MARTA OLVIN, "
        "A FORMER MINISTER, IN LIMA ON MONDAY.",
    )
    assert article.mentions
    assert all(article.text[m.start : m.end] == m.surface for m in article.mentions)


def test_a_transcript_without_capitals_is_read_like_any_other(tag):
    article = tag(
        "senator marta olvin killed",
        "gunmen killed senator marta olvin near lima on monday, her brother jon olvin said.",
    )
    title, body = (r for r in article.reports if r.event == "killed")
    assert title.claim_block == body.claim_block == "violence:marta-olvin"
    assert {m.surface: m.type for m in article.mentions} | {
        "lima": "place",
        "jon olvin": "person",
    } == {m.surface: m.type for m in article.mentions}
    assert all(article.text[m.start : m.end] == m.surface for m in article.mentions)


def test_a_headline_alone_needs_no_capitals(tag):
    article = tag("rebel leader marta olvin killed in lima, officials say", "")
    assert only(article, "killed").claim_block == "violence:marta-olvin"


def test_a_dateline_with_a_date_is_what_yesterday_is_counted_from(tag):
    article = tag(
        "", "Lima, 24 Dec 15 (Meridian) -- [Text] Two men were killed yesterday.", published_at=None
    )
    assert only(article, "killed").date.to == "2015-12-23"


def test_an_event_without_a_date_is_open_at_its_start(tag):
    report = only(tag("", "Two men were killed in Lima."), "killed")
    assert (report.date.from_, report.date.to, report.date.basis) == (
        None,
        "2031-05-02",
        "publication",
    )


def test_the_scene_is_that_of_the_sentences_before_with_its_country(tag):
    article = tag("", "A bomb exploded in Lima, the capital of Peru. Three people were killed.")
    assert named(article, only(article, "killed").place) == ["Lima", "Peru"]


def test_a_station_that_hides_has_no_place_and_is_none(tag):
    article = tag(
        "",
        "Clandestine, 24 Dec 15 (Radio Lima) -- [Text] Two men were killed yesterday.",
        published_at=None,
    )
    assert only(article, "killed").place == ()
    assert not [m for m in article.mentions if m.type == "place"]


def test_what_is_destroyed_has_a_scene_too(tag):
    article = tag("", "Police came to Lima on Friday. Gunmen had destroyed a bridge.")
    report = only(article, "destruction")
    assert report.date.to == "2031-05-02"
    assert named(article, report.place) == ["a bridge", "Lima"]


def test_the_place_of_a_scene_lies_in_the_country_that_the_text_is_about(tag):
    article = tag(
        "",
        "Peru is on alert. The people of Lima told a delegation "
        "from Rotterdam that a bomb exploded.",
    )
    assert named(article, only(article, "bombing").place) == ["Lima", "Peru"]


def test_a_street_has_its_town_and_country(tag):
    article = tag(
        "",
        "Lima in Peru was quiet. It rained. It snowed. It froze. A bomb exploded in Olvin Street.",
    )
    assert named(article, only(article, "bombing").place) == ["Olvin Street", "Lima", "Peru"]


@pytest.mark.parametrize("verb", ["said", "confirmed", "denied"])
def test_the_day_of_the_telling_is_no_day_of_the_event(tag, verb):
    article = tag("", f"The army {verb} on Wednesday that rebels had killed Marta Olvin.")
    assert only(article, "killed").date.basis == "publication"


def test_a_report_without_a_day_has_that_of_its_incident(tag):
    article = tag(
        "",
        "The army condemned the murder of Marta Olvin. It is cold. "
        "It rains. Marta Olvin was killed on Tuesday.",
    )
    assert {r.date.to for r in article.reports if r.event == "killed"} == {"2031-04-29"}


@pytest.mark.parametrize(
    ("text", "stance", "kind"),
    [
        ("Police accused the Shining Path of killing Marta Olvin.", "claimed", "official"),
        (
            "The ministry blamed the Shining Path for the murder of Marta Olvin.",
            "claimed",
            "official",
        ),
        ("The Shining Path is suspected of killing Marta Olvin.", "reported", None),
        ("The murder of Marta Olvin was attributed to the Shining Path.", "reported", None),
    ],
)
def test_who_is_blamed_did_it_by_the_word_of_who_blames(tag, text, stance, kind):
    article = tag("", text)
    report = only(article, "killed")
    assert named(article, report.agent) == ["Shining Path"]
    assert report.stance in (stance, "reported")
    assert [a.kind for a in report.attribution] == ([kind] if kind else [])


def test_nameless_rebels_are_the_one_armed_group_that_the_text_names(tag):
    article = tag(
        "",
        "The Shining Path is active in the area. "
        "The guerrillas killed Marta Olvin in Lima on Friday.",
    )
    assert named(article, only(article, "killed").agent) == ["The guerrillas", "Shining Path"]


def test_a_group_of_armed_men_are_people_and_members_act_for_their_group(tag):
    article = tag("", "Members of the Shining Path kidnapped Marta Olvin in Lima.")
    assert named(article, only(article, "abducted").agent) == [
        "Members of the Shining Path",
        "Shining Path",
    ]


def test_nobody_hurt_is_nobody(tag):
    assert [r for r in tag("", "No one was injured in the explosion.").reports if r.patient] == []


def test_the_dead_of_a_relative_clause_are_its_noun(tag):
    article = tag("", "Six priests who were murdered by soldiers were buried in Lima.")
    assert named(article, only(article, "killed").patient) == ["Six priests"]


@pytest.mark.parametrize(
    ("text", "victims"),
    [
        (
            "Two guards, Omar Delas and Ivo Petran, were killed in Lima.",
            ["Omar Delas", "Ivo Petran"],
        ),
        (
            "Five people were killed, including Marta Olvin. "
            "Among the dead are Omar Delas and Ivo Petran.",
            ["Omar Delas", "Ivo Petran"],
        ),
        ("The body of Omar Delas was found in a ditch.", ["Omar Delas"]),
        ("The victims were identified as Omar Delas and Ivo Petran.", ["Omar Delas", "Ivo Petran"]),
    ],
)
def test_a_list_of_the_dead_names_each(tag, text, victims):
    dead = [
        name
        for r in tag("", text).reports
        if r.event == "killed"
        for name in named(tag("", text), r.patient)
    ]
    assert set(victims) <= set(dead)


def test_words_of_our_trade_that_the_model_does_not_know_are_no_names(tag):
    text = (
        "OMAR SADIQ WAS KILLED IN AN AIRSTRIKE ON FRIDAY. "
        "GUNMEN BROKE THE CEASEFIRE IN KABUL, TWO REBEL SOURCES SAID."
    )
    article = tag("", text)
    assert [m.surface for m in article.mentions if m.type == "place"] == ["KABUL"]
