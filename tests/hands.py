"""Two ways to use a page: with a mouse, and with the keyboard alone."""

from abc import ABC, abstractmethod

from playwright.sync_api import Locator, Page

MOST_TABS = 120
"""Presses of Tab after which what is wanted can't be reached. The editor of watches has the most
fields: some fifty, without the events.
"""


class Hand(ABC):
    """One person at a page. Keys and places are those that the dialog of keys names."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def go(self, name: str) -> None:
        """Go to a page by its name in the navigation."""

    @abstractmethod
    def fill(self, field: Locator, text: str) -> None:
        """Write into a field, after what is there."""

    @abstractmethod
    def press(self, button: Locator, key: str = "") -> None:
        """Press a button, a link, or a box. `key`: the one that presses it."""

    @abstractmethod
    def choose(self, row: Locator) -> None:
        """Choose a row of a list, so that keys mean it."""


class Mouse(Hand):
    """Clicks."""

    def go(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()

    def fill(self, field: Locator, text: str) -> None:
        field.click()
        field.press_sequentially(text)

    def press(self, button: Locator, key: str = "") -> None:
        button.click()

    def choose(self, row: Locator) -> None:
        """Nothing: a mouse points."""


class Keys(Hand):
    """Presses keys, and never touches the mouse."""

    def go(self, name: str) -> None:
        self._leave()
        address = self.page.get_by_role("link", name=name, exact=True).get_attribute("href")
        self.page.keyboard.press("g")
        self.page.keyboard.press(name[0].lower())
        self.page.wait_for_url(f"**{address}")

    def fill(self, field: Locator, text: str) -> None:
        self._tab_to(field)
        self.page.keyboard.type(text)

    def press(self, button: Locator, key: str = "") -> None:
        if key:
            self._leave()
            button.wait_for()
            self.page.keyboard.press(key)
            return
        self._tab_to(button)
        is_box = button.evaluate("e => e.matches('[type=checkbox], [type=radio], summary')")
        self.page.keyboard.press("Space" if is_box else "Enter")

    def choose(self, row: Locator) -> None:
        self._leave()
        row.wait_for()
        rows = self.page.locator("[data-row]").count()
        for key in ["k"] * rows + ["j"] * rows:
            self.page.keyboard.press(key)
            if row.evaluate("e => e.hasAttribute('data-chosen')"):
                return
        raise AssertionError(f"neither k nor j reaches {row}")

    def _leave(self) -> None:
        """Leave a field, in which letters are text."""
        if self.page.evaluate("document.activeElement.matches('input, textarea, select')"):
            self.page.keyboard.press("Escape")

    def _tab_to(self, wanted: Locator) -> None:
        wanted.wait_for()
        for _ in range(MOST_TABS):
            if wanted.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {wanted}")
