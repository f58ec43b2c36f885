"""`reportedly up` from the start to Ctrl-C."""

import json
import os
import signal
import subprocess
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from streams import eventually, free_port, on, patient

from services.adapters.kafka import KafkaBroker
from services.messages import Watch, decode
from services.runtime.health import SERVICES, pulses
from services.runtime.supervisor import service_command
from services.scenario.server import FeedServer

pytestmark = pytest.mark.engines

WATCHES = "- {id: leaders, name: Leaders, query: rebel AND leader}\n"


def naming(folder):
    """Return the processes whose command line or environment names the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (
                str(folder).encode()
                in (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
            ):
                found.append(int(path.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return set(found) - {os.getpid()}


def beating(run_dir):
    """Return the services that have come round their loop of late."""
    return {pulse.service for pulse in pulses(run_dir) if pulse.is_well}


def all_beat(folder, seconds):
    """Wait until every service is well;
    tell what `up` and those that are not have logged otherwise.
    """
    until = time.monotonic() + patient(seconds)
    while missing := set(SERVICES) - beating(folder / "data" / "run"):
        logs = [folder / "up.log", *(folder / "data" / "logs" / f"{name}.log" for name in missing)]
        told = {path.name: path.read_text()[-2000:] for path in logs if path.exists()}
        assert time.monotonic() < until, f"{missing} not well after {seconds} s: {told}"
        time.sleep(0.2)


def health(folder):
    """Ask as somebody does in another shell, who knows only the folder."""
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith("REPORTEDLY_")
    }
    variables["REPORTEDLY_DATA_DIR"] = str(folder / "data")
    return subprocess.run(
        service_command("health"), env=variables, capture_output=True, text=True, check=False
    )


def running_line(log):
    """Return the log line that tells the addresses, once it is there."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return next((line for line in lines if line["event"] == "running"), None)


@pytest.fixture
def up(shared_folder):
    """A function that starts `reportedly up` in a folder of its own and returns its process."""
    processes = []

    def start(*arguments, **given):
        settings = {
            "DATA_DIR": shared_folder / "data",
            "API_PORT": free_port(),
            "LOG_FORMAT": "json",
            **given,
        }
        environment = {
            **os.environ,
            **{f"REPORTEDLY_{name}": str(value) for name, value in settings.items()},
        }
        with (shared_folder / "up.log").open("wb") as log:
            # As the shell starts a job in the background: with Ctrl-C ignored.
            command = ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh"]
            command += [*service_command("up"), *arguments]
            processes.append(
                subprocess.Popen(
                    command, env=environment, stdout=log, stderr=log, start_new_session=True
                )
            )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def all_run(asked):
    """Tell whether health is content and has every service running:
    one that still loads is well, too.
    """
    states = dict(row.split()[:2] for row in asked.stdout.splitlines() if row[:1] != " ")
    return asked.returncode == 0 and states.items() >= dict.fromkeys(SERVICES, "running").items()


def test_up_runs_all_services_on_its_engines_until_ctrl_c_and_leaves_no_process(up, shared_folder):
    watches = shared_folder / "watches.yaml"
    watches.write_text(WATCHES)
    people = shared_folder / "people.yaml"
    people.write_text("- {id: ann, name: Ann, targets: [{to: 'log:'}]}\n")
    process = up("--watches", str(watches), "--subscribers", str(people), "--partitions", "2")
    line = eventually(
        lambda: process.poll() is not None or running_line(shared_folder / "up.log"), 200
    )
    assert process.poll() is None, (shared_folder / "up.log").read_text()
    all_beat(shared_folder, 120)
    eventually(lambda: all_run(health(shared_folder)), 120)
    broker = KafkaBroker(line["kafka"])
    assert broker.n_partitions("articles") == 2
    assert [decode(Watch, record.value).id for record in on(broker, "watches")] == ["leaders"]
    assert [record.key for record in on(broker, "subscribers")] == ["ann"]
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=patient(60)) == 0
    assert "is started again" not in (shared_folder / "up.log").read_text()
    assert not naming(shared_folder)


