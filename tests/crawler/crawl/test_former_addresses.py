"""Addresses of former hosts and schemes: the newspaper's own, and an article of today only where the scheme says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.crawling import baotinh
from support.raw_server import raw_server
from support.small_paper import answer

from archive.collection import Collection
from crawler.crawl.directory import Directory
from spiders.baophuyen import BaoPhuYen
from spiders.baotayninh import BaoTayNinh


def page(title: str) -> list[Any]:
    return answer(
        f"<title>{title}</title><div class='content-article'><h1 class='name'>{title}</h1>"
        "<p class='date'>Thứ 4, 01/12/2021 | 11:51:00 [GMT +7]</p>"
        f"<div id='content-detail'><p class='sapo'>Chuyện {title}.</p>"
        "<p>Nước về, cả xóm ra đồng từ sáng sớm.</p></div></div>"
    )


def test_an_old_number_is_no_number_of_today(tmp_path: Path) -> None:
    """Until the merger Báo Tây Ninh numbered by another system: 12345 of then is another article than 12345 of now."""
    paths = {"/mua-nuoc-noi-12345.html": page("Mùa nước nổi"), "/lang-banh-trang-a12345.html": page("Làng bánh tráng")}
    with raw_server(paths) as server:
        done = baotinh(
            "capture", *(f"http://baotayninh.test{path}" for path in paths),
            "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c",
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = {"baotayninh:12345": "Mùa nước nổi", "baotayninh:former-12345": "Làng bánh tráng"}
    assert titles(tmp_path / "c") == wanted
    assert baotinh("rebuild", "--collection", tmp_path / "c").returncode == 0
    assert titles(tmp_path / "c") == wanted
    for path, name in (("/mua-nuoc-noi-12345.html", "12345"), ("/slug-khac-a12345.html", "former-12345")):
        done = baotinh("search", f"https://www.baotayninh.vn{path}", "--json", "--collection", tmp_path / "c")
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [f"baotayninh:{name}"], done.stderr


def titles(root: Path) -> dict[str, str]:
    with Collection.open(root).catalog() as catalog:
        return {name: catalog.article(name).article().title for name in catalog.article_ids()}


def test_one_article_where_the_numbers_live_on(tmp_path: Path) -> None:
    declared = tmp_path / "paper.py"
    declared.write_text(
        "from spiders.families.mediatech import MediatechFamily\n\n\nclass Declared(MediatechFamily):\n"
        '    name = "baoxomchai"\n    title = "Báo Xóm Chài"\n'
        '    province = "Cà Mau"\n    provinces_before = ("Cà Mau",)\n'
        '    hosts = ("baoxomchai.vn",)\n    former_hosts = ("baoxomchai.com.vn",)\n'
        '    former_article_patterns = (r"^/tin/(?P<id>\\d{4,})/",)\n',
        "utf-8",
    )
    paths = {"/tin/12345/mua-nuoc/": page("Mùa nước nổi"), "/mua-nuoc-noi-12345.html": page("Mùa nước nổi")}
    home = answer(
        "<h2>" + "".join(f"<a href='{path}'>Mùa nước nổi về trên đồng xóm Chài</a> " for path in paths) + "</h2>"
    )
    with raw_server({"/": home, **paths}) as server:
        done = baotinh("crawl", declared, "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c")
        asked = {path for path, _ in server.received}
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(asked & paths.keys()) == 1  # the same article is asked for once
    assert titles(tmp_path / "c") == {"baoxomchai:12345": "Mùa nước nổi"}
    for address in ("http://baoxomchai.com.vn/tin/12345/x/", "https://baoxomchai.vn/khac-12345.html"):
        done = baotinh("search", address, "--json", "--collection", tmp_path / "c")
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["baoxomchai:12345"]


@pytest.mark.parametrize(
    ("url", "owner", "number"),
    [
        ("http://www.baophuyen.vn/95/68354/mua-bien/", BaoPhuYen, "68354"),
        ("https://baotayninh.vn/lang-nghe-a98765.html", BaoTayNinh, "former-98765"),
    ],
)
def test_an_address_of_before_leads_to_its_newspaper(url: str, owner: Any, number: str) -> None:
    assert Directory.of([BaoTayNinh, BaoPhuYen]).owner(url) is owner
    assert owner.article_of(url) == number
