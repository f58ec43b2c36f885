"""The compose file keeps its promises: nothing runs as root,
without limits, or within reach of the network.
"""

import re
from pathlib import Path

import pytest
import yaml

from services.commands.system import SERVICES
from services.settings import PREFIX, SECRETS, Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
ALL = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
ONCE = ("init", "dashboards")
ENGINES = ("kafka", "elasticsearch", "kibana")
OURS = [name for name in ALL if name not in ENGINES]


def test_every_service_of_the_system_runs_by_its_command():
    assert {name: row["command"] for name, row in ALL.items() if name in SERVICES} == {
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
    assert not {"privileged", "network_mode", "pid", "ipc", "cap_add", "devices"} & set(row)
    assert not any("docker.sock" in volume for volume in row.get("volumes", []))


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
    assert f"install -d -o {user} -g {user} -m 0700 {folder} " in DOCKERFILE


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
    assert {name for name, row in ALL.items() if "outside" in row["networks"]} == {
        "poller",
        "notifier",
        "api",
        "kibana",
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


def test_dashboards_are_a_profile():
    assert {name for name, row in ALL.items() if row.get("profiles")} == {"kibana", "dashboards"}
    assert all(ALL[name]["profiles"] == ["dashboards"] for name in ("kibana", "dashboards"))


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
            assert path.removeprefix("/run/secrets/") in ALL[name]["secrets"]


def test_without_a_secret_of_its_own_the_file_is_there_and_empty():
    for secret in COMPOSE["secrets"].values():
        default = re.fullmatch(r"\$\{[A-Z_]+:-\./(.+)\}", secret["file"]).group(1)
        assert (ROOT / default).read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("name", ALL)
def test_images_are_pinned_by_a_tag_that_can_be_replaced(name):
    assert re.fullmatch(r"\$\{[A-Z_]+_IMAGE:-[\w./-]+:\d[\w.-]*\}", ALL[name]["image"])


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


def test_everything_the_build_copies_is_let_into_it():
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        word for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M) for word in line.split()
    }
    assert all((ROOT / path).exists() for path in copied | let_in)
    assert all(any(path == own or own.startswith(path + "/") for own in let_in) for path in copied)
