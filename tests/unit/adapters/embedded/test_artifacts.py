"""The engines' files are what was pinned, or they are not used."""

import hashlib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from services.adapters.embedded.artifacts import (
    Pinned,
    alone,
    fetch_all,
    maven_fetch,
    pinned,
    unpack,
)
from services.errors import FatalError
from services.scenario.server import FeedServer


def pin(name, content):
    return Pinned(
        "org.example", name, "1.0", "jar", hashlib.sha256(content).hexdigest(), len(content)
    )


def fetch_from(folder):
    return lambda _arrived: lambda file: folder / file.artifact


def test_files_come_back_in_the_order_they_were_asked_for(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).write_bytes(name.encode())
    assert fetch_all([pin("b", b"b"), pin("a", b"a")], fetch_from(tmp_path)) == [
        tmp_path / "b",
        tmp_path / "a",
    ]


def test_a_file_of_other_content_is_deleted_and_named(tmp_path):
    (tmp_path / "evil").write_bytes(b"something else")
    with pytest.raises(
        FatalError, match=r"org\.example:evil:1\.0:jar is not the file that was pinned"
    ):
        fetch_all([pin("evil", b"what was pinned")], fetch_from(tmp_path))
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "error", [OSError("no route to host"), RuntimeError("not found in remote repositories")]
)
def test_a_file_that_cannot_be_had_is_named_with_the_cause(error):
    def fetch(_file):
        raise error

    with pytest.raises(FatalError, match=f"org.example:gone:1.0:jar can't be fetched: {error}"):
        fetch_all([pin("gone", b"")], lambda _arrived: fetch)


def test_what_has_come_is_told_in_megabytes_of_all_and_files_that_are_here_count(tmp_path):
    here, coming = b"h" * 1_000_000, b"c" * 3_000_000
    kept = tmp_path / "cache" / "maven" / "org" / "example" / "here" / "1.0" / "here-1.0.jar"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(here)
    told = []
    with FeedServer() as server:
        server.pages["/org/example/coming/1.0/coming-1.0.jar"] = (
            "application/java-archive",
            coming,
        )
        fetcher = partial(maven_fetch, tmp_path / "cache", remotes={"ours": server.url})
        paths = fetch_all(
            [pin("here", here), pin("coming", coming)], fetcher, lambda *words: told.append(words)
        )
    assert [path.read_bytes() for path in paths] == [here, coming]
    assert {step for step, _ in told} == {"fetch Kafka and Elasticsearch, once"}
    assert list(dict.fromkeys(detail for _, detail in told)) == [
        f"{n} of 4 MB" for n in (1, 2, 3, 4)
    ]


def test_files_that_are_all_here_are_not_told_of(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    assert fetch_all([pin("a", b"a")], fetch_from(tmp_path), lambda *words: pytest.fail(str(words)))


def test_the_lock_pins_one_kafka_one_elasticsearch_and_no_file_twice():
    files = pinned()
    names = [(file.group, file.artifact) for file in files]
    assert len(set(names)) == len(names)
    assert ("org.apache.kafka", "kafka_2.13") in names
    assert [file.artifact for file in files if file.type == "zip"] == ["elasticsearch"]
    assert all(len(file.sha256) == 64 and int(file.sha256, 16) for file in files)
    assert all(file.n_bytes > 0 for file in files)


def archive_of(folder, **members):
    path = folder / "server.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, mode in members.items():
            info = zipfile.ZipInfo(f"server-1/{name}")
            info.external_attr = mode << 16
            archive.writestr(info, name)
    return path


def test_unpacked_scripts_can_be_run_and_all_can_be_read_by_another_user(tmp_path):
    server = unpack(archive_of(tmp_path, start=0o744, settings=0o600), tmp_path / "out" / "server")
    modes = {
        path.name: path.stat().st_mode & 0o777
        for path in (server, server.parent, *server.iterdir())
    }
    assert modes == {"server-1": 0o755, "server": 0o755, "start": 0o755, "settings": 0o644}


def test_what_is_unpacked_already_is_left_as_it_is(tmp_path):
    archive = archive_of(tmp_path, start=0o755)
    first = unpack(archive, tmp_path / "out")
    (first / "start").write_text("seen")
    assert unpack(archive, tmp_path / "out") == first
    assert (first / "start").read_text() == "seen"


def test_an_archive_that_breaks_off_leaves_nothing_that_passes_for_the_server(tmp_path):
    archive = archive_of(tmp_path, a=0o644, b=0o644)
    whole = archive.read_bytes()
    archive.write_bytes(whole.replace(b"b" + b"PK\x01\x02", b"c" + b"PK\x01\x02"))
    with pytest.raises(zipfile.BadZipFile):
        unpack(archive, tmp_path / "out" / "server")
    archive.write_bytes(whole)
    server = unpack(archive, tmp_path / "out" / "server")
    assert sorted(path.name for path in server.iterdir()) == ["a", "b"]
    assert sorted(path.name for path in server.parent.parent.iterdir()) == ["server", "server.lock"]


def test_two_that_unpack_at_once_get_the_same_whole_server(tmp_path):
    archive = archive_of(tmp_path, **{f"file{n}": 0o644 for n in range(200)})
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: unpack(archive, tmp_path / "out" / "server"), range(2))
    assert one == other
    assert len(list(one.iterdir())) == 200


def test_a_server_that_anybody_can_write_is_refused(tmp_path):
    archive = archive_of(tmp_path, start=0o755)
    unpack(archive, tmp_path / "out" / "server")
    (tmp_path / "out" / "server").chmod(0o777)
    with pytest.raises(FatalError, match="can be written by, somebody else"):
        unpack(archive, tmp_path / "out" / "server")


def test_a_lock_that_is_held_is_refused_with_the_given_words_and_free_afterwards(tmp_path):
    with (
        alone(tmp_path / "lock"),
        pytest.raises(FatalError, match="in use"),
        alone(tmp_path / "lock", busy="in use"),
    ):
        pytest.fail("two hold the lock")
    with alone(tmp_path / "lock", busy="in use"):
        pass


def test_a_lock_in_a_place_that_cannot_be_written_is_an_error_of_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FatalError, match="can't be written"), alone(tmp_path / "file" / "lock"):
        pytest.fail("there is no such folder")
