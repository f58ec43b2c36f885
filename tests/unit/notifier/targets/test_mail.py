"""Mail as a target, through a real SMTP server on loopback."""

import asyncio

import pytest
from builders import START
from letters import ALERT, DENIED, FIRST
from mail_server import MailServer, running

from services.adapters.smtp import SmtpMailer
from services.errors import Occupied
from services.notifier.content import Notice
from services.notifier.targets.mail import OCCUPIED_SECONDS, MailTarget, refusal
from services.notifier.targets.target import Done, Later, Refused
from services.notifier.texts.compose import letter
from services.ports import MailAnswer

ANN = "ann@example.org"


def now():
    return START


def through(box, act):
    """Return what a target makes of what `act` does with it."""

    async def run():
        async with running(box) as port:
            mailer = SmtpMailer("127.0.0.1", port, "none")
            try:
                return await act(MailTarget(mailer, "alerts@example.net", now))
            finally:
                mailer.close()

    return asyncio.run(run())


def test_a_first_mail_begins_a_thread_and_a_change_follows_in_it():
    async def act(target):
        first = await target.post(ANN, letter(ALERT, FIRST, key="1"))
        later = await target.note(ANN, letter(ALERT, DENIED, key="2"), first.handle)
        return first, later

    box = MailServer()
    first, later = through(box, act)
    assert first == later
    begun, followed = box.read()
    assert begun["Message-ID"] == followed["References"] == first.handle
    assert followed["Subject"].startswith("Now denied by the Orran Front")
    assert [(sender, to) for sender, to, _ in box.mails] == [("alerts@example.net", ANN)] * 2


def test_a_domain_of_other_letters_is_sent_in_ascii():
    box = MailServer()
    through(box, lambda target: target.post("ann@bücher.example", Notice("k", "A", ("b",))))
    assert box.mails[0][1] == "ann@xn--bcher-kva.example"


def test_a_mailbox_that_is_gone_switches_the_target_off():
    box = MailServer(answers={ANN: "550 5.1.1 no such user"})
    found = through(box, lambda target: target.post(ANN, Notice("k", "A", ("b",))))
    assert found == Refused(
        "the mail server refuses the recipient: 550 5.1.1 no such user", is_gone=True
    )


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (MailAnswer("connect", 421, "", "busy"), Later("", is_busy=False)),
        (MailAnswer("login", 535, "5.7.8", "no"), Later("", is_busy=False)),
        (MailAnswer("sender", 550, "5.7.1", "no"), Later("", is_busy=False)),
        (MailAnswer("recipient", 451, "4.7.1", "greylisted"), Later("", is_busy=False)),
        (MailAnswer("recipient", 550, "5.1.1", "who?"), Refused("", is_gone=True)),
        (MailAnswer("recipient", 550, "5.7.1", "no"), Refused("")),
        (MailAnswer("recipient", 550, "", "no such user"), Refused("")),
        (MailAnswer("recipient", 552, "5.2.2", "full"), Later("", is_busy=False)),
        (MailAnswer("data", 552, "", "full"), Later("", is_busy=False)),
        (MailAnswer("data", 552, "5.3.4", "too large"), Refused("")),
        (MailAnswer("data", 554, "5.7.1", "spam"), Refused("")),
        (MailAnswer("data", 550, "5.1.1", "who?"), Refused("")),
    ],
)
def test_a_refusal_means_later_or_never_or_gone(answer, found):
    told = refusal(answer)
    assert type(told) is type(found)
    assert {**as_dict(told), "reason": ""} == as_dict(found)


def as_dict(outcome):
    return {name: getattr(outcome, name) for name in outcome.__slots__}


def test_a_server_that_is_away_takes_the_mail_later():
    async def run():
        async with running(MailServer()) as port:
            pass
        target = MailTarget(SmtpMailer("127.0.0.1", port, "none"), "a@example.net", now)
        return await target.post(ANN, Notice("k", "A", ("b",)))

    found = asyncio.run(run())
    assert isinstance(found, Later)
    assert "ConnectionRefusedError" in found.reason


def test_a_mail_that_finds_no_free_connection_uses_up_no_try():
    class Full:
        async def send(self, _sender, _recipient, _message):
            raise Occupied("relay.example: other mails use all connections")

    target = MailTarget(Full(), "a@example.net", now)
    found = asyncio.run(target.post(ANN, Notice("k", "A", ("b",))))
    assert found == Later(found.reason, OCCUPIED_SECONDS, is_busy=True)


def test_without_a_server_mails_wait_and_the_reason_names_the_settings():
    found = asyncio.run(MailTarget(None, "", now).post(ANN, Notice("k", "A", ("b",))))
    assert found == Later("no mail server is set: REPORTEDLY_SMTP_URL and REPORTEDLY_MAIL_FROM")


def test_a_mail_is_never_changed():
    found = asyncio.run(MailTarget(None, "", now).edit(ANN, letter(ALERT, FIRST, key="1"), "<x>"))
    assert isinstance(found, Refused)
    assert found.is_lost


def test_a_mail_that_is_sent_has_its_message_id_as_handle():
    box = MailServer()
    found = through(box, lambda target: target.post(ANN, Notice("k", "A", ("b",))))
    assert found == Done(box.read()[0]["Message-ID"])
