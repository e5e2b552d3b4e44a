"""`baotinh changes` and `baotinh show --diff`: what people and programs get."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.crawling import baotinh
from support.edited_articles import edited_collection
from support.pseudo_terminal import on_terminal

from archive.collection import Collection
from archive.web.app import site_app

HUI = "baocantho:196001"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return edited_collection(tmp_path_factory.mktemp("edited") / "collection").root


def said(root: Path, *arguments: str) -> str:
    done = baotinh(*arguments, "--collection", str(root))
    assert done.returncode == 0, done.stderr
    return done.stdout


def listed(root: Path, *arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in said(root, "changes", "--json", *arguments).splitlines()]


def test_the_newest_come_first(root: Path) -> None:
    found = listed(root)
    assert [(one["article"], one["kinds"], one["silent"]) for one in found] == [
        ("baocantho:196004", ["caption", "picture-swapped"], True),
        ("baocantho:196003", ["withdrawn"], True),
        ("baovinhlong:196002", ["figures", "added", "correction"], False),
        (HUI, ["moved"], True),
        (HUI, ["headline", "figures", "names", "added", "removed"], True),
    ]
    assert found[-1]["former_title"] == "Bắt giữ chủ hụi ở Cần Thơ"


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["--silent"], 4), (["--kind", "withdrawn", "--kind", "correction"], 2), (["--newspaper", "baovinhlong"], 1),
        (["--section", "Văn hóa"], 1), (["--since", "2026"], 5), (["--until", "30/09/2026"], 0), (["--words", "5"], 3),
        (["--limit", "2"], 2), (["--kind", "figures", "--silent"], 1),
        (["--since", "01/10/2026", "--until", "1/10/2026"], 1),
    ],
)  # fmt: skip
def test_it_is_narrowed(root: Path, arguments: list[str], count: int) -> None:
    assert len(listed(root, *arguments)) == count


def test_the_zone_of_the_times_is_said_once(root: Path) -> None:
    zone = "Times: Asia/Ho_Chi_Minh, UTC+7"
    assert said(root, "changes").startswith(zone + "\n") and said(root, "changes").count(zone) == 1
    assert said(root, "search", "Cần Thơ").count(zone) == 1
    assert "zone" not in said(root, "changes", "--kind", "restored") and "Times" not in said(root, "changes", "--csv")
    assert re.search(r"^\d\d/\d\d/\d{4} \d\d:\d\d UTC\+7 ·", said(root, "show", HUI), re.MULTILINE)
    assert re.search(r"^Times +Asia/Ho_Chi_Minh, UTC\+7$", said(root, "status"), re.MULTILINE)


def test_programs_get_times_in_utc(root: Path) -> None:
    assert all(str(one["at"]).endswith("Z") for one in listed(root))
    client = TestClient(site_app(Collection.open(root), "http://127.0.0.1:8001"))
    assert [one["at"] for one in client.get("/api/v1/changes").json()["changes"]] == [one["at"] for one in listed(root)]


def test_a_table_for_spreadsheets(root: Path) -> None:
    table = list(csv.DictReader(io.StringIO(said(root, "changes", "--csv").removeprefix("\ufeff"))))
    assert len(table) == 5 and table[0]["kinds"] == "caption picture-swapped" and table[1]["silent"] == "True"


def test_what_people_read(root: Path) -> None:
    shown = said(root, "changes")
    assert "Tạm giữ chủ hụi ở Cần Thơ" in shown and "headline, figures, names, added, removed" in shown
    assert "[-Bắt-]{+Tạm+} giữ chủ hụi ở Cần Thơ" in shown and "silent" in shown


def test_what_is_refused(root: Path) -> None:
    for arguments in (["changes", "--newspaper", "x"], ["changes", "--kind", "x"], ["changes", "--json", "--csv"],
                      ["show", HUI, "1"], ["show", HUI, "--diff", "9"], ["show", "baocantho:196003", "--diff"],
                      ["show", HUI, "--diff", "1", "2", "3"], ["show", HUI, "--diff", "1"]):  # fmt: skip
        done = baotinh(*arguments, "--collection", str(root))
        assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr


def test_two_versions_are_compared(root: Path) -> None:
    last = said(root, "show", HUI, "--diff")
    assert "from version 2" in last and "moved" in last
    shown = said(root, "show", HUI, "--diff", "2")
    assert "vì cầm [-200-]{+250+} triệu đồng" in shown
    assert "{+Gia đình ông đã nộp lại một phần tiền cho cơ quan điều tra.+}" in shown
    assert said(root, "show", HUI, "--diff", "1", "2") == shown
    values = json.loads(said(root, "show", HUI, "--diff", "1", "2", "--json"))
    assert values["kinds"] == ["headline", "figures", "names", "added", "removed"]
    assert said(root, "show", HUI, "--diff", values["former"], values["version"][:20]) == shown
    title = next(part for part in values["parts"] if part["field"] == "title")
    assert title["pieces"][0] == {"change": "removed", "text": "Bắt"}


def test_only_what_was_counted_is_told(root: Path) -> None:
    shown = said(root, "changes")
    assert "13 words removed, 18 words added" in shown and "0 words" not in shown
    assert all("id" not in one for one in listed(root))


def test_an_article_says_what_changed_to_each_version(root: Path) -> None:
    shown = said(root, "show", HUI)
    versions = shown[shown.index("version 1") :]
    assert "headline, figures, names, added, removed · 13 words removed" in versions
    assert versions.index("version 2") < versions.index("headline, figures") < versions.index("version 3")


def test_both_pictures_of_an_exchange_are_named(root: Path) -> None:
    shown = said(root, "show", "baocantho:196004", "--diff").splitlines()
    (value,) = json.loads(said(root, "show", "baocantho:196004", "--diff", "--json"))["parts"]
    before, after = (next(one for one in shown if one.startswith(word)) for word in ("before:", "after:"))
    assert value["former_picture"] in before and value["picture_url"] in after and "urn:uuid:" in before


def test_former_wordings_are_found_on_demand(root: Path) -> None:
    assert said(root, "search", '"200 triệu"', "--json") == ""
    (hit,) = map(json.loads, said(root, "search", '"200 triệu"', "--json", "--all-versions").splitlines())
    assert hit["id"] == HUI and hit["former"] is True
    shown = said(root, "search", '"200 triệu"', "--all-versions")
    assert "1 article in a former version only" in shown and hit["version"] in shown


def test_a_terminal_has_colours_unless_none_are_wanted(root: Path) -> None:
    words = ("show", HUI, "--diff", "2", "--collection", root)
    coloured = on_terminal(100, 60, *words)
    assert coloured.code == 0 and "[-" not in coloured.octets.decode()
    # red and struck through, green and underlined
    assert "\x1b[9;31m200" in coloured.octets.decode() and "\x1b[4;32m250" in coloured.octets.decode()
    plain = on_terminal(100, 60, *words, NO_COLOR="1")
    assert "[-200-]{+250+}" in plain.octets.decode()


def test_searches_and_counts_are_narrowed_to_a_kind_of_change(root: Path) -> None:
    def found(*arguments: str) -> list[str]:
        rows = said(root, "export", "--format", "jsonl", *arguments).splitlines()
        return [json.loads(row)["id"] for row in rows]

    assert found("--kind", "withdrawn") == ["baocantho:196003"]
    assert found("--kind", "gỡ") == ["baocantho:196003"]
    assert len(found("--kind", "silent")) < len(found())
    counted, held = (said(root, "stats", *kind, "--by", "year", "--json") for kind in (("--kind", "withdrawn"), ()))
    assert len(counted) > 0 and counted != held
    assert HUI in said(root, "search", "chủ hụi", "--kind", "headline")
    refused = baotinh("search", "--kind", "figure", "--collection", str(root), "x")
    assert refused.returncode == 2 and "figures" in refused.stderr


def test_changes_are_found_by_the_words_that_they_touch(root: Path) -> None:
    assert [one["article"] for one in listed(root, "--text", "tạm giữ")] == [HUI]
    assert [one["article"] for one in listed(root, "--text", "BẮT  giữ chủ hụi", "--limit", "1")] == [HUI]
    assert listed(root, "--text", "tạm giữ", "--kind", "withdrawn") == []
    assert listed(root, "--text", "tam giu") == listed(root, "--text", "tạm giữ")
    assert listed(root, "--text", "tâm giữ") == listed(root, "--text", "ạm giữ") == listed(root, "--text", "[") == []
    (one,) = listed(root, "--text", "tạm giữ")
    assert "Tạm" in json.dumps(one["excerpt"], ensure_ascii=False)
