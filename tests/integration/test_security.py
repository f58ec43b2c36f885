"""An Elasticsearch with security on: TLS, and users who may do no more than they must.

The embedded server keeps users and roles in files alone: it lacks a filter that its own index of
API keys needs. So a key that it accepts is not tried here, only how one is sent and refused.
"""

import ssl
import uuid
from pathlib import Path

import httpx
import pytest
from builders import claim
from click.testing import CliRunner
from secured_elastic import PASSWORD, secured
from shared_engines import open_folder

from services import wiring
from services.cli import root
from services.errors import TransientError
from services.indexer.documents import BUILDERS
from services.indexer.roles import PRIVILEGES, roles
from services.settings import Settings

pytestmark = pytest.mark.faults
"""It starts a server of its own, which takes longer than all other tests of the indexer."""

OWN = "own-"


@pytest.fixture(scope="module")
def server():
    with (
        open_folder() as folder,
        secured(folder, Path("~/.cache/reportedly"), roles(OWN)) as running,
    ):
        yield running


def settings(server, user, password=PASSWORD, **kw):
    login = {"elastic_user": user, "elastic_password": password}
    given = {"elastic_url": server.url, "elastic_authorities": str(server.ca), "index_prefix": OWN}
    return Settings(**(given | login | kw))


def of(server, role):
    """Return Elasticsearch as a user who has one role."""
    return wiring.index(settings(server, role))


@pytest.fixture(scope="module")
def applied(server, tmp_path_factory):
    """Templates and indices, made by the operator, whose password stands in a file."""
    secret = tmp_path_factory.mktemp("secret") / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    environment = {
        "REPORTEDLY_ELASTIC_URL": server.url,
        "REPORTEDLY_ELASTIC_AUTHORITIES": str(server.ca),
        "REPORTEDLY_ELASTIC_USER": "operator",
        "REPORTEDLY_ELASTIC_PASSWORD_FILE": str(secret),
        "REPORTEDLY_INDEX_PREFIX": OWN,
    }
    done = CliRunner().invoke(root, ["templates", "apply"], env=environment, catch_exceptions=False)
    assert done.exit_code == 0
    return server


def test_each_role_does_its_work(applied):
    indexer, reader = of(applied, "indexer"), of(applied, "reader")
    id = uuid.uuid4().hex
    [made] = BUILDERS["claims"][1](claim(claim_id=id))
    assert [done.outcome for done in indexer.bulk([made])] == ["stored"]
    month = type(made)("articles-2031.05", id, 1, b"{}")
    assert [done.outcome for done in indexer.bulk([month])] == ["stored"]
    indexer.refresh()
    assert indexer.is_up()
    assert reader.is_up()
    assert reader.get("claims", id)["claim_id"] == id
    assert indexer.remove("claims", {"ids": {"values": [id]}}) == 1
    operator = of(applied, "operator").admin
    operator.make("claims-v7")
    assert "claims-v1" in operator.put_in_place(["claims-v7"])
    operator.drop(["claims-v1"])


def test_no_role_does_more(applied):
    reader, indexer = of(applied, "reader"), of(applied, "indexer")
    [made] = BUILDERS["claims"][1](claim())
    for act in (
        lambda: reader.bulk([made]),
        lambda: reader.admin.drop(["claims-v7"]),
        lambda: reader.admin.make("claims-v8"),
        lambda: indexer.admin.apply_templates(
            {"x": {"index_patterns": ["claims"], "template": {}}}
        ),
    ):
        with pytest.raises(TransientError, match="security_exception"):
            act()


@pytest.mark.parametrize("role", PRIVILEGES)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/others"),
        ("GET", "/others/_search"),
        ("GET", "/_security/user"),
        ("DELETE", "/others"),
    ],
)
def test_what_is_not_ours_is_closed(applied, role, method, path):
    with httpx.Client(
        base_url=applied.url,
        verify=ssl.create_default_context(cafile=applied.ca),
        auth=(role, PASSWORD),
    ) as client:
        assert client.request(method, path).status_code == 403


@pytest.mark.parametrize(
    "login",
    [
        {"password": "wrong"},
        {"user": "", "elastic_api_key": "aWQ6a2V5"},
        {"user": "nobody-such"},
        {"user": ""},
    ],
)
def test_who_is_not_known_waits_with_what_to_check_and_loses_no_document(applied, login):
    index = wiring.index(settings(applied, **({"user": "indexer"} | login)))
    with pytest.raises(TransientError, match=r"check REPORTEDLY_ELASTIC_USER .*API_KEY"):
        index.bulk(BUILDERS["claims"][1](claim()))
    assert not index.is_up()


def test_a_server_is_talked_to_only_if_its_authority_is_the_one_that_was_given(applied):
    for change in ({"elastic_authorities": ""}, {"elastic_authorities": str(applied.other_ca)}):
        index = wiring.index(settings(applied, "indexer", **change))
        with pytest.raises(TransientError, match="certificate verify failed"):
            index.search("claims", {"size": 1})
