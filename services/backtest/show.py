"""A backtest on a terminal: revisions with their evidence, a histogram of days, and figures."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rich.console import Console
from rich.text import Text

from services.backtest.report import Backtest, Sent
from services.messages import Evidence
from services.text.counts import counted

BAR = 50
"""Columns of the longest bar."""

LEAST_FOR_BARS = 10
"""Revisions from which they are drawn by day.

Fewer are easier to count than to read as a drawing.
"""

LEAST_DAYS = 7
"""Days from which an average day is given: news has a weekly rhythm."""

MOST_WATCHES = 20
"""Watches that are listed, those with the most revisions."""

MOST_DAYS = 62
"""Days above which the histogram is by week, so that it stays within two screens."""


def show_sent(sent: Sequence[Sent], console: Console, sign: str = "") -> None:
    """Print revisions with their evidence."""
    for one in sent:
        head = Text(f"{sign}{one.at:%Y-%m-%d %H:%M}  ", style="dim") + Text(
            f"{one.kind.upper():<12}", style="bold green"
        )
        console.print(head + Text(f"{one.watch_id}  ", style="bold") + Text(one.text))
        for quote in one.evidence[:1]:
            console.print(Text("                   ") + _quoted(quote))


def show_summary(found: Backtest, console: Console) -> None:
    """Print counts of revisions by day and watch, their delay, and what was held back."""
    days = found.per_day()
    alerts = counted(len({sent.alert_id for sent in found.sent}), "alert")
    during = f" in {counted(len(days), 'day')}" if days else ""
    console.print(
        f"\n{counted(len(found.sent), 'revision')} of {alerts}{during} from "
        f"{counted(found.n_articles, 'article')}"
        f", {counted(len(found.held_back), 'hit')} held back"
    )
    rows = [*bars(days)]
    if len(found.sent) >= LEAST_FOR_BARS and len(rows) > 1:
        most = max(n for _, n in rows)
        for label, n in rows:
            console.print(
                Text(f"  {label}  {n:5}  ") + Text("█" * _width(n, most), style="cyan"), end="\n"
            )
    _show_watches(found, len(days), console)
    late = found.lateness()
    if late and late[1]:
        console.print(
            f"  first told {_span(late[0])} (median) to {_span(late[1])} (at most) after "
            "publication"
        )
    for reason, n in Counter(h.reason for h in found.held_back).most_common():
        console.print(f"  held back ({reason}): {n}")


def show_difference(added: Sequence[Sent], gone: Sequence[Sent], console: Console) -> None:
    """Print what only the new watches send (+) and only the old ones (-), in order of time."""
    both = sorted(
        [(s, "+ ") for s in added] + [(s, "- ") for s in gone],
        key=lambda pair: (pair[0].at, pair[1]),
    )
    for sent, sign in both:
        show_sent([sent], console, sign)
    console.print(f"\n{counted(len(added), 'revision')} more, {len(gone)} fewer")


def bars(days: dict[date, Counter[str]]) -> Iterator[tuple[str, int]]:
    """Yield (day, revisions), or (first day of a week, revisions) for many days.

    A gap without revisions is one row.
    """
    step = 1 if len(days) <= MOST_DAYS else 7
    rows: Counter[date] = Counter()
    for day, watches in days.items():
        rows[day - timedelta(days=day.weekday() if step == 7 else 0)] += watches.total()
    empty = 0
    for day, n in sorted(rows.items()):
        if n and empty:
            yield f"{f'… {empty} quiet':10}", 0
        empty = 0 if n else empty + 1
        if n:
            yield str(day), n


def _width(n: int, most: int) -> int:
    return max(1, round(BAR * n / most)) if n else 0


def _show_watches(found: Backtest, n_days: int, console: Console) -> None:
    busiest = Counter(sent.watch_id for sent in found.sent)
    for watch_id, n in busiest.most_common(MOST_WATCHES):
        kinds = Counter(sent.kind for sent in found.sent if sent.watch_id == watch_id)
        parts = ", ".join(f"{m} {kind}" for kind, m in kinds.most_common())
        rate = f", {n / n_days:.1f} on an average day" if n_days >= LEAST_DAYS else ""
        console.print(f"  {watch_id}: {counted(n, 'revision')}{rate} ({parts})", markup=False)


def _quoted(quote: Evidence) -> Text:
    start, end = quote.mark
    text = Text(quote.quote, style="italic")
    text.stylize("bold underline", start, end)
    return Text("“") + text + Text("”") + Text(f"  {quote.outlet or 'unknown outlet'}", style="dim")


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60
    return f"{days} days" if days > 1 else f"{hours} h" if hours > 1 else f"{minutes} min"
