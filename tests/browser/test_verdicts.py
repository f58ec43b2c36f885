"""What the desk says is wrong changes what is told next."""

from newsroom import BY_VERDICT, save, watch_of
from playwright.sync_api import expect

from services.messages import Feed


def test_an_event_that_did_not_happen_is_taken_back_where_it_was_told(room, page):
    feed = BY_VERDICT.surname.lower()
    save(room, "watches", feed, watch_of(BY_VERDICT))
    save(room, "feeds", feed, Feed(feed_id=feed, url=room.feed(feed), outlet="Herald"))
    room.publish(feed, *BY_VERDICT.reported)
    row = page.locator("[data-row].alert", has_text=BY_VERDICT.surname)
    room.shown(page, "/alerts", row)
    row.get_by_role("link", name="Herald").first.click()
    incident = page.locator(".verdict").first
    incident.get_by_text("Wrong", exact=True).click()
    incident.get_by_label("No such event").click()
    incident.get_by_role("button", name="Call it wrong").click()
    expect(page.locator(".verdict .said").first).to_contain_text("no such event")
    room.shown(page, "/alerts", row.get_by_text("Taken back"))
