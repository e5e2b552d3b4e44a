"""What odd servers, odd addresses and the keys of Scrapy's own handler come to, from the request to the archive."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from support.asking import WITH_META, ask, exchanges, kept, metadata_of
from support.raw_server import Answer, Line, certificate, raw_server

from archive.checking.collection import verify
from archive.cli.fault_words import fault_words
from archive.collection import Collection
from crawler.http.routes import Place, Route, target_of

# What came, what is kept, and how it is marked as truncated.
UPGRADE = b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n"
BLANK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nblank"
SMALL = b"http/1.1 200OK\nContent-Length: 5\n\nsmall"
NO_SIZE = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n"
GARBAGE = b"SSH-2.0-OpenSSH_9.9\r\n"
ODD: dict[str, tuple[bytes, bytes, str | None]] = {
    "/garbage": (GARBAGE, GARBAGE, "unspecified"),
    "/small-letters": (SMALL, SMALL, None),
    "/blank-lines": (b"\r\n\n" + BLANK, BLANK, None),
    "/upgrade": (UPGRADE + b"PRI * HTTP/2.0", UPGRADE, None),
    "/no-size": (NO_SIZE, NO_SIZE, "unspecified"),
    "/a-body-where-none-may-be": (EMPTY + b"yes", EMPTY, None),
}


def test_odd_answers_are_kept_at_once(tmp_path: Path) -> None:
    """The server keeps the connection open: nothing waits for the timeout, and nothing answers another request."""

    def hold(octets: bytes) -> Answer:
        def send(line: Line) -> None:
            line.sendall(octets)
            line.recv(1)

        return send

    answers: dict[str, list[Answer]] = {path: [hold(came)] for path, (came, _, _) in ODD.items()}
    with raw_server(answers) as server:
        # which is longer than `ask` has patience
        ask(tmp_path, *(f"http://papers.test{path}" for path in ODD), loopback=server.port,
            settings={"CONCURRENT_REQUESTS": 1, "RETRY_ENABLED": False, "DOWNLOAD_TIMEOUT": 1000})  # fmt: skip
    records = exchanges(kept(tmp_path))
    found = {path: (response.block, response.header("WARC-Truncated")) for path, _, response in records}
    del found["/robots.txt"]
    assert found == {path: (block, truncated) for path, (_, block, truncated) in ODD.items()}
    # what is no answer is kept, and verify says that it is none
    (finding,) = [
        one for one in verify(Collection.open(tmp_path)).findings if "the HTTP head" not in fault_words(one.fault)
    ]
    assert finding.severity == "warning" and "does not begin with a status line" in fault_words(finding.fault)


def test_an_answer_without_a_head_is_kept_whole(tmp_path: Path) -> None:
    """As HTTP/0.9 sends it: a page, and the end of the connection."""
    pieces = (b"<html><title>T\xe1\xbb\x9d tin</title>\r\n\r\n", b"<p>" + b"x" * 300_000, b"</p></html>")

    def in_pieces(line: Line) -> None:
        for piece in pieces:
            line.sendall(piece)
            time.sleep(0.2)  # each in a segment of its own

    def long(line: Line) -> None:
        with contextlib.suppress(OSError):
            while True:
                line.sendall(b"<p>and so on</p>" * 1000)

    with raw_server({"/a": [in_pieces], "/b": [long]}) as server:
        report = ask(tmp_path, *(f"http://papers.test/{name}" for name in "ab"), loopback=server.port,
                     settings={"RETRY_ENABLED": False, "DOWNLOAD_MAXSIZE": 400_000})  # fmt: skip
    found = {path: response for path, _, response in exchanges(kept(tmp_path))}
    assert found["/a"].block == b"".join(pieces) and found["/a"].header("WARC-Truncated") is None
    assert len(found["/b"].block) == 400_000 and found["/b"].header("WARC-Truncated") == "length"
    assert len(report["troubles"]) == 2 and report["counts"].get("header bombs", 0) == 0


def test_a_tls_connection_that_is_closed_without_notice_is_told(tmp_path: Path) -> None:
    page = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the connection closes"

    def notify(line: Line) -> None:
        line.sendall(page)
        with contextlib.suppress(OSError):
            line.connection.unwrap()  # type: ignore[attr-defined]

    def close(line: Line) -> None:
        line.sendall(page)

    with raw_server({"/a": [notify], "/b": [close]}, certificate(tmp_path)) as server:
        ask(tmp_path / "c", "https://papers.test/a", "https://papers.test/b", loopback=server.port)
    records = kept(tmp_path / "c")
    found = {path: response for path, _, response in exchanges(records)}
    assert found["/b"].block == page and found["/b"].header("WARC-Truncated") is None
    # the other page is the same payload: a revisit
    assert [metadata_of(records, found[path]).get("tls-close") for path in ("/a", "/b")] == [
        None, "close without notify"
    ]  # fmt: skip


def test_the_size_of_one_answer_may_be_bounded_alone(tmp_path: Path) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"a" * 3000
    with raw_server({f"/{name}": [page] for name in "abcd"}) as server:
        metas = {
            "a": {"download_maxsize": 2999},
            "b": {"download_maxsize": 3000},
            "c": {"download_maxsize": 0},
            "d": {},
        }
        asks = [{"url": f"http://papers.test/{name}", "with_meta": meta} for name, meta in metas.items()]
        report = ask(tmp_path, *asks, loopback=server.port, script=WITH_META, settings={"DOWNLOAD_MAXSIZE": 2000})
    assert {trouble["url"][-1] for trouble in report["troubles"]} == {"a", "d"}
    assert "too_long 2999" in {trouble["reason"] for trouble in report["troubles"]}


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://a.test", "/"), ("http://a.test/", "/"), ("http://a.test?b=/c", "/?b=/c"), ("http://a.test//b", "//b"),
        ("http://a.test/b?", "/b?"), ("http://a.test/b;c?d?e#f", "/b;c?d?e"), ("http://u:p@a.test:81/%zz", "/%zz"),
        ("http://a.test/#?b", "/"), ("http://[::1]/b//http://c", "/b//http://c"),
    ],
)  # fmt: skip
def test_what_is_asked_for_stands_in_the_address(url: str, target: str) -> None:
    assert target_of(url) == target


def test_a_proxys_password_goes_to_the_proxy_alone() -> None:
    from scrapy import Request

    secret = Request("http://a.test/b", headers={"Proxy-Authorization": "Basic c2VjcmV0"})
    proxy = Place("http", "proxy.test", 3128)
    for scheme, by, is_sent in (("http", None, False), ("http", proxy, True), ("https", proxy, False)):
        assert (b"c2VjcmV0" in Route(Place(scheme, "a.test", 80), by).request(secret)) == is_sent


def test_no_other_protocol_is_spoken_to_a_proxy() -> None:
    assert Place.of("127.0.0.1:3128") == Place("http", "127.0.0.1", 3128)
    with pytest.raises(ValueError, match="socks5") as error:
        Place.of("socks5://reader:secret@proxy.test:1080")
    assert "secret" not in str(error.value)
