"""Mails as bytes, read back as a client reads them."""

from email import message_from_bytes
from email.policy import default

import msgspec
import pytest
from builders import START
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import ALERT, DENIED, FIRST, HOSTILE_WORDS, hostile

from services.errors import InvalidMessage
from services.notifier.content import Links, Notice
from services.notifier.texts.compose import digest, letter
from services.notifier.texts.mail import header_names, mail
from services.notifier.texts.page import html
from services.notifier.texts.plain import subject, text

LINKS = Links(unsubscribe="https://r.example/u?t=abc")


def of(revision=FIRST, alert=ALERT, key="k", links=LINKS):
    return letter(alert, revision, key=key, links=links)


def made(content, to="ann@example.org", thread=""):
    return mail(content, sender="alerts@example.net", to=to, at=START, thread=thread)


def read(content, **options):
    return message_from_bytes(made(content, **options).data, policy=default)


def parts(message):
    """Return the text and the page, with lines that end as ours do."""
    return [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]


def test_a_client_reads_the_subject_both_forms_and_who_it_is_from():
    found = read(of())
    assert found["Subject"] == subject(of())
    assert found["From"] == "Idris Halvane · Reportedly <alerts@example.net>"
    assert found["To"] == "ann@example.org"
    assert found["Date"].datetime == START
    plain, page = parts(found)
    assert plain == text(of()) + "\n"
    assert page.strip() == html(of()).strip()
    assert found.get_content_type() == "multipart/alternative"


def test_a_mail_is_the_same_at_every_try_and_another_for_another_recipient():
    assert made(of()) == made(of())
    other = made(of(), to="ben@example.org")
    assert other.message_id != made(of()).message_id
    assert made(of(key="k2")).message_id != made(of()).message_id


def test_a_change_follows_the_first_mail_in_its_thread():
    first = made(of())
    found = read(of(DENIED, key="k2"), thread=first.message_id)
    assert found["In-Reply-To"] == found["References"] == first.message_id
    assert found["Subject"].startswith("Now denied by the Orran Front: ")
    assert read(of())["References"] is None


def test_one_click_unsubscribes():
    found = read(of())
    assert found["List-Unsubscribe"] == "<https://r.example/u?t=abc>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read(of(links=Links()))["List-Unsubscribe"] is None


