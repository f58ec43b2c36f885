"""What a target makes of Apprise's answers."""

import asyncio
from dataclasses import dataclass, field

from letters import ALERT, hostile
from linking import clicked

from services.errors import ConfigError, InvalidMessage, TransientError
from services.notifier.targets.apprise import LONGEST_TITLE, MOST_CHARS, AppriseTarget
from services.notifier.targets.target import Done, Later, Refused
from services.notifier.texts.compose import letter


@dataclass
class Sent:
    answer: bool | Exception = True
    got: list[tuple[str, str, str]] = field(default_factory=list)

    async def send(self, url: str, title: str, text: str) -> bool:
        self.got.append((url, title, text))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def entries(name):
    if name != "phones":
        raise ConfigError(f"no entry {name}")
    return {"url": "pover://user@token"}


def post(sent, alert=ALERT, address="phones"):
    told = letter(alert, alert.revisions[-1], key="k")
    return asyncio.run(AppriseTarget(sent, entries).post(address, told))


def test_a_message_has_a_title_and_a_text_that_fit():
    sent = Sent()
    for alert in (ALERT, hostile()):
        assert post(sent, alert) == Done()
    for url, title, text in sent.got:
        assert url == "pover://user@token"
        assert title.startswith("Now denied by")
        assert len(title) <= LONGEST_TITLE
        assert len(text) <= MOST_CHARS
        assert not [each for each in clicked(title + text) if "coast-post" not in each]


def test_what_did_not_go_is_tried_later_and_what_can_not_go_is_refused():
    assert isinstance(post(Sent(answer=False)), Later)
    assert isinstance(post(Sent(TransientError("too slow"))), Later)
    assert post(Sent(InvalidMessage("bad-url", "no URL"))) == Refused("no URL")
    assert isinstance(post(Sent(), address="nobody"), Later)
    assert isinstance(post(None), Later)
