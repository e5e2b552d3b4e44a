"""Each newspaper's dated golden pages give the articles written beside them; no newspaper may lack one."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import spiders
from archive.article import to_dict
from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.provinces import PROVINCES
from crawler.declaration.schema import faults
from crawler.extract import extract

HERE = Path(__file__).parent
PAGES = sorted(HERE.glob("*/*/page.html"))


def declarations() -> dict[str, type[NewspaperSpider]]:
    found: dict[str, type[NewspaperSpider]] = {}
    for module in pkgutil.iter_modules(spiders.__path__, "spiders."):
        if module.ispkg:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, NewspaperSpider) and value.__dict__.get("name"):
                found[value.name] = value
    return found


def read(page: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The article of a golden page and the one that is expected."""
    expected: dict[str, Any] = json.loads((page.parent / "expected.json").read_text(encoding="utf-8"))
    spider = declarations()[page.parent.parent.name]
    own = spider.article_of(expected["url"])
    assert own is not None
    article = extract(
        page.read_bytes(),
        expected["url"],
        {"Content-Type": "text/html; charset=utf-8"},
        datetime.fromisoformat(expected["captured_at"]),
        spider.layouts,
        newspaper=spider.name,
        article_id=own,
        section=expected["section"],
        time_zone=spider.time_zone,
    )
    found = to_dict(article)
    del found["capture"], found["confidence"]  # the one is a crawl's, the other changes with what it is measured on
    return found, expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "/".join(page.parts[-3:-1]))
def test_a_golden_page_gives_its_article(page: Path) -> None:
    """In all that is written beside it: of a layout that nobody saw, that need not be every field."""
    found, expected = read(page)
    images = expected.pop("images")
    assert len(found["images"]) == len(images)
    for image, said in zip(found["images"], images, strict=True):
        assert {key: image[key] for key in said} == said
    assert {key: found[key] for key in expected} == expected
    assert {"title", "published_at", "body", "article_id", "url"} <= expected.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "/".join(page.parts[-3:-1]))
def test_a_golden_page_says_that_it_is_synthetic(page: Path) -> None:
    assert "<!-- synthetic:" in page.read_text(encoding="utf-8")


def test_every_newspaper_has_a_golden_page_or_its_family_has_one() -> None:
    """A newspaper with layouts or an address pattern of its own has one of its own."""
    with_page = {page.parent.parent.name for page in PAGES}
    declared = declarations()
    families = {declared[name].family for name in with_page}
    for name, spider in declared.items():
        own = {"layouts", "article_pattern"} & vars(spider).keys() - set(spider.unsure)
        assert name in with_page or (spider.family in families and not own), name


def test_every_declaration_is_short_and_whole() -> None:
    for name, spider in declarations().items():
        path = Path(importlib.import_module(spider.__module__).__file__ or "")
        assert path.stem == name
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 60
        assert "def " not in path.read_text(encoding="utf-8")
        assert list(faults(spider)) == []
        assert spider.verified is None or (spider.layouts and all(layout.verified for layout in spider.layouts))


def test_every_province_of_today_and_of_before_has_a_newspaper() -> None:
    declared = declarations().values()
    own = [spider for spider in declared if spider.language == "vi"]
    assert {spider.province for spider in own if not spider.merged_into} >= set(PROVINCES)
    for province, parts in PROVINCES.items():
        assert {part for spider in own if spider.province == province for part in spider.provinces_before} == set(parts)


def test_editions_and_merged_newspapers_name_one_that_is_declared() -> None:
    declared = declarations()
    for spider in declared.values():
        for other in filter(None, (spider.merged_into, spider.edition_of)):
            assert declared[other].province == spider.province
            assert not declared[other].edition_of
        assert not (spider.merged_into and declared[spider.merged_into].merged_into)


def test_no_two_newspapers_claim_one_address() -> None:
    by_host: dict[str, list[type[NewspaperSpider]]] = {}
    for spider in declarations().values():
        for host in (*spider.hosts, *spider.former_hosts):
            by_host.setdefault(host, []).append(spider)
    for claiming in by_host.values():
        for path in {"/", *(path for spider in claiming for path in spider.paths)}:
            assert sum(spider.has_path(path) for spider in claiming) == 1, (path, claiming)


def test_what_is_verified_and_what_is_unknown() -> None:
    declared = declarations().values()
    assert len({spider.family for spider in declared} - {"own", "unknown"}) >= 7
    seen = "baoangiang baocantho baodanang baohaiphong baonghean baophuyen baotayninh laodong"
    assert {spider.name for spider in declared if spider.verified} == set(seen.split())
    assert {spider.name for spider in declared if spider.needs_browser} >= {"baosonla", "baolaichau", "baodienbienphu"}


def test_a_family_names_no_newspaper() -> None:
    for path in Path(spiders.__path__[0]).glob("families/*.py"):
        assert not re.search(r"^    (?:name|hosts|title) = ", path.read_text("utf-8"), re.MULTILINE), path.name


def test_the_page_that_the_project_was_made_for() -> None:
    """What the article of Báo Bạc Liêu, 26 October 2018, must be."""
    found, _ = read(HERE / "baobaclieu" / "2018-10-26" / "page.html")
    words = [block["text"] for block in found["body"] if block["type"] != "figure"]
    assert found["kicker"] == "Tiến tới Đại hội Đảng các cấp"
    assert found["title"] == "Huyện Đông Hải: Nâng cao chất lượng tổ chức cơ sở Đảng"
    assert found["published_at"] == "2018-10-26T16:26:00+07:00"
    assert found["authors"] == ["Xuân Thưởng"] and found["byline"] == "XUÂN THƯỞNG"
    assert found["lead"].startswith("Thực hiện Nghị quyết Trung ương 4 (khóa XII)") and found["lead"] == words[0]
    assert [block["type"] for block in found["body"]] == ["paragraph"] * 2 + ["figure"] + ["paragraph"] * 3
    assert words[-1].endswith("thực hiện nhiệm vụ chính trị của địa phương.")
    (image,) = found["images"]
    assert (image["caption"], image["credit"]) == ("Một góc trung tâm huyện Đông Hải ngày nay.", "X.T")
    assert image["position"] == 2
    furniture = ("Viết bình luận mới", "thăm dò ý kiến", "Có mây, ngày nắng", "Ảnh: X.T", "XUÂN THƯỞNG")
    assert not any(word in block["text"] for word in furniture for block in found["body"])
