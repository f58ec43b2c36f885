"""The links of a message: none without address and secret, the same at every try."""

from datetime import timedelta

import pytest
from builders import START
from policing import alert, recipient

from services.notifier.content import Links
from services.notifier.policies.links import ALERT_DAYS, UNSUBSCRIBE_DAYS, LinkMaker
from services.text.links import granted

OURS = "a secret of sixteen"
MAKER = LinkMaker("https://news.example.org/r/", OURS)
ANN = recipient("webhook:https://ann.example/x", subscriber_id="ann", zone="Europe/Rome")


def grant(address):
    return granted(OURS, address.rpartition("/")[2])


@pytest.mark.parametrize("maker", [LinkMaker(), LinkMaker(secret=OURS), LinkMaker("https://a.b")])
def test_there_are_no_links_without_a_public_address_and_a_secret(maker):
    of = alert("first")
    assert maker.of_revision(ANN, of, of.revisions[0]) == Links()
    assert maker.of_watch(ANN, "w", START) == Links()


def test_links_of_an_alert_let_its_reader_act_on_what_was_told():
    of = alert("first", "denied")
    links = MAKER.of_revision(ANN, of, of.revisions[1])
    assert links.acknowledge.startswith("https://news.example.org/r/v1/links/acknowledge/")
    told = grant(links.acknowledge)
    assert (told.may, told.alert_id, told.revision) == ("alert", "a", 2)
    assert (told.owner, told.zone) == ("subscriber:ann", "Europe/Rome")
    assert grant(links.view) == grant(links.snooze) == told
    off = grant(links.unsubscribe)
    assert (off.may, off.watch_id, off.recipient, off.alert_id) == ("unsubscribe", "w", ANN.key, "")
    assert "ann.example" not in str(told) + str(off)


def test_the_same_message_has_the_same_links_and_they_end():
    of = alert("first")
    links = MAKER.of_revision(ANN, of, of.revisions[0])
    assert links == MAKER.of_revision(ANN, of, of.revisions[0])
    second = timedelta(seconds=1)
    for address, days in ((links.view, ALERT_DAYS), (links.unsubscribe, UNSUBSCRIBE_DAYS)):
        assert not grant(address).is_over(START + days - second)
        assert grant(address).is_over(START + days)


def test_a_digest_and_a_daily_message_can_be_unsubscribed_from():
    links = MAKER.of_watch(ANN, "", START)
    assert grant(links.unsubscribe).watch_id == ""
    assert links.acknowledge == ""
