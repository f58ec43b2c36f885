"""Spellings of one name meet, look-alikes stay apart."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.text.names import fold, name_key, name_words
from services.text.romanise import romanise
from services.text.same_name import is_same_name, name_likeness
from services.text.sounds import likeness, sounds

SPELLINGS = [
    [
        "Zahran Alloush",
        "Zahran Alloosh",
        "Zahran Allouch",
        "Gen. Zahran Aloush",
        "Alloush, Zahran",
        "زهران علوش",
        "Захран Аллуш",
    ],
    [
        "Jaysh al-Islam",
        "Jaish al Islam",
        "Jeish ul-Islam",
        "Army of Islam",
        "جيش الإسلام",
        "Джейш аль-Ислам",
    ],
    ["Hezballah", "Hezbollah", "Hezb Allah"],
    ["Mohammed bin Salman", "Muhammad bin Salman", "Mohamed Salman", "محمد بن سلمان"],
    ["Abdul-Malik al-Houthi", "Abd al-Malik al-Huthi", "Abdulmalik Houthi"],
    ["Noureddine Hamidi", "Nour al-Din Hamidi", "Nur ad-Din al-Hamidi"],
    ["Dr. José Núñez", "JOSE NUNEZ"],
    ["Oleg Petrovich Sorin", "Oleg Sorin", "Олег Петрович Сорин", "Oleg P. Sorin"],
    ["Olena Petrivna Sorina", "Olena Sorina"],
    ["World Health Organisation", "World Health Organization"],
]
LOOK_ALIKES = [
    ("Hasan Karimi", "Hussein Karimi"),
    ("Bashar al-Assad", "Hafez al-Assad"),
    ("Jaysh al-Islam", "Jaysh al-Fateh"),
    ("Jaysh al-Islam", "Islamic Front"),
    ("Liwa al-Haqq", "Liwa al-Tawhid"),
    ("Kim Jong Un", "Kim Jong Il"),
    ("Ahmed Khan", "Mohammed Khan"),
    ("Brigade 44", "Brigade 45"),
    ("Zahran Alloush", "Zahra Alloush"),
    ("Kuwait", "Kuwaiti"),
    ("Deutsche Hafenbank AG", "Deutsche Hafenbank GmbH"),
    ("Oleg Petrovich", "Oleg Ivanovich"),
]


@pytest.mark.parametrize("names", SPELLINGS, ids=lambda names: names[0])
def test_spellings_of_one_name_have_one_key(names):
    assert len({name_key(name) for name in names}) == 1


@pytest.mark.parametrize("names", SPELLINGS, ids=lambda names: names[0])
def test_spellings_of_one_name_are_the_same(names):
    assert all(is_same_name(names[0], other) for other in names)


@pytest.mark.parametrize("pair", LOOK_ALIKES, ids="/".join)
def test_look_alikes_stay_apart(pair):
    assert name_key(pair[0]) != name_key(pair[1])
    assert not is_same_name(*pair)


@pytest.mark.parametrize(
    "pair",
    [
        ("Sergei Lavrov", "Sergey Viktorovich Lavrov"),
        ("A. Khamenei", "Ali Khamenei"),
        ("Olvin Marta", "Marta Olvin"),
        ("Muammar Gaddafi", "Mu'ammar al-Qadhafi"),
        ("Brigade Forty-Four", "Brigade 44"),
        ("Meridian Shipping Ltd", "Meridian Shipping Limited"),
        ("Marta Olvin", "Marta Olvyn"),
    ],
    ids="/".join,
)
def test_slips_initials_and_middle_names_are_forgiven(pair):
    assert is_same_name(*pair)


def test_one_word_of_a_name_is_not_the_whole_name():
    assert not is_same_name("Alloush", "Zahran Alloush")


def test_a_name_without_letters_has_no_key_and_no_like():
    assert name_key("?!") == ""
    assert name_likeness("?!", "?!") == 0.0


def test_titles_go_only_from_the_front():
    """Sultan is a title before a name, and a name in the middle of one."""
    assert name_words("Sultan Haitham Tarik") == ("haitham", "tarik")
    assert name_words("Haitham Sultan Tarik") == ("haitham", "sultan", "tarik")


@given(st.text(max_size=40))
def test_romanised_text_is_lower_case_ascii(text):
    latin = romanise(text)
    assert latin.isascii()
    assert latin == latin.lower()


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_of_names_is_symmetric_and_bounded(a, b):
    assert name_likeness(a, b) == pytest.approx(name_likeness(b, a))
    assert 0.0 <= name_likeness(a, b) <= 1.0


@given(st.text(max_size=60))
def test_a_name_is_itself(name):
    assert name_likeness(name, name) == (1.0 if name_key(name) else 0.0)


@given(
    st.text(alphabet="abdehiklmnorsuz", max_size=12),
    st.text(alphabet="abdehiklmnorsuz", max_size=12),
)
def test_words_that_sound_alike_are_wholly_alike(a, b):
    assert likeness(sounds(a), sounds(b)) <= 1.0
    assert (likeness(sounds(a), sounds(b)) == 1.0) == (sounds(a) == sounds(b))


def folded_letter_by_letter(text):
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    joined = bare.casefold().replace("'", "").replace("’", "")
    return " ".join("".join(c if c.isalnum() else " " for c in joined).split())


@given(st.text())
@example("Éluard’s  “Straße”—İzmir, ὈΔΥΣΣΕΎΣ ﬁre ＇a \u0301 Ꭰ")
def test_folding_is_what_unicode_says_of_each_letter(text):
    assert fold(text) == folded_letter_by_letter(text)
