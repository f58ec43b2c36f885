"""The targets of services that people chat and are paged by."""

from services.channels import Scheme
from services.notifier.targets.apprise import AppriseTarget
from services.notifier.targets.calling import Entries
from services.notifier.targets.discord import DiscordTarget
from services.notifier.targets.matrix import MatrixTarget
from services.notifier.targets.ntfy import NtfyTarget
from services.notifier.targets.pagerduty import PagerDutyTarget
from services.notifier.targets.slack import SlackTarget
from services.notifier.targets.target import Target
from services.notifier.targets.telegram import TelegramTarget
from services.ports import Broadcaster, Poster


def chat_targets(
    poster: Poster, entries: Entries, broadcaster: Broadcaster | None = None
) -> dict[Scheme, Target]:
    """Return each by its scheme. `entries`: the file of secrets."""
    return {
        "slack": SlackTarget(poster, entries),
        "telegram": TelegramTarget(poster, entries),
        "discord": DiscordTarget(poster, entries),
        "matrix": MatrixTarget(poster, entries),
        "ntfy": NtfyTarget(poster, entries),
        "apprise": AppriseTarget(broadcaster, entries),
        "pagerduty": PagerDutyTarget(poster, entries),
    }
