"""From a feed to an alert that comes back, by mouse, and by the keyboard alone."""

import pytest
from hands import Keys, Mouse
from newsroom import BY_KEY, BY_MOUSE
from playwright.sync_api import expect
from streams import patient

THROUGH_SECONDS = 30.0
"""Seconds that an article takes from its feed to the page at most, on a quiet machine."""

PLACES = """() => [scrollY, ...[...document.querySelectorAll("h1, h2, [data-row]")].map((each) =>
  [each.textContent.replace(/[0-9]+ (s|min) ago/, ""), each.getBoundingClientRect().top])]"""
"""What stands where on the page. Only ages grow by themselves."""


class Journey:
    """A person with a plot, and the feed that tells it."""

    def __init__(self, hand, room, plot):
        self.hand, self.page, self._room, self.plot = hand, hand.page, room, plot
        self.feed = plot.surname.lower()

    def publish(self, told):
        self._room.publish(self.feed, *told)

    def add_feed(self):
        self.hand.go("Feeds")
        self.hand.fill(self.page.get_by_label("Address of a feed"), self._room.feed(self.feed))
        self.hand.press(self.page.get_by_role("button", name="Look for feeds"))
        expect(self.page.locator("[data-row]", has_text=f"/{self.feed}.xml")).to_be_visible()

    def write_watch(self):
        page, hand = self.page, self.hand
        hand.go("Watches")
        hand.press(page.get_by_role("link", name="Write a watch").first, "n")
        hand.fill(page.get_by_label("Name", exact=True), f"{self.plot.surname} desk")
        hand.fill(page.get_by_label("Words of articles"), self.plot.surname.lower())
        hand.press(page.get_by_text("Events: any"))
        hand.press(page.get_by_label("Deaths", exact=True))
        expect(page.locator("#check")).to_contain_text("Understood as")
        hand.press(page.get_by_role("button", name="Preview"), "p")
        expect(page.locator("#preview")).to_contain_text("found from")
        hand.press(page.get_by_role("button", name="Save"))
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{self.plot.surname} desk")

    @property
    def row(self):
        return self.page.locator("[data-row].alert", has_text=self.plot.surname)

    def newer(self, one, shown):
        """Wait until the counter tells of something newer, see that nothing moved, and show it.

        The counter follows the stream. It stays if the index has not yet got so far.
        """
        counter = self.page.get_by_role("link", name=f"{one}: show")
        before = self.page.evaluate(PLACES)
        expect(counter).to_be_visible(timeout=patient(THROUGH_SECONDS) * 1000)
        assert self.page.evaluate(PLACES) == before
        self.hand.press(counter, ".")
        expect(shown.or_(counter).first).to_be_visible()
        while not shown.is_visible():
            self.hand.press(counter, ".")
            expect(shown.or_(counter).first).to_be_visible()

    def acknowledge(self):
        self.hand.choose(self.row)
        self.hand.press(self.row.get_by_role("button", name="Acknowledge"), "a")
        expect(self.row).to_contain_text("Acknowledged by")

    def open_claim(self):
        self.hand.choose(self.row)
        self.hand.press(self.row.get_by_role("heading").get_by_role("link"))
        self.page.wait_for_url("**/claims/*")
        return self.page.locator(".claim-standing .status")


@pytest.mark.parametrize(
    ("way", "plot"), [(Mouse, BY_MOUSE), (Keys, BY_KEY)], ids=["mouse", "keys"]
)
def test_a_watch_tells_of_a_claim_that_turns_disputed_and_comes_back_confirmed(
    room, page, way, plot
):
    page.goto("/")
    at = Journey(way(page), room, plot)
    at.add_feed()
    at.write_watch()
    at.hand.go("Alerts")
    at.publish(plot.reported)
    at.newer("1 newer alert", at.row.get_by_text("New", exact=True))
    status = at.open_claim()
    expect(status).to_have_text("Reported")
    at.publish(plot.denied)
    at.newer("1 newer change", status.filter(has_text="Disputed"))
    at.hand.go("Alerts")
    at.acknowledge()
    at.publish(plot.confirmed)
    at.newer("1 newer alert", at.row.get_by_text("Changed since you acknowledged it"))
    expect(at.row.locator(".status").first).to_have_text("Confirmed")
