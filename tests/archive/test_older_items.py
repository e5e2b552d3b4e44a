"""Items of schema version 1, as catalogs and JSON lines hold them, are read by the present code."""

from __future__ import annotations

import json

from archive.article import SCHEMA_VERSION, from_json, to_dict, to_json

ADDED = ("dom_capture",
    "dateline", "published_text", "published_precision", "modified_text", "embeds", "further_pages", "text_encoding",
    "confidence", "doubts",
)  # fmt: skip
LINE = (
    '{"id":"baothu:12","newspaper":"baothu","article_id":"12","url":"https://baothu.test/a12.html","canonical_url":null,'
    '"section":"Kinh tế","kicker":null,"title":"Bến đò","lead":null,"body":[{"type":"paragraph","text":"Một."},'
    '{"type":"figure","text":"Đò."}],"authors":["Lê Hà"],"contributors":[{"name":"Lê Hà","role":"text"}],"source":null,'
    '"byline":"LÊ HÀ","published_at":"2026-01-08T18:21:00+07:00","modified_at":null,'
    '"captured_at":"2026-01-09T03:00:00+00:00","images":[{"url":"https://baothu.test/d.jpg","caption":"Đò.",'
    '"credit":"X.T","position":1,"capture":null,"capture_missing":"HTTP 404"}],"tags":[],"language":"vi",'
    '"missing":{"kicker":"no element matches .k"},"capture":{"record_id":"urn:uuid:1","file":"f.warc.gz","offset":0,'
    '"length":9,"payload_digest":"sha256:00"},"schema_version":1,'
    '"content_hash":"sha256:d4b9"}'
)


def test_an_item_of_version_1_is_read_and_keeps_its_number() -> None:
    article = from_json(LINE)
    assert article.schema_version == 1 and SCHEMA_VERSION == 2
    assert (article.id, article.images[0].credit, article.images[0].alt) == ("baothu:12", "X.T", None)
    assert article.published_precision is None and article.embeds == () and article.doubts == {}


def test_written_again_it_says_the_same_with_what_is_new_empty() -> None:
    said, old = to_dict(from_json(LINE)), json.loads(LINE)
    for image in said["images"]:
        del image["alt"], image["width"], image["height"], image["printed"]
    assert {name: value for name, value in said.items() if name not in (*ADDED, "content_hash")} == {
        name: value for name, value in old.items() if name != "content_hash"
    }
    assert not any(said[name] for name in ADDED)
    assert from_json(to_json(from_json(LINE))) == from_json(LINE)
