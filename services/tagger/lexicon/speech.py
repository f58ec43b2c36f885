"""The classes of speech verbs and nouns: one field a class of speech.yaml, with what it takes.

The file and the fields are compared when the file is loaded, as those of cues.yaml are.
"""

import msgspec

from services.tagger.lexicon.lists import Form, FormSet, Lemma, LemmaSet


class Speech(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All classes."""

    say: LemmaSet
    """Verbs whose clause or quotation is what is said."""
    speak: LemmaSet
    """Verbs for which a topic behind a preposition is enough ("called for")."""
    show: LemmaSet
    """Verbs of things that tell, only with a clause ("the report shows that")."""
    judge: LemmaSet
    """Verbs of speech about somebody, for which an object is enough ("condemned the attack")."""
    think: LemmaSet
    """Verbs of belief and wish; their subject is a source unless it is one of `no_source`."""
    nouns: LemmaSet
    """Nouns for what is said, with the speaker as possessor or behind "by" ("her statement")."""
    documents: LemmaSet
    """Nouns for documents, which say what their sentence says."""
    no_source: FormSet
    """Subjects that name no source ("it", "there")."""
    adverbs: FormSet
    """Adverbs by which somebody unnamed says so ("reportedly")."""
    impersonal: LemmaSet
    """Verbs of `say` that need no source ("it was reported that")."""
    answering: LemmaSet
    """Verbs of `say` whose refusal is an attribution by itself ("would not comment")."""
    with_object: LemmaSet
    """Verbs of `say` whose object is what is said ("announced a plan")."""
    without_object: LemmaSet
    """Verbs of `judge` whose object is not what is said ("posted a picture")."""
    with_infinitive: LemmaSet
    """Verbs whose infinitive is what is said ("vowed to fight")."""
    stems: FormSet
    """Beginnings of cues that no lemma has: of irregular forms, and of "according"."""

    @property
    def cues(self) -> frozenset[Lemma | Form]:
        """All words that introduce a source, of whatever class."""
        verbs = self.say | self.speak | self.show | self.judge | self.think
        return verbs | self.nouns | self.documents | self.adverbs
