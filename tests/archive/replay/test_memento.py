"""Memento (RFC 7089): TimeGate, TimeMaps and mementos, on both origins; captured bytes on the replay's alone."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from fastapi.testclient import TestClient
from support.collection_builder import BEGINNING, CollectionBuilder

from archive.catalog.mementos import BLOCK
from archive.clock import timestamp14
from archive.collection import Collection
from archive.replay.app import replay_app
from archive.replay.memento import timemaps
from archive.web.app import site_app

SITE, REPLAY = "http://site.test", "http://replay.test"
HOST = "https://baocantho.com.vn"
PAGE = f"{HOST}/tin.html?trang=2&a=%C6%B0"
TEXT = b"<p>tin</p><script>alert(1)</script>"
NEVER = f"{HOST}/chua-tung-luu.html"


@attrs.frozen
class Served:
    collection: Collection
    replay: TestClient
    site: TestClient


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    builder = CollectionBuilder(tmp_path_factory.mktemp("memento") / "collection")
    first = builder.capture(PAGE, TEXT, headers=[("Set-Cookie", "a=1"), ("X-Odd", "one"), ("X-Odd", "two")])
    for days in (10, 20):
        builder.instant = BEGINNING + timedelta(days=days)
        builder.capture(PAGE, TEXT, revisit_of=first if days == 10 else None)
    coded = gzip.compress(TEXT, mtime=0)
    builder.capture(f"{HOST}/coded.html", coded, headers=[("Content-Encoding", "gzip")])
    builder.capture(f"{HOST}/decoded.html", TEXT, headers=[("Content-Encoding", "gzip")])
    chunked = b"5\r\nmot m\r\n6\r\not hai\r\n0\r\n\r\n"
    builder.capture(f"{HOST}/chunked.txt", chunked, mime="text/plain", headers=[("Transfer-Encoding", "chunked")])
    builder.capture(f"{HOST}/unframed.txt", b"mot mot", mime="text/plain", headers=[("Transfer-Encoding", "chunked")])
    builder.capture(f"{HOST}/moved", b"", status="301 Moved Permanently", headers=[("Location", "/tin.html?x=1")])
    builder.capture(f"{HOST}/gone", b"<p>mat", status="404 Not Found")
    builder.capture(f"{HOST}/nothing", b"", status="204 No Content")
    builder.capture(f"{HOST}/large.bin", bytes(3 << 20), mime="application/octet-stream")
    builder.capture(f"{HOST}/worker.js", b"self.a = 1", mime="text/javascript")
    builder.capture(f"{HOST}/chợ nổi.html", b"<p>cho")
    collection = builder.close()
    return Served(
        collection,
        TestClient(replay_app(collection, Path("viewer"), SITE), REPLAY, follow_redirects=False),
        TestClient(site_app(collection, REPLAY), SITE, follow_redirects=False),
    )


def stamp(days: int) -> str:
    return timestamp14(BEGINNING + timedelta(days=days, seconds=7))


def date(days: int) -> str:
    return (BEGINNING + timedelta(days=days, seconds=7)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def memento(days: int, url: str = PAGE) -> str:
    return f"{REPLAY}/web/{stamp(days)}id_/{url}"


def links(field: str) -> dict[str, dict[str, str]]:
    """The links of a field or of a TimeMap: their parameters, by address."""
    found = re.findall(r'<([^>]*)>((?:; ?[a-z]+="[^"]*")*)', field)
    return {address: dict(re.findall(r'([a-z]+)="([^"]*)"', parameters)) for address, parameters in found}


@pytest.mark.parametrize("origin", ["replay", "site"])
@pytest.mark.parametrize(
    ("wanted", "days"),
    [
        ("Thu, 01 Jan 1998 00:00:00 GMT", 0),
        ("Mon, 12 Oct 2026 00:00:00 GMT", 10),
        ("Sun, 18 Oct 2026 23:00:00 GMT", 20),
        ("Tue, 01 Jan 2030 00:00:00 GMT", 20),
    ],
)
def test_the_timegate_leads_to_the_nearest(served: Served, origin: str, wanted: str, days: int) -> None:
    client = getattr(served, origin)
    for prefix in ("/web/", "/web/timegate/"):
        answer = client.get(f"{prefix}{PAGE}", headers={"Accept-Datetime": wanted})
        assert (answer.status_code, answer.headers["location"]) == (302, memento(days))
        assert "accept-datetime" in answer.headers["vary"].lower()
        assert "memento-datetime" not in answer.headers
        found = links(answer.headers["link"])
        assert found[PAGE] == {"rel": "original"}
        assert found[f"{REPLAY}/web/timemap/link/{PAGE}"].items() >= {
            "rel": "timemap", "type": "application/link-format", "from": date(0), "until": date(20),
        }.items()  # fmt: skip
        assert found[memento(days)]["datetime"] == date(days)
        assert "first" in found[memento(0)]["rel"] and "last" in found[memento(20)]["rel"]
    assert client.head(f"/web/{PAGE}", headers={"Accept-Datetime": wanted}).headers["location"] == memento(days)


def test_without_a_time_the_timegate_leads_to_the_page_of_the_latest(served: Served) -> None:
    answer = served.replay.get(f"/web/{PAGE}")
    assert answer.headers["location"] == f"{REPLAY}/web/{stamp(20)}/{PAGE}"
    assert "accept-datetime" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    "wanted", ["yesterday", "2026-10-01", "Thu, 01 Oct 2026 25:00:00 GMT", "Thu, 31 Feb 2026 00:00:00 GMT",
               "Thu, 01 Oct 2026 01:00:00 +0700", ""],
)  # fmt: skip
def test_a_bad_datetime_is_refused(served: Served, wanted: str) -> None:
    answer = served.replay.get(f"/web/{PAGE}", headers={"Accept-Datetime": wanted})
    assert answer.status_code == 400 and "GMT" in answer.text and "location" not in answer.headers


def test_the_timemap_in_link_format(served: Served) -> None:
    answer = served.replay.get(f"/web/timemap/link/{PAGE}")
    assert answer.headers["content-type"].startswith("application/link-format")
    assert served.site.get(f"/web/timemap/link/{PAGE}").text == answer.text
    found = links(answer.text)
    assert list(found)[:3] == [PAGE, f"{REPLAY}/web/timemap/link/{PAGE}", f"{REPLAY}/web/{PAGE}"]
    assert found[f"{REPLAY}/web/timemap/link/{PAGE}"].items() >= {"rel": "self", "from": date(0)}.items()
    assert found[f"{REPLAY}/web/{PAGE}"] == {"rel": "timegate"}
    assert {one: found[one] for one in found if "id_" in one} == {
        memento(0): {"rel": "first memento", "datetime": date(0)},
        memento(10): {"rel": "memento", "datetime": date(10)},
        memento(20): {"rel": "last memento", "datetime": date(20)},
    }


def test_the_timemap_as_json(served: Served) -> None:
    found = served.replay.get(f"/web/timemap/json/{PAGE}").json()
    assert found["original_uri"] == PAGE and found["timegate_uri"] == f"{REPLAY}/web/{PAGE}"
    listed = found["mementos"]["list"]
    assert [one["uri"] for one in listed] == [memento(days) for days in (0, 10, 20)]
    assert listed[0] == found["mementos"]["first"] and listed[-1] == found["mementos"]["last"]
    assert datetime.fromisoformat(listed[0]["datetime"]) == BEGINNING + timedelta(seconds=7)


def test_a_long_timemap_is_in_pages(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timemaps, "PAGE", 2)
    first = links(served.replay.get(f"/web/timemap/link/{PAGE}").text)
    second = links(served.replay.get(f"/web/timemap/link/2/{PAGE}").text)
    next_page = f"{REPLAY}/web/timemap/link/2/{PAGE}"
    assert first[next_page]["rel"] == "timemap" and second[next_page]["rel"] == "self"
    listed = [[one for one in page if "id_" in one] for page in (first, second)]
    assert listed == [[memento(0), memento(10)], [memento(20)]]
    assert len(json.loads(served.replay.get(f"/web/timemap/json/{PAGE}").text)["pages"]) == 2
    assert served.replay.get(f"/web/timemap/link/3/{PAGE}").status_code == 404


def test_a_memento_is_the_stored_payload(served: Served) -> None:
    answer = served.replay.get(memento(0))
    assert (answer.status_code, answer.content) == (200, TEXT)
    assert answer.headers["memento-datetime"] == date(0) and answer.headers["content-type"] == "text/html"
    found = links(answer.headers["link"])
    assert found[PAGE] == {"rel": "original"} and found[f"{REPLAY}/web/{PAGE}"] == {"rel": "timegate"}
    assert found[memento(0)]["rel"] == "first memento" and found[memento(10)]["rel"] == "next memento"
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-archive-orig-set-cookie"] == "a=1" and answer.headers["x-archive-orig-x-odd"] == "one, two"
    assert served.replay.head(memento(0)).headers["memento-datetime"] == date(0)


def test_a_revisit_is_its_originals_payload_at_its_own_time(served: Served) -> None:
    answer = served.replay.get(memento(10))
    assert (answer.status_code, answer.content) == (200, TEXT)
    assert answer.headers["memento-datetime"] == date(10)
    found = links(answer.headers["link"])
    assert found[memento(0)]["rel"] == "first prev memento" and found[memento(20)]["rel"] == "next last memento"


def test_another_time_leads_to_the_nearest(served: Served) -> None:
    for asked, days in (("2020", 0), ("20261012", 10), ("20991231235959", 20)):
        answer = served.replay.get(f"/web/{asked}id_/{PAGE}")
        assert (answer.status_code, answer.headers["location"]) == (302, memento(days))


def latest(served: Served, path: str) -> str:
    """The stored bytes of an address at its only capture."""
    found = served.replay.get(f"/web/2026id_/{HOST}{path}")
    return str(found.headers["location"])


@pytest.mark.parametrize(
    ("path", "status", "content", "coding"),
    [
        ("/coded.html", 200, TEXT, "gzip"),
        ("/decoded.html", 200, TEXT, None),
        ("/chunked.txt", 200, b"mot mot hai", None),
        ("/unframed.txt", 200, b"mot mot", None),
        ("/gone", 404, b"<p>mat", None),
        ("/nothing", 204, b"", None),
        ("/large.bin", 200, bytes(3 << 20), None),
        ("/chợ nổi.html", 200, b"<p>cho", None),
    ],
)
def test_codings_and_status(served: Served, path: str, status: int, content: bytes, coding: str | None) -> None:
    answer = served.replay.get(latest(served, path))
    assert (answer.status_code, answer.content, answer.headers.get("content-encoding")) == (status, content, coding)
    assert "memento-datetime" in answer.headers


def test_a_redirect_leads_on_within_the_archive(served: Served) -> None:
    answer = served.replay.get(latest(served, "/moved"))
    at = re.search("/web/([0-9]{14})id_/", latest(served, "/moved"))
    assert at and answer.status_code == 301
    assert answer.headers["location"] == f"{REPLAY}/web/{at[1]}id_/{HOST}/tin.html?x=1"
    assert answer.headers["x-archive-orig-location"] == "/tin.html?x=1"


def test_captured_scripts_never_run_on_either_origin(served: Served) -> None:
    answer = served.site.get(f"/web/{stamp(0)}id_/{PAGE}")
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, memento(0), b"")
    policy = served.replay.get(memento(0)).headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'") and "allow" not in policy and "script" not in policy
    worker = latest(served, "/worker.js")
    assert served.replay.get(worker).headers["x-content-type-options"] == "nosniff"
    assert served.replay.get(worker, headers={"Service-Worker": "script"}).status_code == 403
    for wanted in ("script", "worker", "serviceworker", "iframe", "style"):
        assert served.replay.get(worker, headers={"Sec-Fetch-Dest": wanted}).status_code == 403
    for wanted in ("document", "empty"):
        assert served.replay.get(worker, headers={"Sec-Fetch-Dest": wanted}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/web/", "/web/timegate/", "/web/timemap/link/", "/web/timemap/json/", "/web/20261001id_/", "/web/2026/"]
)
def test_what_was_never_captured(served: Served, path: str) -> None:
    answer = served.replay.get(path + NEVER)
    assert answer.status_code == 404 and "memento-datetime" not in answer.headers
    assert "Không có bản lưu" in answer.text and f'class="live" href="{NEVER}"' in answer.text
    assert "chunked.txt" not in answer.text and "coded.html" in answer.text
    if path != "/web/2026/":
        assert links(answer.headers["link"]) == {NEVER: {"rel": "original"}}
        if "id_" not in path:
            assert served.site.get(path + NEVER).status_code == 404
    english = served.replay.get(path + NEVER, headers={"Accept-Language": "en"})
    assert "No capture" in english.text and "Open the address on the live web" in english.text


@pytest.mark.parametrize("path", ["/web/javascript:alert(1)", "/web/2026id_/data:text/html,x", "/web/99999999id_/http://a.vn/",
                                  "/web/timemap/xml/http://a.vn/"])  # fmt: skip
def test_what_is_no_address(served: Served, path: str) -> None:
    assert served.replay.get(path).status_code in (400, 404)


def test_the_page_of_a_capture_is_a_memento_too(served: Served, tmp_path: Path) -> None:
    for name in ("ui.js", "sw.js"):
        (tmp_path / name).write_text("x")
    client = TestClient(replay_app(served.collection, tmp_path, SITE), REPLAY, follow_redirects=False)
    for asked, days in ((stamp(10), 10), ("20261012", 10), ("1999", 0)):
        page = client.get(f"/web/{asked}/{PAGE}")
        assert page.status_code == 200 and f'data-ts="{stamp(days)}"' in page.text
        assert page.headers["memento-datetime"] == date(days)
        assert memento(days) in links(page.headers["link"])


def test_many_captures_are_one_look_each(tmp_path: Path) -> None:
    """The nearest of many is found without reading them all."""
    builder = CollectionBuilder(tmp_path / "collection")
    held = builder.capture(f"{HOST}/tin.html", TEXT)
    values = builder.catalog.connection.execute("SELECT * FROM captures").fetchone()
    with builder.catalog.transaction() as connection:
        for number in range(1, BLOCK + 200):
            row = list(values)
            at = BEGINNING + timedelta(minutes=number)
            row[0], row[1], row[9] = None, f"{held.record_id}-{number}", at.strftime("%Y-%m-%dT%H:%M:%SZ")
            connection.execute(f"INSERT INTO captures VALUES ({','.join('?' * len(row))})", row)
    client = TestClient(replay_app(builder.close(), Path("viewer"), SITE), REPLAY, follow_redirects=False)
    listed = client.get(f"/web/timemap/json/{HOST}/tin.html").json()["mementos"]["list"]
    assert len(listed) == BLOCK + 200
    wanted = BEGINNING.astimezone(UTC) + timedelta(minutes=700, seconds=20)
    answer = client.get(f"/web/{timestamp14(wanted)}id_/{HOST}/tin.html")
    assert timestamp14(BEGINNING + timedelta(minutes=700)) in answer.headers["location"]
