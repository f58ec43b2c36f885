"""Mail over a real SMTP server on loopback."""

import asyncio
import ssl
from threading import Event

import pytest
from mail_server import PASSWORD, USER, MailServer, running, serving, trusting

from services.adapters.smtp import MOST_CONNECTIONS, STEP_SECONDS, SmtpMailer
from services.errors import Occupied, TransientError
from services.ports import MailAnswer

MAIL = b"Subject: One\r\n\r\n.\r\nA line.\r\n"


def sent(box, security="none", *, to="ann@example.org", user="", password="", **options):
    """Return the answer to a mail, or the reason for which there is none."""

    async def run():
        async with running(box, **options) as port:
            mailer = SmtpMailer("localhost", port, security, user, password, trusted=trusting())
            try:
                return await mailer.send("alerts@example.net", to, MAIL)
            except TransientError as error:
                return str(error)
            finally:
                mailer.close()

    return asyncio.run(run())


def test_a_mail_is_taken_as_it_is_with_its_lines_of_one_dot():
    box = MailServer()
    answer = sent(box)
    assert answer == MailAnswer("data", 250, "", "taken")
    assert answer.is_taken
    assert box.mails == [("alerts@example.net", "ann@example.org", MAIL)]


def test_a_mail_goes_over_tls_from_the_beginning():
    box = MailServer()
    assert sent(box, "tls", tls=True).is_taken
    assert box.was_tls


def test_a_mail_goes_over_tls_after_starttls_with_a_login():
    box = MailServer()
    answer = sent(box, "starttls", user=USER, password=PASSWORD, starttls=True, login=True)
    assert answer.is_taken
    assert box.was_tls


def test_a_server_without_starttls_gets_nothing_where_it_is_asked_for():
    box = MailServer()
    assert "no STARTTLS" in sent(box, "starttls", user=USER, password=PASSWORD)
    assert box.mails == []


def test_a_certificate_that_nobody_trusts_gets_nothing():
    box = MailServer()

    async def run():
        async with running(box, tls=True) as port:
            mailer = SmtpMailer("localhost", port, "tls")
            with pytest.raises(TransientError, match="certificate verify failed"):
                await mailer.send("alerts@example.net", "ann@example.org", MAIL)
            mailer.close()

    asyncio.run(run())
    assert box.mails == []


def test_a_wrong_password_is_an_answer_to_the_login():
    answer = sent(MailServer(), "starttls", user=USER, password="x", starttls=True, login=True)
    assert (answer.step, answer.code) == ("login", 535)


def test_a_refused_recipient_is_an_answer_with_its_status():
    box = MailServer(answers={"ann@example.org": "550 5.1.1 no such user"})
    assert sent(box) == MailAnswer("recipient", 550, "5.1.1", "5.1.1 no such user")


def test_a_refused_mail_is_an_answer_to_the_data():
    box = MailServer(answers={"": "554 5.7.1 spam"})
    assert sent(box) == MailAnswer("data", 554, "5.7.1", "5.7.1 spam")


class Silent(asyncio.Protocol):
    """Says nothing."""


class Busy(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(b"421 4.3.2 come later\r\n")


def to_server(made, seconds=10.0):
    async def run():
        async with serving(made) as port:
            mailer = SmtpMailer("localhost", port, "none", seconds=seconds)
            try:
                return await mailer.send("alerts@example.net", "ann@example.org", MAIL)
            finally:
                mailer.close()

    return asyncio.run(run())


def test_a_server_that_says_nothing_is_given_up_at_the_deadline():
    with pytest.raises(TransientError, match="not sent within"):
        to_server(Silent, seconds=0.05)


class Deaf(MailServer):
    """Takes a recipient, and never says so."""

    async def answer_to(self, _address):
        await asyncio.sleep(60)


def test_a_mail_over_tls_is_cut_without_a_moment_in_the_clear(monkeypatch):
    """The shutdown of the ssl module drops the TLS first: what is written then goes as it is."""
    dropped = []
    monkeypatch.setattr(ssl.SSLSocket, "shutdown", lambda self, _how: dropped.append(self))

    async def run():
        async with running(Deaf(), tls=True) as port:
            mailer = SmtpMailer("localhost", port, "tls", trusted=trusting(), seconds=1.0)
            with pytest.raises(TransientError, match="not sent within"):
                await mailer.send("alerts@example.net", "ann@example.org", MAIL)
            # The thread ends, since its connection is shut.
            await asyncio.to_thread(mailer._threads.shutdown)

    asyncio.run(asyncio.wait_for(run(), STEP_SECONDS))
    assert dropped == []


class Held(SmtpMailer):
    """Its connections are held until the event is set."""

    held = Event()

    def _send(self, *_given):
        assert self.held.wait(STEP_SECONDS)
        return MailAnswer("data", 250, "", "taken")


def all_held(act, **options):
    async def run():
        mailer = Held("localhost", 25, "none", **options)
        mailer.held = Event()
        sends = [asyncio.create_task(mailer.send("a", "b", MAIL)) for _ in range(MOST_CONNECTIONS)]
        try:
            return await act(mailer, sends)
        finally:
            mailer.held.set()
            await asyncio.gather(*sends, return_exceptions=True)
            mailer.close()

    return asyncio.run(run())


def test_a_mail_that_finds_no_free_connection_says_that_nobody_was_asked():
    async def act(mailer, _sends):
        await asyncio.create_task(mailer.send("a", "c", MAIL))

    with pytest.raises(Occupied, match="other mails use all connections"):
        all_held(act, wait_seconds=0.05)


def test_the_deadline_of_a_mail_begins_once_a_connection_is_free():
    async def act(mailer, sends):
        last = asyncio.create_task(mailer.send("a", "c", MAIL))
        given_up = await asyncio.gather(*sends, return_exceptions=True)
        assert all("not sent within" in str(error) for error in given_up)
        assert not last.done()
        mailer.held.set()
        return await last

    assert all_held(act, seconds=0.5, wait_seconds=STEP_SECONDS).is_taken


def test_a_server_that_is_busy_says_so_when_it_is_connected_to():
    assert to_server(Busy) == MailAnswer("connect", 421, "4.3.2", "4.3.2 come later")


def test_no_server_is_an_error_that_passes():
    async def run():
        async with serving(Busy) as port:
            pass
        await SmtpMailer("localhost", port, "none").send("a@example.net", "b@example.org", MAIL)

    with pytest.raises(TransientError, match="localhost: ConnectionRefusedError"):
        asyncio.run(run())
