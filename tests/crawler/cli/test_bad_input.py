"""Bad input: one line with what is wrong and the mend, the right exit code, no traceback, nothing half written."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest
from support.crawling import Demonstration, baotinh

from archive.catalog.migrations import VERSION
from archive.collection import Collection
from archive.warc.reader import read_records

CONTACT = {"BAOTINH_CONTACT": "archive@example.org"}


def refused(done: subprocess.CompletedProcess[str], code: int, *said: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1 and "Traceback" not in done.stdout, done.stdout + done.stderr
    for part in said:
        assert part in lines[0]


LOOPBACK = ("--loopback", "127.0.0.1:9")


def archived(demonstration: Demonstration, newspaper: str) -> Path:
    """A WARC file of the newspaper's."""
    return next(demonstration.collection.warc.glob(f"BAOTINH-{newspaper}-*"))


def test_unknown_newspaper_and_section(tmp_path: Path) -> None:
    root = tmp_path / "c"
    refused(baotinh("crawl", "baokhongco", "--collection", root, **CONTACT), 2, "baokhongco", "baotinh newspapers")
    done = baotinh("crawl", "baolaocai", "--section", "khong-co", "--collection", root, **CONTACT)
    refused(done, 2, "no section 'khong-co'", "van-hoa")
    assert not root.exists()


@pytest.mark.parametrize("contact", ["", "nobody", "a@b", "javascript:alert(1)"])
def test_a_network_crawl_without_a_contact_address(tmp_path: Path, contact: str) -> None:
    done = baotinh("crawl", "baocantho", "--collection", tmp_path / "c", BAOTINH_CONTACT=contact)
    refused(done, 2, "BAOTINH_CONTACT")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("verify", "none.warc.gz"), ("repair", "none.warc.gz"), ("crawl", "none.py"), ("crawl", "drafts/none.py"),
        ("crawl", "none.warc.gz"), ("crawl", "baocantho", "--from-archive", "none.wacz"), ("explain", "none.html"),
        ("newspapers", "check", "none.py"), ("newspapers", "check", "baocantho", "--from-archive", "none.warc"),
        ("jobs", "check", "--schedule", "none.toml"),
    ],
)  # fmt: skip
def test_missing_files_are_called_missing(command: tuple[str, ...]) -> None:
    done = baotinh(*command)
    refused(done, 2, "no such file")
    assert "WARC file (" not in done.stderr and command[-1].rpartition("/")[2] in done.stderr


def test_a_file_that_is_no_declaration_is_not_crawled(demonstration: Demonstration) -> None:
    refused(baotinh("crawl", next(demonstration.collection.warc.iterdir())), 2, "--from-archive")


def test_a_collection_nearby_is_named(tmp_path: Path, demonstration: Demonstration) -> None:
    root = demonstration.collection.root
    for command in (["search", "x"], ["show", "x"], ["verify"], ["serve"], ["explain", "https://baocantho.test/"]):
        refused(baotinh(*command, "--collection", root.parent), 2, "holds no collection", f"--collection {root}")
    refused(baotinh("search", "x", "--collection", root / "warc"), 2, "holds no collection", root.name)
    refused(baotinh("search", "x", "--collection", tmp_path / "none"), 2, "not there", "crawl into it first")


def test_collections_that_are_missing_unwritable_or_too_new(tmp_path: Path, demonstration: Demonstration) -> None:
    for command in (["search", "x"], ["show", "x"], ["verify"], ["serve"]):
        refused(baotinh(*command, "--collection", tmp_path / "none"), 2, "holds no collection")
    (tmp_path / "file").write_text("x")
    source = archived(demonstration, "baocantho")
    done = baotinh("crawl", "baocantho", "--from-archive", source, *LOOPBACK, "--collection", tmp_path / "file")
    refused(done, 1, "cannot be written")
    done = baotinh("crawl", "baocantho", "--from-archive", source, *LOOPBACK, "--collection", "/proc/none")
    refused(done, 1, "cannot be written")
    newer = Collection.create(tmp_path / "newer")
    with newer.catalog(writable=True) as catalog:
        catalog.connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    for command in (["search", "x"], ["crawl", "baocantho", "--from-archive", source, *LOOPBACK]):
        refused(baotinh(*command, "--collection", newer.root), 2, "newer baotinh")
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise" / "catalog.sqlite").write_text("this is no database, whatever its name says" * 30)
    refused(baotinh("search", "x", "--collection", tmp_path / "noise"), 1, "noise is damaged")
    done = baotinh("crawl", "baocantho", "--from-archive", source, *LOOPBACK, "--collection", tmp_path / "noise")
    refused(done, 1, "noise is damaged")


def test_an_archive_that_is_no_warc(tmp_path: Path) -> None:
    page = tmp_path / "page.warc.gz"
    page.write_text("<html>")
    root = tmp_path / "c"
    for archive in (page, tmp_path):
        done = baotinh("crawl", "baocantho", "--from-archive", archive, "--collection", root)
        refused(done, 2, "not a WARC file")
    assert not root.exists()


