"""Whether English rules apply is told by script and small words; in doubt they do."""

import pytest

from services.text.language import detect_language, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Rebel leader reportedly killed in airstrike", "en"),
        ("Argentina's president met the emir of Kuwait", "en"),
        ("Jaysh al-Islam", "en"),
        ("Die Rebellen haben nach eigenen Angaben den Anführer der Miliz mit einer Bombe getötet.", "de"),
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
            "Lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt ut labore et dolore magna "
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
    assert language_of("Los rebeldes mataron al jefe de la milicia en un ataque contra el convoy.", given) == language
