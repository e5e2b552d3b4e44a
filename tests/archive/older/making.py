"""Makes a small collection as the baotinh of today leaves it: `python tests/archive/older/making.py FILE.tar.xz`.

Each version's collection is made once and kept beside this file; test_older_collections.py opens them all.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.crawling import baotinh  # noqa: E402
from support.raw_server import raw_server  # noqa: E402
from support.small_paper import BROKEN, GONE, HOST, Paper, answer, article, listing, redirect  # noqa: E402

PICTURE = answer(b"GIF89a\x01\x00\x01\x00\x00\xff\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00;", kind="image/gif")
SCHEDULE = """time_zone = "Asia/Ho_Chi_Minh"
loopback = "{place}"

[groups]
mountains = ["baolaocai"]

[jobs.hourly]
group = "mountains"
sections = ["van-hoa"]
every = "1h"
jitter = "5m"
longest = "2h"
"""


def path(number: int) -> str:
    """Where an article stands."""
    return f"/tin-post{number}.html"


def first_pages() -> dict[str, list[Any]]:
    """Two list pages with nine articles, one of which has a picture and one of which nothing can be read out of."""
    figure = '<figure><img src="/anh/ben-da.gif"><figcaption>Bến đá mùa nước cạn.</figcaption></figure>'
    pages = {path(number): article(f"Chợ phiên thứ {number}", f"2025-06-{10 + number}") for number in range(1, 9)}
    pages[path(1)] = article("Chợ phiên thứ 1", "2025-06-11", more=figure)
    pages[path(9)] = answer("<title>Trang trống</title><p>Không có bài.</p>")
    pages["/anh/ben-da.gif"] = PICTURE
    pages["/van-hoa/"] = listing(*map(path, (9, 8, 7, 6, 5)), following="/van-hoa/?page=2")
    pages["/van-hoa/?page=2"] = listing(*map(path, (4, 3, 2, 1)))
    return pages


def second_pages() -> dict[str, list[Any]]:
    """The same later: 2 has another text, 3 is gone, 4 has moved, 5 cannot be had."""
    pages = first_pages()
    pages[path(2)] = article("Chợ phiên thứ 2", "2025-06-12", more="<p>Phiên sau họp sớm hơn một ngày.</p>")
    pages[path(3)] = GONE
    pages[path(4)] = redirect(HOST + "/dau-trang-post4.html")
    pages["/dau-trang-post4.html"] = article("Chợ phiên thứ 4", "2025-06-14")
    pages[path(5)] = BROKEN
    return pages


def make(folder: Path) -> None:
    """Crawl three times: as it was first, as it is later, and while the server is down."""
    with raw_server(first_pages()) as server:
        paper = Paper(folder, server.port)
        (folder / "schedule.toml").write_text(SCHEDULE.format(place=paper.place), "utf-8")
        paper.crawl("--full")
    with raw_server(second_pages()) as server:
        paper.place = f"127.0.0.1:{server.port}"
        paper.crawl("--recheck")
    paper.crawl(code=None)
    baotinh("jobs", "health", "--collection", paper.root)


def main() -> None:
    """Make one and pack it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make(folder)
        with tarfile.open(sys.argv[1], "w:xz") as packed:
            for name in ("collection", "paper.py", "schedule.toml"):
                packed.add(folder / name, name, filter=lambda part: None if part.name.endswith(".log") else part)


if __name__ == "__main__":
    main()