def test_an_archive_damaged_further_on(tmp_path: Path, demonstration: Demonstration) -> None:
    whole = next(demonstration.collection.warc.iterdir()).read_bytes()
    damaged = tmp_path / "damaged.warc.gz"
    damaged.write_bytes(whole[: len(whole) // 2])
    root = tmp_path / "c"
    refused(baotinh("crawl", "baocantho", "--from-archive", damaged, "--collection", root), 1, "is damaged at byte")
    assert not root.exists()


def test_an_archive_of_other_hosts_is_not_read_in_silence(tmp_path: Path, demonstration: Demonstration) -> None:
    source, root = archived(demonstration, "baolaocai"), tmp_path / "c"
    done = baotinh("crawl", "baocantho", "--from-archive", source, *LOOPBACK, "--collection", root)
    refused(
        done, 1, "no page of baocantho.com.vn", " of baolaocai.test", f"baotinh crawl baolaocai --from-archive {source}"
    )
    done = baotinh("crawl", "baolaocai", "--from-archive", source, "--collection", root)
    refused(done, 1, "no page of baolaocai.vn", " of baolaocai.test", "--loopback 127.0.0.1:PORT")
    refused(baotinh("newspapers", "check", "baocantho", "--from-archive", source), 1, " of baolaocai.test")
    assert not root.exists()


def test_an_archive_that_gives_no_article_fails(tmp_path: Path, demonstration: Demonstration) -> None:
    """Only the pages of one section are in the file, and another section is asked for."""
    whole, source = archived(demonstration, "baolaocai"), tmp_path / "part.warc"
    source.write_bytes(b"".join(
        whole.read_bytes()[record.offset : record.offset + record.length] for record in read_records(whole)
        if record.type == "warcinfo" or (record.url or "").endswith("robots.txt")
    ))  # fmt: skip
    given = ("--from-archive", source, *LOOPBACK, "--collection", tmp_path / "c")
    done = baotinh("crawl", "baolaocai", "--section", "xa-hoi", *given)
    assert done.returncode == 1 and "no page of baolaocai that was read gave an article" in done.stderr
    assert " of baolaocai.test" in done.stderr and "newspapers check baolaocai" in done.stderr
    with Collection.open(tmp_path / "c").catalog() as catalog:
        assert catalog.runs()[0].outcome == "failed" and "no page of the archive" in str(catalog.runs()[0].failure)


@pytest.mark.parametrize(
    "url", ["http://203.0.113.7/kinh-te/", "http://[2001:db8::1]/kinh-te/", "http://localhost/kinh-te/"]
)
def test_a_host_that_is_no_name(url: str) -> None:
    for command in (("crawl", url), ("newspapers", "draft", url)):
        refused(baotinh(*command, **CONTACT), 2, "names no host such as", "newspaper's name")


def test_the_demonstrations_pages_are_explained_by_rules(demonstration: Demonstration) -> None:
    with demonstration.collection.catalog() as catalog:
        url = catalog.article(min(catalog.article_ids())).article().url
    done = baotinh("explain", url, "--collection", demonstration.collection.root)
    assert done.returncode == 0 and "by the rules of a declared newspaper" in done.stdout, done.stdout + done.stderr


def test_a_newspaper_being_crawled_already(tmp_path: Path, demonstration: Demonstration) -> None:
    collection = Collection.create(tmp_path)
    source = archived(demonstration, "baocantho")
    with collection.lock("baocantho"):
        done = baotinh("crawl", "baocantho", "--from-archive", source, *LOOPBACK, "--collection", tmp_path)
    refused(done, 1, "already being crawled")


def test_the_network_down(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
        environment = {"http_proxy": proxy, "https_proxy": proxy, **CONTACT}
        done = baotinh("crawl", "baolaocai", "--section", "van-hoa", "--collection", tmp_path, **environment)
    refused(done, 1, "no answer from baolaocai", "check the network")
    # no section is put off: the next crawl begins where this one could not
    with Collection.open(tmp_path).catalog() as catalog:
        assert catalog.runs()[0].outcome == "failed" and catalog.count_articles() == 0
        assert catalog.connection.execute("SELECT url FROM addresses").fetchall() == []


def test_ports_that_are_taken(demonstration: Demonstration) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = baotinh("serve", "--port", port, "--collection", demonstration.collection.root)
        refused(done, 1, f"{port} is in use", "another --port")
        done = baotinh("serve", "--port", port - 1, "--collection", demonstration.collection.root)
    refused(done, 1, f"{port} is in use", "another --replay-port")


def test_queries_and_ids_that_find_nothing(demonstration: Demonstration) -> None:
    root = demonstration.collection.root
    refused(baotinh("show", "baocantho:0", "--collection", root), 2, "no article has the id")
    done = baotinh("search", "x", "--from", "2026-02-01", "--to", "2026-01-01", "--collection", root)
    refused(done, 2, "ends")
    done = baotinh("search", "xyzzykhongco", "--collection", root)
    assert done.returncode == 0 and done.stdout.startswith("No article, without marks\n")


def test_wrong_usage_is_said_by_the_command(tmp_path: Path) -> None:
    for arguments in (["crawl"], ["search", "x", "--from", "yesterday"], ["serve", "--port", "0"], ["fly"]):
        refused(baotinh(*arguments), 2, "--help")


def test_addresses_that_cannot_be_listened_on(demonstration: Demonstration) -> None:
    root = demonstration.collection.root
    refused(baotinh("serve", "--host", "203.0.113.7", "--port", 8230, "--collection", root), 1, "cannot listen on")
    refused(baotinh("serve", "--host", "no such host", "--port", 8230, "--collection", root), 1, "cannot listen on")
    refused(baotinh("serve", "--port", 65535, "--collection", root), 1, "no such port")


def test_a_demonstration_keeps_out_of_real_collections(demonstration: Demonstration, tmp_path: Path) -> None:
    source = archived(demonstration, "baocantho")
    given = ("--from-archive", source, *LOOPBACK, "--collection", tmp_path)
    assert baotinh("crawl", "baocantho", *given).returncode == 0
    refused(baotinh("demo", "--once", "--collection", tmp_path), 2, "a --collection of its own")


def test_the_demonstration_asks_for_its_ports_first(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = baotinh("demo", "--port", taken.getsockname()[1], "--collection", tmp_path / "c")
    refused(done, 1, "is in use")
    assert not (tmp_path / "c").exists()
