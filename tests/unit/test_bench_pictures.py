"""Mails in a real browser: nothing is wider than a phone."""

import shutil

import msgspec
import pytest
from letters import ALERT, DENIED, FIRST, hostile, said

from bench.pictures import sizes
from services.notifier.content import Links, Notice
from services.notifier.texts.compose import digest, letter
from services.notifier.texts.page import html

CHROMIUM = shutil.which("chromium") or ""
NARROWEST = 320
"""Pixels. Source: the width at which WCAG 2.2 asks for no scrolling sideways (1.4.10)."""

LINKS = Links(*["https://news.example.org/v1/links/" + "t" * 300] * 4)


def contents():
    word = "Donaudampfschifffahrt" * 12
    evidence = (said(f"{word} killed {word}", speaker=word, outlet=word),) * 3
    wording = msgspec.structs.replace(FIRST.wording, headline=word, core=word, also=(word,))
    long = msgspec.structs.replace(
        FIRST, number=5, text=word, wording=wording, evidence=evidence, kind="also"
    )
    alert = msgspec.structs.replace(
        ALERT,
        watch_name=word,
        revisions=(msgspec.structs.replace(DENIED, text=word), long),
    )
    evil = hostile()
    letters = [
        letter(ALERT, DENIED, key="1", links=LINKS),
        letter(alert, long, key="2", links=LINKS),
        letter(evil, evil.revisions[-1], key="3", links=LINKS),
    ]
    return [*letters, digest(letters, key="4", links=LINKS), Notice("5", word, (word,), LINKS)]


@pytest.mark.slow
@pytest.mark.parametrize("width", [NARROWEST, 600])
def test_no_mail_is_wider_than_its_window(width):
    assert CHROMIUM, "Chromium is not installed: apt-get install chromium"
    pages = [html(content) for content in contents()]
    found = sizes(pages, width, CHROMIUM)
    assert [page_width for page_width, _ in found] == [width] * len(pages)
    assert all(height > 100 for _, height in found)
