"""The compose file keeps its promises: nothing runs as root,
without limits, or within reach of the network.
"""

import re
from pathlib import Path

import pytest
import yaml

from services.commands.logins import BROKER, ELASTIC_ROLES, engine_files, logins
from services.commands.system import SERVICES
from services.messages.rights import OPERATOR
from services.settings import PREFIX, SECRETS, Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
ALL = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
SCALE = yaml.safe_load((ROOT / "compose.scale.yml").read_text(encoding="utf-8"))
ONCE = ("init", "dashboards", "operator", "secrets")
ENGINES = ("kafka", "elasticsearch", "kibana", "prometheus")
OURS = [name for name in ALL if name not in (*ENGINES, "secrets")]
PASSWORDS = "${SECRETS_DIR:-./deploy/secrets}/"


def mounted(name):
    """Return the secrets of a service: path in its container to the secret's name."""
    rows = [{"source": row} if isinstance(row, str) else row for row in ALL[name]["secrets"]]
    targets = [(row.get("target", row["source"]), row["source"]) for row in rows]
    return {to if to.startswith("/") else f"/run/secrets/{to}": of for to, of in targets}


def test_every_service_of_the_system_runs_by_its_command():
    assert {name: ALL[name]["command"] for name in SERVICES} == {
        n: [v] for n, v in SERVICES.items()
    }
    assert set(ALL) == {*SERVICES, *ENGINES, *ONCE}


