"""Whether English rules apply is told by script and small words; in doubt they do."""

import pytest

from services.text.language import detect_language, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Rebel leader reportedly killed in airstrike", "en"),
        ("Argentina's president met the emir of Kuwait", "en"),
        ("Jaysh al-Islam", "en"),
        (
            "Die Rebellen haben nach eigenen Angaben den "
            "Anführer der Miliz mit einer Bombe getötet.",
            "de",
        ),
        ("Les rebelles ont tué le chef de la milice dans une attaque contre le convoi.", "fr"),
        ("Los rebeldes mataron al jefe de la milicia en un ataque contra el convoy.", "es"),
        ("I ribelli hanno ucciso il capo della milizia con una bomba che era nel convoglio.", "it"),
        ("Isyancılar, milis liderini bir saldırı ile öldürdü ve konvoy için bu yol kapandı.", "tr"),
        ("قال المتحدث إن الغارة قتلت قائد الفصيل في ريف دمشق", "ar"),
        ("سخنگو گفت که این حمله را نیروهای دولت با پهپاد انجام داده است", "fa"),
        ("Повстанцы заявили, что убили командира на дороге в город", "ru"),
        ("Повстанці заявили, що вбили командира на дорозі до міста та від нього", "uk"),
        ("叛军称在袭击中打死了民兵首领", "zh"),
        ("反政府勢力は、民兵の指導者を殺害したと発表した", "ja"),
        ("반군은 민병대 지도자를 사살했다고 밝혔다", "ko"),
        (
            "Lorem ipsum dolor sit amet consectetur adipiscing elit sed "
            "eiusmod tempor incididunt ut labore et dolore magna "
            "aliqua enim minim veniam quis nostrud exercitation ullamco laboris nisi",
            "und",
        ),
        ("", "und"),
        ("12 — 34", "und"),
    ],
)
def test_the_language_of_a_text(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("given", "language"),
    [(None, "es"), ("en", "es"), ("en-US", "es"), ("es", "es"), ("ca", "ca")],
)
def test_an_outlet_is_believed_unless_it_says_english_against_its_words(given, language):
    assert (
        language_of(
            "Los rebeldes mataron al jefe de la milicia en un ataque contra el convoy.", given
        )
        == language
    )


@pytest.mark.parametrize(("small", "language"), [(2, "en"), (3, "es")])
def test_three_small_words_make_another_language(small, language):
    assert detect_language("Meris " * 20 + "los " * small) == language


@pytest.mark.parametrize(("words", "language"), [(24, "en"), (25, "und")])
def test_a_language_is_unknown_from_25_words_without_one_of_english(words, language):
    assert detect_language("Meris " * words) == language


@pytest.mark.parametrize(("english", "language"), [(2, "es"), (3, "en")])
def test_another_language_has_over_half_as_many_small_words_again_as_english(english, language):
    """Four Spanish words: more than 3.0, not more than 4.5."""
    assert detect_language("Meris " * 10 + "los " * 4 + "the " * english) == language


@pytest.mark.parametrize(("kana", "language"), [(10, "zh"), (11, "ja")])
def test_more_than_a_tenth_of_kana_is_japanese(kana, language):
    assert detect_language("\u306e" * kana + "\u5317" * (100 - kana)) == language


@pytest.mark.parametrize(("before", "language"), [(3989, "es"), (3991, "en")])
def test_the_first_4000_characters_tell_the_language(before, language):
    assert detect_language(" " * (before - 6) + "Meris " + "los los los") == language
