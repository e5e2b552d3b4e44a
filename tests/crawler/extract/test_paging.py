"""Articles over several pages: whose further pages they are, and one article out of all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.article import Article, CaptureRef
from archive.doubts import doubt_words
from crawler.declaration.layout import Layout
from crawler.extract import extract, join, open_page
from crawler.extract.paging import further_pages

URL = "https://baothu.test/ben-do-a12.html"
LAYOUT = Layout(title="h1", published_at="time", body=".noidung", byline=".ten")


def pages_in(links: str, url: str = URL) -> list[str]:
    return further_pages(open_page(f"<body>{links}</body>".encode(), url, {}))


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ("<a href='?page=2'>2</a> <a href='?page=3'>3</a>", [f"{URL}?page=2", f"{URL}?page=3"]),
        (
            "<a href='/ben-do-a12.html?trang=3'>3</a><a href='/ben-do-a12.html?trang=2'>2</a>",
            [f"{URL}?trang=2", f"{URL}?trang=3"],
        ),
        ("<a href='/ben-do-a12/trang-2.html'>2</a>", ["https://baothu.test/ben-do-a12/trang-2.html"]),
        ("<a href='/ben-do-a12/2'>2</a>", ["https://baothu.test/ben-do-a12/2"]),
        ("<a href='/thoi-su/?page=2'>2</a>", []),
        ("<a href='/cau-moi-a13.html?page=2'>2</a>", []),
        ("<a href='?page=3'>3</a>", []),
        ("<a href='?page=1'>1</a><a href='#page=2'>2</a><a href='javascript:page(2)'>2</a>", []),
    ],
)
def test_whose_pages_the_links_lead_to(links: str, found: list[str]) -> None:
    assert pages_in(links) == found


def test_a_further_page_has_none_of_its_own() -> None:
    assert pages_in("<a href='?page=3'>3</a><a href='?page=2'>2</a>", URL + "?page=2") == []


def part(words: str, url: str = URL, links: str = "") -> Article:
    page = f"<h1>Bến đò</h1><time>07/03/2026 08:06</time><div class=noidung>{words}</div>{links}"
    return extract(
        page.encode(), url, {}, datetime(2026, 3, 8, tzinfo=UTC), (LAYOUT,), newspaper="baothu", article_id="12"
    )


def test_pages_are_joined_in_order_with_pictures_and_the_last_ones_byline() -> None:
    first = part(
        "<p>Dẫn.</p><p>Một.</p><img src=/1.jpg><em>Ảnh một</em>", links="<a href='?page=2'>2</a><a href='?page=3'>3</a>"
    )
    second = part("<p>Dẫn.</p><p>Hai.</p><img src=/2.jpg><em>Ảnh hai</em><p class=ten>LÊ HÀ</p>", URL + "?page=2")
    capture = CaptureRef(record_id="urn:uuid:2")
    whole = join(first, [second.captured(capture, [None]), "HTTP 404"])
    assert [block.text for block in whole.body] == ["Dẫn.", "Một.", "Ảnh một", "Hai.", "Ảnh hai"]
    assert [(image.caption, image.position) for image in whole.images] == [("Ảnh một", 2), ("Ảnh hai", 4)]
    assert whole.authors == ("Lê Hà",) and "authors" not in whole.missing
    assert [(page.url, page.capture, page.capture_missing) for page in whole.further_pages] == [
        (URL + "?page=2", capture, None),
        (URL + "?page=3", None, "HTTP 404"),
    ]
    assert whole.doubts["body"] == "pages_unread unread=1 pages=2"
    assert doubt_words(whole.doubts["body"]) == "1 of 2 further pages could not be read"
    assert whole.id == first.id and whole.content_hash != first.content_hash
