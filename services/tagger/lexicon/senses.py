"""The words that say in which sense a word of the ontology stands, one field a class."""

from functools import cache

import msgspec
import yaml

from services.tagger.lexicon.lists import FormSet, LemmaSet
from services.tagger.lexicon.words import read_lexicon


class Senses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of senses.yaml, compared with lemmas but for particles."""

    particles: dict[str, FormSet]
    """Verbs, each with the particles that make another verb of it."""
    contests: LemmaSet
    """Words of force that also stand for words, elections, sport, and business."""
    force: LemmaSet
    """Words beside which a word of contests means force."""
    rivals: LemmaSet
    """Who contests without force."""
    immaterial: LemmaSet
    """Nouns of what no force can reach."""
    figures_stolen: LemmaSet
    """Objects of "steal" that nobody owns ("stole the show")."""
    commanders: LemmaSet
    """Titles of who commands those who fight."""
    weather: LemmaSet
    """What strikes and topples as the weather does."""
    hurting: LemmaSet
    """Verbs of harm that a tax may do too."""
    assembling: LemmaSet
    """Verbs of assembly that mean another thing with an object."""
    natural_causes: LemmaSet
    """What people die of whom nobody and no accident killed."""
    prizes: LemmaSet
    """What one is also nominated for."""
    published: LemmaSet
    """What is released and is no prisoner."""
    no_disease: LemmaSet
    """What has an epidemic and is no disease."""
    plenty: LemmaSet
    """Hazards that also stand for plenty."""
    matter: LemmaSet
    """Of what such a hazard is meant as said."""
    hiring: LemmaSet
    """Verbs of employment, which need somebody with a name."""
    refusing: LemmaSet
    """Verbs and nouns of refusal."""
    words_refused: LemmaSet
    """Verbs of saying and thinking, which are refused without rejecting anything."""
    public: LemmaSet
    """Nouns for private people, on whom advice is urged."""
    standards: LemmaSet
    """What is met and is no party to talks."""
    electing: LemmaSet
    """Words that make a candidate's of a rally."""
    protesting: LemmaSet
    """Words that make a protest of a rally."""
    descents: LemmaSet
    """Verbs that with "down" mean a crash of aircraft only."""
    domain_adverbs: FormSet
    """Adverbs by which something is so in one domain of life only."""
    stories: LemmaSet
    """Works of fiction, in which what happens did not happen."""
    parts_of_stories: LemmaSet
    """What is a part of a story beside a serial or the title of a work."""
    serials: LemmaSet
    """What such a part is of."""
    performances: LemmaSet
    """What fails before an audience."""
    likenesses: LemmaSet
    """What is hanged or burned in place of a person."""
    image_makers: LemmaSet
    """Who shoots pictures."""
    institutions: LemmaSet
    """What can end, and has no body."""


@cache
def senses() -> Senses:
    """Return the classes of senses.yaml."""
    return msgspec.convert(yaml.safe_load(read_lexicon("senses.yaml")), Senses)
