"""Tags hold their place, and read plain sentences as a person would."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.errors import ConfigError
from services.tagger.layout.boilerplate import find_boilerplate
from services.tagger.lexicon.actors import read_actors
from services.tagger.values.counts import number


def reports(tag, sentence, title=""):
    article = tag(title, sentence)
    mentions = {m.id: m for m in article.mentions}
    return [
        (r, [mentions[i].surface for i in r.patient], [mentions[i].surface for i in r.agent])
        for r in article.reports
    ]


@pytest.mark.parametrize(
    ("sentence", "event", "stance"),
    [
        ("Gunmen killed Marta Olvin in Meris.", "killed", "asserted"),
        ("Marta Olvin was allegedly kidnapped by the Sella Brigade.", "abducted", "reported"),
        ("Police said Marta Olvin was arrested in Meris.", "arrested", "claimed"),
        ("Officials said Marta Olvin was arrested in Meris.", "arrested", "reported"),
        ("Harbour officials said Marta Olvin was arrested in Meris.", "arrested", "claimed"),
        ("Kostria denied that Marta Olvin was arrested.", "arrested", "denied"),
        ("Marta Olvin was not killed.", "killed", "denied"),
        ("Marta Olvin may have been killed.", "killed", "hypothetical"),
        ("If Marta Olvin was killed, the talks are over.", "killed", "hypothetical"),
        ("The Sella Brigade confirmed that Marta Olvin was killed.", "killed", "confirmed"),
        ("Meridian Wire reported that Marta Olvin was killed.", "killed", "reported"),
        ("Two years ago, Marta Olvin was killed in Meris.", "killed", "background"),
        ("Tarvan and Kostria signed an agreement in Meris.", "agreement", "asserted"),
        ("Kostria carried out an airstrike near Meris.", "airstrike", "asserted"),
    ],
)
def test_a_plain_sentence_gives_its_event_with_its_stance(tag, sentence, event, stance):
    assert (event, stance) in [(r.event, r.stance) for r, _, _ in reports(tag, sentence)]


@pytest.mark.parametrize(
    ("sentence", "patient", "agent"),
    [
        ("The Sella Brigade killed Marta Olvin.", ["Marta Olvin"], ["Sella Brigade"]),
        ("Marta Olvin was killed by the Sella Brigade.", ["Marta Olvin"], ["Sella Brigade"]),
        ("Marta Olvin was killed in a Kostrian airstrike.", ["Marta Olvin"], ["Kostrian"]),
    ],
)
def test_who_did_it_and_to_whom_survive_the_voice_of_the_verb(tag, sentence, patient, agent):
    killed = next((p, a) for r, p, a in reports(tag, sentence) if r.event == "killed")
    assert killed == (patient, agent)


def test_a_short_form_is_the_person_named_before(tag):
    article = tag("", "Idris Halvane spoke in Meris. Halvane was arrested on Friday.")
    assert [r.claim_block for r in article.reports if r.event == "arrested"] == [
        "custody:idris-halvane"
    ]


def test_a_person_in_no_dictionary_has_a_key_of_their_own(tag):
    article = tag("", "Police arrested Marta Olvin in Meris.")
    assert article.reports[0].claim_block == "custody:marta-olvin"
    assert next(m for m in article.mentions if m.surface == "Marta Olvin").actor_id is None


def test_an_empty_article_is_tagged_as_empty(tag):
    article = tag("", "")
    assert (article.text, article.reports, article.mentions, article.sketch) == ("", (), (), "")


TEXTS = st.text(
    st.sampled_from("abcKILLEDkilled said,.\n\"'()0-’é‏ \t") | st.characters(codec="utf-8"),
    max_size=120,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=TEXTS, body=TEXTS)
def test_any_text_is_tagged_and_every_offset_holds_its_surface(tag, title, body):
    article = tag(title, f"Halvane was killed. {body}")
    for mention in article.mentions:
        assert article.text[mention.start : mention.end] == mention.surface
    ids = {m.id for m in article.mentions}
    assert len(ids) == len(article.mentions)
    for report in article.reports:
        assert (
            0
            <= report.sentence[0]
            <= report.trigger[0]
            < report.trigger[1]
            <= report.sentence[1]
            <= len(article.text)
        )
        assert {
            *report.patient,
            *report.agent,
            *report.place,
            *report.instrument,
            *report.target,
        } <= ids
    for part in article.boilerplate:
        assert 0 <= part.start < part.end <= len(article.text)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Sign up for our daily newsletter", "newsletter"),
        ("Share this story on social media", "share"),
        ("Leave a comment below", "comments"),
        ("Next storyRiver reopens to boats", "navigation"),
        ("By Nora Feldt", "byline"),
        ("Photo: A. Lund", "caption"),
        ("Nora Feldt is a reporter based in Meris.", "bio"),
        ("Read more: How the river rose", "related"),
    ],
)
def test_boilerplate_is_told_by_kind(line, kind):
    text = f"River rises\n\nThe river rose on Friday.\n\n{line}"
    (found,) = find_boilerplate(text, 11)
    assert (found.kind, text[found.start : found.end]) == (kind, line)


@pytest.mark.parametrize(
    ("word", "n"),
    [
        ("five", 5),
        ("twenty-one", 21),
        ("1,200", 1200),
        ("2015", None),
        ("many", None),
        ("999999", None),
    ],
)
def test_numbers_are_people_not_years(word, n):
    assert number(word) == n


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "actors:\n  - {id: a, type: person, name: A}\n  - {id: b, type: planet, name: B}\n",
            "x.yaml:3: planet can't be given for type; did you mean place? "
            "The allowed values are group, organisation",
            id="bad-type",
        ),
        pytest.param(
            "actors:\n  - {id: a, type: person}\n", "x.yaml:2: name is missing", id="no-name"
        ),
        pytest.param(
            "actors:\n  - {id: a, type: person, name: A}\n  - {id: a, type: person, name: B}\n",
            "x.yaml:3: 'B' and 'A' have one id, 'a'",
            id="one-id",
        ),
        pytest.param(
            "actors:\n  - {id: a, type: thing, name: A}\n",
            "x.yaml:2: thing can't be given for type",
            id="no-actor",
        ),
        pytest.param(
            "actors:\n  - {id: '', type: person, name: A}\n",
            "x.yaml:2: id '' and name 'A' need a letter",
            id="no-id",
        ),
        pytest.param(
            "actors:\n  - {id: a, type: person, name: '?'}\n",
            "x.yaml:2: id 'a' and name '?' need",
            id="no-letter",
        ),
        pytest.param(
            "actors:\n  - {id: a, type: person, name: A, roles: "
            "[{role: chief, from: 2031-13-02}]}\n",
            "x.yaml:2: '2031-13-02' is no day",
            id="no-day",
        ),
        pytest.param(
            "actors:\n  - {id: a, type: person, name: A\0}\n",
            "x.yaml:2: a character that no YAML",
            id="no-text",
        ),
        pytest.param("actors:\n  - {id: a, [b]: c}\n", "x.yaml:2: ", id="no-field"),
        pytest.param("actors:\n  - {id: a,\n", "x.yaml:3: ", id="cut-off"),
        pytest.param("- a\n", "x.yaml:1: actors: was expected", id="no-list"),
    ],
)
def test_a_bad_dictionary_is_refused_with_file_and_line(text, says):
    with pytest.raises(ConfigError) as error:
        read_actors(text, "x.yaml")
    assert says in str(error.value)


def test_a_text_of_another_language_keeps_its_names_and_gets_no_english_reading(tag):
    article = tag(
        "Un attentat a tué Idris Halvane",
        "Les rebelles ont tué le chef de la milice dans une attaque contre le convoi.",
    )
    assert article.language == "fr"
    assert "Idris Halvane" in {m.surface for m in article.mentions}
    assert article.reports == ()
