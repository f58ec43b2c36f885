"""What `bench.tag` counts for which part of the tagger."""

from pathlib import Path

from bench.tag import PARTS, SERVICES

UNCOUNTED = {"lexicon", "parse", "service"}
"""Rooms whose modules are named one by one, or do not work on an article."""


def test_every_room_of_the_tagger_counts_for_a_part_and_nothing_is_named_that_is_gone():
    rooms = {path.parent.name for path in (SERVICES / "tagger").glob("*/*.py")}
    named = {Path(name).name for name in PARTS if (SERVICES / name).is_dir()}
    assert rooms - UNCOUNTED == named
    assert [name for name in PARTS if not (SERVICES / name).exists()] == []
