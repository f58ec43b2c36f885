"""`make install` tells each step and stops at the first that fails.

Python is a script here: nothing is fetched.
"""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PYTHON = """#!/bin/bash
# Stands for Python: makes a .venv that holds itself, and answers as pip does.
case "$*" in
    *version_info*) exit {version} ;;
    --version) echo "Python 3.11.7" ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    *--require-hashes*)
        echo "Collecting click==8.3.3 (from -r requirements-dev.txt)"
        echo "  Downloading click-8.3.3-py3-none-any.whl (105 kB)"
        echo "Installing collected packages: click"
        exit {fetch} ;;
    *"pip check"*) echo "No broken requirements found."; exit {check} ;;
esac
"""


@pytest.fixture
def install(tmp_path):
    """A function that runs `make install` in a folder of its own; its Python fails as told."""
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    (tmp_path / "requirements-dev.txt").write_text("click==8.3.3\n")
    (tmp_path / "pyproject.toml").touch()
    python = tmp_path / "python"

    def run(version=0, fetch=0, check=0):
        python.write_text(PYTHON.format(version=version, fetch=fetch, check=check))
        python.chmod(0o755)
        told = subprocess.run(
            ["make", "--no-print-directory", "install", f"PYTHON={python}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return told, (tmp_path / ".venv" / ".installed").exists()

    return run


def test_each_step_is_a_line_and_pip_adds_none_of_its_own(install):
    told, is_installed = install()
    assert told.returncode == 0
    assert is_installed
    lines = told.stdout.splitlines()
    assert [line[:3] for line in lines if line[0].isdigit()] == ["1/4", "2/4", "3/4", "4/4"]
    assert "1 packages" in told.stdout
    assert "Collecting" not in told.stdout
    assert len(lines) <= 8
    assert told.stderr == ""


@pytest.mark.parametrize("step", ["fetch", "check"])
def test_a_step_that_fails_ends_it_and_the_next_make_tries_again(install, step):
    told, is_installed = install(**{step: 1})
    assert told.returncode == 2
    assert not is_installed


def test_a_python_that_will_not_do_is_told_with_what_to_set(install):
    told, is_installed = install(version=1)
    assert told.returncode == 2
    assert not is_installed
    assert "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=" in told.stderr
