"""Services without a target of their own, by Apprise. Address: `NAME`.

It returns no id of a message, so nothing is edited: each change that is told is a message.
"""

from services.errors import ConfigError, InvalidMessage, TransientError
from services.notifier.content import Content, Letter
from services.notifier.targets.calling import Entries
from services.notifier.targets.lines import plain, rendered, titled
from services.notifier.targets.target import Done, Later, Outcome, Refused
from services.notifier.texts.plain import cut
from services.ports import Broadcaster

LONGEST_TITLE = 200
"""Characters of a title. Pushover has the shortest of note: 250."""

MOST_CHARS = 1_000
"""Characters of a text. Source: Pushover takes 1,024; longer ones are cut in the middle of a word.
"""


class AppriseTarget:
    """What an entry's `url` leads to."""

    can_edit = False
    can_thread = False
    takes_digests = True
    tells_each = False

    def __init__(self, broadcaster: Broadcaster | None, entries: Entries) -> None:
        self._broadcaster = broadcaster
        self._entries = entries

    async def post(self, address: str, content: Content) -> Outcome:
        """Send a message."""
        try:
            url = self._entries(address).get("url", "")
        except ConfigError as error:
            return Later(str(error))
        if self._broadcaster is None or not url:
            return Later(f"the entry {address} of the channels' secrets has no url: add it")
        title = cut(titled(content), LONGEST_TITLE)
        text = rendered(content, lambda lines: plain(lines, has_links=True), MOST_CHARS)
        try:
            is_taken = await self._broadcaster.send(url, title, text)
        except InvalidMessage as error:
            return Refused(error.detail)
        except TransientError as error:
            return Later(str(error))
        return (
            Done() if is_taken else Later("the service did not take it; Apprise does not say why")
        )

    async def edit(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Send a message: nothing can be edited."""
        return await self.post(address, letter)

    async def note(self, address: str, letter: Letter, handle: str) -> Outcome:
        """Send a message: there are no threads."""
        return await self.post(address, letter)
