"""Captured pages that were moved to other places tell whether a version shows what its reading lacks."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from support.object_store import ObjectStore
from support.sessions import NOON, article, exchange, nothing, session, write

from archive.article import Article
from archive.changes.printed_text import words_of
from archive.collection import Collection
from archive.ingest.captured_texts import CapturedTexts
from archive.moving import move
from archive.projections.json_lines import RunLines
from archive.storage.located import NamedPlace, Storage, save_storage

LILIES = words_of("Chợ nghỉ một ngày để dọn lục bình.")


def crawled(root: Path) -> tuple[Collection, list[Article]]:
    """A collection of three pages that show the words."""
    writing, made = session(root), []
    for number in range(3):
        url, at = f"http://baocantho.test/a-a{number}.html", NOON + timedelta(minutes=number)
        page = f"<p>{number}</p><p>{' '.join(LILIES)}</p>".encode()
        capture = write(writing, exchange(url, page, began_at=at))
        one = attrs.evolve(
            article(capture, str(number), number), url=url, article_id=str(number), text_encoding="utf-8"
        )
        writing.release(one).result(60)
        made.append(one)
    writing.close("finished", nothing)
    RunLines(writing.collection, writing.run_id, writing.run_name).finish()
    return writing.collection, made


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_pages_are_read_where_they_were_moved_to(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    held, made = crawled(tmp_path / "held")
    store: ObjectStore | None = request.getfixturevalue("store") if kind == "s3" else None
    assert move(held, store.place() if store else NamedPlace(str(tmp_path / "disk"))).wrong == []
    assert not any(held.warc.iterdir())
    with held.catalog() as catalog:
        texts = CapturedTexts(held, catalog.connection)
        assert [texts.has(one, LILIES) for one in made] == [True] * 3
        assert texts.has(made[0], words_of("Đò nghỉ")) is False


@pytest.mark.usefixtures("store")
def test_a_store_that_fails_is_not_asked_for_each_page(tmp_path: Path) -> None:
    held, made = crawled(tmp_path / "held")
    asked = 0

    def answer(listening: socket.socket) -> None:
        nonlocal asked
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            asked += 1
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"
        save_storage(held.root, Storage((NamedPlace("s3://bucket/warc", {"endpoint_url": endpoint}),)))
        for path in held.warc.iterdir():
            path.unlink()
        with held.catalog() as catalog:
            found, times = [], []
            for one in made:
                found.append(CapturedTexts(held, catalog.connection).has(one, LILIES))
                times.append(asked)
        listening.shutdown(socket.SHUT_RDWR)
    assert found == [None] * 3
    assert 0 < times[0] == times[1] == times[2]
