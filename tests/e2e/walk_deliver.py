"""Walks through the delivery of alerts on a running `up`, against servers on this machine.

    PYTHONPATH=.:tests python tests/e2e/walk_deliver.py

Subscribers from a file, a test of each channel, and a story in a feed: alerts by mail, Slack,
Telegram, ntfy, and webhook; an acknowledgement by the link of a mail, a receiver that is away for
ten seconds, a denial, an unsubscription by one click, quiet hours, a digest, a webhook that says
410, feeds out, and a replay. Prints what each shows, with times. Takes about eight minutes, and
3 GB of memory; it is not among the tests of `make check`.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from html import escape
from pathlib import Path

import feedparser
import httpx
from mail_server import MailServer, beside
from receivers.ntfy import Ntfy
from receivers.shore import Reply, Request, Shore, Shown, Trouble
from receivers.slack import Slack
from receivers.telegram import Telegram
from receivers.webhook import Receiver
from walking import Walk

from services.messages import Alert, decode
from services.scenario.server import FeedServer
from services.scenario.story import load_story

AWAY_SECONDS = 10.0
"""How long the webhook is away: longer than the first pause of our schedule."""

QUIET, DIGEST = timedelta(minutes=5), timedelta(minutes=6)
"""How long after their import the quiet hours of one subscriber end, and another gets a digest."""

TOKEN = "tok-Xq7vault"
KEY = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
CHAT, CHANNEL = -1001, "C0123ABCD"

WATCH = """\
- id: halvane
  name: Idris Halvane
  query: Halvane
  claim: {event: [killed], actor: [idris-halvane], independent: 1}
  deliver:
    - {to: "subscriber:ann"}
    - {to: "subscriber:ben"}
    - {to: "subscriber:cleo"}
    - {to: "subscriber:dora"}
"""


def subscribers(shore: Shore) -> str:
    now = datetime.now(UTC)

    def at(later: timedelta) -> str:
        return f"'{now + later:%H:%M}'"

    return f"""\
- id: ann
  name: Ann Reporter
  zone: Europe/London
  targets:
    - to: mail:ann@example.org
    - to: slack:desk/{CHANNEL}
    - to: webhook:{shore.url}/hook
- id: ben
  name: Ben Editor
  targets:
    - to: telegram:bot/{CHAT}
    - to: ntfy:phones/alerts
    - to: webhook:{shore.url}/gone
- id: cleo
  name: Cleo, who sleeps
  targets: [{{to: mail:cleo@example.org}}]
  quiet: {{from: {at(-timedelta(minutes=1))}, to: {at(QUIET)}}}
- id: dora
  name: Dora, who reads digests
  targets: [{{to: mail:dora@example.org}}]
  digest: {{at: [{at(DIGEST)}]}}
