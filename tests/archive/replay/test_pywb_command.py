"""`baotinh replay --pywb` runs pywb over a collection, also one whose WARC files were moved, and says what it lacks."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx
import pytest
from support.collection_builder import CollectionBuilder
from support.ports import own_port
from support.pywb_place import needs_pywb

from archive.collection import Collection
from archive.projections.cdxj_files import write_missing
from archive.replay.pywb import NAME, configuration, rules_of
from archive.storage.located import NamedPlace, Storage, save_storage

HOST = "https://baocantho.com.vn"
COMMAND = [sys.executable, "-m", "crawler.cli", "replay"]


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    builder = CollectionBuilder(tmp_path / "collection")
    for number in (1, 2):
        builder.capture(f"{HOST}/tin-{number}.html", b"<p>tin %d" % number, file=f"baocantho-{number}.warc.gz")
    return builder.close()


def moved(collection: Collection, place: Path) -> None:
    """Put one of the files into another folder."""
    place.mkdir()
    (collection.warc / "baocantho-2.warc.gz").rename(place / "baocantho-2.warc.gz")
    save_storage(collection.root, Storage((NamedPlace(str(place)),)))


def test_the_configuration_names_all_folders(collection: Collection, tmp_path: Path) -> None:
    moved(collection, tmp_path / "disk")
    found = configuration(collection, rules_of(collection, tmp_path))
    held = json.loads(found.write(tmp_path / "pywb").read_text("utf-8"))["collections"][NAME]
    assert held["archive_paths"] == [f"{collection.warc}/", f"{tmp_path / 'disk'}/"]
    assert held["index_paths"] == f"{collection.cdxj}/"
    assert held["acl_paths"] == f"{collection.root}/withheld.aclj"
    assert (found.stored, found.unindexed) == (0, 0)


def test_what_pywb_does_not_reach_is_counted(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    builder.capture(f"{HOST}/a.html", b"a", file="baocantho-1.warc.gz")
    builder.warc("baocantho-2.warc.gz", state="open")
    builder.capture(f"{HOST}/b.html", b"b", file="baocantho-2.warc.gz")
    collection = builder.close()
    (collection.warc / "baocantho-1.warc.gz").unlink()
    found = configuration(collection, rules_of(collection, tmp_path))
    assert (found.stored, found.unindexed) == (1, 1)


@needs_pywb
def test_pywb_replays_the_collection_until_it_is_ended(collection: Collection, tmp_path: Path) -> None:
    with collection.catalog() as catalog:
        assert write_missing(collection, catalog) == 2
    moved(collection, tmp_path / "disk")
    (collection.cdxj / "baocantho-1.warc.gz.cdxj").unlink()  # it is made again
    port = own_port()
    command = [
        *COMMAND,
        "--pywb",
        "--port",
        str(port),
        "--folder",
        str(tmp_path / "pywb"),
        "--collection",
        collection.root,
    ]
    environment = os.environ | {"XDG_DATA_HOME": str(tmp_path / "nothing")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        said = ""
        while "Replayed at" not in said:
            said = process.stdout.readline()
            assert said, process.wait()
        assert f"http://127.0.0.1:{port}/{NAME}/" in said
        for number in (1, 2):
            answer = httpx.get(f"http://127.0.0.1:{port}/{NAME}/2026id_/{HOST}/tin-{number}.html", timeout=60)
            assert (answer.status_code, answer.content) == (200, b"<p>tin %d" % number)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise AssertionError("pywb goes on")


def test_it_says_what_is_missing(collection: Collection) -> None:
    done = subprocess.run([*COMMAND, "--collection", collection.root], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "--pywb" in done.stderr


@needs_pywb
def test_a_port_that_is_taken_is_said(collection: Collection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [*COMMAND, "--pywb", "--port", port, "--collection", collection.root]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "is in use by another program" in done.stderr
