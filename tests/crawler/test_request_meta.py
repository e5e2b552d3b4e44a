"""The keys of requests' meta: one for each name, plain names in the dictionary, and values that a disk queue keeps."""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from scrapy import Request, Spider
from scrapy.squeues import PickleFifoDiskQueue
from scrapy.utils.test import get_crawler

from archive.warc.exchange import Original
from crawler import request_meta
from crawler.extract import FeedEntry
from crawler.request_meta import FEED, KIND, LEFT_OVER, NOT_MODIFIED, PATH, SECTION, SEED, Key, meta_of

ROOT = Path(__file__).parents[2]
KEYS = [value for value in vars(request_meta).values() if isinstance(value, Key)]
MODULES = sorted(path for path in (ROOT / "crawler").rglob("*.py"))


def test_a_value_is_set_read_and_removed() -> None:
    meta = meta_of("article", SEED)
    assert (KIND.of(meta), PATH.of(meta), SECTION.get(meta)) == ("article", SEED, None)
    with pytest.raises(KeyError):
        SECTION.of(meta)
    SECTION.put(meta, "Thời sự")
    assert SECTION.of(meta) == meta["section"] == "Thời sự"
    SECTION.drop(meta)
    SECTION.drop(meta)
    assert "section" not in meta


def test_each_name_stands_for_one_key() -> None:
    names = [key.name for key in KEYS]
    assert len(names) == len(set(names)) > 15
    assert json.loads(json.dumps(names)) == names


def test_a_request_keeps_its_meta_in_a_disk_queue(tmp_path: Path) -> None:
    at, crawler = datetime(2026, 3, 4, 5, tzinfo=UTC), get_crawler()
    crawler.spider = Spider("baotinh")
    request = Request("https://baotinh.test/a", meta=meta_of("article", SEED))
    FEED.put(request.meta, FeedEntry(title="Cầu mới qua sông thông xe", published_at=at.isoformat()))
    NOT_MODIFIED.put(request.meta, Original(record_id="<urn:uuid:1>", url=request.url, captured_at=at))
    LEFT_OVER.put(request.meta, True)
    queue = PickleFifoDiskQueue.from_crawler(crawler, str(tmp_path / "queue"))
    queue.push(request)
    queue.close()
    kept = PickleFifoDiskQueue.from_crawler(crawler, str(tmp_path / "queue")).pop()
    assert kept is not None
    assert kept.meta == request.meta
    assert attrs.asdict(NOT_MODIFIED.of(kept.meta)) == attrs.asdict(NOT_MODIFIED.of(request.meta))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_writes_the_name_of_a_key(path: Path) -> None:
    names = {key.name for key in KEYS}
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Subscript(value=asked, slice=ast.Constant(value=name)):
                pass
            case ast.Call(func=ast.Attribute(value=asked), args=[ast.Constant(value=name), *_]):
                pass
            case _:
                continue
        if ast.unparse(asked).endswith("meta") and name in names:
            found.append((node.lineno, name))
    assert found == []
