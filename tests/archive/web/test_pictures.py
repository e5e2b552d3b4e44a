"""The gallery: pictures found by their captions, in both scopes, with the filters of the search."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from fastapi.testclient import TestClient
from support.collection_builder import CARD, CollectionBuilder, make_article, png
from support.sample import REPLAY

from archive.article import Block, Image
from archive.search.indexing.index import follow
from archive.web.app import site_app
from archive.web.pictures.view import PAGE_SIZE

HOST = "https://baocantho.com.vn/images"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    builder = CollectionBuilder(
        tmp_path_factory.mktemp("pictures") / "c", {"baocantho": CARD, "baodonghai": {"title": "Báo Đông Hải"}}
    )
    held = {
        name: builder.capture(f"{HOST}/{name}.png", png(90, 60, (40, 90, 120)), mime="image/png")
        for name in ("ghe", "cho", "cau", "lua")
    }

    def image(name: str, caption: str | None, credit: str | None = None, position: int | None = None) -> Image:
        return Image(
            url=f"{HOST}/{name}.png", caption=caption, credit=credit, position=position, capture=held.get(name),
            capture_missing=None if name in held else "HTTP 404",
        )  # fmt: skip

    def publish(number: int, month: int, *images: Image, newspaper: str = "baocantho", text: str = "") -> None:
        figures = tuple(Block(type="figure", text=one.caption or "Gặt lúa ở Vĩnh Thạnh") for one in images)
        body = (*figures, Block(type="paragraph", text=text or "Tin ngắn."))
        builder.publish(
            make_article(
                number, newspaper=newspaper, images=images, title=f"Bài {number}", lead=None, tags=(),
                url=f"https://{newspaper}.vn/{number}", body=body,
                published_at=datetime(2026, month, 2, 3, tzinfo=UTC),
            )
        )  # fmt: skip

    publish(1, 1, image("ghe", "Ghe chở lúa trên kênh", "Lê Hòa", 0), image("cho", "Chợ nổi buổi sớm", None, 1))
    publish(2, 2, image("cau", "Cầu mới bắc qua kênh", "Thu Hà", 0), image("mat", "Lễ khánh thành cầu", None, 1))
    publish(3, 3, image("lua", None, None, 0), newspaper="baodonghai")
    publish(4, 4, image("mat", "Đò ngang bến cũ", None, 0), text="Đò ngang bến cũ nay vắng khách, chợ nổi cũng thưa.")
    follow(builder.collection)
    return TestClient(site_app(builder.collection, REPLAY), raise_server_exceptions=False)


def found(site: TestClient, query: str, **filters: str) -> list[tuple[str, int]]:
    """Article and number of each picture that a query finds; the page and the API agree."""
    answer = site.get("/api/v1/pictures", params={"q": query, **filters})
    assert answer.status_code == 200, answer.text
    pictures = [(one["article"].partition(":")[2][-1], one["number"]) for one in answer.json()["pictures"]]
    page = site.get("/pictures", params={"q": query, **filters})
    assert page.status_code == 200
    shown = re.findall(r'<h2><a href="/article/\w+:\d+(\d)#picture-(\d+)"', page.text)
    assert [(article, int(number)) for article, number in shown] == pictures
    return pictures


@pytest.mark.parametrize(
    ("query", "pictures"),
    [
        ("chợ nổi", [("1", 2)]),
        ("cho noi", [("1", 2)]),
        ("chờ nội", []),
        ("kênh", [("2", 1), ("1", 1)]),
        ("ghe chợ", []),  # only the two captions together
        ("ghe OR chợ", [("1", 1), ("1", 2)]),
        ("kênh -ghe", [("2", 1)]),
        ("kenh -ghê", [("2", 1), ("1", 1)]),  # what is excluded with marks is excluded as typed
        ("kênh NOT (ghe OR cầu)", []),
        ('"lúa kênh"~2', [("1", 1)]),
        ('"lúa kênh"', []),
        ("kê*", [("2", 1), ("1", 1)]),
        ("Lê Hòa", [("1", 1)]),  # a credit
        ("gặt lúa", [("3", 1)]),  # the text of the figure
        ("khánh thành", []),  # not captured
        ("chú thích:kênh ngày:01/2026", [("1", 1)]),
        ('kênh tiêu đề:"Bài 2"', [("2", 1)]),
        ("kênh -ngày:01/2026", [("2", 1)]),
        ("đò ngang", []),
    ],
)
def test_a_picture_is_judged_by_its_own_caption(site: TestClient, query: str, pictures: list[tuple[str, int]]) -> None:
    assert found(site, query, order="newest") == pictures


def test_without_words_all_pictures_are_shown_the_newest_first(site: TestClient) -> None:
    assert found(site, "") == [("3", 1), ("2", 1), ("1", 1), ("1", 2)]


def test_filters_and_scope(site: TestClient) -> None:
    assert found(site, "kênh", **{"from": "02/2026"}) == [("2", 1)]
    assert found(site, "", newspaper="baodonghai") == [("3", 1)]
    assert found(site, "kẹnh", scope="folded", order="oldest") == [("1", 1), ("2", 1)]
    page = site.get("/pictures", params={"q": "kẹnh"}).text
    assert 'href="/pictures?q=k%E1%BA%B9nh&amp;scope=folded"' in page
    assert re.search(r"Không kể dấu <span class=\"count\">2</span>", page)


def test_a_tile_has_caption_credit_paper_day_and_both_ways(site: TestClient) -> None:
    page = site.get("/pictures", params={"q": "ghe"}).text
    (tile,) = re.findall(r'<li class="tile">.*?</li>', page, re.DOTALL)
    assert "<mark>Ghe</mark> chở lúa trên kênh" in tile and "Lê Hòa" in tile
    assert "Báo Cần Thơ" in tile and "02/01/2026" in tile
    assert len(re.findall(rf'(?:href|src)="{REPLAY}/picture/urn%3Auuid%3A[0-9a-f-]+"', tile)) == 2
    (address,) = re.findall(r'<h2><a href="([^"#]+)#picture-1"', tile)
    assert '<figure id="picture-1">' in site.get(address).text


def counts_of(page: str) -> str:
    (said,) = re.findall(r'<p class="total" role="status">(.*?)</p>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]*>", "", said).split())


def test_the_heading_counts_pictures_and_articles(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    held = builder.capture(f"{HOST}/a.png", png(30, 20, (1, 2, 3)), mime="image/png")
    for number in range(PAGE_SIZE + 1):
        images = [Image(url=f"{HOST}/a.png", caption=f"Mùa gặt {n}", capture=held) for n in range(3)]
        images[2] = attrs.evolve(images[2], caption="Bờ đê" if number else "Đàn trâu")
        builder.publish(make_article(number, images=tuple(images), url=f"https://baocantho.com.vn/{number}"))
    follow(builder.collection)
    site = TestClient(site_app(builder.collection, REPLAY), headers={"Accept-Language": "en"})
    one, many = (counts_of(site.get(f"/pictures?q={words}").text) for words in ("đàn trâu", "mùa gặt"))
    assert one.startswith("1 picture in 1 article with đàn trâu")
    assert many.startswith("48 pictures on this page; 25 articles in all with mùa gặt")
    last = counts_of(site.get("/pictures?q=mùa+gặt&page=2").text)
    assert last.startswith("2 pictures on this page; 25 articles in all")
    few = counts_of(site.get("/pictures?q=gặt&newspaper=baocantho&to=01/2020").text)
    assert few.startswith("No captions")


def test_several_pictures_of_one_article_are_counted_each(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    held = builder.capture(f"{HOST}/a.png", png(30, 20, (1, 2, 3)), mime="image/png")
    images = tuple(Image(url=f"{HOST}/a.png", caption=f"Mùa gặt {n}", capture=held) for n in range(3))
    builder.publish(make_article(1, images=images))
    follow(builder.collection)
    site = TestClient(site_app(builder.collection, REPLAY))
    assert counts_of(site.get("/pictures?q=gặt").text).startswith("3 ảnh trong 1 bài")
    assert counts_of(site.get("/pictures").text) == "3 ảnh trong 1 bài"


def test_nothing_found_says_where_else(site: TestClient) -> None:
    page = site.get("/pictures", params={"q": "vắng khách", "newspaper": "baocantho"}).text
    assert "Không có chú thích ảnh nào" in page
    assert re.search(r"<strong>1</strong> bài có những từ này ở chỗ khác", page)
    assert 'href="/search?q=v%E1%BA%AFng+kh%C3%A1ch&amp;newspaper=baocantho"' in page
    page = site.get("/pictures", params={"q": "kênh", "newspaper": "baodonghai"}).text
    assert re.search(r"Nếu bỏ các bộ lọc thì có chú thích ảnh của <strong>2</strong> bài", page)
    assert "Các bài này không có ảnh nào để hiện" in site.get("/pictures", params={"q": "đò ngang"}).text


@pytest.mark.parametrize("query", ["q=(", "from=31/02/2026", "newspaper=mars", "page=0"])
def test_what_is_wrong_is_told(site: TestClient, query: str) -> None:
    page = site.get(f"/pictures?{query}")
    assert page.status_code == 400 and 'role="alert"' in page.text


def test_pages_hold_every_picture_once(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    held = builder.capture(f"{HOST}/a.png", png(30, 20, (1, 2, 3)), mime="image/png")
    for number in range(PAGE_SIZE + 5):
        images = (Image(url=f"{HOST}/a.png", caption=f"Mùa gặt {number}", capture=held),)
        builder.publish(make_article(number, images=images, url=f"https://baocantho.com.vn/{number}"))
    follow(builder.collection)
    site = TestClient(site_app(builder.collection, REPLAY))
    seen: list[str] = []
    address = "/pictures?q=mùa+gặt"
    while address:
        page = site.get(address).text
        seen += re.findall(r'<h2><a href="/article/([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == PAGE_SIZE + 5
    assert "sau kết quả cuối" in site.get("/pictures?q=mùa+gặt&page=300").text
    first = site.get("/api/v1/pictures", params={"q": "mùa gặt", "limit": 20}).json()
    rest = site.get("/api/v1/pictures", params={"q": "mùa gặt", "limit": 20, "cursor": first["next"]}).json()
    assert len({one["article"] for one in first["pictures"] + rest["pictures"]}) == PAGE_SIZE + 5
    assert rest["next"] is None and first["total"] == PAGE_SIZE + 5
