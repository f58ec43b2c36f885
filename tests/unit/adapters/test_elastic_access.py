"""How Elasticsearch is asked: as whom, and trusted by whom."""

import pytest
from receivers.shore import Reply, Shore

from services import wiring
from services.errors import ConfigError
from services.settings import Settings


class Heard:
    """Keeps the header `authorization` of each request."""

    def __init__(self):
        self.logins = []

    def answer(self, request):
        self.logins.append(request.headers.get("authorization"))
        return Reply(503)


@pytest.mark.parametrize(
    ("login", "header"),
    [
        ({}, None),
        ({"elastic_api_key": "aWQ6a2V5"}, "ApiKey aWQ6a2V5"),
        ({"elastic_user": "ann", "elastic_password": "öl"}, "Basic YW5uOsO2bA=="),
    ],
)
def test_a_request_has_the_login_of_the_settings(login, header):
    heard = Heard()
    with Shore() as shore:
        url = shore.add("elastic", heard)
        assert not wiring.index(Settings(elastic_url=url, **login)).is_up()
    assert heard.logins == [header]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"elastic_user": "ann", "elastic_api_key": "aWQ6a2V5"}, "not both"),
        ({"elastic_url": "https://127.0.0.1:1", "elastic_authorities": "/no/such.crt"}, "no file"),
        ({"elastic_authorities": __file__}, "https://"),
    ],
)
def test_settings_that_contradict_each_other_are_refused_before_anybody_is_asked(given, said):
    with pytest.raises(ConfigError, match=said):
        wiring.index(Settings(**given))
