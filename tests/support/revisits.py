"""A collection full of revisits, crawled from a server on loopback, with what that server sent; replays nothing."""

from __future__ import annotations

import gzip
import io
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import attrs
from PIL import Image

from archive.catalog import Capture
from archive.clock import timestamp14
from archive.collection import Collection
from archive.originals import original_of
from archive.warc.http import HttpMessage, parse_message
from support.asking import ask
from support.crawling import baotinh
from support.raw_server import Answer, RawServer, raw_server

PAPER = "http://baocantho.test"
ETAG = 'ETag: "ba-muoi"'
HTML = "text/html; charset=utf-8"
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </bai.css>; rel=preload\r\n\r\n"
# Asked for in the first two runs, and what an album is made of.
AGAIN = (
    *("page.html", "packed.html", "plain.html", "hinted.html"),
    *("finer.html", "retyped.txt", "retyped-chunked.txt"),
)
ALBUM = ("album.html", "style.css", "picture.png")


@attrs.frozen
class Visit:
    """A capture, and the page or picture that a reader must be shown at its address and time."""

    url: str
    captured_at: datetime
    status: int
    is_revisit: bool
    refers_elsewhere: bool
    mime: str
    content: bytes

    @property
    def timestamp(self) -> str:
        """Its time in 14 digits."""
        return timestamp14(self.captured_at)


@attrs.frozen
class Visited:
    """The collection and its visits of status 200 and 304, in order of time."""

    collection: Collection
    visits: list[Visit]


def visit_all(root: Path) -> Visited:
    """Five runs: payloads come again at their address and elsewhere, framed anew, changed and changed back; then 304s.

    A 304 confirms what its address showed last, also where another address holds it. Some answers have interim ones
    before them.
    """
    papers, other = "http://papers.test", "http://other.test"
    again = [f"{papers}/{name}" for name in AGAIN]
    runs = [
        [*again, *(f"{papers}/{name}" for name in ("twin-1.html", "twin-2.html", *ALBUM, "list.html"))],
        [*again, f"{papers}/plain.gz", *(f"{other}/{name}" for name in ("elsewhere.html", *ALBUM))],
        [f"{papers}/page.html"],
    ]
    with raw_server(_answers()) as server:
        for urls in runs:
            _next_second()
            ask(root, *urls, loopback=server.port)
        for options in ((), ("--recheck",)):
            _next_second()
            done = baotinh(
                *("crawl", "baocantho", "--section", "thoi-su", "--loopback", f"127.0.0.1:{server.port}"),
                *("--collection", root, *options),
            )
            assert done.returncode == 0, done.stdout + done.stderr
    collection = Collection.open(root)
    return Visited(collection, _visits(collection, server))


def _answers() -> dict[str, list[Answer]]:
    before, between = _page("Chợ nổi họp lúc tờ mờ sáng"), _page("Chợ nổi nghỉ một ngày")
    packed, plain = (gzip.compress(_page(text), mtime=0) for text in ("Gói theo từng khúc", "Gói nguyên cả bài"))
    album = _page("Ảnh chợ nổi", '<link rel="stylesheet" href="/style.css"><img src="/picture.png" alt="">')
    finer, retyped, twin = (_page(text) for text in ("Khúc to rồi khúc nhỏ", "Trang rồi chữ", "Hai trang giống nhau"))
    other_type, style = _page("Trang chia khúc rồi chữ liền"), b"h1 { color: rgb(1, 2, 3) }\n" * 30
    hinted = _page("Báo trước rồi mới gửi")
    listed = _page("Thời sự trong ngày", '<a href="/cau-moi-a1.html">Cầu mới</a>')
    picture, coded = _picture(), ("Content-Encoding: gzip",)
    # some servers say a type and a length with it, of nothing that is shown
    unchanged = f"HTTP/1.1 304 Not Modified\r\n{ETAG}\r\nContent-Type: text/css\r\nContent-Length: 77\r\n\r\n".encode()
    return {
        "/page.html": [_whole(before), _whole(between), _whole(before, "X-Turn: 3")],
        "/packed.html": [_chunked(packed, *coded), _whole(packed, *coded)],
        "/plain.html": [_whole(plain, *coded), _chunked(plain, *coded)],
        "/hinted.html": [HINT * 2 + _whole(hinted), HINT + _whole(hinted)],
        "/finer.html": [_chunked(finer, step=90), _chunked(finer, step=20)],
        "/retyped.txt": [_whole(retyped), _whole(retyped, mime="text/plain; charset=utf-8")],
        "/retyped-chunked.txt": [_chunked(other_type), _whole(other_type, mime="text/plain; charset=utf-8")],
        "/plain.gz": [_whole(plain, mime="application/gzip")],
        "/twin-1.html": [_whole(twin)],
        "/twin-2.html": [_chunked(twin)],
        "/style.css": [_chunked(style, mime="text/css"), _whole(style, mime="text/css")],
        "/elsewhere.html": [_chunked(before)],
        "/album.html": [_whole(album), _chunked(album)],
        "/picture.png": [_whole(picture, mime="image/png"), _chunked(picture, mime="image/png")],
        "/list.html": [_whole(listed)],
        "/thoi-su/": [_chunked(listed, ETAG), unchanged],
        "/cau-moi-a1.html": [HINT + _whole(_article("Cầu mới thông xe"), ETAG), HINT + unchanged],
    }


