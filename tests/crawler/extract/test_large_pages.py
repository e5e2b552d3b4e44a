"""Pages that are larger than what is read of one: the beginning is read for its links, and no article."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from archive.errors import NotAnArticle
from archive.processes import same_modules
from crawler.declaration.layout import Rules
from crawler.extract.links import outlinks
from crawler.extract.page import LONGEST_PAGE, MOST_TAGS, open_page
from crawler.extract.results import read_article

NOON = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)
URL = "https://baosau.test/bai-100001.html"
ARTICLE = (
    "<html lang=vi><body><a href=/truoc.html>a</a><h1>Bến đò ngày nước lớn</h1><time>08/01/2026 10:00</time>"
    + "<p>Sáng nay bến đò đông hơn mọi ngày, ai cũng muốn qua sông trước khi nước lớn và gió chướng nổi lên.</p>" * 5
)
# A process that may have one GB of memory opens a page and reads it, as a reading process does
READ = """
import resource, sys
from datetime import UTC, datetime
from crawler.declaration.layout import Rules
from crawler.reading.worker import Worker
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
worker = Worker()
worker.take(Rules(newspaper="x", article_pattern="-(?P<id>[0-9]+)"))
body = eval(sys.argv[1])
question = ("read_article_page", 1, (body, "https://baosau.test/bai-100001.html", {}), (1,))
found, error = worker.answer((*question, (datetime(2026, 1, 8, tzinfo=UTC), None, None), 0))
print(error, found.missing)
"""


def rules() -> Rules:
    return Rules(newspaper="x", article_pattern="-(?P<id>[0-9]+)")


@pytest.mark.parametrize(
    "body",
    ["b'\\0' * (64 << 20)", "b'<a>' * (20 << 20)", "b'<p a=1 b=2 c=3>x' * (4 << 20)", "b'word ' * (12 << 20)"],
    ids=["zeros", "links", "attributes", "words"],
)
def test_the_memory_of_a_hostile_page_is_bounded(body: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ, body], env=same_modules(), capture_output=True, text=True, timeout=900
    )
    assert done.stdout == "None {'page': 'page_too_large'}\n", done.stderr[-500:]


@pytest.mark.parametrize("unit", ["\\0", "word ", "<p a=1 b=2 c=3>x", "<a>"])
def test_the_memory_of_the_largest_page_that_is_read_is_bounded(unit: str) -> None:
    most = LONGEST_PAGE // len(unit.replace("\\0", "0"))
    count = min(most, MOST_TAGS) if "<" in unit else most
    done = subprocess.run(
        [sys.executable, "-c", READ, f"b'{unit}' * {count}"],
        env=same_modules(), capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.stdout.startswith("None {'title':"), done.stderr[-500:]


@pytest.mark.parametrize("is_zipped", [False, True])
@pytest.mark.parametrize("more", ["x" * LONGEST_PAGE, "<br>" * MOST_TAGS], ids=["bytes", "tags"])
def test_a_page_that_is_too_large_is_read_for_its_links_alone(more: str, is_zipped: bool) -> None:
    body = f"{ARTICLE}{more}<a href=/sau.html>b</a>".encode()
    page = open_page(gzip.compress(body) if is_zipped else body, URL, {})
    assert page.is_cut
    assert [address for address, _, _ in outlinks(page)] == ["https://baosau.test/truoc.html"]
    with pytest.raises(NotAnArticle) as raised:
        read_article(page, NOON, None, rules())
    assert raised.value.missing == {"page": "page_too_large"}


def test_a_page_of_the_largest_size_is_an_article() -> None:
    body = ARTICLE.encode() + b"<!-- " + b"x" * (LONGEST_PAGE - len(ARTICLE.encode()) - 8) + b"-->"
    page = open_page(body, URL, {})
    assert len(body) == LONGEST_PAGE and not page.is_cut
    assert read_article(page, NOON, None, rules()).title == "Bến đò ngày nước lớn"
