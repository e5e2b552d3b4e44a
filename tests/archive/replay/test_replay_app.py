"""The replay origin: what it serves, with which headers, and what it refuses to serve."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.collection_builder import CollectionBuilder, make_article, png

from archive.replay.app import replay_app

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def viewer(tmp_path: Path) -> Path:
    folder = tmp_path / "viewer"
    folder.mkdir()
    (folder / "ui.js").write_text("ui")
    (folder / "sw.js").write_text("sw")
    (folder / "secret.js").write_text("secret")
    return folder


@pytest.fixture
def builder(tmp_path: Path) -> CollectionBuilder:
    builder = CollectionBuilder(tmp_path / "collection")
    builder.publish(make_article(1))
    return builder


@pytest.fixture
def client(builder: CollectionBuilder, viewer: Path) -> TestClient:
    return TestClient(replay_app(builder.collection, viewer, SITE))


def test_without_the_viewer_pages_say_how_to_get_it(
    builder: CollectionBuilder, client: TestClient, viewer: Path
) -> None:
    """It may be installed while the service runs."""
    builder.capture("https://a.vn/", b"x")
    scripts = {name: (viewer / name).read_bytes() for name in ("ui.js", "sw.js")}
    for name in scripts:
        (viewer / name).unlink()
    for language, said in (("vi", "máy chủ chưa cài trình xem"), ("en", "is not installed here")):
        page = client.get("/", params={"url": "https://a.vn/", "lang": language})
        assert page.status_code == 503 and said in page.text and "<code>baotinh viewer install</code>" in page.text
        assert "ui.js" not in page.text
    assert client.get("/").status_code == 200
    assert client.get("/replay/ui.js").status_code == 404
    for name, script in scripts.items():
        (viewer / name).write_bytes(script)
    page = client.get("/", params={"url": "https://a.vn/"})
    assert page.status_code == 200 and "ui.js" in page.text and "viewer install" not in page.text


def test_page(builder: CollectionBuilder, client: TestClient) -> None:
    builder.capture('https://a.vn/"><script>x</script>', b"x")
    page = client.get(
        "/", params={"url": 'https://a.vn/"><script>x</script>', "ts": "20261001010007", "article": "p:1"}
    )
    assert page.status_code == 200
    assert "<script>x" not in page.text
    assert "08:00 ngày 01/10/2026" in page.text
    assert "eager" not in page.text  # it makes the viewer fetch the whole collection before it shows a page
    assert f'href="{SITE}/article/p:1"' in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert policy.endswith(f"frame-ancestors {SITE}")
    assert "set-cookie" not in page.headers


NEVER = "https://baocantho.com.vn/chua-tung-luu-a1.html"


@pytest.mark.parametrize("ts", ["", "20261001010007"])
def test_an_address_never_captured_is_said_to_be_none(builder: CollectionBuilder, client: TestClient, ts: str) -> None:
    page = client.get("/", params={"url": NEVER, "ts": ts, "article": "p:1"})
    assert page.status_code == 404
    assert "Không có bản lưu" in page.text and NEVER in page.text and f'href="{SITE}/article/p:1"' in page.text
    assert "Bản lưu lúc" not in page.text and "data-source" not in page.text and "ui.js" not in page.text
    builder.capture(NEVER, b"x")
    assert client.get("/", params={"url": NEVER, "ts": ts}).status_code == 200


def test_an_address_is_found_however_it_is_written(builder: CollectionBuilder, client: TestClient) -> None:
    builder.capture("https://baocantho.com.vn/ch%E1%BB%A3-n%E1%BB%95i.html?a=1&p=2", b"x")
    for url in (
        "https://baocantho.com.vn/ch%E1%BB%A3-n%E1%BB%95i.html?p=2&a=1", "https://baocantho.com.vn/chợ-nổi.html?a=1&p=2",
        "http://www.baocantho.com.vn/ch%E1%BB%A3-n%E1%BB%95i.html?a=1&p=2#x",
    ):  # fmt: skip
        assert client.get("/", params={"url": url}).status_code == 200, url
    other = client.get("/", params={"url": "https://baocantho.com.vn/chợ-nổi.html?p=3"})
    assert other.status_code == 404 and "ch%25E1%25BB%25A3-n%25E1%25BB%2595i.html%3Fa%3D1%26p%3D2" in other.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", "http://[", "x" * 5000])
def test_other_addresses_are_not_shown(client: TestClient, url: str) -> None:
    assert "data-source" not in client.get("/", params={"url": url}).text


def test_wacz_by_parts(client: TestClient) -> None:
    source = client.get("/", params={"url": make_article(1).url}).text.split('data-source="')[1].split('"')[0]
    whole = client.get(source)
    source = whole.url.path
    assert zipfile.ZipFile(io.BytesIO(whole.content)).testzip() is None
    head = client.head(source)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.content)
    assert head.headers["accept-ranges"] == "bytes"
    part = client.get(source, headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, whole.content[5:15])
    assert part.headers["content-range"] == f"bytes 5-14/{len(whole.content)}"
    assert client.get(source, headers={"Range": "bytes=-22"}).content == whole.content[-22:]
    beyond = client.get(source, headers={"Range": f"bytes={len(whole.content)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")
    assert client.get(source, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200
    assert client.get("/collection-unknown.wacz").status_code == 404


def test_viewer_files(client: TestClient) -> None:
    worker = client.get("/replay/sw.js", params={"serveIndex": "1"})
    assert worker.text == "sw"
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "connect-src 'self'" in worker.headers["content-security-policy"]
    for name in ("secret.js", "../collection/catalog.sqlite", "w/x"):
        assert client.get(f"/replay/{name}").status_code == 404
    assert client.get("/static/page.css").status_code == 200
    assert client.get("/static/page.html").status_code == 404


def test_pictures(builder: CollectionBuilder, client: TestClient) -> None:
    content = png(8, 8, (1, 2, 3))
    plain = builder.capture("https://a.vn/1.png", content, mime="application/octet-stream")
    coded = builder.capture(
        "https://a.vn/2.png", gzip.compress(content), mime="image/png", headers=[("Content-Encoding", "gzip")]
    )
    again = builder.capture("https://a.vn/1.png", content, mime="image/png", revisit_of=plain)
    for ref in (plain, coded, again):
        answer = client.get(f"/picture/{ref.record_id}")
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_only_pictures_are_given(builder: CollectionBuilder, client: TestClient) -> None:
    svg = builder.capture("https://a.vn/x.svg", b"<svg onload='alert(1)'/>", mime="image/svg+xml")
    page = builder.capture("https://a.vn/x.png", b"<script>alert(1)</script>", mime="image/png")
    for record_id in (svg.record_id, page.record_id, "urn:uuid:unknown"):
        assert client.get(f"/picture/{record_id}").status_code == 404


def test_a_damaged_record_is_no_picture(builder: CollectionBuilder, client: TestClient) -> None:
    ref = builder.capture("https://a.vn/1.png", png(8, 8, (1, 2, 3)), mime="image/png")
    path = builder.collection.warc_file(ref.file or "").path
    content = bytearray(path.read_bytes())
    content[(ref.offset or 0) + 30 :] = b"\0" * 50
    path.write_bytes(content)
    assert client.get(f"/picture/{ref.record_id}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404), ("/picture/urn:uuid:unknown", 404), ("/replay/secret.js", 404), ("/static/x", 404),
        ("/collection-unknown.wacz", 404), ("/?url=" + "x" * 5000, 400),
    ],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_errors_are_pages_in_the_readers_language(client: TestClient, path: str, status: int, lang: str) -> None:
    page = client.get(path, headers={"Accept-Language": lang})
    assert (page.status_code, page.headers["content-language"]) == (status, lang)
    words = {("vi", 404): "Không có bản lưu", ("en", 404): "No capture", ("vi", 400): "Có lỗi", ("en", 400): "Error"}
    assert f'<html lang="{lang}">' in page.text and words[lang, status] in page.text and "detail" not in page.text
    assert f'href="{SITE}/"' in page.text
    policy = page.headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors {SITE}") and "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff" and page.headers["vary"] == "Accept-Language"
    head = client.head(path, headers={"Accept-Language": lang})
    assert (head.status_code, head.content) == (status, b"")


def test_methods_that_are_not_answered(client: TestClient) -> None:
    page = client.post("/")
    assert page.status_code == 405 and "<html" in page.text and "GET" in page.headers["allow"]


def test_a_failure_is_told_in_the_readers_language(builder: CollectionBuilder, viewer: Path) -> None:
    broken = TestClient(replay_app(builder.collection, viewer, SITE), raise_server_exceptions=False)
    builder.collection.catalog_path.unlink()
    page = broken.get("/", params={"url": NEVER}, headers={"Accept-Language": "en"})
    assert page.status_code == 500 and "logged on the server" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_page_is_in_the_language_that_the_site_names(builder: CollectionBuilder, client: TestClient) -> None:
    asked = {"url": make_article(1).url, "ts": "20261001010007"}
    english = client.get("/", params={**asked, "lang": "en"}, headers={"Accept-Language": "vi", "Cookie": "lang=vi"})
    assert english.history == [] and "set-cookie" not in english.headers
    assert '<html lang="en">' in english.text and "of 08:00 on 1 October 2026" in english.text
    vietnamese = client.get("/", params=asked, headers={"Cookie": "lang=en"})  # no cookies are read here
    assert '<html lang="vi">' in vietnamese.text and "lúc 08:00 ngày 01/10/2026" in vietnamese.text
