"""Several processes on the same two ports: all answer alike, one that dies is replaced, all end together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlencode

import httpx2 as httpx
import pytest
from starlette.exceptions import HTTPException
from support.collection_builder import CollectionBuilder, make_article
from support.permissions import obey_permissions
from support.sample import MARKET
from support.self_killing import killed_at
from support.served_processes import ServeCommand, free_ports, is_free, runs, serve_command, sockets_of
from support.serving import fetch, running
from support.worker_processes import wait_until

from archive.collection import Collection
from archive.processes import same_modules
from archive.search.indexing.index import follow, position
from archive.web.concurrency import ConcurrencyLimit
from archive.web.service import Service
from archive.web.supervisor import pause_after

ORIGINS = {"site_origin": "http://127.0.0.1:1", "replay_origin": "http://127.0.0.1:2"}
PATHS = (
    "/",
    "/search?" + urlencode({"q": "chợ"}),
    f"/article/{MARKET}",
    "/coverage",
    "/runs",
    "/export",
    "/counts?term=lúa",
    "/api/v1/search?q=cho",
    "/api/v1/newspapers",
    "/static/site.css",
    "/metrics",
    "/none",
)


@pytest.fixture
def viewer(tmp_path: Path) -> Path:
    folder = tmp_path / "viewer"
    folder.mkdir()
    for name in ("ui.js", "sw.js"):
        (folder / name).write_text("x")
    return folder


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    return folder


@pytest.fixture
def served(sample: Collection, viewer: Path, temporary: Path) -> Iterator[ServeCommand]:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in ORIGINS.items()]
    with serve_command(sample.root, viewer, "--processes", "2", *options, temporary=temporary) as found:
        yield found


def lasting(page: httpx.Response) -> str:
    """What a page shows, without what changes from moment to moment."""
    return "\n".join(line for line in page.text.splitlines() if "disk_free" not in line and "GB" not in line)


def test_each_process_answers_as_a_single_one_does(sample: Collection, viewer: Path, served: ServeCommand) -> None:
    workers = served.wait_for_workers(2)
    with running(sample, viewer, **ORIGINS) as alone:
        ours = [f"http://127.0.0.1:{port}" for port in alone.ports]
        for stopped in workers:
            os.kill(stopped, signal.SIGSTOP)
            try:
                for path in PATHS:
                    # before and after, as a page may change between two days
                    before, found, after = fetch(ours[0] + path), served.page(path), fetch(ours[0] + path)
                    assert (found.status_code, lasting(found)) in [
                        (page.status_code, lasting(page)) for page in (before, after)
                    ], path
                    assert found.headers.get("content-security-policy") == before.headers.get("content-security-policy")
                assert served.page("/", 1).text == fetch(f"{ours[1]}/").text
            finally:
                os.kill(stopped, signal.SIGCONT)


def test_connections_that_are_kept_open_are_shared(served: ServeCommand) -> None:
    workers = served.wait_for_workers(2)

    def each_gets_some_of_twelve() -> bool:
        idle = [sockets_of(worker) for worker in workers]
        with ExitStack() as held:
            place = ("127.0.0.1", served.ports[0])
            lines = [held.enter_context(socket.create_connection(place, 60)) for _ in range(12)]
            for line in lines:
                line.sendall(b"HEAD /static/site.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert all(line.recv(1) for line in lines)  # by then it was accepted
            return all(sockets_of(worker) >= few + 3 for worker, few in zip(workers, idle, strict=True))

    wait_until(each_gets_some_of_twelve)


def test_a_process_that_is_killed_is_replaced(served: ServeCommand) -> None:
    former = served.wait_for_workers(2)
    os.kill(former[0], signal.SIGKILL)
    wait_until(lambda: former[0] not in served.workers())
    assert served.answers()
    (new,) = set(served.wait_for_workers(2)) - {former[1]}
    for killed in (new, former[1]):
        os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not {new, former[1]} & set(served.workers()))
    assert not set(served.wait_for_workers(2)) & {new, *former}
    assert served.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all(served: ServeCommand, temporary: Path, number: signal.Signals) -> None:
    workers = served.wait_for_workers(2)
    assert len(list(temporary.iterdir())) == 1
    served.process.send_signal(number)
    assert served.process.wait(60) == 0
    assert not any(map(runs, workers)) and all(map(is_free, served.ports))
    assert list(temporary.iterdir()) == []


def test_all_end_where_the_first_process_is_killed(served: ServeCommand, temporary: Path) -> None:
    workers = served.wait_for_workers(2)
    served.process.kill()
    wait_until(lambda: not any(map(runs, workers)))
    assert all(map(is_free, served.ports))
    assert list(temporary.iterdir()) == []


def test_a_process_that_starts_when_the_first_was_killed_ends_in_silence(
    sample: Collection, viewer: Path, tmp_path: Path
) -> None:
    service = Service(
        collection=sample, viewer=viewer, host="127.0.0.1", site=ORIGINS["site_origin"],
        replay=ORIGINS["replay_origin"], shared=tmp_path / "removed",
    )  # fmt: skip
    ours, theirs = socket.socketpair()
    with theirs, socket.create_server(("127.0.0.1", 0)) as site, socket.create_server(("127.0.0.1", 0)) as replay:
        with closing(Connection(ours.detach())) as connection:
            connection.send(service)
        passed = [one.fileno() for one in (theirs, site, replay)]
        command = [sys.executable, "-m", "archive.web.servers", *map(str, passed)]
        done = subprocess.run(command, pass_fds=passed, env=same_modules(), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_service_that_cannot_start_says_so(sample: Collection, viewer: Path, tmp_path: Path) -> None:
    port, replay_port = free_ports()
    command = [sys.executable, "-m", "crawler.cli", "serve", "--collection", str(sample.root), "--processes", "2"]
    command += ["--port", str(port), "--replay-port", str(replay_port)]
    environment = killed_at(tmp_path / "killing", "archive.web.servers", "import", "archive.web.app")
    environment["BAOTINH_VIEWER"] = str(viewer)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 1
    assert "was killed by SIGKILL before it served" in done.stderr and "--processes" in done.stderr
    assert is_free(port) and is_free(replay_port)


def test_the_index_is_followed_for_all(tmp_path: Path, viewer: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    with serve_command(builder.collection.root, viewer, "--processes", "2") as served:
        workers = served.wait_for_workers(2)
        builder.publish(make_article(1, title="Tin vừa lưu"))
        wait_until(lambda: "Tin vừa lưu" in served.page("/search").text)
        for stopped in workers:
            os.kill(stopped, signal.SIGSTOP)
            try:
                assert "Tin vừa lưu" in served.page("/search").text
            finally:
                os.kill(stopped, signal.SIGCONT)


def test_processes_that_die_at_once_are_replaced_later_and_later() -> None:
    pauses = [pause_after(deaths) for deaths in range(100)]
    assert pauses[0] == 0 and pauses == sorted(pauses)
    assert pauses[1] < 1 and pauses[-1] == 30


HOLD = """
import sys
from pathlib import Path
from archive.web.concurrency import ConcurrencyLimit
limit = ConcurrencyLimit(int(sys.argv[2]), shared=Path(sys.argv[1]))
limit.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_limit_counts_the_requests_of_all_processes(tmp_path: Path) -> None:
    ours, beside = (ConcurrencyLimit(2, shared=tmp_path / "limit") for _ in range(2))
    command = [sys.executable, "-c", HOLD, str(tmp_path / "limit"), "2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with ours.held():
            for limit in (ours, beside):
                with pytest.raises(HTTPException):
                    limit.acquire()
            other.kill()
            other.wait()
            with beside.held(), pytest.raises(HTTPException):
                ours.acquire()
        with ours.held(), beside.held():
            pass


def test_who_waits_gets_the_place_of_another_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path), "1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        assert other.stdin is not None
        limit = ConcurrencyLimit(1, wait=60, shared=tmp_path)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(limit.acquire)
            with pytest.raises(HTTPException):
                ConcurrencyLimit(1, shared=tmp_path).acquire()
            other.stdin.close()
            waiting.result(60)
        limit.release()
        ConcurrencyLimit(1, shared=tmp_path).acquire()


SHARE = """
import sys
from contextlib import closing
from pathlib import Path
from archive.collection import Collection
from archive.search.indexing.elsewhere import IndexedElsewhere
from archive.search.indexing.index import position
from archive.web.serve import _with_shared_index

found = _with_shared_index(Collection(Path(sys.argv[1])), Path(sys.argv[2]))
with closing(found.catalog()) as catalog:
    print(isinstance(found, IndexedElsewhere), position(found), catalog.count_articles())
"""


def test_an_index_that_cannot_be_written_is_copied_once(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    builder.publish(make_article(1))
    follow(builder.collection)
    reached = position(builder.collection)
    assert reached is not None
    folder = builder.collection.index / reached.folder
    folder.chmod(0o500)
    try:
        done = subprocess.run(
            [sys.executable, "-c", SHARE, builder.collection.root, tmp_path / "place"],
            capture_output=True, text=True, check=False, timeout=60, env=same_modules(), preexec_fn=obey_permissions,
        )  # fmt: skip
    finally:
        folder.chmod(0o700)
    assert done.stdout.strip() == f"True {reached} 1", done.stderr
    assert (tmp_path / "place" / "index" / reached.folder).is_dir()
