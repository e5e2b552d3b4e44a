"""Declarations of one's own, in a folder outside the installation: listed, crawled, and found by jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from support.crawling import baotinh
from support.raw_server import raw_server
from support.small_paper import DECLARED, article, listing

from archive.collection import Collection
from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Layout, choose
from crawler.declaration.own import load_own
from crawler.declaration.schema import faults

OWN = DECLARED.replace("baolaocai", "baoxomchai").replace("Báo Lào Cai", "Báo Xóm Chài")
PAGES = {"/van-hoa/": listing("/cho-phien-post71.html"), "/cho-phien-post71.html": article("Chợ phiên họp lại")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "newspapers"
    folder.mkdir()
    (folder / "baoxomchai.py").write_text(OWN, "utf-8")
    (folder / "_notes.py").write_text("raise SystemExit", "utf-8")
    return folder


def test_they_are_listed_and_crawled_by_name(folder: Path, tmp_path: Path) -> None:
    own = {"BAOTINH_NEWSPAPERS": str(folder)}
    shown = baotinh("newspapers", **own).stdout
    assert "baoxomchai *" in shown and f"declare in {folder}" in shown and "100 newspapers" in shown
    profiles = {one["name"]: one for one in map(json.loads, baotinh("newspapers", "--json", **own).stdout.splitlines())}
    assert profiles["baoxomchai"]["own_file"] == str(folder / "baoxomchai.py")
    assert profiles["baocantho"]["own_file"] is None
    with raw_server(PAGES) as server:
        place = ("--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c")
        done = baotinh("crawl", "baoxomchai", *place, **own)
        assert done.returncode == 0, done.stdout + done.stderr
    with Collection.open(tmp_path / "c").catalog() as catalog:
        assert list(catalog.article_ids()) == ["baoxomchai:71"]


def test_jobs_know_them(folder: Path, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    schedule.write_text('contact = "desk@example.org"\n[jobs.xom]\nnewspaper = "baoxomchai"\nevery = "1h"\n', "utf-8")
    assert baotinh("jobs", "check", "--schedule", schedule).returncode == 2
    done = baotinh("jobs", "check", "--schedule", schedule, BAOTINH_NEWSPAPERS=str(folder))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_users_configuration_is_looked_into(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config" / "baotinh").mkdir(parents=True)
    folder.rename(tmp_path / "config" / "baotinh" / "newspapers")
    assert "baoxomchai *" in baotinh("newspapers", XDG_CONFIG_HOME=str(tmp_path / "config")).stdout


def test_ones_own_takes_the_place_of_ours(folder: Path) -> None:
    (folder / "baolaocai.py").write_text(DECLARED.replace("Báo Lào Cai", "Báo Lào Cai, sửa lại"), "utf-8")
    shown = baotinh("newspapers", "--province", "Lào Cai", "--json", BAOTINH_NEWSPAPERS=str(folder)).stdout
    assert '"Báo Lào Cai, sửa lại"' in shown and '"Báo Lào Cai"' not in shown


BROKEN = OWN.replace("baoxomchai", "baohong")
FAULTS = {
    "syntax": ("class (", "baohong.py:1: SyntaxError: "),
    "import": ("import khongcomodun", "baohong.py:1: ModuleNotFoundError: No module named 'khongcomodun'"),
    "name": ("from crawler.crawl.newspaper import KhongCo", "baohong.py:1: ImportError: "),
    "exit": ("import sys\nsys.exit()", "baohong.py:2: SystemExit: no reason is given"),
    "raised": ("TITLES = {}\nTITLES['x']", "baohong.py:2: KeyError: 'x'"),
    "schema": (BROKEN.replace('"Lào Cai"', '"Sài Gòn"', 1), "province: 'Sài Gòn'; give one"),
    "type": (BROKEN + "    hosts = 5\n", "hosts: 5; give a "),
    "empty": ("", "baohong.py:1: class: no newspaper is declared"),
    "octets": ("\0", "baohong.py:"),
    "its name": (OWN, "call the file baoxomchai.py"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_with_a_fault_is_said_with_its_line_and_mend_and_costs_only_itself(folder: Path, fault: str) -> None:
    text, said = FAULTS[fault]
    (folder / "baohong.py").write_text(text, "utf-8")
    own = {"BAOTINH_NEWSPAPERS": str(folder)}
    listed = baotinh("newspapers", "--json", **own)
    names = [json.loads(line)["name"] for line in listed.stdout.splitlines()]
    assert listed.returncode == 0 and "baoxomchai" in names and "baohong" not in names and len(names) == 100
    warned = listed.stderr.strip()
    assert warned.startswith("baotinh: warning: baohong is left out: ") and said in warned and "; " in warned
    assert len(warned.splitlines()) == 1 and "Traceback" not in warned
    checked = baotinh("newspapers", "check", "baohong", **own)
    assert checked.returncode == 2 and said in checked.stderr and len(checked.stderr.splitlines()) == 1
    assert baotinh("newspapers", **own).stdout.count("baoxomchai *") == 1


def test_other_commands_go_on_without_a_file_with_a_fault(folder: Path, tmp_path: Path) -> None:
    (folder / "baohong.py").write_text("class (", "utf-8")
    own = {"BAOTINH_NEWSPAPERS": str(folder)}
    page = json.dumps({"id": 1, "url": "https://baolaocai.vn/cho-phien-post71.html", "html": "<h1>Chợ phiên</h1>"})
    command = [sys.executable, "-m", "crawler.cli", "extract", "--jsonl"]
    done = subprocess.run(command, input=page, capture_output=True, text=True, check=False, env=os.environ | own)
    assert done.returncode == 0 and json.loads(done.stdout)["id"] == 1 and "warning: baohong is left out" in done.stderr
    schedule = tmp_path / "schedule.toml"
    schedule.write_text(
        'contact = "desk@example.org"\n[jobs.xom]\nnewspaper = ["baoxomchai", "baohong"]\nevery = "1h"\n', "utf-8"
    )
    done = baotinh("jobs", "check", "--schedule", schedule, **own)
    assert done.returncode == 0 and "warning: baohong is left out" in done.stderr
    with raw_server(PAGES) as server:
        place = ("--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c")
        assert baotinh("crawl", "baoxomchai", *place, **own).returncode == 0
        warc = next((tmp_path / "c" / "warc").iterdir())
        done = baotinh("newspapers", "check", "--from-archive", warc, "--json", **own)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1 and {one["newspaper"] for one in verdicts} == {"baohong", "baoxomchai"}
    assert [one["matched"] for one in verdicts if one["newspaper"] == "baohong"] == [0]


def test_ours_is_used_where_ones_own_has_a_fault_and_it_is_said(folder: Path) -> None:
    (folder / "baolaocai.py").write_text("class (", "utf-8")
    done = baotinh("newspapers", "--province", "Lào Cai", BAOTINH_NEWSPAPERS=str(folder))
    assert "baolaocai " in done.stdout and "baolaocai *" not in done.stdout
    assert "baolaocai is left out; the installation's declaration of it is used" in done.stderr
    assert baotinh("crawl", "baolaocai", BAOTINH_NEWSPAPERS=str(folder)).returncode == 2


ODD = (None, 5, "x", b"x", (), (5,), ("x", None), {}, {"x": 1}, [], ["x"], object(), int, float("nan"), True)


def test_no_value_of_an_attribute_breaks_the_schema(folder: Path) -> None:
    declared = load_own(folder / "baoxomchai.py", NewspaperSpider)
    for attribute in typing.get_type_hints(Declared):
        for value in ODD:
            odd = type("Odd", (declared,), {attribute: value})
            if not list(faults(odd)):
                json.dumps(odd.profile())
    for field in attrs.fields_dict(Layout).keys() - {"unproved"}:
        for value in ODD:
            odd = type("Odd", (declared,), {"layouts": (Layout(**{"body": "div", field: value}),)})
            if not list(faults(odd)):
                json.dumps(odd.profile())
                assert choose(odd.layouts, datetime(2026, 1, 1, tzinfo=UTC)) is not None


@pytest.mark.parametrize("command", [
    ("newspapers",), ("newspapers", "check", "baocantho"), ("extract", "--jsonl"), ("crawl", "baocantho"),
    ("capture", "https://baocantho.com.vn/x-a1.html"), ("jobs", "check", "--schedule", "none.toml"),
])  # fmt: skip
def test_a_folder_that_is_named_and_not_there_is_said_by_every_command(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "tep").write_text("")
    for name in ("khong-co", "tep"):
        done = baotinh(*command, BAOTINH_NEWSPAPERS=str(tmp_path / name), BAOTINH_CONTACT="desk@example.org")
        assert done.returncode == 2 and "BAOTINH_NEWSPAPERS" in done.stderr and str(tmp_path / name) in done.stderr
        assert len(done.stderr.splitlines()) == 1
