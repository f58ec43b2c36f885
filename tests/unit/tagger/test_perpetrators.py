"""Nameless rebels are the armed group that the text leaves no doubt of."""

import pytest
from builders import sentence_report

from services.messages import Attribution
from services.tagger.discourse.perpetrators import with_perpetrators
from services.tagger.lexicon.actors import Actor
from services.tagger.lexicon.compiled import compile_actors
from services.tagger.lexicon.matcher import Actors, Lexicon
from services.tagger.names.mentions import Mentions

GROUPS = ("Sella Brigade", "Orran Front", "Meris Column")
KNOWN = [Actor(id=name[:5], type="group", name=name, armed=True) for name in GROUPS]
ACTORS = Actors((Lexicon(compile_actors(KNOWN)),))


def agent(text, names, **kw):
    """Return the agents, in words, of a killing by the rebels of a text's last sentence."""
    mentions = Mentions(text, ACTORS)
    ids = {}
    for name in names:
        at = text.index(name)
        ids[name] = mentions.add(at, at + len(name), "group", "dictionary", actor_id=name[:5]).id
    at = text.index("rebels")
    rebels = mentions.add(at, at + len("rebels"), "group", "phrase/noun", form="description")
    sentence = (text.rindex(". ") + 2 if ". " in text else 0, len(text))
    kw = {role: value(ids) for role, value in kw.items()}
    report = sentence_report(sentence=sentence, trigger=(at, at), agent=(rebels.id,), **kw)
    (done,) = with_perpetrators([report], mentions)
    return [mentions.by_id[i].surface for i in done.agent]


@pytest.mark.parametrize(("n", "found"), [(2, "Orran Front"), (3, "rebels")])
def test_of_up_to_two_groups_the_one_named_last_is_meant(n, found):
    names = GROUPS[:n]
    assert agent(f"{' and '.join(names)} met. Then rebels came.", names) == [found]


def test_the_one_group_of_the_sentence_is_meant_however_many_there_are():
    text = "Orran Front and Meris Column met. Then Sella Brigade rebels came."
    assert agent(text, GROUPS) == ["Sella Brigade"]


def test_a_group_that_undergoes_or_says_it_is_not_meant():
    def source(ids):
        return (Attribution(mention=ids["Sella Brigade"], kind="party", cue=(0, 1)),)

    text = "Orran Front met. Then rebels came, Sella Brigade said."
    assert agent(text, GROUPS[:2], attribution=source) == ["Orran Front"]
    assert agent(text, GROUPS[:2], patient=lambda ids: (ids["Sella Brigade"],)) == ["Orran Front"]
