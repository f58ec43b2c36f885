"""An event as it is found in a sentence, before it becomes a report."""

from dataclasses import dataclass, field

from services.messages import Count, Frame, Mention
from services.tagger.events.blame import Blame
from services.tagger.lexicon.ontology import EventType
from services.tagger.lexicon.rules import rule_id
from services.tagger.parse.doc import Token


@dataclass
class Found:
    """An event in a sentence: its trigger token and the mentions in each role."""

    type: EventType
    trigger: Token
    frame: Frame
    patient: list[Mention] = field(default_factory=list)
    agent: list[Mention] = field(default_factory=list)
    target: list[Mention] = field(default_factory=list)
    instrument: list[Mention] = field(default_factory=list)
    place: list[Mention] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    ruled_out: list[Mention] = field(default_factory=list)
    """Who did not undergo it, by a contrast ("a guard, not NAME, was killed")."""
    blame: Blame | None = None
    befalls_speaker: bool = False
    """The first person undergoes it ("I am alive", "my death")."""
    figurative: bool = False
    """An abstract noun is the patient ("destroyed the currency")."""

    @property
    def in_passing(self) -> bool:
        """True for a passing mention ("in the wake of the attack"), which asserts nothing."""
        return self.frame == "passing"

    @property
    def rule(self) -> str:
        """The id of the rule that found it."""
        return rule_id(f"event/{self.type.event}-{self.frame}")
