"""The levels that figures must not fall below."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from stories.figures import Figure
from stories.story import DATA

LEVELS_FILE = DATA / "levels.yaml"
MIXED_LEVELS_FILE = DATA.parent / "mixed-levels.yaml"


def read_levels(path: Path) -> dict[str, float]:
    """Return figure → level; a figure without one is printed, not gated."""
    found: dict[str, float] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return found


def missed(figures: Iterable[Figure], levels: Mapping[str, float]) -> dict[str, float]:
    """Return figure → value of those that don't reach their level."""
    return {f.name: f.value for f in figures if not f.reaches(levels.get(f.name))}
