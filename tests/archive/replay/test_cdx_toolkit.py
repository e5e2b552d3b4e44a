"""cdx_toolkit, with which Common Crawl's index is asked, asks ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cdx_toolkit
import pytest
from support.collection_builder import CollectionBuilder
from support.serving import running

from archive.web.serve import Serving

HOST = "https://baocantho.com.vn"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    builder = CollectionBuilder(tmp_path_factory.mktemp("toolkit") / "collection")
    for number in range(3):
        builder.capture(f"{HOST}/tin-{number}.html", b"<p>%d" % number, status="200 OK" if number else "404 Not Found")
    with running(builder.close(), Path("viewer")) as found:
        yield found


def test_captures_are_found_and_their_payloads_fetched(serving: Serving) -> None:
    fetcher = cdx_toolkit.CDXFetcher(source=f"{serving.replay}/cdx", wb=f"{serving.replay}/web")
    found = fetcher.get("baocantho.com.vn/*", limit=10)
    assert [one["url"] for one in found] == [f"{HOST}/tin-{number}.html" for number in range(3)]
    kept = list(fetcher.iter("baocantho.com.vn/*", limit=10, filter="=status:200"))
    assert [one["status"] for one in kept] == ["200", "200"]
    record = kept[0].fetch_warc_record()
    assert record.rec_headers.get_header("WARC-Target-URI") == f"{HOST}/tin-1.html"
    assert record.content_stream().read() == b"<p>1"
    assert fetcher.get("baocantho.com.vn/never", limit=10) == []
    assert fetcher.get_size_estimate("baocantho.com.vn/*", as_pages=True) == 1
