"""Roles: only our own indices, by the prefix that they have."""

from pathlib import Path

import pytest
import yaml

from services.indexer.documents import INDICES
from services.indexer.roles import PRIVILEGES, roles, roles_file

FILE = Path(__file__).parents[3] / "deploy" / "elasticsearch" / "roles.yml"


def test_the_file_of_roles_is_what_the_command_writes():
    assert FILE.read_text(encoding="utf-8") == roles_file(roles())
    assert yaml.safe_load(roles_file(roles())) == roles()


@pytest.mark.parametrize("name", PRIVILEGES)
def test_a_role_is_for_our_indices_alone(name):
    [own] = roles("a-")[f"a-reportedly_{name}"]["indices"]
    assert own["names"] == [f"a-{alias}{rest}" for alias in INDICES for rest in ("", "-*")]


def test_who_only_reads_can_write_nothing():
    cluster, indices = PRIVILEGES["reader"]
    assert (cluster, indices) == (["monitor"], ["read"])
