"""The daily message of a subscriber: what is watched, also where nothing happened.

No news is only good news if somebody listened; so it says what was read, and what is late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.messages import DigestRule, Subscriber
from services.notifier.content import Links, Notice
from services.notifier.policies.hours import last_digest, next_daily
from services.text.counts import counted
from services.text.hashes import digest
from services.text.times import parse_zone

NO_LINKS = Links()

LATE_POLL = timedelta(hours=1)
"""News time without any poll after which collecting counts as late.

Source: the longest wait between two polls of a feed that is pushed is an hour (docs/feeds.md).
"""

LATE_ARTICLE = timedelta(hours=6)
"""News time without any article read after which reading counts as late.

Source: a night of a few national feeds; with a dozen feeds an hour without an article is rare.
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """What was read in the last day. None: it can't be told, for `unknown` says why.

    - `feeds`, `alive`: feeds, and those of them that were polled in the last day.
    - `polled_at`, `read_at`: the last poll, and the last article read.
    - `alerts`: alerts that were delivered to the subscriber.
    """

    feeds: int
    alive: int
    polled_at: datetime | None
    articles: int | None = None
    read_at: datetime | None = None
    alerts: int | None = None
    unknown: str = ""


def daily_due(subscriber: Subscriber, told_at: datetime | None, now: datetime) -> datetime | None:
    """Return the time of the daily message that is due, or None.

    `told_at`: that of the last one. After an outage only the last of those missed is due.
    """
    times = [at for at in (told_at, subscriber.saved_at) if at is not None]
    if not subscriber.daily or not times:
        return None
    if next_daily(subscriber.daily, max(times), subscriber.zone) > now:
        return None
    return last_digest(DigestRule(at=(subscriber.daily,)), now, subscriber.zone)


def daily_notice(
    subscriber: Subscriber, watched: Watched, at: datetime, now: datetime, links: Links = NO_LINKS
) -> Notice:
    """Return the daily message of `at`. Its subject says it all."""
    late = lateness(watched, now, subscriber.zone)
    told = [counted(watched.alive, "feed") + " alive"]
    if watched.articles is not None:
        told.append(f"{counted(watched.articles, 'article')} read")
    if watched.alerts is not None:
        told.append(counted(watched.alerts, "alert"))
    subject = f"Watching: {', '.join(told)}"
    lines = [f"In the day up to {_time(now, subscriber.zone)}: {', '.join(told)}."]
    if dead := watched.feeds - watched.alive:
        lines.append(f"{counted(dead, 'feed')} of {watched.feeds:,} not polled in this day.")
    return Notice(
        key=digest("daily", subscriber.id, at.isoformat()),
        subject=f"Late! {subject}" if late else subject,
        lines=(*late, *lines),
        links=links,
    )


def lateness(watched: Watched, now: datetime, zone: str) -> tuple[str, ...]:
    """Return a sentence for each thing that is late; none if all is well."""
    found: list[str] = []
    if not watched.feeds:
        found.append("No feed is polled: nothing is watched.")
    elif watched.polled_at is None or now - watched.polled_at > LATE_POLL:
        found.append(f"No feed was polled {_since(watched.polled_at, zone)}.")
    if watched.unknown:
        found.append(watched.unknown)
    elif watched.read_at is None or now - watched.read_at > LATE_ARTICLE:
        found.append(f"No article was read {_since(watched.read_at, zone)}.")
    if found:
        found.append("Alerts may be missing.")
    return tuple(found)


def _since(at: datetime | None, zone: str) -> str:
    return "yet" if at is None else f"since {_time(at, zone)}"


def _time(at: datetime, zone: str) -> str:
    return f"{at.astimezone(parse_zone(zone)):%A %H:%M} ({zone})"