@pytest.mark.parametrize("name", ALL)
def test_a_service_is_confined(name):
    row = ALL[name]
    assert row["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in row["security_opt"]
    assert row["mem_limit"]
    assert row["pids_limit"]
    assert row["logging"]["driver"] == "json-file"
    assert set(row["logging"]["options"]) == {"max-size", "max-file"}
    if name == "secrets":
        return
    assert not {"privileged", "network_mode", "pid", "ipc", "cap_add", "devices"} & set(row)
    assert row.get("user", "0").split(":")[0] not in ("0", "root")
    assert not any("docker.sock" in volume for volume in row.get("volumes", []))


def test_what_makes_the_passwords_is_root_without_a_network_and_runs_only_when_it_is_called():
    row = ALL["secrets"]
    assert (row["network_mode"], row["profiles"], row["read_only"]) == ("none", ["tools"], True)
    assert set(row["cap_add"]) == {"CHOWN", "DAC_OVERRIDE", "FOWNER"}
    assert row["volumes"] == [PASSWORDS.rstrip("/") + ":/secrets"]
    assert "secrets" not in {name for one in ALL.values() for name in one.get("depends_on", {})}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_an_unprivileged_user_and_a_read_only_root(name):
    row = ALL[name]
    assert row["read_only"] is True
    assert row["user"].split(":")[0] not in ("0", "root")
    assert any(mount.startswith(row["environment"][PREFIX + "RUN_DIR"]) for mount in row["tmpfs"])


@pytest.mark.parametrize("name", ["tracker", "alerter"])
def test_rows_of_state_stand_on_a_disk_that_their_user_may_write_to(name):
    folder = ALL[name]["environment"][PREFIX + "DATA_DIR"]
    assert [volume.partition(":")[2] for volume in ALL[name]["volumes"]] == [folder]
    assert not any(mount.startswith(folder) for mount in ALL[name]["tmpfs"])
    user = ALL[name]["user"].partition(":")[0]
    assert f"install -d -o {user} -g {user} -m 0700 {folder}\n" in DOCKERFILE


@pytest.mark.parametrize("name", [n for n in ALL if n not in ONCE])
def test_what_keeps_running_has_a_health_check_and_comes_back(name):
    assert ALL[name]["healthcheck"]["test"][0] == "CMD"
    assert ALL[name]["restart"] == "unless-stopped"
    if name in SERVICES:
        assert ALL[name]["healthcheck"]["test"] == ["CMD", "reportedly", "health", name, "--local"]


@pytest.mark.parametrize("name", ONCE)
def test_a_job_runs_once(name):
    assert ALL[name]["restart"] == "no"


def test_ports_are_on_loopback_and_without_a_profile_only_the_api_has_one():
    published = {name: row["ports"] for name, row in ALL.items() if "ports" in row}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert [name for name in published if "profiles" not in ALL[name]] == ["api"]


def test_the_engines_are_on_a_network_that_leads_nowhere():
    assert COMPOSE["networks"]["engines"] == {"internal": True}
    assert all(ALL[name]["networks"] == ["engines"] for name in ("kafka", "elasticsearch"))
    assert {name for name, row in ALL.items() if "outside" in row.get("networks", ())} == {
        "poller",
        "notifier",
        "api",
        "kibana",
        "prometheus",
    }


def test_services_start_after_the_init_job_and_that_after_healthy_engines():
    for name in SERVICES:
        assert ALL[name]["depends_on"]["init"]["condition"] == "service_completed_successfully"
    assert {n: c["condition"] for n, c in ALL["init"]["depends_on"].items()} == {
        "kafka": "service_healthy",
        "elasticsearch": "service_healthy",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_serves_metrics_inside_the_network_and_publishes_them_nowhere(name):
    assert ALL[name]["environment"][PREFIX + "METRICS_HOST"] == "0.0.0.0"
    assert ALL[name]["environment"][PREFIX + "METRICS_PORT"] == 9100
    assert not [port for port in ALL[name].get("ports", []) if "9100" in port]


def test_what_not_everybody_needs_is_a_profile():
    assert {name: row["profiles"] for name, row in ALL.items() if row.get("profiles")} == {
        "kibana": ["dashboards"],
        "dashboards": ["dashboards"],
        "prometheus": ["metrics"],
        "operator": ["tools"],
        "secrets": ["tools"],
    }


def test_prometheus_asks_every_service_where_it_listens():
    mounts = [mount.split(":")[0] for mount in ALL["prometheus"]["volumes"]]
    folder = next(ROOT / mount for mount in mounts if mount.startswith("./"))
    [job] = yaml.safe_load((folder / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    [found] = job["dns_sd_configs"]
    assert found["names"] == list(SERVICES)
    assert found["port"] == ALL["api"]["environment"][PREFIX + "METRICS_PORT"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_a_login_of_its_own_at_each_engine_that_it_uses(name):
    given, files = ALL[name]["environment"], mounted(name)
    assert given[PREFIX + "KAFKA_PROTOCOL"] == "sasl_plaintext"
    assert given[PREFIX + "KAFKA_USER"] == name
    assert files[given[PREFIX + "KAFKA_PASSWORD_FILE"]] == f"kafka_{name}"
    if name in ELASTIC_ROLES:
        assert given[PREFIX + "ELASTIC_USER"] == name
        assert files[given[PREFIX + "ELASTIC_PASSWORD_FILE"]] == f"elastic_{name}"
    passwords = {of for of in files.values() if of.startswith(("kafka", "elastic"))}
    assert passwords <= {f"kafka_{name}", f"elastic_{name}"}


def test_a_backup_outlives_the_container_that_writes_it_and_enters_neither_git_nor_the_image():
    [mount] = [mount for mount in ALL["operator"]["volumes"] if mount.endswith(":/backups")]
    assert mount == "${BACKUP_DIR:-./deploy/backups}:/backups"
    assert "/deploy/backups/*" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert (ROOT / ".dockerignore").read_text("utf-8").splitlines()[1] == "*"


@pytest.mark.parametrize("name", ["init", "operator", "dashboards"])
def test_commands_run_as_the_operator(name):
    assert ALL[name]["environment"][PREFIX + "KAFKA_USER"] == OPERATOR
    assert mounted(name)["/run/secrets/kafka_password"] == f"kafka_{OPERATOR}"


def test_kafka_lets_nobody_do_anything_without_a_login_and_a_rule():
    given = ALL["kafka"]["environment"]
    listeners = given["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    assert {listener.partition(":")[2] for listener in listeners} == {"SASL_PLAINTEXT"}
    assert given["KAFKA_AUTHORIZER_CLASS_NAME"].endswith(".StandardAuthorizer")
    assert set(given["KAFKA_SUPER_USERS"].split(";")) == {f"User:{BROKER}", f"User:{OPERATOR}"}
    assert not [name for name in given if "ALLOW_EVERYONE" in name]
    [file] = mounted("kafka")
    users = [v for name, v in given.items() if name.endswith("JAAS_CONFIG")]
    assert users == [f"$${{file:{file}:users}}"] * len(listeners)


def test_elasticsearch_lets_nobody_in_without_a_login():
    given = ALL["elasticsearch"]["environment"]
    assert given["xpack.security.enabled"] == "true"
    assert not [name for name in given if "anonymous" in name or "PASSWORD" in name]
    config = "/usr/share/elasticsearch/config/"
    assert {config + name for name in ("users", "users_roles", "roles.yml")} < set(
        mounted("elasticsearch")
    )


def test_the_files_of_passwords_are_those_that_are_made_and_none_is_left_out():
    secrets = dict.fromkeys(logins(), "word")
    made = {one.file for one in secrets} | set(engine_files(secrets, b"s" * 32))
    # The engines get these within the files that are made of them.
    within = {"kafka-broker", "elastic-health", "elastic-kibana"}
    files = {row["file"] for row in COMPOSE["secrets"].values()}
    assert {f.removeprefix(PASSWORDS) for f in files if f.startswith(PASSWORDS)} == made - within
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", ["kafka", "kafka-2", "kafka-3"])
def test_with_three_brokers_each_record_is_on_two_before_it_counts(name):
    given = ALL["kafka"]["environment"] | SCALE["services"][name]["environment"]
    assert given["KAFKA_DEFAULT_REPLICATION_FACTOR"] == 3
    assert given["KAFKA_MIN_INSYNC_REPLICAS"] == 2
    factors = {v for key, v in given.items() if key.endswith("TOPIC_REPLICATION_FACTOR")}
    assert factors | {given["KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR"]} == {3}
    assert {v for key, v in given.items() if key.endswith("MIN_ISR")} == {2}
    voters = dict(v.split("@") for v in given["KAFKA_CONTROLLER_QUORUM_VOTERS"].split(","))
    assert voters[str(given["KAFKA_NODE_ID"])] == f"{name}:9093"
    assert given["KAFKA_ADVERTISED_LISTENERS"] == f"INTERNAL://{name}:9092"
    if name != "kafka":
        assert SCALE["services"][name]["extends"]["service"] == "kafka"


def test_with_three_brokers_every_client_knows_all_of_them():
    for name in (*SERVICES, "init", "operator", "dashboards"):
        known = SCALE["services"][name]["environment"][PREFIX + "KAFKA_BOOTSTRAP"]
        assert known == "kafka:9092,kafka-2:9092,kafka-3:9092", name


def test_with_three_brokers_the_name_of_one_that_is_gone_holds_up_nobody_who_is_only_inside():
    quick = {name for name in SERVICES if "dns_opt" in SCALE["services"][name]}
    assert quick == {name for name in SERVICES if ALL[name].get("networks") == ["engines"]}
    assert all(SCALE["services"][name]["dns_opt"] == ["timeout:1", "attempts:1"] for name in quick)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name):
    ours = [v for v in ALL[name]["environment"] if v.startswith(PREFIX)]
    assert {v.removeprefix(PREFIX).removesuffix("_FILE").lower() for v in ours} <= set(
        Settings.__struct_fields__
    )


@pytest.mark.parametrize("name", ALL)
def test_no_secret_is_a_variable_and_each_is_a_file(name):
    given = ALL[name].get("environment", {})
    assert not [v for v in given if v.removeprefix(PREFIX).lower() in SECRETS]
    for variable, path in given.items():
        if variable.removeprefix(PREFIX).removesuffix("_FILE").lower() in SECRETS:
            assert path in mounted(name)


def test_without_a_secret_of_its_own_the_file_is_there_and_empty():
    files = [row["file"] for row in COMPOSE["secrets"].values()]
    for file in (file for file in files if not file.startswith(PASSWORDS)):
        default = re.fullmatch(r"\$\{[A-Z_]+:-\./(.+)\}", file).group(1)
        assert (ROOT / default).read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("name", ALL)
def test_images_are_pinned_by_a_tag_that_can_be_replaced(name):
    assert re.fullmatch(r"\$\{[A-Z_]+_IMAGE:-[\w./-]+:v?\d[\w.-]*\}", ALL[name]["image"])


def test_what_the_file_asks_of_the_environment_stands_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    example = dict(
        line.lstrip("#").split("=", 1)
        for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
        if re.match(r"#?[A-Z_]+=", line)
    )
    assert dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", text)) == example


def test_the_image_is_built_from_hashed_packages_without_buildkit():
    assert "--require-hashes -r requirements.txt" in DOCKERFILE
    assert "--no-deps --no-build-isolation" in DOCKERFILE
    assert "--mount" not in DOCKERFILE
    assert "<<" not in DOCKERFILE
    assert re.search(r"^USER (?!0|root)\S+$", DOCKERFILE, re.M)


def test_what_builds_the_image_is_not_in_it():
    build, run = DOCKERFILE.split("FROM ${BASE_IMAGE}")[1:]
    assert build.startswith(" AS build")
    assert "pip install" not in run
    assert "COPY --from=build /opt/reportedly /opt/reportedly" in run


def test_everything_the_build_copies_is_let_into_it():
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        word
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
        for word in line.split()
    }
    assert all((ROOT / path).exists() for path in copied | let_in)
    assert all(any(path == own or own.startswith(path + "/") for own in let_in) for path in copied)
