"""Pages that are large, deep, cut or scrambled end in bounded time, with an article or reasons, never another error."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from archive.article import Article
from archive.errors import NotAnArticle
from crawler.declaration.layout import Layout
from crawler.extract import extract
from crawler.extract.page import parse

ROOT = Path(__file__).parents[2] / "newspapers"
GOLDEN = sorted(ROOT.glob("*/*/page.html"))
LAYOUT = Layout(title="h1", published_at="time", body="div", lead=".sapo", related=".r", byline=".ten")
HEAD = "<html lang=vi><body><h1>Bến đò ngày nước lớn</h1><time>08/01/2026 10:00</time><div>"
WORDS = "<p>Sáng nay bến đò đông hơn mọi ngày, ai cũng muốn qua sông trước khi nước lớn và gió chướng nổi lên.</p>"
MOST_SECONDS = 25  # of a machine that does other things as well


def tried(body: bytes, *layouts: Layout) -> Article | None:
    began = time.process_time()
    try:
        return extract(body, "https://x.test/a", {}, datetime(2026, 3, 8, tzinfo=UTC), layouts, newspaper="x")
    except NotAnArticle as error:
        assert error.missing
        return None
    finally:
        assert time.process_time() - began < MOST_SECONDS


@pytest.mark.parametrize("layouts", [(LAYOUT,), ()], ids=["rules", "no rules"])
@pytest.mark.parametrize(
    "page",
    [
        HEAD + WORDS * 30_000,
        HEAD + "chữ " * 800_000,
        HEAD + "<div class='related sidebar'>a</div>" * 100_000,
        HEAD + "<a href='?page=2'>trang</a> " * 120_000,
        HEAD + "".join(f"<i class='date{nth} author{nth}'>01/02/2025</i>" for nth in range(30_000)) + WORDS * 3,
        HEAD + "<meta property='og:title' content='Bến - Đò'>" * 30_000 + WORDS * 3,
    ],
    ids=["paragraphs", "one text", "furniture", "links", "classes", "metas"],
)
def test_large_pages_are_read_in_time(page: str, layouts: tuple[Layout, ...]) -> None:
    tried(page.encode()[: 4 * 1024 * 1024], *layouts)


@pytest.mark.parametrize("layouts", [(LAYOUT,), ()], ids=["rules", "no rules"])
@pytest.mark.parametrize(
    "tag",
    ["div class=sidebar", "div class=comments", "div class=caption", "figure", "form", "button", "table><tr><td",
     "ul><li",
     "span", "blockquote", "video", "p", "h1", "article", "aside hidden"],
)  # fmt: skip
def test_ten_thousand_levels_are_read_in_time(tag: str, layouts: tuple[Layout, ...]) -> None:
    tried((HEAD + f"<{tag}>" * 10_000 + WORDS * 20).encode(), *layouts)


def scrambled(page: bytes, chance: Random) -> bytes:
    """The page with a few of: bytes flipped, NUL bytes, pieces cut out, doubled, or moved; another charset; an end."""
    body = bytearray(page)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(body))
        end = min(len(body), start + chance.randrange(400))
        what = chance.randrange(7)
        if what == 0:
            body[start:end] = bytes(chance.randrange(256) for _ in range(end - start))
        elif what == 1:
            body[start:start] = b"\x00" * chance.randrange(20)
        elif what == 2:
            del body[start:end]
        elif what == 3:
            body[start:start] = body[start:end]
        elif what == 4:
            piece = bytes(body[start:end])
            del body[start:end]
            at = chance.randrange(len(body) + 1)
            body[at:at] = piece
        elif what == 5:
            body = bytearray(bytes(body).decode("utf-8", "replace").encode(("utf-16", "cp1258")[start % 2], "replace"))
        else:
            body = body[: max(1, end)]
        body = body or bytearray(b" ")
    return bytes(body)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.parts[-3])
@pytest.mark.parametrize("layouts", [(LAYOUT,), ()], ids=["rules", "no rules"])
def test_scrambled_pages_give_an_article_or_reasons(golden: Path, layouts: tuple[Layout, ...]) -> None:
    page, chance = golden.read_bytes(), Random(golden.parts[-3])
    for _ in range(120):
        tried(scrambled(page, chance), *layouts)


def test_bytes_that_no_charset_reads_are_doubted() -> None:
    body = HEAD.encode() + WORDS.encode() * 3 + b"<p>" + b"\xff\xfe\xfd " * 200
    article = tried(body, LAYOUT)
    assert article is not None and article.doubts["text_encoding"] == "unreadable_bytes"


def test_a_page_without_a_body_tag_has_one_where_its_first_element_stands() -> None:
    root = parse("<title>Tin</title><main><h1>Tin</h1><p>Nước lên.</p></main><footer>Hết</footer>")
    assert [child.tag for child in root] == ["head", "body"]
    assert [child.tag for child in root[1]] == ["main", "footer"]
