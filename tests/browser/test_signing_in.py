"""Who opens the console where a token is needed."""

import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import opened
from newsroom import guarded
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def locked(room):
    """The address of a second API on the same data, for which one needs a token."""
    with guarded(room) as url:
        yield url


def token_of(room, person, scope):
    """Return a new token, made as an operator does."""
    done = subprocess.run(
        [sys.executable, "-m", "services", "tokens", "add", person, "--scope", scope],
        env=room.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return next(word for word in done.stdout.split() if word.startswith("rp_"))


def test_a_reader_signs_in_reads_what_was_asked_for_and_signs_out(room, locked, chromium):
    token = token_of(room, "mara", "reader")
    with opened(chromium, locked) as (page, seen):
        page.goto("/watches?")
        expect(page).to_have_url(f"{locked}/login?next=/watches")
        grave = [v for v in Axe().run(page).response["violations"] if v["impact"] == "serious"]
        assert grave == []
        page.get_by_label("Your token").fill("rp_wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("opens nothing")
        page.get_by_label("Your token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{locked}/watches")
        expect(page.get_by_role("banner")).to_contain_text("mara")
        expect(page.get_by_role("link", name="Write a watch")).to_have_count(0)
        page.get_by_role("button", name="Sign out").click()
        page.goto("/")
        expect(page.get_by_label("Your token")).to_be_visible()
        assert seen.of(page) == []
