"""Whatever a rule found can be explained:
every rule id on the tagged stories is one of the rulebook.
"""

from services.tagger.lexicon.rules import rule_of


def test_every_rule_that_spoke_is_in_the_rulebook(tagged_stories):
    articles = [article for story in tagged_stories.values() for article in story]
    ids = {marked.rule for a in articles for marked in (*a.mentions, *a.reports, *a.boilerplate)}
    ids |= {cue.rule for a in articles for report in a.reports for cue in report.cues}
    assert len(ids) > 50
    assert {rule_id for rule_id in ids if rule_of(rule_id) is None} == set()
