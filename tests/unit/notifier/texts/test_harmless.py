"""Words of articles, made harmless."""

import pytest
from linking import clicked

from services.notifier.texts.harmless import (
    JOINER,
    MOST_LINK_CHARS,
    MOST_MARKS,
    line,
    visible,
    web_link,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  Nine\r\nBcc: all@victim.example\t", "Nine Bcc: all@victim.example"),
        ("one\u2028two\x85three\x0bfour", "one two three four"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\u2066in\u2069 \u200eout\u200f", "in out"),
        ("\x1b[31mred\x07", "[31mred"),
        ("so\xadft ze\u200bro\ufeff", "soft zero"),
        ("tags \U000e0041\U000e0042", "tags"),
        ("filler\u3164\u115f", "filler"),
        ("lone \ud800", "lone"),
        ("Đà Nẵng, بيروت, 東京, café", "Đà Nẵng, بيروت, 東京, café"),
    ],
)
def test_a_line_has_no_characters_that_hide_or_turn_others(text, shown):
    assert visible(text) == shown
    assert line(text).replace(JOINER, "") == shown


@pytest.mark.parametrize(
    "text",
    [
        "Log in at evil.example today",
        "evil.example",
        "All of it is on evil.example.",
        "“evil.example”, (evil.example), evil.example/a?b=c",
        "evil.example:8080",
        "www.evil.example",
        "news.bbc.co.uk",
        "bücher.example",
        "xn--bcher-kva.xn--p1ai",
        "пример.рф",
        "例え\u3002日本 evil\uff0eexample evil\uff61example",
        "eve@evil.example",
        "eve+bank@mail.evil.example wrote",
        "mailto:eve@evil.example",
        "https://evil.example/x",
        "HTTP://localhost:80/",
        "ftp://[2001:db8::1]/x",
        "tel:112, news:alt.x",
        "@eve:evil.example and #room:evil.example",
        "192.0.2.1",
        "192.0.2.1:8080",
        "a killed.example",
    ],
)
def test_no_client_finds_a_link_in_a_line_that_reads_as_before(text):
    assert clicked(text)
    assert not clicked(line(text))
    assert line(text).replace(JOINER, "") == text
    assert line(line(text)) == line(text)


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. and the U.N. met at 10.30pm on 01.02.2031",
        "3.5 million of 1.250.000, i.e. 2.8bn a.m. and p.m.",
        "Said: no. Version 10.0.1 … at 12:30, J.R.R. Tolkien Ph.D.",
        "它说。 你好",
    ],
)
def test_full_stops_and_colons_of_prose_stay_alone(text):
    assert not clicked(text)
    assert line(text) == text


def test_marks_are_kept_up_to_what_languages_stack():
    assert line("x" + "\u0323" * MOST_MARKS) == "x" + "\u0323" * MOST_MARKS
    assert line("x" + "\u0323" * (MOST_MARKS + 1)) == "x" + "\u0323" * MOST_MARKS


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://herald.example/a?b=c&d=%20#e", "https://herald.example/a?b=c&d=%20#e"),
        ("http://herald.example:8080/", "http://herald.example:8080/"),
        ("https://herald.example/nové zprávy", "https://herald.example/nov%C3%A9%20zpr%C3%A1vy"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://[::1]/x", "https://[::1]/x"),
        ('https://herald.example/"><script>', "https://herald.example/%22%3E%3Cscript%3E"),
        ("https://herald.example/\u202egpj.exe", "https://herald.example/%E2%80%AEgpj.exe"),
        ("https://bank.example@evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//herald.example/", ""),
        ("https://", ""),
        ("https://[", ""),
        ("https://herald.example:99999/", ""),
        ("", ""),
    ],
)
def test_a_link_leads_to_the_web_and_shows_its_host(url, link):
    assert web_link(url) == link


def test_a_link_is_bounded():
    rest = MOST_LINK_CHARS - len("https://a.example/")
    assert web_link("https://a.example/" + "x" * rest)
    assert not web_link("https://a.example/" + "x" * (rest + 1))
