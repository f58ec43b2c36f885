"""The engines' ports stay from run to run."""

import socket

import structlog

from services.adapters.embedded.kept_ports import kept_ports

NAMES = ("kafka", "elasticsearch")


def test_a_second_run_gets_the_ports_of_the_first(tmp_path):
    first = kept_ports(tmp_path / "ports.json", NAMES)
    assert len(set(first.values())) == 2
    assert kept_ports(tmp_path / "ports.json", NAMES) == first


def test_a_new_port_is_none_that_the_system_gives_to_connections(tmp_path):
    """Else a client may have it before the engine, which takes seconds to start, listens on it."""
    for n in range(20):
        assert max(kept_ports(tmp_path / f"{n}.json", NAMES).values()) < 32_768


def test_a_port_that_somebody_has_taken_is_replaced_and_that_is_said(tmp_path):
    first = kept_ports(tmp_path / "ports.json", NAMES)
    with (
        socket.create_server(("127.0.0.1", first["kafka"])),
        structlog.testing.capture_logs() as lines,
    ):
        second = kept_ports(tmp_path / "ports.json", NAMES)
    assert second["kafka"] != first["kafka"]
    assert second["elasticsearch"] == first["elasticsearch"]
    assert [(line["name"], line["taken"], line["port"]) for line in lines] == [
        ("kafka", first["kafka"], second["kafka"])
    ]
    assert kept_ports(tmp_path / "ports.json", NAMES) == second


def test_a_file_that_holds_no_ports_is_said_and_replaced(tmp_path):
    file = tmp_path / "ports.json"
    for content in ("", "[1]", '{"kafka": "x", "elasticsearch": 99999}'):
        file.write_text(content)
        assert all(0 < port < 65536 for port in kept_ports(file, NAMES).values())
