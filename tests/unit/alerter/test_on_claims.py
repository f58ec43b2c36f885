"""The first words of an alert on a claim: those of the hit that opened it, or of its article."""

import msgspec
import pytest
from alerting import Stream, hit, update

from services.messages import Evidence, Slot, SlotAnswer

BOTH = "both"
ARTICLE = "c1-a1"


def report(event, words, counts=None, incident="i1"):
    found = hit(BOTH, ARTICLE).report
    assert found is not None
    return msgspec.structs.replace(
        found,
        incident_id=incident,
        event=event,
        counts=counts or {},
        evidence=Evidence(article_id=ARTICLE, version=1, quote=words, mark=(0, 4), outlet="Post"),
    )


def first_text(*reports):
    """Return the text of the alert that a claim of deaths in two incidents opens."""
    hit_on = msgspec.structs.replace(hit(BOTH, ARTICLE), report=reports[0], also=reports[1:])
    claim = update("c1", 1, "reported", 1, 9, ())
    assert claim.claim is not None
    told = msgspec.structs.replace(claim.claim, incident_ids=("i1", "i2"))
    stream = Stream().take([hit_on, msgspec.structs.replace(claim, claim=told)])
    (alert,) = [alert for alert in stream.sent if alert.watch_id == BOTH]
    return alert.revisions[0].text


RAID = report("airstrike", "Jets flew over Halvane.")
DEATHS = report("killed", "Nine of Halvane died.", incident="i2")
COUNTED = report("attack", "A raid on Halvane, nine dead.", {"killed": 9}, "i2")


@pytest.mark.parametrize("of_claim", [DEATHS, COUNTED])
def test_an_alert_begins_with_the_words_on_the_incident_of_the_claims_own_type(of_claim):
    said = f"“{of_claim.evidence.quote}”"
    assert first_text(RAID, of_claim).startswith(said)
    assert first_text(of_claim, RAID).startswith(said)


def test_without_such_an_incident_it_begins_with_the_first():
    assert first_text(RAID).startswith("“Jets flew over Halvane.”")


def test_an_incident_of_no_claim_has_no_words_in_its_alert():
    elsewhere = report("killed", "Ten of Halvane died.", incident="i9")
    assert first_text(elsewhere, RAID).startswith("“Jets flew over Halvane.”")


HEADLINE = "Market in Meris burns"
SAID = "Halvane was killed, says c1-a1."


def first_text_without_words(headline, title=HEADLINE, brought=True):
    """Return the text of the alert of a watch for deaths without words; None if it has none.

    `headline`: the types of event that the title tells. The claim is set in Meris.
    """
    update_ = update("c1", 1, "reported", 1, 9, ())
    assert update_.claim is not None
    cause = msgspec.structs.replace(update_.claim.cause[0], title=title, headline=headline)
    articles = update_.claim.article_ids if brought else ("other",)
    place = Slot(answers=(SlotAnswer(key="meris", label="Meris"),))
    told = msgspec.structs.replace(
        update_.claim, cause=(cause,), article_ids=articles, slots={"place": place}
    )
    sent = Stream().take([msgspec.structs.replace(update_, claim=told)]).sent
    texts = [alert.revisions[0].text for alert in sent if alert.watch_id == "claim"]
    return texts[0] if texts else None


@pytest.mark.parametrize(
    ("title", "headline", "words"),
    [
        (HEADLINE, ("killed",), f"“{HEADLINE}” (1 source)"),
        (HEADLINE, ("airstrike",), f"“{HEADLINE}”: “{SAID}” (1 source)"),
        (HEADLINE, (), f"“{HEADLINE}”: “{SAID}” (1 source)"),
        ("Market burns", ("killed",), f"“Market burns”: “{SAID}” (1 source)"),
        ("Merisian market burns", ("killed",), f"“Merisian market burns”: “{SAID}” (1 source)"),
        ("Nine die", ("killed",), "“Nine die” (1 source)"),
        ("", (), f"“{SAID}” (1 source)"),
    ],
)
def test_a_watch_without_words_is_told_by_headline_and_by_a_sentence_if_that_is_not_enough(
    title, headline, words
):
    text = first_text_without_words(headline, title)
    assert text == words


def test_an_article_that_does_not_tell_of_a_claim_opens_no_alert_on_it():
    assert first_text_without_words(("killed",), brought=True) is not None
    assert first_text_without_words(("killed",), brought=False) is None
