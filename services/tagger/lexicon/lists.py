"""The word lists that rules compare with: one field a class of words.yaml, with what it is for.

The file and the fields are compared when the file is loaded: a class that no field names is
refused, and so is a field that no class fills. A misspelt class is a type error. So is a lemma
that is looked for among forms: `lemma_of` gives a `Lemma`, and mypy refuses `lemma_of(token) in
forms().auxiliaries`. A test holds set operations to the same. Classes are in alphabetical order.
"""

from typing import NewType

import msgspec

Lemma = NewType("Lemma", str)
"""The lemma of a token in lower case."""

Form = NewType("Form", str)
"""A word in lower case as it stands in a text, or several with single spaces between them."""

LemmaSet = frozenset[Lemma]
FormSet = frozenset[Form]


class Lemmas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The classes that are compared with lemmas: each word is one."""

    aimed: LemmaSet
    """Verbs that may miss, or be the first half of a deed: evidence, figures."""
    ascribing: LemmaSet
    """Verbs with the culprit behind "to": blame."""
    assassinations: LemmaSet
    """Nouns for a killing that may be only attempted: figures."""
    auxiliary: LemmaSet
    """Auxiliaries whose verb a negation may leave out ("he was not"): denials."""
    battering: LemmaSet
    """Verbs whose object a force of nature strikes ("floods hit the coast"): noun roles."""
    brawls: LemmaSet
    """Passing mentions that make a protest a riot: upgrades."""
    charges: LemmaSet
    """Things that a bomber sets off ("detonated his explosives"): upgrades."""
    clinics: LemmaSet
    """Places of treatment: complements."""
    coming_about: LemmaSet
    """Verbs over deaths with a cause ("have taken place due to"): means."""
    coming_upon: LemmaSet
    """Verbs of finding or seeing somebody alive: walk."""
    companies: LemmaSet
    """Nouns whose "of" says how many they are ("a crew of nine"): counts."""
    corpses: LemmaSet
    """Nouns for a dead body: casualties."""
    courts: LemmaSet
    """Those to whom witnesses speak, of what was long ago: times."""
    dying: LemmaSet
    """Words of death, which name the event with their wound: casualties."""
    enduring: LemmaSet
    """Words for what patients of a hospital have: locatives."""
    facilities: LemmaSet
    """Places of treatment if they are medical: complements."""
    finding: LemmaSet
    """Verbs of finding a body: casualties."""
    freeing: LemmaSet
    """Verbs of letting go: whom they befall was held before: times."""
    hitting: LemmaSet
    """The second half of "shot and killed": figures."""
    homicides: LemmaSet
    """Nouns for a killing that may be only alleged: figures."""
    identifying: LemmaSet
    """Verbs that give casualties their names: casualties."""
    informing: LemmaSet
    """Verbs of saying what one is asked: a refusal to is silence: figures."""
    isolating: LemmaSet
    """In what patients are held: acts."""
    judging: LemmaSet
    """Words of a trial's end, which comes long after the deed: times."""
    kin: LemmaSet
    """Words for relatives; behind their "of" stands a person: persons."""
    leaders: LemmaSet
    """Words for who leads a body, whichever a text prefers: holders of offices."""
    links: LemmaSet
    """Words behind which an event is known, whatever is said of the link: signatures."""
    listing: LemmaSet
    """Verbs behind whose subject stands who they are ("those killed include"): casualties."""
    merit: LemmaSet
    """Nouns for what a claim of a deed takes: blame."""
    moments: LemmaSet
    """Nouns for the time of an event ("the moment when"): times."""
    mouthpieces: LemmaSet
    """Nouns that speak for a body ("a statement by the army"): sources."""
    moving: LemmaSet
    """Verbs whose subject bears the wound behind "with" ("walked in with burns"): casualties."""
    parts: LemmaSet
    """Nouns for a part of what an event befalls: roles."""
    perceiving: LemmaSet
    """Verbs whose infinitive is real ("is known to have"): reality."""
    periods: LemmaSet
    """Nouns for violence that lasts for years: expressions of time."""
    perpetrating: LemmaSet
    """Verbs whose agent is that of the event below them ("engineered by"): roles of nouns."""
    pieces: LemmaSet
    """Nouns for a piece or a load of what stands before them ("mortar rounds"): complements."""
    posts: LemmaSet
    """Offices that no role names: complements."""
    prosecuting: LemmaSet
    """Words of a trial's beginning: times."""
    putting: LemmaSet
    """Verbs whose object is put to something ("put an end to rumours"): signatures."""
    quoting: LemmaSet
    """Verbs whose passive subject speaks ("was quoted as saying"): sources."""
    remembering: LemmaSet
    """Verbs that call back to mind what has been: times."""
    residing: LemmaSet
    """Verbs that tell where somebody works or lives ("stationed at the base"): locatives."""
    small_groups: LemmaSet
    """Nouns for people who may be named one by one: enumerations."""
    stoppages: LemmaSet
    """Words for a stoppage of work that also mean an attack: upgrades."""
    striking: LemmaSet
    """Verbs that strike a pronoun literally ("stabbed him"): evidence."""
    suffering: LemmaSet
    """Verbs whose subject bears the wound behind them: casualties."""
    surfacing: LemmaSet
    """Verbs over an event that happens ("battles raged"): evidence."""
    talking: LemmaSet
    """Verbs of talk "of" or "about" what is known: times."""
    treating: LemmaSet
    """What is done to patients, in another place than they were hurt: acts, locatives."""
    trials: LemmaSet
    """Nouns for a trial that somebody goes on, of a deed of long ago: times."""
    turning: LemmaSet
    """Verbs by which it does: upgrades."""
    using: LemmaSet
    """Verbs whose agent uses a means ("a bomb planted by"): means."""
    violence: LemmaSet
    """Words for the violence that a protest turns into: upgrades."""


class Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The classes that are compared with words as they stand in a text."""

    ability: FormSet
    """Modals of ability ("could not prevent" tells of an attack): operators."""
    accompanying: FormSet
    """Words before people who are told beside others ("along with two guards"): tolls."""
    accusing: FormSet
    """Prepositions between a verb of accusing and the deed: blame."""
    acting: FormSet
    """Prepositions before the agents of an event noun: roles of nouns."""
    additive: FormSet
    """Adverbs before a verb that tells of further people ("were also killed"): tolls."""
    alias_nouns: FormSet
    """Words between an alias and the usual name ("the nom de guerre of")."""
    aliases: FormSet
    """Words between a name and an alias ("also known as")."""
    all_of_them: FormSet
    """Pronouns for several people: evidence."""
    alleged: FormSet
    """Adjectives of a killing that did not or may not have happened: figures."""
    also_adjectives: FormSet
    """Bodies only behind an article or another word, else adjectives ("military aid"): unnamed."""
    announcing: FormSet
    """Auxiliaries of intent: intents."""
    articles: FormSet
    """Articles before an apposition: lists of names."""
    at_least: FormSet
    """Words before the lowest number ("no fewer than"): counts."""
    at_most: FormSet
    """Words before the highest number ("up to"): counts."""
    bare_quantities: FormSet
    """Quantities that stand without their noun ("several were hurt"): elided."""
    befalling: FormSet
    """Prepositions that the parser hangs on a day before the patient: roles of nouns."""
    belonging: FormSet
    """Prepositions between people and whom they belong to ("an aide to NAME"): phrases."""
    benefiting: FormSet
    """Prepositions before who a set object is for ("bail for NAME"): roles."""
    beside_wounds: FormSet
    """Prepositions before a wound that somebody bears: casualties."""
    breakable_people: FormSet
    """Subjects of "break" and "burst" that are people: figures."""
    causal: FormSet
    """Words before the means of an event: means."""
    citing: FormSet
    """Words before a source anywhere in a sentence: speech."""
    clock: FormSet
    """Signs behind a number that make it a time of day or a fraction ("9 p.m."): counts."""
    completing: FormSet
    """Prepositions before a complement of a verb ("stabbed to death"): complements."""
    concerning: FormSet
    """Prepositions between a noun and the event it is about: operators."""
    conditional: FormSet
    """Conjunctions of an ultimatum or a condition: intents, operators."""
    confirming_modals: FormSet
    """Modals that leave a verb of confirming as it is: operators."""
    contrasting: FormSet
    """Words before a noun that somebody else stands for ("rather than NAME"): parse trees."""
    controlling: FormSet
    """Prepositions before the subject of an infinitive ("called on him to"): subjects."""
    counting_determiners: FormSet
    """Words before a noun that count it as a number does: elided."""
    dating: FormSet
    """Prepositions before a day: roles of nouns."""
    definite: FormSet
    """Determiners of a definite noun: signatures."""
    distinguishing: FormSet
    """Words that set somebody apart from one named before ("another senator"): antecedents."""
    employing: FormSet
    """Prepositions before the people of a strike ("a strike by dockers"): triggers."""
    fates: FormSet
    """Words for the fate of people, in the place of their noun ("ten dead"): elided."""
    female: FormSet
    """Words for a woman: portraits of the dead and the wounded (outlived), pronouns."""
    female_titles: FormSet
    """Titles of women."""
    first_person: FormSet
    """Pronouns for the speaker, whom an event may befall ("my death"): reports."""
    first_person_objects: FormSet
    """Objects of the first person: evidence."""
    force_modifiers: FormSet
    """Words before "forces" by which they are those of a state: sources."""
    formerly: FormSet
    """Adverbs of what has been ere now: times."""
    framing: FormSet
    """Prepositions before a film or an exercise: reality."""
    fronted: FormSet
    """Words that negate a clause before its auxiliary and its subject: operators."""
    further: FormSet
    """Words for people beside those told of before: outlived."""
    future: FormSet
    """Auxiliaries of the future: reality."""
    generations: FormSet
    """Words behind a last name that tell father and son apart."""
    given_names: FormSet
    """Nouns for people that are also given names ("Hunter"): before a name they say nothing."""
    group_nouns: FormSet
    """Nouns that take up a group ("this movement"): antecedents."""
    habitual: FormSet
    """Adverbs of what happens again and again: expressions of time."""
    impact: FormSet
    """Prepositions behind the verb of a projectile: roles of nouns."""
    imperative: FormSet
    """Auxiliaries before "n't" of a negated imperative: scope of title negations."""
    impersonal: FormSet
    """Pronouns that are no people: evidence."""
    indefinite: FormSet
    """Words before a role that say it is not one known person ("a leader"): phrases."""
    into: FormSet
    """Prepositions before a hospital: complements."""
    inverting: FormSet
    """First words of a condition without "if": operators."""
    joining: FormSet
    """Words before "with" that join people: roles."""
    judged: FormSet
    """Words of a judgment in the lead of an article: times."""
    lacking: FormSet
    """Prepositions before an event that did not happen: operators."""
    later_clauses: FormSet
    """Conjunctions before an event later than the verb above: times."""
    leading: FormSet
    """Verbs for the task of an appointed person: complements."""
    lettered: FormSet
    """Words before a letter that names one of several ("hepatitis A", "witness A"): sentences."""
    male: FormSet
    """Words for a man: as `female`."""
    male_titles: FormSet
    """Titles of men."""
    medical: FormSet
    """Words before a unit or center that make it a hospital: complements."""
    named_by: FormSet
    """Words before a usual name that say that another is its alias ("the name by which")."""
    negated_modals: FormSet
    """Modals before "n't" in a title: scope of title negations."""
    negations: FormSet
    """Negations of a title: scope of title negations."""
    no: FormSet
    """Determiners by which a noun means nobody: operators."""
    nobody: FormSet
    """Pronouns for no people: evidence."""
    nothing: FormSet
    """Subjects and objects that deny their verb: operators."""
    number_modifiers: FormSet
    """Words beside a number that count nothing themselves ("at least ten"): elided."""
    of_the_whole: FormSet
    """Words before people who are part of those counted already: enumerations."""
    open: FormSet
    """Determiners of which nothing is presupposed: signatures."""
    opening: FormSet
    """Words that have a capital only where a sentence begins: sentences."""
    opposing: FormSet
    """Prepositions before the patient of an event noun: roles of nouns."""
    ordinals: FormSet
    """Words whose infinitive is real ("the first to"): reality."""
    others: FormSet
    """Words by which people are none of those told before ("two others"): tolls."""
    owner_prepositions: FormSet
    """Prepositions between a statement and its body ("a spokesman for"): sources."""
    owning_bodies: FormSet
    """Pronouns for the body that has forces ("its soldiers"): agents in reported speech."""
    particles: FormSet
    """Words in lower case within a name: lists of names."""
    past: FormSet
    """Auxiliaries of a past that a condition leaves real: operators."""
    past_titles: FormSet
    """Words before a title that its bearer has no longer."""
    people_objects: FormSet
    """Objects that are people: evidence."""
    people_owners: FormSet
    """Owners that are people: evidence, upgrades."""
    people_subjects: FormSet
    """Subjects that are people: evidence."""
    perfect: FormSet
    """Auxiliaries whose infinitive is past: reality."""
    personal_subjects: FormSet
    """Pronouns that speak for one person: sources."""
    phrase_ends: FormSet
    """Words that end the noun phrase behind a name ("a judge from"): antecedents."""
    pluperfect: FormSet
    """Auxiliaries of the past perfect: times."""
    police: FormSet
    """Agents whose raid is a search: evidence."""
    positions: FormSet
    """Nouns for what an armed side holds: upgrades."""
    present_perfect: FormSet
    """Auxiliaries of the present perfect: times."""
    ranges: FormSet
    """Words between the two ends of a range ("20 to 25"): counts."""
    ranking: FormSet
    """Words that rank one event among others ("the first since"): times."""
    reaching: FormSet
    """Prepositions before the number of a toll: casualties."""
    reciprocal: FormSet
    """Pronouns for several subjects who do it to one another: evidence."""
    reflexive: FormSet
    """Pronouns for the subject of their verb: evidence, roles, upgrades."""
    relative_pronouns: FormSet
    """Subjects of relative clauses: sources."""
    restricting: FormSet
    """Adverbs behind "not" that make it none ("not only"): operators."""
    shot_or_stabbed: FormSet
    """Words for wounds that leave open whether the wounded live: outlived."""
    simultaneous: FormSet
    """Conjunctions before an attack that caused the event ("when troops fired"): means."""
    simultaneous_nouns: FormSet
    """Prepositions before an event of the same time ("killed in a raid"): times."""
    small_in_names: FormSet
    """Words that stay small in a name in capitals: truecase."""
    so_it_is: FormSet
    """Words behind "is not" that deny what was said ("it was not so"): denials of talk."""
    sole_offices: FormSet
    """Titles of which nobody bears two at a time."""
    speakers_own: FormSet
    """Pronouns by which a speaker is the subject of the clause: triggers."""
    speaking_bodies: FormSet
    """Those of them that stand for no single person: roles."""
    speaking_subjects: FormSet
    """Pronouns for the speaker of their clause: roles."""
    surviving: FormSet
    """Words for wounds that part the wounded from the dead: outlived."""
    taking_up: FormSet
    """Pronouns for what a clause before said: denials of talk."""
    telling_apart: FormSet
    """Words before the name of a namesake ("not to be confused with")."""
    temporal: FormSet
    """Conjunctions that presuppose their clause: signatures."""
    the_victim: FormSet
    """Nouns for the one who underwent it: antecedents."""
    third_person_singular: FormSet
    """Pronouns that may stand for one person named before: phrases."""
    thoroughly: FormSet
    """Adverbs of a deed that is done ("well-planned"): operators."""
    tidings: FormSet
    """News that a source brings ("word came from NAME"): speech."""
    title_prefixes: FormSet
    """First words of offices of two words ("prime minister"): antecedents."""
    topic_prepositions: FormSet
    """Prepositions before what is spoken of: sources."""
    towards: FormSet
    """Prepositions before an aim: figures."""
    turning: FormSet
    """Openings of a sentence that turns to something else (Halliday and Hasan 1976): incidents."""
    unspecific: FormSet
    """Determiners of a noun in a list without names: enumerations."""
    upwards: FormSet
    """Particles of shots at aircraft or into the air: figures."""
    vests: FormSet
    """Words for a bomb worn by the bomber: upgrades."""
    victims: FormSet
    """Words that leave open whether people died: outlived."""
    who: FormSet
    """Relative pronouns for people: nouns."""
    within_places: FormSet
    """Words that join the parts of a place name, and end none: places."""
    within_titles: FormSet
    """Words in lower case within a title ("Secretary of State"): titles."""


class Endings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The classes of word endings, and irregular forms."""

    descriptions: tuple[str, ...]
    """Endings of adjectives that may describe a group: unnamed."""
    inflections: dict[str, tuple[str, ...]]
    """Endings of regular forms, with what the stem has in their place: truecase."""
    pasts: dict[str, Lemma]
    """Past forms that the model takes for base forms, with their lemmas: lemmas of a tree."""
    people: tuple[str, ...]
    """Endings of nouns for people ("carpenter"): nouns."""
    plurals: tuple[str, ...]
    """Endings of descriptions of several people ("gunmen"): antecedents, specificity."""
    qualities: tuple[str, ...]
    """Endings of abstract nouns ("stability"): nouns."""


class Numbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words that have a number."""

    cardinals: dict[str, int]
    """Numbers in one word: counts."""
    days: dict[str, int]
    """Days of a unit of time: dates."""
    factors: dict[str, int]
    """Words that multiply the number before them ("two hundred"): counts."""
    months: dict[str, int]
    """Months by their first three letters: dates, datelines."""
    together: dict[str, int]
    """Words for two or three people, by themselves or before their noun ("both men"): counts."""
    vague: dict[str, int]
    """Words for many people, with the lowest number that each stands for: counts."""
    weekdays: dict[str, int]
    """Days of the week, as `date.weekday` counts them: dates."""


class WordLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of words.yaml."""

    lemmas: Lemmas
    endings: Endings
    forms: Forms
    numbers: Numbers
