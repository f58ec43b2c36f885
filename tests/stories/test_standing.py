"""What counts as confirmed, and as a status raised by a denial."""

from collections.abc import Iterable

import msgspec
from stories.claims import align
from stories.figures import Tally
from stories.run import article_id, fold_articles
from stories.standing import RAISED, judge_standing
from stories.story import Story


def by_name(gold: Iterable[Story], name: str) -> Story:
    return next(story for story in gold if story.name == name)


def test_a_denial_that_is_read_raises_nothing(gold, tagged_stories):
    story = by_name(gold, "twice-dead")
    tally = Tally()
    claims = fold_articles(tagged_stories[story.name])
    mistakes = list(judge_standing(story, claims, tagged_stories[story.name], tally))
    assert [m.kind for m in mistakes] == []
    assert (tally.all[RAISED], tally.right[RAISED]) == (2, 0)


def test_a_report_that_stands_as_a_denial_in_the_gold_raises(gold, tagged_stories):
    """The second voice for a death is called a denial here: it corroborates, so it is counted."""
    story = by_name(gold, "front-denies-then-mourns")
    claim = msgspec.structs.replace(story.claims[0], against=("army",))
    wrong = msgspec.structs.replace(story, claims=(claim,))
    tally = Tally()
    claims = fold_articles(tagged_stories[story.name])
    mistakes = list(judge_standing(wrong, claims, tagged_stories[story.name], tally))
    assert [m.kind for m in mistakes] == [RAISED]
    assert tally.right[RAISED] == 1
    assert article_id(story, "army") in align(wrong, claims)[claim.id].article_ids
