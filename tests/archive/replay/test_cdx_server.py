"""The CDX server answers as pywb does: ranges, bounds, order, filters, fields and pages; wrong values are named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.collection_builder import BEGINNING, CollectionBuilder
from support.sample import REPLAY

from archive.clock import timestamp14
from archive.replay.app import replay_app
from archive.web.app import site_app

HOST = "https://baocantho.com.vn"
PAGE = f"{HOST}/tin.html"
WEEKS = 5
IDN = "báo".encode("idna").decode()


@pytest.fixture(scope="module")
def collection_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with five captures a week apart, one of them a revisit; others of its host, its domain and elsewhere."""
    root = tmp_path_factory.mktemp("cdx") / "collection"
    builder = CollectionBuilder(root)
    first = None
    for week in range(WEEKS):
        builder.instant = BEGINNING + timedelta(weeks=week)
        held = builder.capture(PAGE, b"<p>tin", revisit_of=first if week == 2 else None)
        first = first or held
    builder.capture(f"{HOST}/tin.html?trang=2", b"<p>hai")
    builder.capture(f"{HOST}/tin/khac.html", b"<p>khac", status="404 Not Found")
    builder.capture(f"{HOST}/anh.png", b"png", mime="image/png")
    builder.capture("https://media.baocantho.com.vn/tin.html", b"<p>nghe")
    builder.capture("https://baocantho.com.vn.example/tin.html", b"<p>la")
    builder.capture(f"{HOST}:8443/tin.html", b"<p>cong")
    return builder.close().root


@pytest.fixture(scope="module")
def client(collection_root: Path) -> Iterator[TestClient]:
    from archive.collection import Collection

    with TestClient(replay_app(Collection.open(collection_root), Path("viewer"), "http://site.test")) as found:
        yield found


def found(client: TestClient, **query: Any) -> list[dict[str, str]]:
    answer = client.get("/cdx", params={"output": "json", **query})
    if answer.status_code == 404:
        assert answer.json()["message"].startswith("No Captures found for: http")
        return []
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def stamps(client: TestClient, **query: Any) -> list[str]:
    return [row["timestamp"] for row in found(client, **query)]


def week(number: int) -> str:
    return timestamp14(BEGINNING + timedelta(weeks=number, seconds=7))


def paths(client: TestClient, **query: Any) -> set[str]:
    return {row["url"].removeprefix("https://") for row in found(client, **query)}


def test_a_line_has_pywbs_fields(client: TestClient) -> None:
    (line,) = client.get("/cdx", params={"url": PAGE, "limit": 1}).text.splitlines()
    key, stamp, fields = line.split(" ", 2)
    assert (key, stamp) == ("vn,com,baocantho)/tin.html", week(0))
    row = json.loads(fields)
    assert row.items() >= {"url": PAGE, "mime": "text/html", "status": "200", "offset": "0"}.items()
    assert row["filename"] == "baocantho-1.warc.gz" and row["digest"].startswith("sha256:") and int(row["length"]) > 0


def test_both_origins_have_the_index(collection_root: Path, client: TestClient) -> None:
    from archive.collection import Collection

    site = TestClient(site_app(Collection.open(collection_root), REPLAY), follow_redirects=False)
    query = {"url": f"{PAGE}?lang=en", "matchType": "prefix"}
    for path in ("/cdx?url=baocantho.com.vn/*&lang=en", "/cdx?url=baocantho.com.vn/*"):
        assert site.get(path).text == client.get(path).text
    assert site.get("/cdx", params=query).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"url": PAGE}, {"baocantho.com.vn/tin.html"}),
        ({"url": "baocantho.com.vn/tin.html"}, {"baocantho.com.vn/tin.html"}),
        ({"url": "http://www.baocantho.com.vn/tin.html#dau"}, {"baocantho.com.vn/tin.html"}),
        (
            {"url": f"{HOST}/tin", "matchType": "prefix"},
            {"baocantho.com.vn/tin.html", "baocantho.com.vn/tin.html?trang=2", "baocantho.com.vn/tin/khac.html"},
        ),
        ({"url": f"{HOST}/tin/*"}, {"baocantho.com.vn/tin/khac.html"}),
        ({"url": f"{HOST}/tin.html?", "matchType": "prefix"}, {"baocantho.com.vn/tin.html?trang=2"}),
        (
            {"url": f"{HOST}/any", "matchType": "host"},
            {f"baocantho.com.vn/{path}" for path in ("tin.html", "tin.html?trang=2", "tin/khac.html", "anh.png")},
        ),
        ({"url": f"{HOST}:8443/", "matchType": "host"}, {"baocantho.com.vn:8443/tin.html"}),
        ({"url": "https://media.baocantho.com.vn/", "matchType": "host"}, {"media.baocantho.com.vn/tin.html"}),
        ({"url": f"{HOST}/never.html"}, set()),
    ],
)
def test_what_an_address_matches(client: TestClient, query: dict[str, str], expected: set[str]) -> None:
    assert paths(client, **query) == expected


