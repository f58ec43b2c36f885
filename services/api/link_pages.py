"""The pages behind the links of messages: HTML with buttons, and no script."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

from services.ports import JsonObject

Deed = Literal[
    "acknowledge", "reopen", "snooze-1h", "snooze-tomorrow", "resume", "unsubscribe", "subscribe"
]
"""What a button does."""

BUTTONS: Mapping[Deed, str] = {
    "acknowledge": "Acknowledge",
    "reopen": "Take it back",
    "snooze-1h": "Snooze for an hour",
    "snooze-tomorrow": "Snooze until tomorrow",
    "resume": "End the snooze",
    "unsubscribe": "Unsubscribe",
    "subscribe": "Subscribe again",
}

STYLE = """\
:root { color-scheme: light dark; }
body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 38rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.35rem; line-height: 1.3; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: .25rem solid #8886; }
.about { opacity: .75; font-size: .9rem; }
form { display: inline-block; margin: .4rem .5rem .4rem 0; }
button { font: inherit; padding: .6rem 1.1rem; border: 1px solid #8888; border-radius: .4rem; }
button { cursor: pointer; background: transparent; color: inherit; }
button.main { background: #1a56b0; border-color: #1a56b0; color: #fff; }
button:focus-visible { outline: .2rem solid #6aa3ff; outline-offset: .15rem; }
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One page.

    - `deeds`: its buttons, the most expected first.
    - `is_done`: something was done; the buttons undo it.
    """

    title: str
    lines: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = ()
    alert: JsonObject | None = None
    is_done: bool = False


def page(shown: Shown) -> str:
    """Return the HTML of a page. Words of articles and of watches are escaped."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex, nofollow">',
        f"<title>{escape(shown.title)}</title>",
        '<link rel="stylesheet" href="../style.css"></head><body><main>',
        f"<h1>{escape(shown.title)}</h1>",
        *(f"<p>{escape(line)}</p>" for line in shown.lines),
        *(_alert(shown.alert) if shown.alert else ()),
        *(
            _button(deed, is_main=deed == shown.deeds[0] and not shown.is_done)
            for deed in shown.deeds
        ),
        "</main></body></html>",
    ]
    return "".join(parts)


def _button(deed: Deed, *, is_main: bool) -> str:
    """A form goes to the page's own address, which holds what allows the deed."""
    kind = ' class="main"' if is_main else ""
    button = f'<button{kind} name="do" value="{deed}">{escape(BUTTONS[deed])}</button>'
    return f'<form method="post">{button}</form>'


def _alert(document: JsonObject) -> Iterable[str]:
    yield f'<blockquote><p dir="auto">{escape(str(document.get("last_text", "")))}</p>'
    for quote in document.get("quotes", ())[:3]:
        yield f'<p dir="auto">“{escape(str(quote))}”</p>'
    n, at = document.get("n_revisions", 1), str(document.get("last_at") or "")
    about = [f"{n} updates"] if n != 1 else []
    about += [f"last on {at[:10]} at {at[11:16]} UTC"] if at else []
    yield f'</blockquote><p class="about">{escape(", ".join(about))}</p>'
