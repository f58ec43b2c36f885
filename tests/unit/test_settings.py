"""Settings from the environment:
what can't be used is told in one line each, with what is allowed.
"""

import pytest

from services.errors import ConfigError
from services.settings import PREFIX, Settings, allowed_value


def told(**environ):
    """Return the lines of the error that the variables give."""
    with pytest.raises(ConfigError) as error:
        Settings.parse({PREFIX + name: value for name, value in environ.items()})
    return str(error.value).splitlines()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("ELASTIC_URL", "localhost:9200", "http://"),
        ("ELASTIC_URL", "ftp://localhost", "http://"),
        ("ELASTIC_URL", "http://localhost:99999", "http://"),
        ("KAFKA_BOOTSTRAP", "localhost", "host:port"),
        ("KAFKA_BOOTSTRAP", "kafka://localhost:9092", "host:port"),
        ("KAFKA_BOOTSTRAP", "a:9092,b", "host:port"),
        ("KAFKA_BOOTSTRAP", "a:0", "host:port"),
        ("POLL_INTERVAL_SECONDS", "-5", "seconds from"),
        ("POLL_INTERVAL_SECONDS", "nan", "seconds from"),
        ("POLL_INTERVAL_SECONDS", "inf", "seconds from"),
        ("POLL_INTERVAL_SECONDS", "a minute", "seconds from"),
        ("STATE_DAYS", "2", "3 or more"),
        ("CLAIM_DAYS", "30", "31 or more"),
        ("API_PORT", "0", "1 to 65535"),
        ("API_PORT", "65536", "1 to 65535"),
        ("API_PORT", "http", "1 to 65535"),
        ("METRICS_PORT", "-1", "1 to 65535, or 0"),
        ("API_HOST", "http://localhost", "host name"),
        ("TAGGER_PROCESSES", "0", "1 to 256"),
        ("TAGGER_PROCESSES", "257", "1 to 256"),
        ("PARTITIONS", "-1", "0 (the counts"),
        ("PARTITIONS", "1001", "0 (the counts"),
        ("LOG_LEVEL", "verbose", "debug, info, warning, error"),
        ("LOG_FORMAT", "xml", "auto, console, json"),
        ("INDEX_PREFIX", "News", "a-z"),
        ("TOPIC_PREFIX", "a b", "A-Z"),
        ("USER_AGENT", "a\nb", "printable"),
        ("DATA_DIR", "", "a path"),
        ("TRACES_URL", "127.0.0.1:4318", "OTLP"),
        ("TRACES_URL", "http://127.0.0.1:4318?a=b", "OTLP"),
        ("TRACES_SHARE", "0", "above 0"),
        ("TRACES_SHARE", "1.01", "1 at most"),
        ("TRACES_SHARE", "nan", "above 0"),
        ("NEW_ENTRIES_PER_HOUR", "0", "from 1 to 1,000,000"),
        ("NEW_ENTRIES_PER_HOUR", "1000001", "from 1 to 1,000,000"),
        ("SPACY_MODEL", " ", "spaCy"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_its_setting_and_what_is_allowed(
    name, value, allowed
):
    (line,) = told(**{name: value})
    assert line.startswith(f"{PREFIX}{name} is {value!r}, allowed is ")
    assert allowed in line


@pytest.mark.parametrize(
    ("name", "value", "becomes"),
    [
        ("elastic_url", "https://es.example:9243/news", "https://es.example:9243/news"),
        ("kafka_bootstrap", "a:9092, b:9092", "a:9092, b:9092"),
        ("kafka_bootstrap", "[::1]:9092", "[::1]:9092"),
        ("poll_interval_seconds", "0.05", 0.05),
        ("poll_interval_seconds", "604800", 604800.0),
        ("new_entries_per_hour", "1", 1),
        ("new_entries_per_hour", "1000000", 1_000_000),
        ("api_port", "1", 1),
        ("api_port", "65535", 65535),
        ("metrics_port", "0", 0),
        ("tagger_processes", "256", 256),
        ("partitions", "0", 0),
        ("index_prefix", "", ""),
        ("traces_share", "0.001", 0.001),
        ("traces_share", "1", 1.0),
    ],
)
def test_a_value_just_inside_is_taken(name, value, becomes):
    assert allowed_value(name, value) == becomes


def test_all_that_is_wrong_is_told_and_not_only_the_first():
    lines = told(API_PORT="0", ELASTIC_URL="nowhere", KAFKA_BOOTSRAP="a:1", LOG_LEVEL="loud")
    assert [line.split()[0] for line in lines] == [
        PREFIX + name for name in ("API_PORT", "ELASTIC_URL", "KAFKA_BOOTSRAP", "LOG_LEVEL")
    ]


def test_an_unknown_setting_gets_a_suggestion_where_one_is_near():
    assert told(KAFKA_BOOTSRAP="a:1") == [
        f"{PREFIX}KAFKA_BOOTSRAP is no setting: did you mean {PREFIX}KAFKA_BOOTSTRAP?"
    ]
    assert told(KAFKA="a:1") == [f"{PREFIX}KAFKA is no setting: did you mean {PREFIX}KAFKA_USER?"]
    assert told(BOOTSTRAP="a:1") == [
        f"{PREFIX}BOOTSTRAP is no setting: did you mean {PREFIX}KAFKA_BOOTSTRAP?"
    ]
    assert told(ELASTIC="a:1") == [
        f"{PREFIX}ELASTIC is no setting: did you mean {PREFIX}ELASTIC_URL?"
    ]
    assert "docs/settings.md" in told(QQQ="1")[0]


def test_a_secret_comes_from_a_file_and_a_file_that_is_not_there_is_told(tmp_path):
    (tmp_path / "secret").write_text("whsec_x\n")
    assert (
        Settings.parse({f"{PREFIX}WEBHOOK_SECRET_FILE": str(tmp_path / "secret")}).webhook_secret
        == "whsec_x"
    )
    (line,) = told(WEBHOOK_SECRET_FILE=str(tmp_path / "none"))
    assert (
        line == f"{PREFIX}WEBHOOK_SECRET_FILE names {tmp_path / 'none'}, "
        f"which can't be read: No such file or directory"
    )


@pytest.mark.parametrize("text", ["true", "False", "YES", "no", "1", "0"])
def test_a_flag_is_said_in_six_ways(text):
    from services import settings

    assert settings._converted(bool, text) is (text.lower() in ("true", "yes", "1"))
    assert settings._converted(bool, "maybe") is settings._UNUSABLE


def test_settings_survive_the_way_through_the_environment():
    settings = Settings(api_port=1, poll_interval_seconds=0.5, log_level="debug", topic_prefix="t-")
    assert Settings.parse(settings.environment()) == settings


def test_a_secret_that_can_not_be_used_is_not_shown():
    with pytest.raises(ConfigError, match="WEBSUB_SECRET is a secret that can't be used") as caught:
        Settings.parse({"REPORTEDLY_WEBSUB_SECRET": "Xq7-vault"})
    assert "Xq7" not in str(caught.value)
