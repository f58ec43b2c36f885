"""Pictures of the console on the bundled story, for the documentation.

    python bench/console.py docs/images/console [--url http://127.0.0.1:8080]

They are of a running demo: the one at the address, or one that is played for them (some minutes).
That one ends on the story's second evening: the anniversary a year later would make all else old.
The desk calls one claim right and one alert unwanted before, so that Verdicts has something to
show.
Chromium (`apt-get install chromium`) draws each page light, dark, and as wide as a phone.
"""

import argparse
import base64
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Error, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.png import Pixels, png
from services.adapters.embedded.kept_ports import listen_somewhere
from services.settings import PREFIX

CHROMIUM = "/usr/bin/chromium"

PLAY = """
from dataclasses import replace
from services.commands import demo
whole = demo.load_story()
demo.load_story = lambda: replace(whole, entries=whole.entries[:-1])
demo.demo(["--stay", "--data", {folder!r}])
"""
"""What plays the story without its anniversary."""

MOST_BYTES = 150_000
"""Bytes of a picture."""

COLOURS = (128, 64, 32, 16)
"""Numbers of colours that are tried, until the picture is small enough."""

SHOTS: Mapping[str, Mapping[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
TALLEST = 1_700
"""Pixels of a page that are drawn."""

START_SECONDS = 900.0

PIXELS = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768)
    text += String.fromCharCode(...data.subarray(at, at + 32768));
  return [image.width, image.height, btoa(text)];
}"""
"""What reads a picture in the browser: its width, its height, and its pixels."""


@dataclass(frozen=True)
class View:
    """A page to be drawn: its path, and what is pressed before."""

    path: str
    press: Callable[[Page], None] | None = None


def _preview(page: Page) -> None:
    page.get_by_role("button", name="Preview").click()
    page.locator("#preview svg").wait_for()
    size = page.viewport_size
    if size is not None:  # what stands beside the form is as high as the window
        page.set_viewport_size({"width": size["width"], "height": 1_200})


def _why(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("w")
    page.locator(".why h2, .why h3, .why p, .why li").first.wait_for()


def views(ids: Mapping[str, str]) -> dict[str, View]:
    """Return every page by the name of its picture."""
    return {
        "live": View("/"),
        "claim": View(f"/claims/{ids['claim']}"),
        "alerts": View("/alerts", _why),
        "alert": View(f"/alerts/{ids['alert']}"),
        "since": View("/since?hours=24"),
        "watches": View("/watches"),
        "watch": View("/watches/halvane", _preview),
        "search": View("/search?q=halvane"),
        "article": View(f"/articles/{ids['article']}"),
        "feeds": View("/feeds"),
        "pipeline": View("/pipeline"),
        "verdicts": View("/verdicts"),
        "suggestions": View("/verdicts/suggestions?watch=arrests"),
    }


@contextmanager
def demo() -> Iterator[str]:
    """Play the story, and keep its system running. Yield the address of its API."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="pictures-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # Elasticsearch runs as somebody else
        with listen_somewhere() as held:
            port = held.getsockname()[1]
        command = [sys.executable, "-c", PLAY.format(folder=name)]
        environment = os.environ | {f"{PREFIX}API_PORT": str(port)}
        told = folder / "told.log"
        with told.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            until(lambda: b"The system stays up" in told.read_bytes() or process.poll() is not None)
            assert process.poll() is None, told.read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(120)


def until(holds: Callable[[], object]) -> None:
    """Return when it holds. Raises TimeoutError."""
    end = time.monotonic() + START_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing after {START_SECONDS:.0f} s")
        time.sleep(0.2)


def ids_of(page: Page) -> dict[str, str]:
    """Return the ids of the alert of the watch halvane, its claim, and the article that denies."""
    page.goto("/alerts?group=all&watch=halvane")
    alert = page.locator("[data-row].alert").first
    of_alert = (alert.get_attribute("id") or "").removeprefix("alert-")
    claim = alert.get_by_role("heading").get_by_role("link").get_attribute("href") or ""
    page.goto("/search?q=denies")
    article = page.locator("a[href^='/articles/']").first.get_attribute("href") or ""
    return {"alert": of_alert, "claim": claim.split("/")[-1], "article": article.split("/")[-1]}


def judge(page: Page, ids: Mapping[str, str]) -> None:
    """Say what the pictures of verdicts show, unless it is said already."""
    page.goto("/alerts?group=all&watch=arrests")
    arrests = page.locator("[data-row].alert").first.get_attribute("id") or ""
    said = (
        ("claim", ids["claim"], "right"),
        ("alert", arrests.removeprefix("alert-"), "unwanted"),
    )
    for about, id, answer in said:
        page.goto(f"/{about}s/{id}")
        button = page.locator(f".verdict button[value={answer}]")
        if button.count():
            button.click()
            page.locator(".verdict .said").first.wait_for()


def draw(browser: Browser, url: str, folder: Path, only: str) -> Iterator[tuple[str, int]]:
    """Draw all pages into the folder. Yield name and bytes of each picture."""
    reader = browser.new_page()
    for shot, options in SHOTS.items():
        page = browser.new_context(base_url=url, timezone_id="Europe/Berlin", **options).new_page()
        ids = ids_of(page)
        judge(page, ids)
        for name, view in views(ids).items():
            if only not in name:
                continue
            answer = page.goto(view.path)
            assert answer is not None
            assert answer.ok, f"{view.path} answered {answer.status}"
            if view.press is not None:
                view.press(page)
            page.locator("[data-fresh] .f-unknown").first.wait_for(state="detached")
            picture = small(_pixels(reader, _shot(page)))
            path = folder / f"{name}-{shot}.png"
            path.write_bytes(picture)
            yield path.name, len(picture)
        page.context.close()


def _shot(page: Page) -> bytes:
    height = page.evaluate("document.documentElement.scrollHeight")
    size = page.viewport_size
    assert size is not None
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(height, TALLEST)}
    return page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]


def _pixels(reader: Page, picture: bytes) -> Pixels:
    width, height, data = reader.evaluate(PIXELS, base64.b64encode(picture).decode())
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)
    return pixels[:, :, :3]


def small(pixels: Pixels) -> bytes:
    """Return the picture with as many colours as its bytes allow."""
    for colours in COLOURS:
        picture = png(pixels, colours)
        if len(picture) <= MOST_BYTES:
            return picture
    raise ValueError(f"a picture takes {len(picture):,} bytes with {COLOURS[-1]} colours")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", help="the API of a demo that runs")
    parser.add_argument("--only", default="", help="draw the pages that have this in their name")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with nullcontext(given.url) if given.url else demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        until(lambda: _answers(page, url))
        for name, n_bytes in draw(browser, url, given.folder, given.only):
            print(f"{name:<24}{n_bytes:>9,} bytes")
        browser.close()
    return 0


def _answers(page: Page, url: str) -> bool:
    try:
        return bool(page.request.get(f"{url}/ready").ok)
    except Error:  # it does not listen yet
        return False


if __name__ == "__main__":
    sys.exit(main())
