"""Each service ashore, as a target is tested with it: what it is told, shows, loses, and leaves."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from receivers.discord import Discord
from receivers.matrix import Matrix
from receivers.ntfy import Ntfy
from receivers.pagerduty import PagerDuty
from receivers.shore import Shore, Shown
from receivers.slack import Slack
from receivers.telegram import Telegram
from services.adapters.http import HttpPoster
from services.addresses import LOOPBACK, Allowed
from services.channels import Scheme
from services.errors import ConfigError
from services.notifier.content import Letter
from services.notifier.targets.chat import chat_targets

POSTERS = {allowed: HttpPoster("tests", allowed) for allowed in (LOOPBACK, Allowed())}
LOOP = asyncio.new_event_loop()
TOKEN = "tok-Xq7vault"
ROOM = "!room:example.org"


@dataclass
class Case:
    """A service ashore.

    - `seen`: what people see. `lose`: remove what they see; None if nothing can be lost. `leave`:
      take no more. `replaces`: an edit replaces a message. `is_idempotent`: a repeat is dropped.
      `is_silent`: messages can come without a sound. `has_threads`: notes stand under the message.
    """

    scheme: Scheme
    address: str
    entry: dict[str, str]
    seen: Callable[[], list[Shown]]
    leave: Callable[[], object]
    lose: Callable[[], object] | None = None
    replaces: bool = True
    is_idempotent: bool = False
    is_silent: bool = True
    has_threads: bool = False
    allowed: Allowed = field(default=LOOPBACK)

    @property
    def target(self) -> Any:
        return chat_targets(POSTERS[self.allowed], self.entries)[self.scheme]

    def entries(self, name: str) -> dict[str, str]:
        if name != "desk":
            raise ConfigError(f"the file has no entry {name}")
        return self.entry

    def post(self, content: Any) -> Any:
        return LOOP.run_until_complete(self.target.post(self.address, content))

    def edit(self, content: Letter, handle: str) -> Any:
        return LOOP.run_until_complete(self.target.edit(self.address, content, handle))

    def note(self, content: Letter, handle: str) -> Any:
        return LOOP.run_until_complete(self.target.note(self.address, content, handle))


def slack(shore: Shore) -> Case:
    service = Slack(TOKEN, "C0123ABCD")
    seen = service.channels["C0123ABCD"]
    entry = {"token": TOKEN, "server": shore.add("service", service)}
    leave = lambda: service.archived.add("C0123ABCD")  # noqa: E731
    return Case(
        "slack", "desk/C0123ABCD", entry, lambda: seen, leave, seen.clear,
        is_silent=False, has_threads=True,
    )  # fmt: skip


def telegram(shore: Shore) -> Case:
    service = Telegram(TOKEN, -1001)
    entry = {"token": TOKEN, "server": shore.add("service", service)}
    seen = service.chats[-1001]
    return Case(
        "telegram", "desk/-1001", entry, lambda: seen, lambda: service.left.add(-1001), seen.clear,
        has_threads=True,
    )  # fmt: skip


def discord(shore: Shore) -> Case:
    service = Discord("12", TOKEN)
    entry = {"url": f"{shore.add('service', service)}/api/webhooks/12/{TOKEN}"}

    def leave() -> None:
        service.is_deleted = True

    seen = service.messages
    return Case("discord", "desk", entry, lambda: seen, leave, seen.clear)


def matrix(shore: Shore) -> Case:
    service = Matrix(TOKEN, ROOM)
    entry = {"token": TOKEN, "server": shore.add("service", service)}
    seen = service.rooms[ROOM]

    def lose() -> None:
        service.redacted.update(each.id for each in seen)
        seen.clear()

    return Case(
        "matrix", f"desk/{ROOM}", entry, lambda: seen, lambda: service.left.add(ROOM), lose,
        is_idempotent=True, has_threads=True,
    )  # fmt: skip


def ntfy(shore: Shore, *, is_old: bool = False) -> Case:
    service = Ntfy(token=TOKEN, is_old=is_old)
    entry = {"token": TOKEN, "server": shore.add("service", service)}

    def leave() -> None:
        service.token = "another"

    return Case(
        "ntfy", "desk/alerts", entry, lambda: service.topics.get("alerts", []), leave,
        replaces=not is_old, is_idempotent=not is_old,
    )  # fmt: skip


def old_ntfy(shore: Shore) -> Case:
    return ntfy(shore, is_old=True)


def pagerduty(shore: Shore) -> Case:
    service = PagerDuty(TOKEN)
    entry = {"key": TOKEN, "server": shore.add("service", service)}

    def leave() -> None:
        service.key = "of another integration"

    return Case(
        "pagerduty", "desk", entry, lambda: service.alerts, leave, is_idempotent=True,
        is_silent=False,
    )  # fmt: skip


CASES = (slack, telegram, discord, matrix, ntfy, old_ntfy, pagerduty)
