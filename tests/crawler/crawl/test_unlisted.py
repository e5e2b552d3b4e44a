"""Articles of an imported archive to which no list in it links."""

from __future__ import annotations

from pathlib import Path

from support.crawling import baotinh
from support.others_archive import FIRST, HOST, SECOND, SECTION, Reading, page, response, section
from support.small_paper import redirect

from archive.collection import Collection

_LISTED, _ALONE, _MOVED = f"{HOST}/ben-do-post11.html", f"{HOST}/xuong-go-post12.html", f"{HOST}/lo-gom-post13.html"


def _records() -> list[bytes]:
    return [
        response(1, SECTION, section("/ben-do-post11.html", "/cu-post13.html")),
        response(2, _LISTED, page("Bến đò cũ")),
        response(3, f"{_ALONE}?trang=2", page("Xưởng gỗ, phần cuối"), SECOND),
        response(4, _ALONE, page("Xưởng gỗ bên sông")),
        response(5, f"{HOST}/cu-post13.html", redirect("/lo-gom-post13.html")[0]),
        response(6, _MOVED, page("Lò gốm mới nhóm lửa")),
        response(7, f"{HOST}/gioi-thieu.html", page("Giới thiệu toà soạn")),
        response(8, "https://baokhac.example/tin-post14.html", page("Tin của báo khác")),
        response(9, f"{_LISTED}?utm_source=zalo", page("Bến đò cũ"), SECOND),
    ]


def test_articles_that_no_list_links_to_are_read(tmp_path: Path) -> None:
    reading = Reading(tmp_path, _records())
    counts = reading.crawl()
    assert reading.titles() == {
        "/ben-do-post11.html": "Bến đò cũ",
        "/xuong-go-post12.html": "Xưởng gỗ bên sông",  # and not its second page, as another version
        "/lo-gom-post13.html": "Lò gốm mới nhóm lửa",
    }
    assert counts["articles new"] == 3 and counts["pages"] == 4  # each article once, and the list
    assert "articles changed" not in counts and "articles duplicate" not in counts


def test_without_any_list_all_articles_are_read(tmp_path: Path) -> None:
    reading = Reading(tmp_path, [response(1, _ALONE, page("Xưởng gỗ bên sông"), FIRST)])
    assert reading.crawl()["articles new"] == 1
    assert reading.titles() == {"/xuong-go-post12.html": "Xưởng gỗ bên sông"}


def test_of_a_single_section_only_what_it_lists_is_read(tmp_path: Path) -> None:
    reading = Reading(tmp_path, _records())
    for chosen in (["--section", "van-hoa"], ["--limit", "2"]):
        root = tmp_path / chosen[0].strip("-")
        done = baotinh("crawl", reading.paper, *chosen, "--from-archive", reading.archive, "--collection", root)
        assert done.returncode == 0, done.stderr
        with Collection.open(root).catalog() as catalog:
            assert catalog.count_articles() == 2


def test_what_is_missing_is_shown_in_words(tmp_path: Path) -> None:
    reading = Reading(tmp_path, [response(1, _ALONE, page("Xưởng gỗ bên sông"), FIRST)])
    reading.crawl()
    shown = baotinh("show", "baolaocai:12", "--collection", reading.root)
    (authors,) = (line for line in shown.stdout.splitlines() if line.strip().startswith("authors"))
    assert shown.returncode == 0 and "_" not in authors and authors.split()[1:], shown.stdout
