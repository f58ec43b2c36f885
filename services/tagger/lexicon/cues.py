"""The classes of cue words: one field a class of cues.yaml, with what reads it.

The file and the fields are compared when the file is loaded: a class that no field names is
refused, and so is a field that no class fills. A misspelt class is a type error.
"""

from functools import cache

import msgspec

from services.tagger.lexicon.lists import FormSet, LemmaSet

Words = frozenset[str]
"""Words in lower case that are compared with lemmas and with forms."""


class Cues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All classes. Data (signatures.yaml, rules.yaml) asks for one by `named`."""

    hedges: FormSet
    """Adverbs and adjectives of doubt ("reportedly"): the walk up from a trigger."""
    passive_hedges: LemmaSet
    """Verbs whose passive is a hedge ("is believed"): signatures, infinitives."""
    say: LemmaSet
    """Verbs and nouns of saying: stance, sources, dates; their clause is what somebody says."""
    brings_news: LemmaSet
    """Verbs of news that comes from a source ("word came from NAME")."""
    confirm: LemmaSet
    """Verbs of confirming: stance, signatures, sources."""
    deny: LemmaSet
    """Verbs of denying: stance, signatures, sources."""
    unverified: LemmaSet
    """Verbs that leave a clause open ("question whether"): signatures."""
    checking: LemmaSet
    """Verbs of hearing of talk or looking into it ("received reports of"): signatures."""
    open_question: LemmaSet
    """Adjectives that leave a clause open ("unclear"): signatures."""
    ends: LemmaSet
    """Verbs that end an event, which is real then: signatures, titles."""
    none_such: LemmaSet
    """Nouns of which "no" denies what they are of ("no plan to attack")."""
    lack: LemmaSet
    """Nouns whose complement is not so ("a lack of"): signatures."""
    attempts: LemmaSet
    """Nouns of trying ("attempt at"): signatures."""
    relating: LemmaSet
    """Verbs whose complement is taken for granted ("linked to"): signatures."""
    going_on: LemmaSet
    """Verbs for an event that goes on: signatures, "fighting intensified"."""
    aftermath: LemmaSet
    """Nouns that presuppose their event ("the wake of"): signatures."""
    lethal_alive: LemmaSet
    """Verbs of killing with "alive" ("burned alive")."""
    survivable: LemmaSet
    """Nouns for what kills: who survives it is not dead ("survived the blast")."""
    legal: LemmaSet
    """Nouns of the courts that presuppose their event ("murder trial"): signatures."""
    consent: LemmaSet
    """Verbs of consent ("agree to"): signatures."""
    takes_for_granted: LemmaSet
    """Verbs that presuppose their object ("condemned the attack"): signatures."""
    factive: LemmaSet
    """Verbs that presuppose their clause too ("regretted killing"): signatures."""
    guilt: LemmaSet
    """Adjectives of a plea or verdict: who is not guilty of a deed leaves it done."""
    intend: LemmaSet
    """Verbs of wanting and planning: signatures, titles."""
    command: LemmaSet
    """Verbs of ordering, asking and offering ("told his men to"): signatures."""
    shares: LemmaSet
    """Nouns for a share in an event: to deny it grants the event ("denied a role in")."""
    call_for: LemmaSet
    """Verbs of asking for something ("called for"): signatures."""
    weigh: LemmaSet
    """Verbs of considering what may come ("mull"): signatures."""
    aim: LemmaSet
    """Verbs of aiming ("aimed at"): signatures."""
    wish_that: LemmaSet
    """Verbs that wish what their clause says: signatures."""
    fail: LemmaSet
    """Verbs of not doing ("failed to"): signatures."""
    forestall: LemmaSet
    """Verbs of preventing ("averted"): signatures."""
    escape: LemmaSet
    """Verbs of coming out of it unhurt ("escaped an ambush", which took place): signatures."""
    fates: LemmaSet
    """What befalls a person: who escapes it, it did not befall."""
    keep_from: LemmaSet
    """Verbs of preventing with "from": signatures."""
    sought: LemmaSet
    """Nouns for what somebody asks for ("a call for"): signatures."""
    merely_said: LemmaSet
    """Words for what is only thought or said ("talk of attacking"): signatures."""
    leads: LemmaSet
    """Verbs of causing, untensed ("could lead to"): signatures."""
    bent_on: LemmaSet
    """Adjectives of intent ("bent on"): signatures."""
    permissive: LemmaSet
    """Verbs of allowing: what was allowed is real in the past tense."""
    falsehood: Words
    """Words that call talk untrue ("hoax"): stance, signatures, titles."""
    talk: LemmaSet
    """Nouns for talk that may be untrue ("report", "video"): stance, signatures, titles."""
    hearsay: LemmaSet
    """Nouns for talk that its noun leaves open ("a report that"): signatures."""
    allegations: LemmaSet
    """Nouns for such talk about a culprit: to deny it leaves the deed."""
    withdraw: LemmaSet
    """Verbs of taking talk back, with their particle ("walk back"): signatures, sources."""
    rue: LemmaSet
    """Verbs of being sorry for what one said ("regrets reporting that"): signatures."""
    images: LemmaSet
    """Talk that is no claim when it is taken down or looked into ("footage of it"): signatures."""
    unfit: LemmaSet
    """What talk is said to be that is not so ("the report was premature"): signatures, talk."""
    misstate: LemmaSet
    """Verbs of saying it wrongly ("misstated that"): signatures."""
    contrary: LemmaSet
    """What stands before talk that is not so ("contrary to reports that"): signatures."""
    quelling: LemmaSet
    """What is put to talk ("put an end to rumours that"): signatures."""
    wellbeing: LemmaSet
    """How somebody is who is not dead ("She is well"): later denials."""
    disbelieve: LemmaSet
    """Verbs of not believing it ("scoffed at claims"): signatures, sources."""
    make_up: LemmaSet
    """Verbs of making up what did not happen ("invented a kidnapping"): signatures."""
    take_for: LemmaSet
    """Verbs of taking one thing for another ("mistook a drill for an attack"): signatures."""
    pass_for: LemmaSet
    """Verbs of giving one thing for another ("passed off as an attack"): signatures."""
    label: LemmaSet
    """Verbs of calling it something ("called the report a fabrication"): stance, sources."""
    believe: LemmaSet
    """Words of believing: who believes no longer denies."""
    mistake: LemmaSet
    """Words for an error in saying ("was wrong to say", "sorry for reporting"): signatures."""
    mistakenly: FormSet
    """Adverbs of an error in saying ("wrongly reported"): stance."""
    publications: LemmaSet
    """Nouns for a published text: what it said originally, it says no longer."""
    formerly: FormSet
    """Adverbs of what it said so."""
    at_first: FormSet
    """Adverbs of what was thought before ("at first … but")."""
    earlier: FormSet
    """Adjectives of a version that has been replaced."""
    after_prepositions: FormSet
    """Prepositions whose object is presupposed ("after the attack")."""
    bygone: FormSet
    """Adjectives that presuppose their event ("the recent attack")."""
    nobody: FormSet
    """Subjects of which nothing is presupposed ("nobody")."""
    occurring: LemmaSet
    """Verbs that say that their subject comes about ("broke out")."""
    creating: LemmaSet
    """Verbs that say that their object comes about ("signed a truce")."""
    prospective: FormSet
    """Adjectives for what is yet to come ("a planned march")."""
    expressive: LemmaSet
    """Verbs of a purpose that a gathering achieves ("marched to protest")."""
    known_bodies: FormSet
    """Bodies that a bare noun names as a source ("police")."""
    truth: FormSet
    """Words for the truth of news ("if it proves true")."""
    hard_modals: FormSet
    """Modals that make an event a possibility."""
    conditions: FormSet
    """Conjunctions of conditions."""
    light: LemmaSet
    """Verbs that lend an event noun its subject ("carried out an attack")."""
    aircraft: LemmaSet
    """Aircraft: an attack by them is an airstrike."""
    violent_means: LemmaSet
    """Words without which `amid` verbs do not mean violence ("hit by a bullet")."""
    harmful_means: LemmaSet
    """Further such words for hospital verbs ("rushed to hospital")."""
    firing_verbs: LemmaSet
    """Verbs of attack in "when troops fired"."""
    object_control: LemmaSet
    """Verbs whose object does the infinitive below ("forced the police to")."""
    object_control_by: LemmaSet
    """Likewise with a preposition ("called on him to")."""
    unnamed: Words
    """Sources without a name: kind `unnamed` of an attribution."""
    witness: Words
    """Witnesses: kind `witness` of an attribution."""
    official: Words
    """Public offices: kind `official` of an attribution."""
    media: Words
    """Outlets: kind `media` of an attribution, origin, unnamed groups."""
    agency: Words
    """Wire services: kind `agency` of an attribution."""
    observer: Words
    """Monitors: kind `observer` of an attribution."""
    party: Words
    """Groups: kind `party` of an attribution, counts, people by their noun."""
    bodies: Words
    """Nouns for organisations: mentions, sources, people by their noun."""
    person_nouns: Words
    """Nouns for people, singular or plural, nearly everywhere."""
    roles: Words
    """Offices in bodies: mentions, antecedents, appointments."""
    unique_roles: LemmaSet
    """Offices that one person holds."""
    predicating: LemmaSet
    """Verbs over an adjective that says what became of somebody ("found dead")."""
    claims_responsibility: LemmaSet
    """Verbs of claiming an attack as one's own."""
    accuse: LemmaSet
    """Verbs of accusing: blame, dates."""
    rebels: Words
    """Nouns for rebels without a name: perpetrators, responsibility."""
    done_to_people: LemmaSet
    """Verbs whose object is a person, whatever its name looks like."""
    combatants: Words
    """Nouns for who bears arms: two of them fighting are a clash."""
    body_ends: FormSet
    """Last words of names that are of bodies, not of rivers or lakes."""
    armed_names: Words
    """Words in names of armed groups: responsibility."""
    implicative: LemmaSet
    """Verbs whose infinitive is real ("managed to")."""
    figures: LemmaSet
    """Words before an event noun that make it a figure of speech ("charm offensive")."""
    figures_of: LemmaSet
    """Words behind its "of" that do so ("outbreak of joy")."""
    other_things: dict[str, FormSet]
    """Words before a noun, by its lemma, that make another thing of it: complements, nouns."""
    canvassing: LemmaSet
    """Words before "rally" that make it no protest ("campaign rally")."""
    realms: LemmaSet
    """Adjectives of fields in which a disaster is a figure of speech ("political")."""
    unbuilt: LemmaSet
    """Subjects of "break", "burst" and the like that are no buildings."""
    ills: LemmaSet
    """Things that people fight who fight nobody ("poverty")."""
    fiction: LemmaSet
    """Nouns for works in which events are made up."""
    depicting: LemmaSet
    """Verbs by which such a work tells of them."""
    exercises: LemmaSet
    """Nouns for exercises in which events are played."""
    possibilities: LemmaSet
    """Nouns for what may come ("threat"): signatures, unreal clauses."""
    portions: LemmaSet
    """Nouns for parts and numbers of people ("a group of")."""
    quantities: FormSet
    """Words that count without a number ("several")."""
    unwilling: Words
    """Words over "confirm" that say that nobody did ("declined to")."""
    things: Words
    """Agents that are means ("an airstrike killed"): instrument, no agent."""
    vehicles: Words
    """Vehicles: what is shot at may be hit."""
    sites: LemmaSet
    """Nouns for buildings, places and goods: never people."""
    abstract: LemmaSet
    """Nouns for what no force can reach: a figure of speech, no victim."""
    concrete: LemmaSet
    """Nouns that end like abstract ones and are none ("embassy")."""
    signs_of_violence: FormSet
    """Words by which a found body is a killing."""
    accidental: LemmaSet
    """Words that make an explosion an accident."""
    forces: Words
    """Nouns for armed forces whose state stands before them ("Orran jets")."""
    offers: Words
    """Verbs of offering: an agreement to come."""
    vows: Words
    """Verbs of vowing: a threat."""
    protesters: Words
    """Nouns for protesters: riots, figures of speech."""
    grave_attacks: LemmaSet
    """Words before "attack" by which it is news alone ("knife attack")."""
    harm_done: LemmaSet
    """Verbs in a clause of "attack" by which it is ("that killed two")."""
    no_ground: FormSet
    """Words for what is captured that is no territory ("hearts")."""
    harms: LemmaSet
    """Verbs of harm: to offer them is no agreement."""
    custody: LemmaSet
    """Verbs of custody over a protester: of these the custody is the news."""
    not_personal: LemmaSet
    """Nouns that end like those for people and are none ("deer")."""
    event_heads: LemmaSet
    """Nouns behind an event noun that keep it one ("murder case")."""
    attack_nouns: Words
    """Nouns for attacks that deaths come of ("killed in a raid")."""
    sufferers: FormSet
    """Words for people by which they can't have done violence ("victims", "civilians")."""
    no_victims: LemmaSet
    """Nouns behind an event that are nobody it befalls."""
    place_prepositions: FormSet
    """Prepositions before the place of an event."""
    spot_prepositions: FormSet
    """Prepositions before its street or building only ("on Lee Street")."""
    local_people: LemmaSet
    """Nouns for people and bodies of a town that act there ("Meris police")."""
    firing_parties: LemmaSet
    """Nouns for people who fire ("killed in police firing")."""
    title_falsehoods: FormSet
    """Title words that call the news false."""
    title_denials: FormSet
    """Title words by which somebody denies it."""
    title_ends_talk: FormSet
    """Title verbs that end talk ("shoots down")."""
    title_talk_ended: FormSet
    """Likewise behind the talk ("claim put to rest")."""
    title_prepositions: FormSet
    """Words that end the noun phrase between the two."""
    title_well: FormSet
    """Being well as news of its own ("is alive")."""
    title_alive: FormSet
    """Being well, which denies a death in the title."""
    title_death: FormSet
    """The deaths that it denies."""
    title_mock_beliefs: FormSet
    """Title words that mock believers."""
    title_hedges: FormSet
    """Title words of doubt."""
    title_modals: FormSet
    """Title words of possibility."""
    title_says: FormSet
    """Title words by which somebody says so."""
    title_sources: FormSet
    """Last words of a source beside a colon."""
    title_outlets: FormSet
    """Outlets beside a colon, whole."""
    title_titles: FormSet
    """Titles before a name beside a colon."""
    pseudo_negation_after: FormSet
    """Words behind "not" that make it no negation ("not only")."""
    pseudo_negation_before: FormSet
    """Words before it that do so."""
    no_evidence: Words
    """Nouns whose absence leaves an event open ("no sign of")."""
    goes_on: LemmaSet
    """Verbs whose negation says that it goes on ("won't stop")."""
    not_of_the_event: LemmaSet
    """Verbs whose negation denies nothing ("don't know")."""
    attitudes: FormSet
    """Adjectives of feeling: their negation denies nothing ("isn't happy")."""
    offenders: FormSet
    """Nouns after which "alleged" is no hedge ("alleged killer")."""
    title_heads: Words
    """Heads of titles before a name."""
    title_parts: FormSet
    """Words that may stand with them."""
    group_words: FormSet
    """Plural nouns for many people."""
    group_modifiers: FormSet
    """Words that may describe them."""
    determiners: FormSet
    """Articles, numerals and the like before them."""
    state_forces: dict[str, FormSet]
    """State forces by the words of their mentions; the first that fits (responsibility)."""
    sides: dict[str, FormSet]
    """Words of who suffers by the side they belong to (responsibility)."""
    kinds: dict[str, FormSet]
    """Nouns that a wider noun may take up ("the politician"): antecedents."""

    def named(self, name: str) -> Words:
        """Return the class that data names; ValueError for none."""
        if name not in classes():
            raise ValueError(f"there is no class {name!r} in lexicon/cues.yaml")
        words: Words = getattr(self, name)
        return words


@cache
def classes() -> tuple[str, ...]:
    """Return the names of the classes that are plain sets of words."""
    return tuple(
        f.name for f in msgspec.structs.fields(Cues) if f.type in (Words, FormSet, LemmaSet)
    )
