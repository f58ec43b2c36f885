"""Antecedents of "he", "she", "him", and "her", and none where two readings are open.

The only person of the sentence before the pronoun is meant, or else of the nearest sentence before
it that has one (recency, as in Lappin and Leass 1994). Left out are people of the other sex, the
subject of the verb whose object the pronoun is (Chomsky 1981, principle B), and whoever is quoted.
A speaker is only taken for the agent of what harms nobody ("NAME said he will withdraw"), for who
is said to live ("NAME said he is alive"), for who has an office ("NAME denied that he resigned"),
and for who denies what befell him ("NAME denied reports of his death"), if nobody else may be
meant. Of two people, none is taken: an unknown victim costs less than a wrong one.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from services.messages import Mention, SentenceReport, Span
from services.tagger.discourse.arguments import identity
from services.tagger.discourse.people import Person, Sex, people_by_words, people_of
from services.tagger.events.subjects import subjects
from services.tagger.lexicon.ontology import type_named
from services.tagger.lexicon.words import lemmas
from services.tagger.names.mentions import Mentions
from services.tagger.names.phrases import Phrases
from services.tagger.parse.doc import Token
from services.tagger.parse.sentence import Parsed
from services.tagger.parse.tree import is_a, kids

_BESIDE = 30
"""Characters on either side of a name in which its role stands ("NAME, a spokesman for")."""
_LOOK_BACK = 3
"""Sentences before that of a pronoun in which the person is looked for. Set by hand."""


def with_pronouns(
    reports: Iterable[SentenceReport], antecedents: "Antecedents"
) -> list[SentenceReport]:
    """Return the reports with whom their pronouns mean in place of these, or with nobody."""
    done: list[SentenceReport] = []
    for report in reports:
        patient = antecedents.resolved(
            report.patient,
            may_speak=_is_own_account(report),
            may_deny=report.stance == "denied",
        )
        agent = antecedents.resolved(
            report.agent, may_speak=not _is_harm(report), apart=report.patient
        )
        done.append(msgspec.structs.replace(report, patient=patient, agent=agent))
    return done


def _is_own_account(report: SentenceReport) -> bool:
    """True for what people say of themselves: to be alive, to have come into or left an office."""
    return report.frame == "spared" or type_named(report.event).family == "office"


def _is_harm(report: SentenceReport) -> bool:
    return type_named(report.event).is_deed or bool(type_named(report.event).patient_is)


class Antecedents:
    """What the pronouns of one article mean.

    `sentences`: the spans of all sentences; `parsed`: those with a parse. `speakers`: the offsets
    of the words that name who is quoted.
    """

    def __init__(
        self,
        mentions: Mentions,
        sentences: Sequence[Span],
        parsed: Iterable[Parsed],
        speakers: AbstractSet[int],
    ) -> None:
        self._mentions = mentions
        named = (m for m in mentions.in_order() if m.type == "person" and m.is_name)
        self._fullest = {identity(m): m for m in sorted(named, key=_n_words)}
        self._sexes: dict[str, Sex] = {}
        self._meant: dict[int, Mention] = {}
        """The antecedents of pronouns, and the mentions of nouns that are some, by offset."""
        self._speaking: dict[int, Mention] = {}
        """The one person by name whose speech a pronoun may stand in, by its offset."""
        self._people: list[list[Person]] = []
        by_index = {sentence.index: sentence for sentence in parsed}
        for index, span in enumerate(sentences):
            sentence = by_index.get(index)
            people = (
                people_of(sentence, mentions, speakers)
                if sentence is not None
                else people_by_words(span, mentions)
            )
            self._people.append(people)
            self._resolve(people, index)

    def resolved(
        self,
        ids: Sequence[str],
        *,
        may_speak: bool = False,
        may_deny: bool = False,
        apart: Sequence[str] = (),
    ) -> tuple[str, ...]:
        """Return ids of mentions with those of antecedents in place of pronouns, each once.

        `may_speak`: a speaker may be meant; `may_deny`: so he may if there is nobody else. `apart`:
        names in the same clause, which no pronoun means ("he beheads NAME": principle C).
        """
        others = (self._mentions.by_id[i] for i in apart)
        named = {identity(m) for m in others if m.form != "pronoun"}
        found: dict[str, None] = {}
        for mention in (self._mentions.by_id[i] for i in ids):
            meant: Mention | None = mention
            if mention.form == "pronoun":
                speaker = self._speaking.get(mention.start)
                meant = self._meant.get(mention.start)
                if may_speak or (meant is None and may_deny and self._speaks_for_himself(speaker)):
                    meant = speaker or meant
                if meant is not None and identity(meant) in named:
                    meant = None
            if meant is not None:
                found[meant.id] = None
        return tuple(found)

    def _speaks_for_himself(self, speaker: Mention | None) -> bool:
        """True for a speaker whom nothing beside the name calls a mouthpiece ("Spokesman NAME")."""
        if speaker is None:
            return False
        near = slice(max(0, speaker.start - _BESIDE), speaker.end + _BESIDE)
        return lemmas().mouthpieces.isdisjoint(
            re.findall(r"\w+", self._mentions.text[near].lower())
        )

    def _resolve(self, people: Sequence[Person], index: int) -> None:
        """Find the antecedents of a sentence's pronouns, in text order."""
        for at, pronoun in enumerate(people):
            if not pronoun.is_pronoun:
                continue
            speakers = {p.mention.id: p.mention for p in people[:at] if p.speaks and p.mention}
            if len(speakers) == 1:
                self._speaking[pronoun.start] = next(iter(speakers.values()))
            meant = self._antecedent(pronoun, people[:at], index)
            if meant is not None:
                self._meant[pronoun.start] = self._fullest.get(identity(meant), meant)
                if pronoun.sex is not None:
                    self._sexes[identity(meant)] = pronoun.sex

    def _antecedent(self, pronoun: Person, before: Sequence[Person], index: int) -> Mention | None:
        shared, apart = _shared_object(pronoun.token), _apart(pronoun.token)
        here = [person for person in before if person.token == shared] or before
        others = {self._who(person) for person in before if person.token in apart}
        for people in (here, *self._people[max(0, index - _LOOK_BACK) : index][::-1]):
            fitting = [
                person
                for person in people
                if self._may_be(person, pronoun) and self._who(person) not in others
            ]
            if fitting:
                return self._only(fitting)
        return None

    def _may_be(self, person: Person, pronoun: Person) -> bool:
        known = self._mention(person)
        sex = person.sex or (self._sexes.get(identity(known)) if known is not None else None)
        return not person.speaks and sex in (None, pronoun.sex)

    def _only(self, people: Sequence[Person]) -> Mention | None:
        """Return the one person that all of several are; None for two, and for one not known."""
        if len(set(map(self._who, people))) > 1:
            return None
        return self._mention(people[-1]) or self._described(people[-1])

    def _who(self, person: Person) -> str:
        known = self._mention(person)
        return person.word if known is None else identity(known)

    def _mention(self, person: Person) -> Mention | None:
        return person.mention or self._meant.get(person.start)

    def _described(self, person: Person) -> Mention | None:
        """Return the mention of a noun for a person ("the driver"), which it has from now on."""
        if person.is_pronoun or person.token is None:
            return None
        meant = Phrases(self._mentions, person.start - person.token.idx).of(person.token)
        if meant is not None:
            self._meant[person.start] = meant
        return meant


def _n_words(mention: Mention) -> int:
    return len(mention.surface.split())


def _shared_object(pronoun: Token | None) -> Token | None:
    """Return the object of a verb whose outcome befalls a pronoun: "hit a boy, killing him"."""
    if pronoun is None or not is_a(pronoun, "dobj") or not is_a(pronoun.head, "advcl"):
        return None
    return next(iter(kids(pronoun.head.head, "dobj")), None)


def _apart(pronoun: Token | None) -> list[Token]:
    """Return those that act on a pronoun in its own clause, and those it is joined to."""
    if pronoun is None or not is_a(pronoun, "dobj", "dative", "pobj", "conj"):
        return []
    if is_a(pronoun, "conj"):
        return [pronoun.head, *kids(pronoun.head, "conj")]
    verb = pronoun.head.head if is_a(pronoun, "pobj") else pronoun.head
    acting = subjects(verb) if verb.pos_ == "VERB" else []
    return [*acting, *(joined for noun in acting for joined in kids(noun, "conj", "appos"))]
