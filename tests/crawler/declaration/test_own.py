"""Declarations of one's own, in a folder outside the installation: listed, crawled, and found by jobs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.raw_server import raw_server
from support.small_paper import DECLARED, article, listing

from archive.collection import Collection

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
    schedule.write_text('[jobs.xom]\nnewspaper = "baoxomchai"\nevery = "1h"\n', "utf-8")
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


def test_a_fault_is_said_with_its_place_and_stops_no_other_newspaper(folder: Path, tmp_path: Path) -> None:
    (folder / "baosai.py").write_text(OWN.replace('"Lào Cai"', '"Sài Gòn"', 1).replace("baoxomchai", "baosai"), "utf-8")
    (folder / "baoten.py").write_text(OWN, "utf-8")
    own = {"BAOTINH_NEWSPAPERS": str(folder)}
    done = baotinh("newspapers", **own)
    assert done.returncode == 2 and f"{folder / 'baosai.py'}:" in done.stderr and "province" in done.stderr
    (folder / "baosai.py").unlink()
    done = baotinh("newspapers", **own)
    assert done.returncode == 2 and "call the file baoxomchai.py" in done.stderr
    with raw_server(PAGES) as server:
        place = ("--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c")
        assert baotinh("crawl", "baoxomchai", *place, **own).returncode == 0


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = baotinh("newspapers", BAOTINH_NEWSPAPERS=str(tmp_path / "khong-co"))
    assert done.returncode != 0 and "BAOTINH_NEWSPAPERS" in done.stderr and len(done.stderr.splitlines()) == 1
