"""The targets of a process, made of its settings."""

import pytest

from services.errors import ConfigError
from services.notifier.service.targets import check_mail
from services.settings import Settings


def test_a_mail_server_needs_a_sender():
    with pytest.raises(ConfigError, match="REPORTEDLY_MAIL_FROM"):
        check_mail(Settings(smtp_url="smtps://mail.example.org"))
    check_mail(Settings(smtp_url="smtps://mail.example.org", mail_from="alerts@example.org"))
    check_mail(Settings())
