"""What an address that somebody typed leads to: the feed to add, or what was found instead."""

from services.api.sources.finding import Finder, Found
from services.api.sources.store import Sources
from services.messages import Feed


async def look(
    sources: Sources, finder: Finder | None, url: str, outlet: str, *, as_is: bool
) -> Feed | Found:
    """Return the one feed of an address, or what was found if that is not one.

    `as_is`: the address is a feed, and is not asked. Raises ConfigError for an address that can't
    be polled, Occupied.
    """
    given = url.strip()
    asked = sources.checked(given if "://" in given else f"https://{given}", outlet)
    if as_is or finder is None:
        return asked
    found = await finder.find(asked.url)
    if len(found.feeds) != 1:
        return found
    (only,) = found.feeds
    return sources.checked(only.url, outlet, only.title)
