"""Ids, blocks, and links of an article's reports."""

from builders import mention, sentence_report

from services.tagger.discourse.clusters import Cluster
from services.tagger.discourse.linking import linked
from services.tagger.lexicon.matcher import Actors
from services.tagger.names.mentions import Mentions

TEXT = "Marta Olvin was shot dead in Meris. The attack came at dawn."
SENTENCES = (0, 35), (36, 60)


def article(*reports):
    """Return the linked reports of one incident; `olvin` and `meris` are mentions of the text."""
    mentions = Mentions(TEXT, Actors(()))
    mentions.by_id |= {"olvin": mention("Marta Olvin"), "meris": mention("Meris", "place")}
    found = [Cluster(members=list(range(len(reports))))]
    return linked(reports, found, TEXT, "a1", mentions)


def test_a_report_without_people_follows_one_of_its_incident_that_names_them():
    attack = sentence_report("attack", sentence=SENTENCES[1])
    death = sentence_report(sentence=SENTENCES[0], patient=("olvin",))
    follower, anchor = article(attack, death)
    assert anchor.claim_block == follower.claim_block == "violence:marta olvin"
    assert (follower.linked, anchor.linked) == (anchor.report_id, None)


def test_without_named_people_an_incident_meets_at_its_place():
    first = sentence_report("attack", sentence=SENTENCES[1])
    second = sentence_report(sentence=SENTENCES[0], place=("meris",))
    assert {r.claim_block for r in article(first, second)} == {"violence:meris"}


def test_reports_of_one_event_in_one_sentence_have_ids_of_their_own():
    same = [sentence_report(sentence=SENTENCES[0], patient=("olvin",)) for _ in range(2)]
    assert len({r.report_id for r in article(*same)}) == 2


def test_an_id_does_not_change_with_the_place_of_the_trigger():
    first = sentence_report(sentence=SENTENCES[0], patient=("olvin",), trigger=(16, 20))
    later = sentence_report(sentence=SENTENCES[0], patient=("olvin",), trigger=(21, 25))
    assert [r.report_id for r in article(first)] == [r.report_id for r in article(later)]