def _page(text: str, more: str = "") -> bytes:
    return f'<!doctype html><meta charset="utf-8"><title>{text}</title><h1>{text}</h1>{more}'.encode()


def _article(title: str) -> bytes:
    return f"""<!doctype html><html><head><meta charset="utf-8"></head><body><div class="titlecate">
<h1><a>THỜI SỰ</a></h1><span class="pubdate">08/01/2026 - 18:21</span></div><h1 class="margintopbot10">{title}</h1>
<div id="newscontents"><div class="content-fck"><p>{title}, bà con hai bờ qua lại không còn lụy đò.</p></div></div>
</body></html>""".encode()


def _picture() -> bytes:
    held = io.BytesIO()
    Image.effect_noise((120, 80), 60).save(held, "PNG")
    return held.getvalue()


def _head(mime: str, *fields: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", f"Content-Type: {mime}", *fields, "", "")).encode()


def _whole(payload: bytes, *fields: str, mime: str = HTML) -> bytes:
    return _head(mime, *fields, f"Content-Length: {len(payload)}") + payload


def _chunked(payload: bytes, *fields: str, mime: str = HTML, step: int = 50) -> bytes:
    pieces = [payload[start : start + step] for start in range(0, len(payload), step)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return _head(mime, *fields, "Transfer-Encoding: chunked") + body + b"0\r\n\r\n"


def _next_second() -> None:
    # addresses of captures count in seconds: two of one address in the same second could not be told apart
    time.sleep(1 - time.time() % 1)


def _visits(collection: Collection, server: RawServer) -> list[Visit]:
    """Each capture with what the server sent in its turn; with what it sent last where it then said 304.

    Of a page whose framing changed the first type is shown, for its revisit has no head of its own in the block.
    """
    turns: dict[str, list[HttpMessage]] = {}
    for path, octets in server.sent:
        message = parse_message(octets)
        assert message is not None
        if message.status in (200, 304):
            known = turns.setdefault(path, [])
            known.append(message if message.status == 200 else known[-1])
    with collection.catalog() as catalog:
        captures = [capture for capture in catalog.every_capture() if capture.status in (200, 304)]
        originals = {capture.record_id: original_of(collection, catalog, capture) for capture in captures}
    assert len(captures) == sum(map(len, turns.values()))
    return [_visit(capture, originals[capture.record_id], turns) for capture in sorted(captures, key=_moment)]


def _moment(capture: Capture) -> datetime:
    return capture.captured_at


def _visit(capture: Capture, original: Capture | None, turns: dict[str, list[HttpMessage]]) -> Visit:
    assert capture.status is not None and original is not None
    message = turns[urlsplit(capture.url).path].pop(0)
    mime = HTML if capture.url.endswith("/retyped-chunked.txt") else message.field("Content-Type")
    return Visit(
        url=capture.url,
        captured_at=capture.captured_at,
        status=capture.status,
        is_revisit=capture.type == "revisit",
        refers_elsewhere=original.url != capture.url,
        mime=mime or "",
        content=message.content(),
    )
