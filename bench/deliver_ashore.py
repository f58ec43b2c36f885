"""The destinations of `bench/deliver.py`: stand-ins that show what people see, in any weather."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Literal

from receivers.discord import Discord
from receivers.matrix import Matrix
from receivers.ntfy import Ntfy
from receivers.pagerduty import PagerDuty
from receivers.shore import Reply, Request, Service, Shore, Shown, Trouble
from receivers.slack import Slack
from receivers.telegram import Telegram
from receivers.webhook import Receiver

from bench.deliver_mail import MailRoom
from bench.deliver_stream import marks

Http = Literal["slack", "telegram", "discord", "matrix", "ntfy", "old-ntfy", "pagerduty", "webhook"]
Kind = Http | Literal["mail"]
Weather = Literal["fair", "hang", "drip", "half", "minute", "gone"]
"""hang and drip: as it says. half: answers 500 half of the time. minute: gone for a minute. gone:
takes nothing any more."""

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOKEN = "tok-of-the-bench"
N_OF_EACH_WEATHER = 5


@dataclass
class Destination:
    """One recipient. `seen`: what it sees, oldest first. `entry`: its secrets, {} for none.

    `visible_at`: (alert, revision) to the monotonic second at which it, or a later one, was seen.
    """

    name: str
    kind: Kind
    to: str
    entry: dict[str, object]
    seen: Callable[[], Sequence[Shown]]
    weather: Weather = "fair"
    visible_at: dict[tuple[int, int], float] = field(default_factory=dict)
    newest: Counter[int] = field(default_factory=Counter)
    n_taken: int = 0

    @property
    def is_living(self) -> bool:
        return self.weather != "gone"

    def shows(self) -> dict[int, int]:
        """Return the newest revision that it sees of each alert, in a message with its history."""
        found: dict[int, int] = {}
        for shown, index, number in self._told():
            if _is_followed(shown, number):
                found[index] = max(number, found.get(index, 0))
        return found

    def n_repeats(self) -> int:
        """Return how many messages tell what another one tells already.

        Where messages are edited, a second one with its history is a repeat: it is not followed.
        """
        followed: Counter[tuple[int, int]] = Counter()
        notes: Counter[tuple[int, int]] = Counter()
        for shown, index, number in self._told():
            if not _is_followed(shown, number):
                notes[index, number] += 1
            else:
                followed[index, number if self.kind in _NEVER_EDITED else 0] += 1
        return sum(n - 1 for n in [*followed.values(), *notes.values()])

    def _told(self) -> Iterator[tuple[Shown, int, int]]:
        for shown in list(self.seen()):
            for index, number in marks(shown.text):
                yield shown, index, number


_NEVER_EDITED = ("old-ntfy", "webhook", "mail")


def _is_followed(shown: Shown, number: int) -> bool:
    """Return True for a message, False for a note beside one, which has no history."""
    begins = number == 1 or "As it stands" in shown.text
    return not shown.thread and (begins or "Told before" in shown.text or not shown.links)


def destinations(shore: Shore, room: MailRoom, n: int) -> list[Destination]:
    """Put `n` destinations ashore, as many of each kind as can be; the last ones in bad weather."""
    kinds: Iterator[Kind] = cycle(
        (
            "slack", "telegram", "discord", "matrix", "ntfy", "pagerduty", "webhook", "old-ntfy",
            "mail",
        )
    )  # fmt: skip
    found = [_put(shore, room, kind, number) for number, kind in zip(range(n), kinds, strict=False)]
    bad: tuple[Weather, ...] = ("hang", "drip", "half", "minute", "gone")
    worst = iter(found[::-1])
    for weather in bad:
        for _ in range(min(N_OF_EACH_WEATHER, n // 20)):
            next(worst).weather = weather
    return found


def _put(shore: Shore, room: MailRoom, kind: Kind, number: int) -> Destination:
    name = f"{kind}{number}"
    if kind == "mail":
        return Destination(name, kind, f"mail:{room.add(name)}", {}, lambda: room.boxes[name])
    service, to, entry, seen = _service(kind, name, number)
    server = shore.add(name, service)
    if kind == "webhook":
        to, entry = f"webhook:{server}/hook", {"address": f"{server}/hook", "keys": [KEY]}
    elif kind == "discord":
        entry["url"] = f"{server}/api/webhooks/{number}/{TOKEN}"
    else:
        entry["server"] = server
    return Destination(name, kind, to, entry, seen)


def _service(
    kind: Http, name: str, number: int
) -> tuple[Service, str, dict[str, object], Callable[[], Sequence[Shown]]]:
    token: dict[str, object] = {"token": TOKEN}
    match kind:
        case "slack":
            slack = Slack(TOKEN, "C0123ABCD")
            return slack, f"slack:{name}/C0123ABCD", token, lambda: slack.channels["C0123ABCD"]
        case "telegram":
            telegram = Telegram(TOKEN, -1001)
            return telegram, f"telegram:{name}/-1001", token, lambda: telegram.chats[-1001]
        case "discord":
            discord = Discord(str(number), TOKEN)
            return discord, f"discord:{name}", {}, lambda: discord.messages
        case "matrix":
            room = "!room:example.org"
            matrix = Matrix(TOKEN, room)
            return matrix, f"matrix:{name}/{room}", token, lambda: matrix.rooms[room]
        case "ntfy" | "old-ntfy":
            ntfy = Ntfy(is_old=kind == "old-ntfy", token=TOKEN)
            return ntfy, f"ntfy:{name}/alerts", token, lambda: ntfy.topics.get("alerts", ())
        case "pagerduty":
            pagerduty = PagerDuty(TOKEN)
            return pagerduty, f"pagerduty:{name}", {"key": TOKEN}, lambda: pagerduty.alerts
        case "webhook":
            webhook = Receiver(KEY)
            return webhook, "", {}, lambda: _sentences(webhook)


def _sentences(webhook: Receiver) -> list[Shown]:
    """Return what a program reads of the messages that came."""
    bodies = list(webhook.taken.items())
    return [Shown(id, body["data"].get("sentence", "")) for id, body in bodies]


class Coast:
    """The destinations' weather, and when each message was seen."""

    def __init__(
        self, shore: Shore, room: MailRoom, found: Sequence[Destination], seed: int
    ) -> None:
        self.by_name = {each.name: each for each in found}
        self.is_clear = False
        self.minute: tuple[float, float] = (0.0, 0.0)
        self._chance = random.Random(seed)
        shore.keeps_requests = False
        shore.trouble = lambda name, _request: self.trouble(name)
        shore.heard = self.heard
        room.trouble, room.heard = self.trouble, self.saw

    def trouble(self, name: str) -> Trouble | None:
        """Return what a destination does in place of an answer."""
        match self.by_name[name].weather:
            case "gone":
                return Reply(410)
            case "hang" | "drip" as weather if not self.is_clear:
                return weather
            case "half" if not self.is_clear and self._chance.random() < 0.5:
                return Reply(500)
            case "minute" if self.minute[0] <= time.monotonic() < self.minute[1]:
                return "drop"
        return None

    def heard(self, name: str, request: Request, reply: Reply) -> None:
        """Note when a message was seen."""
        is_taken = reply.status < 300 and not (
            isinstance(reply.body, dict) and reply.body.get("ok") is False
        )
        if not is_taken or request.method == "GET":
            return
        self.saw(name, request.body.decode())

    def saw(self, name: str, text: str) -> None:
        """Note that a message was taken."""
        at, to = time.monotonic(), self.by_name[name]
        to.n_taken += 1
        for index, number in marks(text):
            for passed in range(to.newest[index] + 1, number + 1):
                to.visible_at[index, passed] = at
            to.newest[index] = max(number, to.newest[index])
