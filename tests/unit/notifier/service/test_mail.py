"""Alerts as mails, through a real SMTP server: what a reader has then."""

import msgspec
import pytest
from builders import hours
from letters import ALERT
from mail_server import MailServer, beside
from notifying import MovingClock, notifier, record, rows
from streams import eventually

from services.adapters.smtp import SmtpMailer
from services.messages import Channel, DigestRule, Policy

ANN = "mail:ann@example.org"


@pytest.fixture
def box():
    return MailServer()


@pytest.fixture
def mailer(box):
    with beside(box) as port:
        mailer = SmtpMailer("127.0.0.1", port, "none")
        yield mailer
        mailer.close()


def version(n, **changed):
    """Return the alert with its first revisions."""
    channels = (Channel(to=ANN),)
    return msgspec.structs.replace(
        ALERT, revisions=ALERT.revisions[:n], version=n, channels=channels, **changed
    )


def started(mailer, clock):
    return notifier(clock=clock, mailer=mailer, mail_from="alerts@example.net")


def test_an_alert_and_its_denial_are_one_thread_that_ends_with_what_holds(box, mailer):
    clock = MovingClock(hours(0))
    running = started(mailer, clock)
    assert running.tell(version(1), n=1) == [(ANN, "delivered", 1)]
    clock.at = hours(2)
    running.tell(version(4), n=4)
    first, last = box.read()
    assert first["Subject"].startswith("“Blast in Meris market kills Halvane”")
    assert last["Subject"].startswith("Now denied by the Orran Front: ")
    assert last["References"] == first["Message-ID"]
    assert all(row.shown == 4 for row in rows(running.broker).values())


def test_a_restarted_notifier_goes_on_in_the_thread(box, mailer):
    clock = MovingClock(hours(0))
    before = started(mailer, clock)
    before.tell(version(1), n=1)
    before.leave()
    clock.at = hours(2)
    after = notifier(
        broker=before.broker, clock=clock, mailer=mailer, mail_from="alerts@example.net"
    )
    after.tell(version(4), n=4)
    first, last = box.read()
    assert last["References"] == first["Message-ID"]


def test_a_mailbox_that_is_gone_gets_no_more(box, mailer):
    box.answers["ann@example.org"] = "550 5.1.1 no such user"
    running = started(mailer, MovingClock(hours(2)))
    ((channel, outcome, _), *_) = running.tell(version(1), n=1)
    assert (channel, outcome) == (ANN, "failed")
    n_sessions = box.n_sessions
    running.handle([record(version(4), running.broker)])

    def settled():
        running.idle()
        return [row.outcome for row in rows(running.broker).values() if row.settled == 4]

    assert eventually(settled) == ["off"]
    assert box.n_sessions == n_sessions


def test_a_digest_is_one_mail(box, mailer):
    clock = MovingClock(hours(0))
    running = started(mailer, clock)
    policy = Policy(digest=DigestRule(every="1h"))
    other = version(3, policy=policy, alert_id="al-2")
    running.tell(version(1, policy=policy), other, n=0)
    clock.at = hours(3)
    running.outcomes(2)
    (found,) = box.read()
    assert found["Subject"].startswith("Idris Halvane: 2 alerts · ")
