"""Decides what a feed document means.

It gives the articles to publish, the entries that wait for the next hour, and the feed's new state.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.messages import Article, EntryState, FeedState
from services.poller.pages.choose import wants_page
from services.poller.reading.entry import Entry
from services.poller.versions.meaning import meaning
from services.poller.versions.moved import place
from services.poller.versions.posts import pushed_out
from services.poller.versions.quota import is_counting, quota_of, waiting_told
from services.poller.versions.remembered import remembered, within_bounds
from services.poller.versions.sight import Known, Sight, is_unchanged, seen
from services.poller.versions.withdrawals import deleted, of_pages, to_look_at, witness
from services.poller.versions.words import packed
from services.text.clean import clean
from services.text.web_addresses import canonical_url

_NO_VALIDATORS = {"etag": None, "last_modified": None, "body_hash": None}

MAX_PROBLEMS = 20
"""Problems named for one poll; further ones are counted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of one document. `done` is the feed's state once the articles are acknowledged.

    - `n_known`: entries of the document that were known before, under whichever id.
    """

    articles: tuple[Article, ...]
    done: FeedState
    problems: tuple[str, ...] = ()
    n_known: int = 0


def decide(at: Sight, per_hour: int) -> Decision:
    """Decide on a feed document.

    An entry is published if it is new, or if it says something else than its last version (an
    edit). An entry without title, text, and link is a problem, not an article. Beyond `per_hour`
    new entries, and as many edits, entries stay unknown and wait for the next hour. The first
    document of a feed is published whole.

    What the feed declares deleted is withdrawn. A damaged document adds articles; it changes none,
    and leaves no validators.
    """
    state, parsed, now = at.state, at.parsed, at.now
    problems = [*parsed.problems, *at.pages.problems, *at.problems]
    found = _found(at, problems)
    quota = quota_of(state, now, per_hour)
    entries, articles = dict[str, EntryState](), list[Article]()
    for key, known in found.items():
        old = at.before(key)
        if (
            known.article is not None
            and not (old and old.pending)
            and not quota.takes(old is None, key)
        ):
            if old is not None:
                entries[key] = old
            continue
        entries[key] = known.state
        if old and old.article_id != known.state.article_id:
            entries.update([pushed_out(key, old)])
        if known.article is not None:
            articles.append(known.article)
    for key, entry, withdrawn in (*deleted(at), *of_pages(at)):
        entries[key] = entry
        if withdrawn is not None:
            articles.append(withdrawn)
    left = [key for key in state.waiting if parsed.is_damaged and key not in found]
    problems = [*_lost(state, found, parsed.is_damaged), *waiting_told(quota, per_hour), *problems]
    done = msgspec.structs.replace(
        state,
        entries=remembered(state.entries, entries, frozenset(at.moved.values()), now),
        last_poll_at=now,
        last_success_at=now,
        failures=0,
        last_error=None,
        waiting=(*left, *quota.waiting),
        last_new_at=now if any(a.cause == "new" for a in articles) else state.last_new_at,
        **(quota.spent() if articles else {}),
        # An index may stay as it is while its sitemaps change.
        **(_NO_VALIDATORS if parsed.is_damaged or parsed.sitemaps else {}),
    )
    n_known = sum(at.before(key) is not None for key in found)
    return Decision(tuple(articles), done, _shortened(problems), n_known)


@dataclass(frozen=True, slots=True)
class PagePlan:
    """The pages that a poll needs.

    - `wanted`: by key, the entries that are new, changed, or back after they were withdrawn, whose
      text the feed does not hold.
    - `looks`: of entries that left the feed: key, address, and the address of another page of the
      host, if there is one.
    """

    wanted: Mapping[str, Entry]
    looks: Sequence[tuple[str, str, str | None]]


def page_plan(at: Sight) -> PagePlan:
    """Return the pages that a poll of a document needs."""
    wanted: dict[str, Entry] = {}
    for key, entry in at.named.items():
        old = at.before(key)
        is_new = old is None or (
            not (at.parsed.is_damaged or old.is_forgotten)
            and (old.is_withdrawn or not is_unchanged(old, entry, at.lines))
        )
        if is_new and wants_page(at.feed.pages, entry):
            wanted[key] = entry
    gone = [(key, old.url) for key, old in to_look_at(at) if old.url]
    return PagePlan(wanted, [(key, url, witness(at, url)) for key, url in gone])


def must_be_whole(state: FeedState, now: datetime) -> bool:
    """Return True if the whole feed must be fetched, though it may be unchanged.

    It then holds entries that are still to be published.
    """
    return any(entry.pending for entry in state.entries.values()) or bool(
        state.waiting and not is_counting(state, now)
    )


def acknowledged(state: FeedState, articles: Iterable[Article]) -> FeedState:
    """Return the state after these articles, decided on before, have been published."""
    entries = dict(state.entries)
    keys = {entry.article_id: key for key, entry in entries.items()}
    for a in articles:
        key = keys.get(a.article_id, a.article_id)
        old = entries.get(key)
        entries[key] = EntryState(
            article_id=a.article_id,
            version=a.version,
            content_hash=a.content_hash,
            first_seen_at=a.first_seen_at,
            # What the feed said beside a page's text is not known here: it is read again.
            meaning=None if a.text_from == "page" else meaning(a.title, a.text),
            place=place(canonical_url(a.url) if a.url else None),
            url=a.url,
            words=packed(a.title, a.text),
            is_of_page=a.text_from == "page",
            updated_at=old.updated_at if old else None,
            n_edits=old.n_edits if old else 0,
            is_withdrawn=a.cause == "withdrawn",
        )
    return msgspec.structs.replace(state, entries=within_bounds(entries))


def failed(state: FeedState, now: datetime, reason: str) -> FeedState:
    """Return the state after a poll that failed for `reason`."""
    last_error = " ".join(clean(reason).split())[:300]
    return msgspec.structs.replace(
        state, last_poll_at=now, failures=state.failures + 1, last_error=last_error
    )


def unchanged(state: FeedState, now: datetime) -> FeedState:
    """Return the state after a poll without news."""
    return msgspec.structs.replace(
        state, last_poll_at=now, last_success_at=now, failures=0, last_error=None
    )


def _found(at: Sight, problems: list[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for key, entry in at.named.items():
        found[key] = known = seen(at, entry, key, at.before(key))
        if known.problem:
            problems.append(known.problem)
        if known.article and known.article.cut:
            problems.append(f"{entry.url or entry.title} was cut, {known.article.cut}")
    return found


def _lost(before: FeedState, found: Mapping[str, Known], is_damaged: bool) -> Iterable[str]:
    """Yield sentences about entries that left the feed before they were published."""
    for key, entry in before.entries.items():
        if entry.pending and key not in found:
            article = f"article {key} version {entry.version}"
            yield f"{article} left the feed before it was known to be published"
    n_gone = sum(key not in found for key in before.waiting)
    if n_gone and not is_damaged:
        yield (
            f"{n_gone} entries left the feed while they waited for the next hour: "
            "they are not published"
        )


def _shortened(problems: list[str]) -> tuple[str, ...]:
    n_more = len(problems) - MAX_PROBLEMS
    return (
        (*problems[:MAX_PROBLEMS], f"and {n_more} more problems") if n_more > 0 else tuple(problems)
    )