"""


@dataclass
class Post:
    """All that people and machines see, on this machine."""

    box: MailServer = field(default_factory=MailServer)
    slack: Slack = field(default_factory=lambda: Slack(TOKEN, CHANNEL))
    telegram: Telegram = field(default_factory=lambda: Telegram(TOKEN, CHAT))
    ntfy: Ntfy = field(default_factory=lambda: Ntfy(token=TOKEN))
    hook: Receiver = field(default_factory=lambda: Receiver(KEY))
    gone: Receiver = field(default_factory=lambda: Receiver(KEY))
    away: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)

    def trouble(self, name: str, _request: Request) -> Trouble | None:
        if name in self.over:
            return Reply(410)
        return "drop" if name in self.away else None

    def ashore(self, shore: Shore) -> None:
        shore.trouble = self.trouble
        for name in ("slack", "telegram", "ntfy", "hook", "gone"):
            shore.add(name, getattr(self, name))

    def mails(self, name: str, watch: str = "Idris Halvane") -> list[EmailMessage]:
        """Return the mails of a watch to somebody."""
        own = [mail for mail in self.box.mails if mail[1] == f"{name}@example.org"]
        return [m for m in MailServer(mails=own).read() if str(m["From"]).startswith(watch)]

    def places(self) -> dict[str, int]:
        """Return how many messages each channel was sent, and how many of them were edited."""
        chats = {"slack": self.slack.channels[CHANNEL], "telegram": self.telegram.chats[CHAT]}
        chats["ntfy"] = self.ntfy.topics.get("alerts", [])
        counts = {name: len(each) for name, each in chats.items()}
        for name, each in chats.items():
            counts[f"edits in {name}"] = sum(shown.n_edits for shown in each)
        return counts | {"mail": len(self.box.mails), "hook": len(self.hook.taken)}

    def has(self, words: str) -> bool:
        """Return True once Ann's and Ben's channels all say something."""
        chats = (
            self.slack.channels[CHANNEL],
            self.telegram.chats[CHAT],
            self.ntfy.topics.get("alerts", []),
        )
        is_shown = all(any(words in each.text for each in chat) for chat in chats)
        return is_shown and any(words in str(mail["Subject"]) for mail in self.mails("ann"))


class Delivery(Walk):
    """A system that delivers to a `Post`, and a feed that tells the demo's story."""

    def __init__(self, folder: Path, post: Post, shore: Shore, web: FeedServer, smtp: int) -> None:
        lexicon = Path(__file__).parents[2] / "services" / "scenario" / "actors.yaml"
        settings = {
            "SMTP_URL": f"smtp-plain://127.0.0.1:{smtp}",
            "MAIL_FROM": "alerts@example.net",
            "LEXICON": str(lexicon),
        }
        super().__init__(folder, settings)
        self.post, self.shore, self.web = post, shore, web
        self.told: list[str] = []
        secrets = (
            f"desk: {{token: {TOKEN}, server: '{shore.url}/slack'}}\n"
            f"bot: {{token: {TOKEN}, server: '{shore.url}/telegram'}}\n"
            f"phones: {{token: {TOKEN}, server: '{shore.url}/ntfy'}}\n"
            f"hook: {{address: '{shore.url}/hook', keys: [{KEY}]}}\n"
            f"gone: {{address: '{shore.url}/gone', keys: [{KEY}]}}\n"
        )
        self.environment["REPORTEDLY_CHANNEL_SECRETS"] = self.secrets("channels.yaml", secrets)
        self.entries = {entry.id: entry for entry in load_story().entries}
        self.outlets = load_story().outlets
        for id in self.outlets:
            self._serve(id)

    def publish(self, id: str) -> float:
        """Put an article of the story in the feed of its outlet. Return when, by a monotonic clock.

        It is dated now, so that it is news.
        """
        self.told.append(id)
        self._serve(self.entries[id].outlet)
        print(f"— published: {self.entries[id].title}", flush=True)
        return time.monotonic()

    def _serve(self, outlet: str) -> None:
        now = format_datetime(datetime.now(UTC))
        rows = "".join(
            f"<item><guid>{one.id}</guid><link>{self.web.url}{one.path}</link>"
            f"<title>{escape(one.title)}</title><pubDate>{now}</pubDate>"
            f"<description>{escape(one.text)}</description></item>"
            for one in (self.entries[id] for id in self.told)
            if one.outlet == outlet
        )
        feed = f'<rss version="2.0"><channel><title>{outlet}</title>{rows}</channel></rss>'
        self.web.pages[f"/{outlet}.xml"] = ("application/rss+xml", feed.encode())

    def since(self, began: float, what: str, probe: Callable[[], object]) -> None:
        """Wait for something, and print the seconds since `began`."""
        self.wait(what, probe)
        print(f"  {time.monotonic() - began:6.2f} s  {what}", flush=True)

    def alert(self) -> Alert | None:
        """Return the alert as it stands."""
        latest = {record.key: record.value for record in self.records("alerts")}
        found = [decode(Alert, value) for value in latest.values() if value]
        return found[0] if found else None

    def n_revisions(self) -> int:
        found = self.alert()
        return len(found.revisions) if found else 0


def shown(title: str, text: str) -> None:
    """Print a message as people read it."""
    print(f"  ┌ {title}")
    for line in text.rstrip().splitlines():
        print(f"  │ {line}")
    print("  └", flush=True)


