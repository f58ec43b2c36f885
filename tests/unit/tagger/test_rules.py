"""A rule is one object: its id leads to the code and to sentences in which it applies."""

import ast
import re
from pathlib import Path

import pytest

import services.tagger
from services.tagger.lexicon.rules import classes_of, rule_id, rule_of, rules

HERE = Path(services.tagger.__file__).parent
EXAMPLES = [(rule, example) for rule in rules() for example in rule.examples]
NAMES = [f"{rule.pattern} {number}" for number, (rule, _) in enumerate(EXAMPLES)]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=NAMES)
def test_a_rule_applies_in_its_example(rule, example, tag):
    article = tag(example.title, example.text)
    cues = [cue for report in article.reports for cue in report.cues]
    marked = [*article.mentions, *article.reports, *article.boilerplate, *cues]
    own = [one.rule for one in marked if rule_of(one.rule) == rule]
    assert own, f"found are {sorted({one.rule for one in marked})}"
    assert all(found.endswith(f"@{rule.version}") for found in own)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.pattern)
def test_a_rule_stands_where_it_says(rule):
    """The file holds the rule's name, its last part in quotes, or the class of words it is for."""
    text = (HERE / rule.where).read_text(encoding="utf-8")
    kind, _, tail = rule.pattern.partition("/")
    last = tail.rsplit("}-", 1)[-1]
    parts = [f'"{kind}/{tail}"', f'"{last}"', f'"{last.partition("-")[2]}"', f'f"{kind}/{{']
    parts += [f"}}-{last.rsplit('-', 1)[-1]}"]
    parts += [
        part for named in classes_of(rule.pattern) for part in (f".{named}", f"words: {named},")
    ]
    assert rule.examples
    assert any(part in text for part in parts if part != '""'), parts


def test_a_version_stands_only_in_the_rule():
    assert rule_id("headline/question-mark") == "headline/question-mark@2"
    assert rule_id("hedge/reportedly@9") == "hedge/reportedly@1"
    for path in sorted(HERE.rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        texts = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        assert not [text for text in texts if re.search(r"@\d+$", text)], path
