"""Pictures that a page loads late: asked for where they are, and no page is kept as a picture."""

from __future__ import annotations

import json
from pathlib import Path

from support.raw_server import raw_server
from support.small_paper import HOST, Paper, answer, article, listing

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
GIF = b"GIF89a" + bytes(24)


def test_pictures_are_asked_for_at_their_own_addresses_and_a_page_is_no_picture(tmp_path: Path) -> None:
    figures = "".join(
        f"<figure><img {attributes}><figcaption>Chợ phiên, góc {nth}.</figcaption></figure>"
        for nth, attributes in enumerate(
            (
                'src="/1.png" data-lazy="on" data-image="77"',
                'src="/2.png" data-url="/a-post1.html"',
                'src="data:image/gif;base64,R0" data-lazy-srcset="/nho.png 100w, /3.png 900w"',
                'src="/4.png"',  # a page comes
                'src="/5.png"',  # a picture that the server calls a page
            ),
            start=1,
        )
    )
    pages = {
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": article("Chợ lùi", more=figures),
        **{f"/{nth}.png": answer(PNG + bytes([nth]), kind="image/png") for nth in (1, 2, 3)},
        "/4.png": answer("<!doctype html><title>Không tìm thấy</title><p>Ảnh đã bị xóa"),
        "/5.png": answer(GIF),
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        counts = paper.crawl()
        asked = [path for path, _ in server.received]
    (line,) = (line for file in (paper.root / "jsonl").iterdir() for line in file.read_text().splitlines())
    images = json.loads(line)["images"]
    assert [image["url"] for image in images] == [f"{HOST}/{nth}.png" for nth in range(1, 6)]
    assert [image["capture_missing"] for image in images] == [None, None, None, "no picture", None]
    assert asked.count("/a-post1.html") == 1 and not {"/on", "/77", "/nho.png"} & set(asked)
    assert counts["pictures"] == 4
