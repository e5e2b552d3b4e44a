"""The API: pages by cursor, faults as values, and answers that fit their own description."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.sample import HOSTILE, MARKET, REPLAY

from archive.backup.folder import back_up
from archive.collection import Collection
from archive.export.freezing import freeze
from archive.search.selection import Selection
from archive.sets.files import save
from archive.web.app import site_app


def described(client: TestClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def fits(client: TestClient, path: str, answer: Any) -> None:
    """Check an answer against the description of its path."""
    openapi = described(client)
    schema = openapi["paths"][path]["get"]["responses"][str(answer.status_code)]["content"]["application/json"][
        "schema"
    ]
    jsonschema_rs.validator_for(schema | {"components": openapi["components"]}).validate(answer.json())


GOOD = {
    "/search": [
        "",
        "?q=nhà báo&limit=3",
        "?q=lúa&scope=folded&order=oldest&pictures=true",
        "?from=01/2026&to=31/12/2026",
    ],
    "/pictures": ["", "?q=bình minh&limit=1", "?q=ghe&scope=folded&order=oldest&newspaper=baocantho"],
    "/timeline": ["", "?q=sông&grain=month", "?newspaper=baocantho&changed=1"],
    "/newspapers": [""],
    "/status": [""],
    "/coverage": ["", "?newspaper=baocantho&by=month"],
    "/similar": [f"?id={MARKET}", f"?id={MARKET}&limit=2"],
    "/reprints": [f"?id={MARKET}"],
    "/runs": ["", "?limit=1"],
    "/health": [""],
    "/counts": ["", "?term=lúa&term=cầu&by=year", "?term=lúa&each=1&newspaper=baodonghai&from=2026"],
    "/collocations": ["?term=lúa", "?term=lúa&pairs=1&window=3&limit=2"],
    "/sets": [""],
}


@pytest.mark.parametrize(("path", "query"), [(path, query) for path, queries in GOOD.items() for query in queries])
def test_answers_fit_their_description(client: TestClient, path: str, query: str) -> None:
    answer = client.get(f"/api/v1{path}{query}")
    assert answer.status_code == 200, answer.text
    fits(client, path, answer)
    assert client.head(f"/api/v1{path}{query}").status_code == 200


def test_an_article_and_each_of_its_versions(client: TestClient, sample: Collection) -> None:
    answer = client.get(f"/api/v1/articles/{MARKET}")
    fits(client, "/articles/{id}", answer)
    whole = answer.json()
    assert len(whole["versions"]) > 1 and whole["version"] == whole["versions"][-1]
    first = client.get(f"/api/v1/articles/{MARKET}", params={"version": whole["versions"][0]["version"]}).json()
    assert first["article"]["content_hash"] == whole["versions"][0]["version"] != whole["article"]["content_hash"]


def test_pages_by_cursor_have_every_article_once(client: TestClient) -> None:
    seen: list[str] = []
    cursor, total = None, 0
    while True:
        answer = client.get("/api/v1/search", params={"limit": 7} | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in answer["articles"]]
        cursor, total = answer["next"], answer["total"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == total == 50


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ('/search?q="lúa', 400, "quote_open"),
        ("/search?q=ngày:31/02/2026", 400, "no_such_day"),
        ("/search?from=32/01/2026", 400, "no_such_day"),
        ("/search?from=02/2026&to=01/2026", 400, "period_reversed"),
        ("/search?q=báo:mars", 404, "unknown"),
        ("/search?newspaper=mars", 404, "unknown"),
        ("/search?limit=1000", 422, "parameter"),
        ("/search?scope=loose", 422, "parameter"),
        ("/search?cursor=abc", 400, "http"),
        ("/search?q=" + "a" * 2000, 422, "parameter"),
        ("/coverage?newspaper=mars", 400, "http"),
        ("/articles/baocantho:0", 404, "unknown"),
        (f"/articles/{MARKET}?version=sha256:0", 404, "unknown"),
        ("/similar?id=baocantho:0", 404, "unknown"),
        ("/counts?term=" + "&term=".join("abcdefg"), 422, "parameter"),
        ("/counts?term=tác giả:An", 400, "no_word"),
        ("/collocations", 422, "parameter"),
        ("/collocations?term=lúa&window=0", 422, "parameter"),
        ("/sets/none", 404, "unknown"),
        ("/sets/..%2F..%2Fetc/differences", 404, "http"),
        ("/export?set=none", 404, "unknown"),
        ("/export?format=doc", 422, "parameter"),
        ('/export?q="lúa', 400, "quote_open"),
        ("/nowhere", 404, "http"),
    ],
)
def test_what_is_refused_says_why(client: TestClient, query: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    path=st.sampled_from(["/search", "/pictures", "/timeline", "/coverage", "/runs", "/articles/{id}"]),
    values=st.dictionaries(
        st.sampled_from(
            ["q", "scope", "within", "order", "limit", "cursor", "newspaper", "province", "section", "author", "source",
             "from", "to", "pictures", "changed", "grain", "by", "version"]
        ),
        st.text(max_size=30)
        | st.sampled_from(["typed", "month", "1", "true", "31/01/2026", "baocantho", '"a b"~3', "YXQgMA"]),
        max_size=5,
    ),
)  # fmt: skip
def test_no_request_breaks_it(client: TestClient, path: str, values: dict[str, str]) -> None:
    address = path.replace("{id}", quote(values.get("q") or "x", safe=""))
    answer = client.get(f"/api/v1{address}", params=values)
    assert answer.status_code in (200, 307, 400, 404, 422), answer.text
    if path in ("/search", "/pictures", "/timeline") and answer.status_code != 307:
        fits(client, path, answer)


def test_every_field_and_parameter_is_described(client: TestClient) -> None:
    openapi = described(client)
    assert not [name for name in openapi["components"]["schemas"] if "__" in name]  # two of one name
    assert set(openapi["paths"]) == {
        *GOOD,
        "/articles/{id}",
        "/captures/{record_id}",
        "/export",
        "/pictures/{subject}",
        "/sets/{name}",
        "/sets/{name}/differences",
        "/changes",
        "/articles/{id}/changes",
    }
    for operations in openapi["paths"].values():
        assert set(operations) == {"get"} and operations["get"]["summary"]
    for name, schema in openapi["components"]["schemas"].items():
        assert schema.get("description"), name


def test_exports_without_a_readme(client: TestClient) -> None:
    total = client.get("/api/v1/search?q=lúa").json()["total"]
    answer = client.get("/api/v1/export?q=lúa&format=jsonl&text=0")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert len(answer.text.splitlines()) == total
    head = client.head("/api/v1/export?q=lúa&format=parquet")
    assert (head.status_code, head.headers["content-type"]) == (200, "application/vnd.apache.parquet")


def test_sets_are_paged_and_compared(sample: Collection, tmp_path: Path) -> None:
    back_up(sample, tmp_path / "copy")
    held = Collection.open(tmp_path / "copy")
    save(held, freeze(held, "all", Selection.of("")))
    client = TestClient(site_app(held, REPLAY))
    fits(client, "/sets", client.get("/api/v1/sets"))
    first = client.get("/api/v1/sets/all?limit=40")
    fits(client, "/sets/{name}", first)
    second = client.get("/api/v1/sets/all", params={"limit": 40, "cursor": first.json()["next"]}).json()
    assert second["next"] is None
    assert len({one["id"] for one in first.json()["articles"] + second["articles"]}) == 50
    assert client.get("/api/v1/sets/all/differences").json() == {"differences": [], "next": None}
    with held.catalog(writable=True) as catalog:
        catalog.connection.execute("DELETE FROM versions WHERE article_id = ?", (HOSTILE,))
    changed = client.get("/api/v1/sets/all/differences")
    fits(client, "/sets/{name}/differences", changed)
    assert [(one["fault"], one["id"]) for one in changed.json()["differences"]] == [("missing", HOSTILE)]


def test_every_parameter_is_described_with_an_example(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    seen = 0
    for path, methods in described["paths"].items():
        for one in (parameter for method in methods.values() for parameter in method.get("parameters", ())):
            seen += 1
            assert one.get("description"), (path, one["name"])
            assert one["schema"].get("examples") or one.get("examples"), (path, one["name"])
    assert seen > 60
    assert client.get("/api/v1/export?within=author").status_code == 422


def test_each_answer_has_an_example_that_its_schema_allows(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    answers = {
        path: content["application/json"]
        for path, operation in document["paths"].items()
        if "application/json" in (content := operation["get"]["responses"]["200"]["content"])
    }
    assert len(answers) > 12
    for path, answer in answers.items():
        schema = answer["schema"] | {"components": document["components"]}
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        assert answer["example"], path
        assert [error.message for error in validator.iter_errors(answer["example"])] == [], path
        # an example that leaves out what answers have would not show it
        names = re.findall(r"components/schemas/(\w+)", str(answer["schema"]))
        shown = answer["example"][0] if isinstance(answer["example"], list) else answer["example"]
        assert set(shown) >= set(document["components"]["schemas"][names[0]]["required"]), path