def read_mail(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link(mail: EmailMessage, label: str) -> str:
    """Return the address behind a label of a mail."""
    found = re.search(rf"^{label}[^:]*: (http\S+)$", read_mail(mail), re.MULTILINE)
    assert found, f"no link {label} in the mail"
    return found[1]


def page_text(answer: httpx.Response) -> str:
    words = re.sub(r"<[^>]+>", "\n", answer.text.partition("<body>")[2])
    return f"HTTP {answer.status_code}: " + " | ".join(
        filter(None, map(str.strip, words.split("\n")))
    )


def chat_shown(title: str, messages: Sequence[Shown]) -> None:
    for each in messages:
        how = "in the thread" if each.thread else "in the channel"
        shown(f"{title}, {how}, edited {each.n_edits} times", each.text)


def set_up(walk: Delivery) -> None:
    """Import subscribers, watches and feeds, and try each channel."""
    people, watches = walk.folder / "subscribers.yaml", walk.folder / "watches.yaml"
    feeds = walk.folder / "feeds.yaml"
    people.write_text(subscribers(walk.shore))
    watches.write_text(WATCH)
    rows = (
        f"- {{url: '{walk.web.url}/{id}.xml', outlet: {name}}}\n"
        for id, name in walk.outlets.items()
    )
    feeds.write_text("".join(rows))
    walk.run("subscribers", "check", str(people))
    walk.run("subscribers", "import", str(people))
    walk.run("watches", "import", str(watches), "--probe")
    walk.run("feeds", "import", str(feeds))
    walk.run("notify", "test", "subscriber:ann")
    walk.run("notify", "test", "subscriber:ben")
    walk.run("notify", "test", "mail:nobody@example.org")
    shown("test by mail", read_mail(walk.post.box.read()[-1]))
    chat_shown("test in Slack", walk.post.slack.channels[CHANNEL])


def first(walk: Delivery) -> None:
    """Publish the first report, and a second voice while the webhook is away."""
    post = walk.post
    post.over.add("gone")
    began = walk.publish("first-hedged")
    walk.since(began, "the first mail is there", lambda: post.mails("ann"))
    walk.since(began, "all channels have it", lambda: post.has("Halvane"))
    walk.since(began, "the webhook has it", lambda: "alert.first" in post.hook.types)
    mail = post.mails("ann")[-1]
    shown(f"mail: {mail['Subject']}", read_mail(mail))
    chat_shown("Slack", post.slack.channels[CHANNEL][-1:])
    post.away.add("hook")
    began = walk.publish("second-independent")
    walk.since(began, "all channels say corroborated", lambda: post.has("Now corroborated"))
    walk.since(
        began, "the webhook was away for so long", lambda: time.monotonic() > began + AWAY_SECONDS
    )
    back = time.monotonic()
    post.away.clear()
    walk.since(back, "the webhook has caught up", lambda: "alert.status" in post.hook.types)
    walk.run("deliveries", "list")


def acknowledged(walk: Delivery) -> None:
    """Acknowledge by the link of the last mail: what is no new status is told to nobody."""
    post = walk.post
    address = link(post.mails("ann")[-1], "Acknowledge")
    print(f"  GET   {page_text(httpx.get(address, timeout=30))}")
    began = time.monotonic()
    answer = httpx.post(address, data={"do": "acknowledge"}, timeout=30)
    print(f"  POST  {page_text(answer)} ({time.monotonic() - began:.2f} s)")
    before, n = post.places(), walk.n_revisions()
    began = walk.publish("state-agency")
    walk.since(began, "the alert has a new revision", lambda: walk.n_revisions() > n)
    print(f"  told of it meanwhile: {_more(before, post.places())}")
    before = post.places()
    began = walk.publish("denial")
    walk.since(began, "all channels say denied", lambda: post.has("denied by"))
    walk.since(began, "the webhook says denied", lambda: "alert.denied" in post.hook.types)
    print(f"  told of it: {_more(before, post.places())}")
    mails = post.mails("ann")
    print(
        f"  in the thread of the first mail: {mails[-1]['In-Reply-To'] == mails[0]['Message-ID']}"
    )
    shown(f"mail: {mails[-1]['Subject']}", read_mail(mails[-1]))
    chat_shown("Slack", post.slack.channels[CHANNEL][1:])
    chat_shown("Telegram", post.telegram.chats[CHAT][1:])
    chat_shown("ntfy", post.ntfy.topics["alerts"][1:])


def _more(before: dict[str, int], after: dict[str, int]) -> str:
    told = [f"{name} {after[name] - n}" for name, n in before.items() if after[name] != n]
    return ", ".join(told) or "nobody"


def unsubscribed(walk: Delivery) -> None:
    """Unsubscribe by one click: the next change comes by the other channels alone."""
    post = walk.post
    address = str(post.mails("ann")[-1]["List-Unsubscribe"]).strip("<>")
    answer = httpx.post(address, data={"List-Unsubscribe": "One-Click"}, timeout=30)
    print(f"  one click  {page_text(answer)}")
    n = len(post.mails("ann"))
    began = walk.publish("confirmation")
    walk.since(
        began,
        "Slack says confirmed",
        lambda: any("Now confirmed" in each.text for each in post.slack.channels[CHANNEL]),
    )
    walk.since(began, "Telegram says so", lambda: "confirmed" in post.telegram.chats[CHAT][-1].text)
    print(f"  mails to the one who unsubscribed: {len(post.mails('ann')) - n}")
    page = httpx.get(address, timeout=30)
    print(f"  GET   {page_text(page)}")


def later(walk: Delivery) -> None:
    """Wait for the end of the quiet hours, and for the digest."""
    began = time.monotonic()
    for name in ("cleo", "dora"):
        walk.since(began, f"{name} has a mail", partial(walk.post.mails, name))
        mails = walk.post.mails(name)
        shown(
            f"mail {len(mails)} to {name}, {mails[-1]['Date']}: {mails[-1]['Subject']}",
            read_mail(mails[-1]),
        )


def again(walk: Delivery) -> None:
    """Mend the webhook that said 410, and have a range sent again."""
    gone = f"webhook:{walk.shore.url}/gone"
    walk.run("deliveries", "list")
    walk.post.over.clear()
    began = time.monotonic()
    walk.run("deliveries", "redrive", "--to", gone)
    walk.run("deliveries", "list")
    day = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    walk.run("deliveries", "replay", "--to", gone, "--since", day, "--dry-run")
    walk.run("deliveries", "replay", "--to", gone, "--since", day)
    walk.since(began, f"it has {walk.post.gone.types}", lambda: walk.post.gone.taken)
    notices = [m for m in walk.post.box.read() if str(m["From"]).startswith("Reportedly")]
    for mail in notices:
        shown(f"mail to {mail['To']}: {mail['Subject']}", read_mail(mail))
    chat_shown("Telegram", [m for m in walk.post.telegram.chats[CHAT] if "switched off" in m.text])


def feeds_out(walk: Delivery) -> None:
    atom = feedparser.parse(httpx.get(f"{walk.url}/v1/feeds/alerts.atom", timeout=30).content)
    print(f"  Atom, {'damaged' if atom.bozo else 'well-formed'}: {atom.feed.title}")
    for entry in atom.entries:
        print(f"    {entry.updated}  {entry.title}")
    feed = httpx.get(f"{walk.url}/v1/feeds/alerts.json", timeout=30).json()
    print(f"  JSON Feed {feed['version']}: {feed['title']}")
    for item in feed["items"]:
        print(f"    {item['date_modified']}  {item['title']}")


def steps(walk: Delivery) -> None:
    for step in (set_up, first, acknowledged, unsubscribed, again, feeds_out, later):
        print(f"\n## {step.__name__.replace('_', ' ')}", flush=True)
        step(walk)
    walk.run("health")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    post = Post()
    with ExitStack() as stack:
        shore, web = stack.enter_context(Shore()), stack.enter_context(FeedServer())
        post.ashore(shore)
        walk = Delivery(folder, post, shore, web, stack.enter_context(beside(post.box)))
        began = time.monotonic()
        with walk.up():
            print(f"the system runs after {time.monotonic() - began:.0f} s")
            steps(walk)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
