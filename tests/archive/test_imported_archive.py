"""Pages of an imported archive are looked up in the catalog once for each address."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.foreign import foreign, page
from support.sessions import nothing, session

from archive.ingest import import_archive


def test_the_catalog_is_asked_once_whether_an_address_is_held_and_for_its_capture(tmp_path: Path) -> None:
    pages = [page(number) for number in range(3)]
    path = foreign(tmp_path / "kho.warc.gz", pages)
    writing = session(tmp_path / "collection")
    archive = writing.import_archive(path)
    statements: list[str] = []
    with writing.collection.catalog() as catalog:
        catalog.connection.set_trace_callback(statements.append)
        urls = [sent.url for sent in pages]
        assert [archive.holds(catalog, url) for url in urls] == [True, True, True]
        asked = len(statements)
        assert asked == 3
        for url in urls:
            found = archive.find(catalog, url)
            assert found is not None and found[0].url == url
        assert statements[asked:] == []
        assert not archive.holds(catalog, "https://baocantho.com.vn/khong-co") and len(statements) > asked
    writing.close("finished", nothing)


def test_only_the_latest_lookups_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_archive, "_MOST_LOOKED_UP", 2)
    pages = [page(number) for number in range(3)]
    writing = session(tmp_path / "collection")
    archive = writing.import_archive(foreign(tmp_path / "kho.warc.gz", pages))
    statements: list[str] = []
    with writing.collection.catalog() as catalog:
        for sent in pages:
            assert archive.holds(catalog, sent.url)
        catalog.connection.set_trace_callback(statements.append)
        assert archive.holds(catalog, pages[2].url) and statements == []
        assert archive.holds(catalog, pages[0].url) and statements != []
    writing.close("finished", nothing)