@pytest.mark.parametrize("length", [10, 40, 60, 80, 200, 600])
def test_addresses_and_ids_stand_on_one_line_however_long_they_are(length):
    link = f"https://r.example/v1/unsubscribe?token={'tY_9-' * (length // 5)}"
    domain = ".".join(["d" * min(length, 60)] * max(1, min(length // 60, 3))) + ".example"
    thread = f"<{'c' * 20}@{domain}>"
    content = of(links=Links(unsubscribe=link))
    found = mail(content, sender=f"alerts@{domain}", to=f"ann@{domain}", at=START, thread=thread)
    rows = found.data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    for row in (
        f"List-Unsubscribe: <{link}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"In-Reply-To: {thread}",
        f"References: {thread}",
        f"Message-ID: {found.message_id}",
        f"List-Id: <halvane.{domain}>",
    ):
        assert row in rows
    for address in (f"<alerts@{domain}>", f"ann@{domain}"):
        assert any(row.endswith(address) for row in rows)


def test_a_digest_and_a_letter_are_of_the_list_of_their_watch_and_a_notice_of_none():
    assert read(of())["List-Id"] == "<halvane.example.net>"
    assert read(digest([of()], key="d"))["List-Id"] == "<halvane.example.net>"
    notice = read(Notice("n", "A test", ("One.",)))
    assert notice["List-Id"] is None
    assert notice["From"] == "Reportedly <alerts@example.net>"


@pytest.mark.parametrize(
    ("left_out", "more"), [(0, ""), (1, "and 1 more"), (1_200, "and 1,200 more")]
)
def test_a_digest_of_many_begins_with_the_most_urgent_and_says_how_many_more_there_are(
    left_out, more
):
    denied = of(DENIED, key="last", links=Links())
    letters = [of(key="k", links=Links()), denied]
    found = read(digest(letters, key="d", links=LINKS, left_out=left_out))
    assert f"{left_out + 2} alerts" in found["Subject"]
    for part in parts(found):
        assert "Now denied by the Orran Front" in part
        assert ("more" in part) == bool(more)
        assert more in part


def test_no_answering_machine_answers():
    assert read(of())["Auto-Submitted"] == "auto-generated"


HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "List-Unsubscribe",
    "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
]  # fmt: skip


def test_words_of_a_hostile_article_make_no_header_and_no_part():
    alert = msgspec.structs.replace(hostile(), watch_name=HOSTILE_WORDS)
    for content in (
        of(alert.revisions[-1], alert),
        digest([of(alert.revisions[-1], alert)], key="d", links=LINKS),
    ):
        found = read(content)
        assert found.keys() == HEADERS
        assert len([*found.iter_parts()]) == 2
        assert not found.defects
        assert "\u202e" not in found["Subject"]


ENCODED = [
    "=?utf-8?q?x=0D=0AReply-To:_eve@example.org?=",
    "Nine killed =?utf-8?q?x=0D=0A=0D=0A<b>Log_in</b>?= in Orran",
    "=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLm9yZw==?=",
    "=?us-ascii?q?x=0AX-One:_1?=",
    "é =?utf-8?q?x=0D=0ABcc:_eve@example.org?= " * 9,
    "=\u200b?utf-8?q?x=0D=0ABcc:_eve@example.org?=",
    "=?utf-8?q?=E2=80=AEnrut?=",
]  # fmt: skip


@pytest.mark.parametrize("words", ENCODED)
def test_encoded_words_of_an_article_or_of_a_watch_are_not_decoded(words):
    told = msgspec.structs.replace(FIRST, text=words)
    alert = msgspec.structs.replace(ALERT, watch_name=words, revisions=(told,))
    for content in (of(told, alert), digest([of(told, alert)], key="d", links=LINKS)):
        data = made(content).data
        assert header_names(data) == HEADERS
        found = message_from_bytes(data, policy=default)
        assert "= ?" in found["Subject"]
        assert "= ?" in found["From"]
        assert "\u202e" not in f"{found['Subject']}{found['From']}"
    data = made(Notice("n", words, ("One.",), links=LINKS)).data
    assert header_names(data) == [name for name in HEADERS if name != "List-Id"]


@pytest.mark.parametrize("end", ["=0D=0A", "=0A", "=0D", "=0D=0A=0D=0A"])
def test_a_mail_whose_headers_are_not_those_that_were_set_is_not_made(end):
    link = f"https://r.example/ =?utf-8?q?{end}Bcc:_eve@example.org?="
    with pytest.raises(InvalidMessage, match="are not those that were set"):
        made(of(links=Links(unsubscribe=link)))


@settings(max_examples=40)
@given(
    words=st.text(max_size=300) | st.text("=?utf-8qb0DA_:é \u200b", max_size=80),
    is_name=st.booleans(),
)
def test_whatever_words_an_article_has_a_client_reads_them_as_such(words, is_name):
    alert = msgspec.structs.replace(ALERT, watch_name=words) if is_name else ALERT
    wording = msgspec.structs.replace(FIRST.wording, core=words, headline=words, also=())
    content = of(msgspec.structs.replace(FIRST, text=words, wording=wording), alert)
    found = read(content)
    assert found.keys() == HEADERS
    told = subject(content).replace("=?", "= ?")
    assert " ".join(found["Subject"].split()) == " ".join(told.split())
    plain, _ = parts(found)
    assert plain == text(content) + "\n"


@pytest.mark.parametrize("length", [10, 3_000])
def test_no_line_is_longer_than_mail_allows(length):
    content = Notice("n", "x" * length, ("y" * length,))
    assert max(map(len, made(content).data.split(b"\r\n"))) <= 998
