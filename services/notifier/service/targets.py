"""The targets of all schemes, made of the ports of the process."""

from collections.abc import Mapping
from datetime import UTC, datetime

from services.channels import Scheme, scheme_of
from services.errors import ConfigError
from services.notifier.service.log_target import LogTarget
from services.notifier.signing import KeyRing
from services.notifier.targets.chat import chat_targets
from services.notifier.targets.mail import MailTarget
from services.notifier.targets.target import Target
from services.notifier.targets.webhook import WebhookTarget
from services.runtime.channel_secrets import ChannelSecrets
from services.runtime.world import World
from services.settings import PREFIX, Settings


def targets_of(world: World) -> dict[Scheme, Target]:
    """Return a target for each scheme. Raises ConfigError for unusable settings."""
    check_mail(world.settings)
    secrets = ChannelSecrets(world.settings.channel_secrets)
    keys = KeyRing(world.settings.webhook_secret, secrets.keys_of)
    return chat_targets(world.poster, secrets.fields, world.broadcaster) | {
        "log": LogTarget(world.settings.deliveries_log),
        "webhook": WebhookTarget(world.poster, keys, _now),
        "mail": MailTarget(world.mailer, world.settings.mail_from, _now),
    }


def check_mail(settings: Settings) -> None:
    """Raises ConfigError for a mail server without a sender."""
    if settings.smtp_url and not settings.mail_from:
        raise ConfigError(f"{PREFIX}SMTP_URL needs {PREFIX}MAIL_FROM, the address mail comes from")


def _now() -> datetime:
    """Return the machine's time: receivers refuse a message that is dated by news time."""
    return datetime.now(UTC)


def target_of(targets: Mapping[Scheme, Target], to: str) -> Target | None:
    """Return the target of a channel; None if there is none."""
    scheme = scheme_of(to)
    return targets.get(scheme) if scheme is not None else None
