"""Chromium for tests of the console: its pages report every script that ran against the policy,
every dialog, and every request that left the host.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Playwright, Request, expect
from streams import patient

CHROMIUM = "/usr/bin/chromium"
"""Debian's (`apt-get install chromium`). Playwright's own is not used: nothing is downloaded."""

STEP_SECONDS = 10.0
"""Seconds that one step of a page takes at most on a quiet machine."""

PHONE = {"width": 390, "height": 844}
WINDOW = {"width": 1280, "height": 900}

OURS = """
window.__refused = [];
addEventListener("securitypolicyviolation", (event) =>
  window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
"""What runs before each page: it keeps what the policy refused."""


@dataclass
class Seen:
    """What pages of a context did that they must not, in words; and all requests."""

    wrong: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def of(self, page: Page) -> list[str]:
        """Return all that went wrong so far, this page's refusals included."""
        refused = page.evaluate("window.__refused ?? []")
        ran = page.evaluate("window.__ran ?? null")
        return [*self.wrong, *refused, *([f"ran: {ran}"] if ran is not None else [])]


def launch(playwright: Playwright) -> Browser:
    """Start Chromium. Fails, and says what to install, where there is none."""
    assert Path(CHROMIUM).exists(), "Chromium is not installed: apt-get install chromium"
    expect.set_options(timeout=patient(STEP_SECONDS) * 1000)
    return playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@contextmanager
def opened(browser: Browser, url: str, **options: Any) -> Iterator[tuple[Page, Seen]]:
    """A page of a context of its own, and what it did wrong. `options`: of the context."""
    given = {"viewport": WINDOW, "base_url": url, "timezone_id": "Europe/Berlin", **options}
    context = browser.new_context(**given)
    context.set_default_timeout(patient(STEP_SECONDS) * 1000)
    seen = watched(context, url)
    try:
        yield context.new_page(), seen
    finally:
        context.close()


def watched(context: BrowserContext, url: str) -> Seen:
    """Return what the pages of the context do wrong from now on."""
    seen, here = Seen(), urlsplit(url).netloc

    def on_request(request: Request) -> None:
        seen.requests.append(request)
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != here:
            seen.wrong.append(f"left the host: {request.url}")

    def on_dialog(dialog: Dialog) -> None:
        seen.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    context.add_init_script(OURS)
    context.on("request", on_request)
    context.on("dialog", on_dialog)
    context.on("weberror", lambda error: seen.wrong.append(f"error: {error.error}"))
    context.on("console", lambda line: _heard(seen, line.type, line.text))
    return seen


def _heard(seen: Seen, kind: str, text: str) -> None:
    # A page that is left while its stream is open, or an answer with a status that tells of a
    # mistake, is an error on the console of Chromium and none of ours.
    if kind == "error" and "Failed to load resource" not in text and "net::ERR_" not in text:
        seen.wrong.append(f"console: {text}")


def bytes_of(page: Page, path: str) -> int:
    """Return the bytes that come over the wire for a page and all that it loads, nothing cached."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path, wait_until="load")
    client.detach()
    return int(sum(sizes))
