"""Which Java the engines run on."""

from pathlib import Path

import pytest

from services.adapters.embedded.jdk import choose, major_version
from services.errors import FatalError

OLD, NEW, NONE = Path("/jvm/17"), Path("/jvm/25"), Path("/jvm/nothing")
VERSIONS = {OLD: 17, NEW: 25, NONE: None}


@pytest.mark.parametrize("homes", [[NEW, OLD], [OLD, NEW], [NONE, OLD, NEW, NONE]])
def test_the_first_that_is_new_enough_is_taken(homes):
    assert choose(homes, VERSIONS.get) == NEW


def test_21_is_new_enough_and_20_is_not():
    assert choose([OLD, NEW], {OLD: 20, NEW: 21}.get) == NEW


def test_no_later_home_is_asked_once_one_will_do():
    asked = []

    def version_of(home):
        asked.append(home)
        return VERSIONS[home]

    choose([NEW, OLD], version_of)
    assert asked == [NEW]


def test_without_any_the_error_is_one_line_that_says_what_to_install():
    with pytest.raises(
        FatalError,
        match=r"^a JDK 21 or newer is needed: install one and "
        r"set JAVA_HOME, or use docker compose$",
    ):
        choose([NONE], VERSIONS.get)


def test_the_error_names_each_java_that_is_too_old_once():
    with pytest.raises(FatalError) as told:
        choose([OLD, NONE, OLD], VERSIONS.get)
    assert str(told.value).count("17 in /jvm/17") == 1
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ('openjdk version "25.0.1" 2025-10-21', 25),
        ('openjdk version "21" 2023-09-19', 21),
        ('java version "1.8.0_392"', 1),
        ("?", None),
    ],
)
def test_the_feature_release_is_read_from_what_java_says(tmp_path, says, version):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(0o755)
    assert major_version(tmp_path) == version


def test_a_java_that_cannot_be_run_is_passed_over(tmp_path):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_bytes(b"\x7fELF of another processor")
    java.chmod(0o755)
    assert major_version(tmp_path) is None


def test_a_folder_without_java_is_passed_over(tmp_path):
    assert major_version(tmp_path) is None
