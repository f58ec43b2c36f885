"""Words that an article only mentions in passing: they open no alert unless the watch asks for it.

News puts what it is about into its headline and its lead (the inverted pyramid). Further down a
name is mostly background, another story, or a list of others.
"""

from collections.abc import Sequence

from services.messages import Span, TaggedArticle

LEAD_CHARS = 350
"""Characters of the body that are its lead: two sentences of 25 to 30 words, as agencies write."""


def is_in_passing(article: TaggedArticle, spans: Sequence[Span]) -> bool:
    """True if no span stands in the headline, in the lead, or in what tells the main incident.

    A query that finds no words (only `actor:` or `event:`) asks for what the article tells.
    """
    main = [incident.quote for incident in article.incidents if incident.main]
    parts = [(0, article.title_end + LEAD_CHARS), *main]
    return bool(spans) and not any(a <= start < b for start, _ in spans for a, b in parts)
