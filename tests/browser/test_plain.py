"""The console without script: what one has to do works by forms and links alone."""

from newsroom import PLAIN
from playwright.sync_api import expect


def test_a_feed_a_watch_an_alert_and_a_search_need_no_script(room, open_page):
    page, name = open_page(java_script_enabled=False), PLAIN.surname.lower()
    page.goto("/feeds")
    page.get_by_label("Address of a feed").fill(room.feed(name))
    page.get_by_role("button", name="Look for feeds").click()
    expect(page.locator(".feed", has_text=f"/{name}.xml")).to_be_visible()
    page.goto("/watches/new")
    page.get_by_label("Name", exact=True).fill(f"{PLAIN.surname} desk")
    page.get_by_label("Words of articles").fill(name)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("found from")
    expect(page.get_by_label("Words of articles")).to_have_value(name)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{PLAIN.surname} desk")
    room.publish(name, *PLAIN.reported)
    row = page.locator(".row.alert", has_text=PLAIN.surname)
    room.shown(page, "/alerts", row)
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_have_count(0)
    page.goto("/alerts?group=done")
    expect(row).to_contain_text("Acknowledged by you")
    row.get_by_role("link", name="Why?").click()
    expect(page.locator("#why")).to_contain_text(name)
    page.goto("/search")
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main").get_by_text(PLAIN.leader).first).to_be_visible()
