"""No page reads the whole of a table that grows: each statement of each page is planned as a search."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount
from support.browsing import VIEWER
from support.sample import REPLAY

from archive.catalog import database
from archive.clock import timestamp14
from archive.collection import Collection
from archive.health.alarms import examine
from archive.replay.app import replay_app
from archive.web.app import site_app

GROWING = {
    "addresses", "articles", "captures", "discovery_sources", "identities", "rejections", "runs", "status_history",
    "versions", "warc_files",
}  # fmt: skip
_NAMED = re.compile(
    r"\b(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(?!WHERE|JOIN|CROSS|ON|ORDER|GROUP|LIMIT|INDEXED)(\w+))?", re.IGNORECASE
)


def scans(connection: sqlite3.Connection, statement: str) -> list[str]:
    """The steps of a statement's plan that read a growing table from end to end."""
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    names = {alias or table: table for table, alias in _NAMED.findall(statement)}
    names |= {table: table for table in names.values()}
    # the first rows of a table in its own order are read without the rest
    is_first_rows = (
        " LIMIT " in statement and " WHERE " not in statement and not any("TEMP B-TREE" in one for one in plan)
    )
    found = [one for one in plan if (name := re.match(r"SCAN (\w+)", one)) and names.get(name[1], name[1]) in GROWING]
    return [] if is_first_rows else found


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What connections to a catalog execute, with the values that are bound."""
    executed: list[str] = []
    connect = database._connect

    def traced(path: Path, options: str) -> sqlite3.Connection:
        connection = connect(path, options)
        connection.set_trace_callback(executed.append)
        return connection

    monkeypatch.setattr(database, "_connect", traced)
    return executed


SEARCHES = (
    {"q": "bài"}, {}, {"newspaper": "baocantho", "section": "Thời sự", "from": "2026-01-01", "to": "2026-12-31"},
    {"q": "khôngcótừnày hainày"}, {"q": "bài", "changed": "1", "order": "newest"},
)  # fmt: skip
COVERAGES = ({}, {"newspaper": "baocantho"}, {"newspaper": "baocantho", "by": "month"}, {"by": "month"})
RUNS = (
    {}, {"page": 2}, {"newspaper": "baocantho"}, {"outcome": "finished"}, {"outcome": "running"}, {"job": "hourly"},
    {"outcome": "interrupted"},
    {"newspaper": "baocantho", "outcome": "failed", "job": "hourly"},
)  # fmt: skip
CAPTURED = {"url": "https://baocantho.com.vn/"}
CDX = (
    CAPTURED, CAPTURED | {"matchType": "prefix"}, CAPTURED | {"matchType": "domain", "sort": "reverse", "from": "2026"},
    CAPTURED | {"closest": "2026"}, CAPTURED | {"matchType": "host", "closest": "2026"},
    CAPTURED | {"showNumPages": "true"}, CAPTURED | {"page": 0, "matchType": "host"},
)  # fmt: skip
CHANGES = (
    {}, {"text": "bài"}, {"text": "của", "newspaper": "baocantho", "section": "Thời sự", "kind": "figures"},
    {"silent": 1, "words": 2, "from": "2026-01-01", "to": "2026-12-31"},
)  # fmt: skip
QUERIES: dict[str, tuple[dict[str, object], ...]] = {
    "/": ({},), "/runs": RUNS, "/api/v1/runs": RUNS, "/coverage": COVERAGES, "/coverage.csv": COVERAGES,
    "/api/coverage": COVERAGES, "/api/v1/coverage": COVERAGES, "/counts/near": ({"q": "bài"},),
    "/counts/near.csv": ({"q": "bài"},), "/api/v1/collocations": ({"q": "bài"},), "/api/v1/similar": ({"id": "{id}"},),
    "/cdx": CDX, "/web/timegate/{url:path}": ({},), "/web/timemap/{form}/{url:path}": ({},),
    "/changes": CHANGES, "/changes.atom": CHANGES, "/api/v1/changes": CHANGES,
    "/web/*/{url:path}": ({},), "/web/{period}*/{url:path}": ({},), "/captures": (CAPTURED,),
}  # fmt: skip


def addresses_of(collection: Collection, app: FastAPI) -> Iterator[str]:
    """Addresses of every route of the site and its API."""
    with collection.catalog() as catalog:
        articles = sorted(catalog.article_ids())[:3]
        run = catalog.runs(1)[0].name
        capture = next(catalog.every_capture())
        picture = next(one.payload_digest for one in catalog.every_capture() if (one.mime or "").startswith("image/"))
    for route in routes(app):
        for article in articles:
            known = {
                "article_id:path": article, "id:path": article, "suffix": "bib", "url:path": capture.url,
                "timestamp": f"{capture.captured_at:%Y}", "name:path": run if route.startswith("/runs") else "An",
                "name": "baocantho", "form": "json", "record_id:path": capture.record_id,
                "period": f"{capture.captured_at:%Y}", "subject:path": picture,
            }  # fmt: skip
            path = re.sub(r"\{([\w:]+)\}", lambda found, known=known: str(known[found[1]]), route)
            for query in QUERIES.get(route, SEARCHES):
                asked = urlencode({name: article if value == "{id}" else value for name, value in query.items()})
                yield f"{path}?{asked}"
            if "{article_id" not in route and "{id" not in route and route != "/api/v1/similar":
                break


def routes(app: FastAPI, prefix: str = "") -> Iterator[str]:
    """The paths of all routes, those of mounted applications too."""
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            yield from routes(route.app, prefix + route.path)
        else:
            yield prefix + str(getattr(route, "path", ""))


def ask(client: TestClient, paths: Iterator[str], statements: list[str], catalog_path: Path) -> dict[str, list[str]]:
    """Each page that is planned with scans: its statements with such steps."""
    found: dict[str, list[str]] = {}
    known: set[str] = set()
    with closing(sqlite3.connect(catalog_path)) as connection:
        for path in paths:
            statements.clear()
            assert client.get(path, follow_redirects=False).status_code < 500
            new = {one for one in statements if re.match(r"\s*(SELECT|WITH)\b", one)} - known
            known |= new
            for statement in new:
                if steps := scans(connection, statement):
                    found.setdefault(" ".join(statement.split()), []).extend([path, *steps])
    assert len(known) > 4
    return found


def test_no_page_of_the_site_scans(sample: Collection, statements: list[str]) -> None:
    app = site_app(sample, REPLAY)
    client = TestClient(app)
    assert ask(client, addresses_of(sample, app), statements, sample.catalog_path) == {}


def test_the_replays_page_and_pictures_scan_nothing_but_the_list_of_files(
    sample: Collection, statements: list[str]
) -> None:
    with sample.catalog() as catalog:
        captures = list(catalog.every_capture())
    client = TestClient(replay_app(sample, VIEWER, "http://127.0.0.1:1"))
    paths = [f"/picture/{one.record_id}" for one in captures if (one.mime or "").startswith("image/")]
    paths += ["/?" + urlencode({"url": "http://nowhere.test/"}), "/?" + urlencode({"url": captures[0].url + "?x"})]
    stamp = timestamp14(captures[0].captured_at)
    paths += [f"/web/{stamp}id_/{captures[0].url}", f"/web/1999/{captures[0].url}-x"]
    assert len(paths) > 5
    assert ask(client, iter(paths), statements, sample.catalog_path) == {}


def test_alarms_scan_nothing(sample: Collection, statements: list[str]) -> None:
    with sample.catalog() as catalog:
        examine(sample, catalog, datetime.now(UTC))
    with closing(sqlite3.connect(sample.catalog_path)) as connection:
        assert [
            found for one in set(statements) if one.lstrip().startswith("SELECT") if (found := scans(connection, one))
        ] == []


@pytest.mark.parametrize(
    ("statement", "is_scan"),
    [
        ("SELECT count(*) FROM captures", True),
        ("SELECT c.url FROM captures c WHERE c.length > 1", True),
        ("SELECT url FROM captures WHERE record_id = 'a'", False),
        ("SELECT name FROM runs ORDER BY id DESC LIMIT 3", False),
        ("SELECT name FROM runs ORDER BY started_at DESC LIMIT 3", True),
        ("SELECT name FROM runs WHERE source = 'a' ORDER BY id DESC LIMIT 3", True),
        ("SELECT name FROM newspapers", False),
    ],
)
def test_a_scan_is_known(sample: Collection, statement: str, is_scan: bool) -> None:
    with closing(sqlite3.connect(sample.catalog_path)) as connection:
        assert bool(scans(connection, statement)) is is_scan
