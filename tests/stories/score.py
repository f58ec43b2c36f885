"""How near the stories come to what must come of them: all figures and mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stories.claims import claim_figures, judge_claims
from stories.figures import Figure, Mistake, Tally
from stories.grouping import judge_grouping
from stories.run import fold_articles, tell
from stories.standing import judge_standing, standing_figures
from stories.story import Story
from stories.told import alert_figures, judge_told

from services.messages import TaggedArticle


@dataclass(frozen=True)
class Result:
    figures: tuple[Figure, ...]
    mistakes: tuple[Mistake, ...]


def score(stories: Sequence[Story], tagged: Mapping[str, Sequence[TaggedArticle]]) -> Result:
    """Return all figures and mistakes of the stories, each folded and told on its own."""
    claims = {story.name: fold_articles(tagged[story.name]) for story in stories}
    tally, mistakes = Tally(), list[Mistake]()
    for story in stories:
        mistakes += judge_claims(story, claims[story.name], tagged[story.name], tally)
        mistakes += judge_standing(story, claims[story.name], tagged[story.name], tally)
        mistakes += judge_told(story, tell(story.watches, tagged[story.name]), tally)
    figures = [
        *judge_grouping(stories, tagged, claims),
        *claim_figures(tally),
        *standing_figures(tally),
        *alert_figures(tally),
    ]
    return Result(tuple(figures), tuple(mistakes))
