"""Pictures are compared beside the site and beside crawls; a collection that cannot be written ends that alone."""

from __future__ import annotations

import logging
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image
from support import forking
from support.browsing import VIEWER
from support.collection_builder import CollectionBuilder
from support.crawling import NO_CONFIGURATION
from support.disks import disk_in_memory
from support.printed_pictures import jpeg
from support.serving import fetch, running
from support.worker_processes import wait_until

from archive.catalog.pictures import is_behind
from archive.collection import Collection
from archive.followers import Follower
from archive.locks import held
from archive.pictures.following import follow
from archive.pictures.hashing import METHOD
from archive.web import serve as serving_module
from archive.web.pictures.followed import FollowedPictures
from crawler.newsroom import serve_newsroom

_DEADLINE = 300.0
FOLLOWER = "archive.pictures.follower"


def compared(root: Path) -> int:
    """How many pictures were compared, where none is left; else 0."""
    with Collection.open(root).catalog() as catalog:
        count = int(catalog.connection.execute("SELECT count(*) FROM pictures").fetchone()[0])
        return 0 if is_behind(catalog.connection, METHOD) else count


def filled(root: Path, photograph: Callable[..., Image.Image]) -> Collection:
    builder = CollectionBuilder(root)
    for number in range(3):
        url = f"https://baocantho.com.vn/{number}.jpg"
        builder.capture(url, jpeg(photograph(str(number), 320, 210)), mime="image/jpeg")
    return builder.close()


@pytest.fixture
def read_only(tmp_path: Path, photograph: Callable[..., Image.Image]) -> Iterator[Collection]:
    """A collection on a disk that cannot be written."""
    with disk_in_memory(tmp_path / "disk") as folder:
        collection = filled(folder / "c", photograph)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        yield collection


def test_the_site_has_new_pictures_compared(
    tmp_path: Path, photograph: Callable[..., Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving_module, "FOLLOW_EVERY", 0.1)
    monkeypatch.setenv("BAOTINH_COMPARE_PICTURES", "1")
    with running(filled(tmp_path / "c", photograph), VIEWER):
        wait_until(lambda: compared(tmp_path / "c") == 3)


def test_the_site_compares_none_where_that_is_set_off(
    tmp_path: Path, photograph: Callable[..., Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOTINH_COMPARE_PICTURES", "0")
    pictures = FollowedPictures(filled(tmp_path / "c", photograph))
    pictures.bring_up_to_date()
    pictures.close()
    assert not compared(tmp_path / "c")


def test_a_collection_that_is_read_only_ends_it_with_one_warning_and_the_site_goes_on(
    read_only: Collection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(serving_module, "FOLLOW_EVERY", 0.05)
    monkeypatch.setenv("BAOTINH_COMPARE_PICTURES", "1")
    with caplog.at_level(logging.WARNING), running(read_only, VIEWER) as serving:
        wait_until(lambda: "Read-only file system" in caplog.text)
        for _ in range(10):  # many rounds later
            assert fetch(serving.site).status_code == 200
            time.sleep(0.05)
    told = [one for one in caplog.messages if one.startswith("Pictures are not compared beside the site any more")]
    assert len(told) == 1


def test_a_disk_that_takes_no_more_ends_the_process_and_leaves_the_rest(
    tmp_path: Path, photograph: Callable[..., Image.Image]
) -> None:
    collection = filled(tmp_path / "c", photograph)
    follower, limits = Follower(FOLLOWER, collection.root), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, limits[1]))  # the process has it too
    try:
        follower.request_update()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    def has_stopped() -> bool:
        follower.request_update()
        return follower.failure is not None

    wait_until(has_stopped)
    assert follower.failure
    follower.close()
    assert not compared(collection.root)
    again = Follower(FOLLOWER, collection.root)
    again.request_update()
    wait_until(lambda: compared(collection.root) == 3)
    again.close()
    assert again.failure is None


@pytest.mark.parametrize("is_held", [False, True])
def test_of_two_crawls_one_compares_and_the_other_leaves_it(tmp_path: Path, is_held: bool) -> None:
    """`is_held`: a third process compares until both have captured everything."""
    root = Collection.create(tmp_path / "c").root
    environment = {
        "PATH": "/usr/bin:/bin", "XDG_CONFIG_HOME": NO_CONFIGURATION, "XDG_STATE_HOME": str(tmp_path),
        "BAOTINH_COMPARE_PICTURES": "1",
    }  # fmt: skip
    with ExitStack() as other, serve_newsroom(seed=5, articles=24) as newsroom:
        if is_held:
            other.enter_context(held(Collection(root).pictures_lock))
        where = ("--loopback", f"127.0.0.1:{newsroom.port}", "--collection", str(root))
        crawls = [forking.begin(["crawl", paper, *where], environment) for paper in ("baolaocai", "baocantho")]
        if is_held:
            wait_until(lambda: has_articles_of(root, 2))
            assert not compared(root)
            other.close()
        assert [one.wait(_DEADLINE) for one in crawls] == [0, 0]
    if any("are being compared by another process" in path.read_text("utf-8") for path in (root / "logs").iterdir()):
        follow(Collection.open(root), processes=1)  # on a busy machine one does not wait for the other to its end
    with Collection.open(root).catalog() as catalog:
        rows = catalog.connection.execute(
            "SELECT count(*), count(DISTINCT payload_digest), sum(outcome = 'hashed') FROM pictures"
        )
        count, distinct, hashed = rows.fetchone()
    assert count == distinct == compared(root) and hashed > 4


def has_articles_of(root: Path, newspapers: int) -> bool:
    with Collection.open(root).catalog() as catalog:
        query = "SELECT count(DISTINCT newspaper) FROM articles"
        return bool(catalog.connection.execute(query).fetchone()[0] == newspapers)
