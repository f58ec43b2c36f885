"""The words of lexicon/events.yaml in sentences: each names its event, its look-alikes none."""

import pytest


@pytest.fixture
def asserted(find):
    """Return a function that gives the events of a sentence that are no passing mentions."""
    return lambda sentence: {e.type.event for e in find(sentence) if not e.in_passing}


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Two women were clubbed to death in Meris.", "killed"),
        ("Four climbers froze to death on Monday.", "killed"),
        ("A worker fell to his death in Meris.", "killed"),
        ("Two fighters were martyred in Meris.", "killed"),
        ("The martyrdom of two fighters was announced.", "killed"),
        ("Troops neutralised three militants near Meris.", "killed"),
        ("The commander was eliminated by a missile.", "killed"),
        ("A sniper picked off two soldiers near Meris.", "killed"),
        ("The rebels wiped out an army patrol near Meris.", "killed"),
        ("The fatal shooting of a teacher shook Meris.", "killed"),
        ("The drowning of two boys shook Meris.", "killed"),
        ("The remains of three climbers were recovered.", "killed"),
        ("Two guards were bayoneted in Meris.", "wounded"),
        ("A farmer lost a leg in Meris.", "wounded"),
        ("Three men were found guilty of treason.", "sentenced"),
        ("A judge handed the teacher a life sentence.", "sentenced"),
        ("The teacher was forcibly disappeared in Meris.", "abducted"),
        ("The roundup of two hundred students began.", "arrested"),
        ("The king pardoned two hundred prisoners.", "released"),
        ("Artillery fire hit the town of Meris.", "missile-attack"),
        ("A boy stepped on a landmine near Meris.", "bombing"),
        ("Youths went on a rampage in Meris.", "riot"),
        ("Miners walked off the job in Meris.", "labour-strike"),
        ("The army overthrew the king on Monday.", "coup"),
        ("Guards and pupils scuffled in Meris.", "clash"),
        ("Police dispersed protesters in Meris.", "use-of-force"),
        ("Gunmen riddled a bus with bullets near Meris.", "attack"),
        ("The storming of the embassy began on Monday.", "attack"),
        ("Troops retook the town of Meris on Sunday.", "capture-place"),
        ("The town of Meris fell to rebel forces.", "capture-place"),
        ("Rebels liberated the town of Meris.", "capture-place"),
        ("The humanitarian pause began on Monday.", "ceasefire"),
        ("The rebels laid down their arms on Monday.", "retreat"),
        ("The explosion levelled two houses in Meris.", "destruction"),
        ("Rebels stole weapons from the barracks in Meris.", "robbery"),
        ("A teacher denied all counts at a court in Meris.", "trial"),
        ("A teacher pleaded not guilty to treason.", "trial"),
    ],
)
def test_a_word_of_an_event_names_it(asserted, sentence, event):
    assert event in asserted(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The side was eliminated in the second round.",
        "The vaccine eliminated the disease in Meris.",
        "The farmer took out a loan in Meris.",
        "The town fell silent on Monday.",
        "Shares fell to a record low on Monday.",
        "The party lost its leader in Meris.",
        "The club gutted its squad on Monday.",
        "The firm denied the report on Monday.",
        "The singer stole the show in Meris.",
        "The remains of a church were found near Meris.",
        "The actor stepped on the stage in Meris.",
        "The club dispersed its funds in Meris.",
        "The song was among the winners.",
    ],
)
def test_a_look_alike_names_none(asserted, sentence):
    assert asserted(sentence) == set()