@pytest.mark.parametrize("query", [{"url": "*.baocantho.com.vn"}, {"url": HOST, "matchType": "domain"}])
def test_a_domain_has_the_hosts_below_it(client: TestClient, query: dict[str, str]) -> None:
    hosts = {path.partition("/")[0] for path in paths(client, **query)}
    assert hosts == {"baocantho.com.vn", "media.baocantho.com.vn"}


def test_a_top_level_domain_has_all(client: TestClient) -> None:
    assert len(found(client, url="vn", matchType="domain")) == WEEKS + 4 + 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"from": "2026"}, [0, 1, 2, 3, 4]),
        ({"from": "20261008"}, [1, 2, 3, 4]),
        ({"to": "202610"}, [0, 1, 2, 3, 4]),
        ({"to": "20261008"}, [0, 1]),
        ({"from": "20261009", "to": "20261016"}, [2]),
        ({"from": "2027"}, []),
        ({"limit": 2}, [0, 1]),
        ({"sort": "reverse", "limit": 2}, [4, 3]),
        ({"sort": "closest", "closest": "20261015120000", "limit": 3}, [2, 3, 1]),
        ({"closest": "1990"}, [0, 1, 2, 3, 4]),
        ({"closest": "2030", "limit": 1}, [4]),
        ({"closest": "20261015", "from": "20261016", "limit": 1}, [3]),
        ({"sort": "closest", "closest": ""}, [0, 1, 2, 3, 4]),
    ],
)
def test_times_order_and_limit(client: TestClient, query: dict[str, Any], expected: list[int]) -> None:
    assert stamps(client, url=PAGE, **query) == [week(number) for number in expected]


def test_the_closest_of_several_addresses(client: TestClient) -> None:
    query = {"url": f"{HOST}/tin", "matchType": "prefix", "closest": week(3), "limit": 2}
    assert stamps(client, **query) == [week(3), week(2)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["=status:404"], {"tin/khac.html"}),
        (["statuscode:40"], {"tin/khac.html"}),
        (["=mime:image/png"], {"anh.png"}),
        (["!mime:text", "!=mime:warc/revisit"], {"anh.png"}),
        (["~url:.*trang=[0-9]+$"], {"tin.html?trang=2"}),
        (["!~url:https://[^/]*/tin"], {"anh.png"}),
        (["~mime:image|video"], {"anh.png"}),
        (["~url:tin"], set()),  # from the beginning of the text
        (["khac.html"], {"tin/khac.html"}),
        (["=mime:warc/revisit"], {"tin.html"}),
    ],
)
def test_filters(client: TestClient, filters: list[str], expected: set[str]) -> None:
    rows = found(client, url=HOST, matchType="host", filter=filters)
    assert {row["url"].removeprefix(f"{HOST}/") for row in rows} == expected


@pytest.mark.parametrize(
    ("text", "count"), [("~.*tin", 10), ("!~vn,com,baocantho", 1), ("~", 11), ("!", 0), ("!=", 11)]
)
def test_a_filter_without_a_field_is_of_the_line(client: TestClient, text: str, count: int) -> None:
    lines = found(client, url="vn", matchType="domain", filter=text) + found(client, url="*.example", filter=text)
    assert len(lines) == count


@pytest.mark.parametrize("captured", ["https://báo.example/bài-1.html", f"https://{IDN}.example/b%C3%A0i-1.html"])
def test_an_address_is_found_as_it_was_captured(tmp_path: Path, captured: str) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    builder.capture(captured, b"<p>tin")
    with TestClient(replay_app(builder.close(), Path("viewer"), "http://site.test")) as served:
        for asked in (
            "báo.example/bài-1.html",
            f"http://{IDN}.example/b%C3%A0i-1.html",
            f"{IDN}.example/bài-1.html",
        ):
            assert [line["url"] for line in found(served, url=asked)] == [captured], asked
            assert served.get("/cdx", params={"url": asked, "showNumPages": "true"}).json()["pages"] == 1


