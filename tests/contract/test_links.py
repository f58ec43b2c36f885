"""Every link from one document to another leads to a file, and to a heading that is there."""

import re
from pathlib import Path

import pytest
from headings import anchor, anchors

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "deploy").glob("*.md"),
    )
)
LINK = re.compile(r"\]\(([^()\s]+)\)")


@pytest.mark.parametrize(
    ("heading", "made"),
    [
        ("Alerts are late", "alerts-are-late"),
        ("`up`: what it needs, once", "up-what-it-needs-once"),
        ("A feed's state", "a-feeds-state"),
    ],
)
def test_a_heading_becomes_an_anchor_as_on_the_web_page(heading, made):
    assert anchor(heading) == made


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_to_a_document_finds_it(document):
    path = ROOT / document
    broken = [
        target
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not leads(path, target)
    ]
    assert broken == []


def leads(source, target):
    name, _, fragment = target.partition("#")
    path = (source.parent / name).resolve() if name else source
    if not path.exists():
        return False
    return not fragment or fragment in anchors(path.read_text(encoding="utf-8"))


def test_every_test_that_the_threat_model_names_is_there():
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[^`]+)`", text))
    assert len(named) >= 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
