"""Templates follow the documents."""

import msgspec
import pytest

from services.indexer.documents import DATED, INDICES
from services.indexer.templates import properties, templates, undated

BODIES = {name.removeprefix("reportedly-"): body for name, body in templates().items()}


@pytest.mark.parametrize("alias", INDICES)
def test_every_field_of_a_document_is_mapped_and_nothing_else_is_let_in(alias):
    mappings = BODIES[alias]["template"]["mappings"]
    assert mappings["dynamic"] == "strict"
    assert list(mappings["properties"]) == list(INDICES[alias].__struct_fields__)


@pytest.mark.parametrize("alias", INDICES)
def test_no_index_of_ours_is_made_by_itself_nor_stands_behind_an_alias_before_it_is_complete(alias):
    assert BODIES[alias]["index_patterns"] == [alias, f"{alias}-*"]
    assert BODIES[alias]["allow_auto_create"] is False
    assert "aliases" not in BODIES[alias]["template"]


def test_indices_without_a_month_are_made_at_the_start():
    assert sorted([*undated(), *DATED]) == sorted(INDICES)


def test_tokens_for_watches_are_split_at_blanks_and_phrases_stop_at_segments():
    mapping = BODIES["articles"]["template"]["mappings"]["properties"]["match"]
    assert mapping == {"type": "text", "analyzer": "whitespace", "position_increment_gap": 1000}


def test_keywords_are_cut_before_the_longest_term_that_lucene_takes():
    keywords = [
        p
        for b in BODIES.values()
        for p in b["template"]["mappings"]["properties"].values()
        if p["type"] == "keyword"
    ]
    assert keywords
    assert all(p["ignore_above"] * 4 <= 32766 for p in keywords)


def test_a_type_without_a_mapping_is_an_error_when_templates_are_made():
    with pytest.raises(KeyError):
        properties(msgspec.defstruct("Odd", [("field", bytes)]))