@pytest.mark.faults
def test_up_killed_with_9_leaves_neither_engine_nor_service(up, shared_folder):
    process = up()
    all_beat(shared_folder, 300)
    process.kill()
    process.wait()
    eventually(lambda: not naming(shared_folder), 60)


def test_ctrl_c_while_the_engines_come_ends_them(up, shared_folder):
    process = up()
    eventually(lambda: (shared_folder / "data" / "logs" / "kafka.log").exists(), 60)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=patient(90)) != 0
    assert b"Traceback" not in (shared_folder / "up.log").read_bytes()
    eventually(lambda: not naming(shared_folder), 60)


def java_on(folder, name):
    """Return the Java processes of an engine whose data stands in the folder."""
    return [
        pid
        for pid in naming(folder / "data" / name)
        if Path(f"/proc/{pid}/exe").readlink().name == "java"
    ]


def page(*titles):
    dated = f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate>"
    items = "".join(
        f"<item><guid>{title}</guid>{dated}<title>{title}</title></item>" for title in titles
    )
    return (
        "application/rss+xml",
        f'<rss version="2.0"><channel><title>H</title>{items}</channel></rss>'.encode(),
    )


@pytest.fixture
def reporting(up, shared_folder):
    """A running `up` with one feed and one watch: its feed server,
    and a function that waits for the alert of a title.
    """
    (shared_folder / "watches.yaml").write_text(
        "- {id: b, name: B, query: bridge, deliver: [{to: 'log:'}]}\n"
    )
    deliveries = shared_folder / "deliveries.jsonl"
    with FeedServer() as server:
        server.pages["/h.xml"] = page("Bridge one closed")
        (shared_folder / "feeds.yaml").write_text(
            f"- {{url: '{server.url}/h.xml', outlet: Herald}}\n"
        )

        def alerted(title, seconds):
            eventually(lambda: deliveries.exists() and title in deliveries.read_text(), seconds)

        files = (
            "--feeds",
            str(shared_folder / "feeds.yaml"),
            "--watches",
            str(shared_folder / "watches.yaml"),
        )
        settings = {
            "FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
            "POLL_INTERVAL_SECONDS": 0.5,
            "DELIVERIES_LOG": deliveries,
        }
        up(*files, "--partitions", "2", **settings)
        alerted("Bridge one closed", 600)
        yield server, alerted


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_kafka_and_elasticsearch_killed_with_9_come_back_and_an_alert_flows(
    reporting, shared_folder
):
    server, alerted = reporting
    before = {name: java_on(shared_folder, name) for name in ("kafka", "elasticsearch")}
    assert all(before.values())
    for pid in before["kafka"] + before["elasticsearch"]:
        os.kill(pid, signal.SIGKILL)
    server.pages["/h.xml"] = page("Bridge one closed", "Bridge two closed")
    alerted("Bridge two closed", 600)
    eventually(lambda: all_run(health(shared_folder)), 300)
    told = (shared_folder / "up.log").read_text()
    assert told.count("an engine ended, it is started again") == 2
    assert told.count("an engine is back") == 2
    assert "a service ended" not in told, "no service needs a watchdog to come through that"


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_a_service_that_is_stopped_in_the_middle_is_ended_and_an_alert_flows(
    reporting, shared_folder
):
    server, alerted = reporting
    (stopped,) = {p.pid for p in pulses(shared_folder / "data" / "run") if p.service == "alerter"}
    os.kill(stopped, signal.SIGSTOP)
    server.pages["/h.xml"] = page("Bridge one closed", "Bridge two closed")
    alerted("Bridge two closed", 1200)
    assert "a service hangs, it is ended" in (shared_folder / "up.log").read_text()
    assert stopped not in {p.pid for p in pulses(shared_folder / "data" / "run") if p.is_alive}
