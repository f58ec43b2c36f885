"""The bill of materials names every part that is installed, with hashes, and no address."""

import json
import re
from pathlib import Path

import pytest

from bench.sbom import ROOT, all_parts, bill, java_parts, licences_of, python_parts

TWO = """alpha==1.0 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
beta-c==2.1 ; python_version > "3" \\
    --hash=sha256:{c}
""".format(a="a" * 64, b="b" * 64, c="c" * 64)


@pytest.fixture(scope="module")
def written():
    return bill(all_parts(), {"msgspec"})


def test_each_pinned_package_has_its_own_hashes():
    parts = list(python_parts(TWO))
    assert [(p.name, p.version, len(p.hashes)) for p in parts] == [
        ("alpha", "1.0", 2),
        ("beta-c", "2.1", 1),
    ]
    assert [p.purl.to_string() for p in parts] == ["pkg:pypi/alpha@1.0", "pkg:pypi/beta-c@2.1"]


def test_a_part_of_the_engines_has_its_group_and_its_hash():
    (part,) = java_parts(f"# a comment\norg.example:engine:1.2:jar {'d' * 64} 100\n")
    assert (part.group, part.name, part.version) == ("org.example", "engine", "1.2")
    assert [one.content for one in part.hashes] == ["d" * 64]


def test_the_bill_is_of_all_that_is_pinned_and_keeps_the_schema(written):
    """`bill` raises for what breaks the schema."""
    names = {row["name"] for row in json.loads(written)["components"]}
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.M)
    assert {name.lower() for name in pinned} <= names
    assert {"htmx.org", "kafka_2.13"} <= names
    assert all(row["hashes"] and row["version"] for row in json.loads(written)["components"])


def test_the_bill_is_the_same_each_time_and_has_no_address(written):
    assert bill(all_parts(), {"msgspec"}) == written
    assert "://" not in written
    assert str(Path.home()) not in written


def test_every_package_states_its_licence():
    assert [part.name for part in all_parts() if not part.licenses and not part.group] == []


def test_what_is_not_installed_states_no_licence():
    assert licences_of("no-such-package-of-ours") == []
