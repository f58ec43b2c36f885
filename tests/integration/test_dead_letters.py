"""`dlq` on a real broker: what is listed is what was filed,
and what is sent again is the original in its place.
"""

import pytest
from click.testing import CliRunner
from streams import on

from services.cli import root
from services.desk.pipeline.redrive import is_letter
from services.ports import Outgoing

pytestmark = pytest.mark.engines


@pytest.fixture
def dlq(settings, broker):
    """A function that runs `reportedly dlq …` and returns its outcome; two letters are filed."""
    producer = broker.producer()
    for key, reason, partition in (("a", "not-json", "1"), ("b", "empty", "0")):
        headers = {
            "topic": b"reports",
            "reason": reason.encode(),
            "detail": b"why",
            "partition": partition.encode(),
        }
        producer.send(Outgoing("reports-dlq", key, b"\xffbytes", headers=headers))
    producer.close()
    return lambda *words: CliRunner().invoke(root, ["dlq", *words], env=settings.environment())


def test_list_tells_topic_offset_and_reason_of_every_letter(dlq):
    assert dlq("list").stdout.splitlines() == [
        "reports\t0\tnot-json\twhy",
        "reports\t1\tempty\twhy",
    ]


def test_show_gives_the_bytes_as_they_came(dlq):
    shown = dlq("show", "reports", "0")
    assert shown.exit_code == 0
    assert b"reason: not-json\n" in shown.stdout_bytes
    assert shown.stdout_bytes.endswith(b"\n\n\xffbytes\n")


def test_show_of_an_offset_without_a_letter_is_an_error(dlq):
    assert "no dead letter at 7" in str(dlq("show", "reports", "7").exception)


def test_list_takes_a_topic_and_a_reason(dlq):
    assert dlq("list", "reports", "--reason", "empty").stdout.splitlines() == [
        "reports\t1\tempty\twhy"
    ]
    assert dlq("list", "claims").stdout == ""


@pytest.mark.parametrize("words", [("redrive", "reports"), ("list", "reports"), ("list",)])
def test_a_reason_that_no_letter_has_is_refused_with_those_there_are(dlq, broker, words):
    said = str(dlq(*words, "--reason", "not-jsn").exception)
    assert (
        said == "--reason 'not-jsn' is not allowed; did you mean not-json? allowed: empty, not-json"
    )
    assert on(broker, "reports") == []


def test_redrive_sends_the_original_to_the_partition_it_came_from(dlq, broker):
    assert (
        dlq("redrive", "reports", "--reason", "not-json").stdout
        == "1 message sent to reports again\n"
    )
    (record,) = on(broker, "reports")
    assert (record.key, record.value, record.partition) == ("a", b"\xffbytes", 1)
    assert [r for r in on(broker, "reports-dlq") if is_letter(r)] == on(broker, "reports-dlq")[:2]


def test_what_was_sent_again_is_marked_and_not_sent_twice_unless_asked_for(dlq, broker):
    assert dlq("redrive", "reports").stdout == "2 messages sent to reports again\n"
    listed = dlq("list", "reports").stdout.splitlines()
    assert len(listed) == 2
    assert all("sent again" in line and "the command line" in line for line in listed)
    again = dlq("redrive", "reports")
    assert again.stdout == "0 messages sent to reports again\n"
    assert "2 letters were sent before: see --again" in again.stderr
    assert dlq("redrive", "reports", "--again").stdout == "2 messages sent to reports again\n"
    assert len(on(broker, "reports")) == 4