def test_a_limit_counts_what_the_filters_leave(client: TestClient) -> None:
    assert len(found(client, url=HOST, matchType="host", filter="=mime:text/html", limit=3)) == 3


def test_an_expression_that_others_never_finish(client: TestClient) -> None:
    assert found(client, url=HOST, matchType="host", filter="~url:(h|t|p|s|.)*(a+)+(a+)+(a+)+(a+)+X$") == []


def test_fields_and_forms(client: TestClient) -> None:
    query = {"url": PAGE, "limit": 1, "fl": "timestamp,statuscode,original,method"}
    assert client.get("/cdx", params=query | {"output": "text"}).text == f"{week(0)} 200 {PAGE} -\n"
    assert json.loads(client.get("/cdx", params=query | {"output": "json"}).text) == {
        "timestamp": week(0), "status": "200", "url": PAGE,
    }  # fmt: skip
    whole = client.get("/cdx", params={"url": PAGE, "limit": 1, "output": "text"}).text.split(" ")
    assert whole[:5] == ["vn,com,baocantho)/tin.html", week(0), PAGE, "text/html", "200"] and len(whole) == 9
    line = client.get("/cdx", params=query | {"output": "cdxj"}).text
    assert line.startswith("vn,com,baocantho)/tin.html ") and json.loads(line.split(" ", 2)[2]).keys() == {
        "status", "url",
    }  # fmt: skip


def test_pages(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    held = builder.capture(PAGE, b"<p>tin")
    values = builder.catalog.connection.execute("SELECT * FROM captures").fetchone()
    marks = ",".join("?" * len(values))
    # rows of one record, as many as make three pages
    with builder.catalog.transaction() as connection:
        for number in range(1, 6500):
            row = list(values)
            row[0], row[1] = None, f"{held.record_id}-{number}"
            connection.execute(f"INSERT INTO captures VALUES ({marks})", row)
    client = TestClient(replay_app(builder.close(), Path("viewer"), "http://site.test"))
    counted = client.get("/cdx", params={"url": PAGE, "showNumPages": "true"}).json()
    assert counted == {"pages": 3, "pageSize": 1, "blocks": 3}
    sizes = [len(found(client, url=PAGE, page=page)) for page in range(3)]
    assert sizes == [3000, 3000, 500]
    assert len(found(client, url=PAGE)) == 6500 and len(found(client, url=PAGE, page=0, pageSize=3)) == 6500
    beyond = client.get("/cdx", params={"url": PAGE, "page": 3})
    assert beyond.status_code == 400 and "the last one 2" in beyond.json()["message"]


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ({}, "url", "missing"),
        ({"url": "javascript:alert(1)"}, "url", "no address"),
        ({"url": "http://x.vn/" + "a" * 5000}, "url", "4096"),
        ({"matchType": "fuzzy"}, "matchType", "exact, prefix, host, domain"),
        ({"from": "Oct"}, "from", "digits"),
        ({"to": "202610010000001"}, "to", "14 digits"),
        ({"closest": "20261399"}, "closest", "no such time"),
        ({"limit": "-1"}, "limit", "whole number"),
        ({"sort": "urlkey"}, "sort", "reverse"),
        ({"output": "xml"}, "output", "cdxj"),
        ({"fl": "urlkey,colour"}, "fl", "known are urlkey"),
        ({"filter": "=colour:red"}, "filter", "known are urlkey"),
        ({"filter": "~url:("}, "filter", "RE2"),
        ({"filter": "~url:(?=x)"}, "filter", "RE2"),
        ({"filter": "~url:" + "(" * 2000}, "filter", "1000"),
        ({"filter": ["=status:200"] * 21}, "filter", "20"),
        ({"showNumPages": "perhaps"}, "showNumPages", "true or false"),
        ({"pageSize": "0"}, "pageSize", "from 1"),
        ({"collapse": "digest"}, "collapse", "known are"),
        ({"matchType": "domain", "closest": "2026", "limit": "20000"}, "limit", "10000"),
    ],
)
def test_what_is_refused(client: TestClient, query: dict[str, Any], parameter: str, said: str) -> None:
    answer = client.get("/cdx", params=query if parameter == "url" else {"url": PAGE, **query})
    assert answer.status_code == 400
    told = answer.json()
    assert told["parameter"] == parameter and said in told["message"] and len(told["message"]) < 400
