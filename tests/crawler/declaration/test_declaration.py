"""The schema of declarations: what is wrong is refused with file, line and mend; what is right passes."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from support.crawling import baotinh

from archive.errors import BadDeclaration, FileMissing
from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout
from crawler.declaration.loading import load_file
from crawler.declaration.provinces import MERGED_ON, PROVINCES
from crawler.runs.run import newspapers

GOOD = '''"""A paper for the test."""

from crawler.declaration.layout import Layout, Section
from crawler.crawl.newspaper import NewspaperSpider


class Paper(NewspaperSpider):
    name = "baothu"
    title = "Báo Thử"
    province = "Cà Mau"
    provinces_before = ("Bạc Liêu",)
    hosts = ("baothu.vn",)
    sections = (Section("Kinh tế", "/kinh-te/"),)
    article_pattern = r"-a(?P<id>\\d+)\\.html$"
    layouts = (Layout(title="h1", published_at="time", body="#content"),)
'''


def declared(folder: Path, old: str = "", new: str = "") -> type[NewspaperSpider]:
    assert old in GOOD
    path = folder / "paper.py"
    path.write_text(GOOD.replace(old, new) if old else GOOD, "utf-8")
    return load_file(path, NewspaperSpider)


def test_a_good_declaration_passes(tmp_path: Path) -> None:
    assert declared(tmp_path).profile()["title"] == "Báo Thử"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('    title = "Báo Thử"\n', "", 7, "title: missing; declare title = "),
        ('title = "Báo Thử"', 'title = ""', 9, "the paper's own name"),
        ('"Cà Mau"', '"Bạc Liêu"', 10, "one of the provinces since July 2025"),
        ('("Bạc Liêu",)', '("Hậu Giang",)', 11, "those that became Cà Mau: Cà Mau, Bạc Liêu"),
        ('("Bạc Liêu",)', "()", 11, "those that became Cà Mau"),
        ('("baothu.vn",)', '("https://baothu.vn/",)', 12, "without scheme and path"),
        ('("baothu.vn",)', "()", 12, "a tuple of host names"),
        (
            '("Bạc Liêu",)',
            '("Bạc Liêu",)\n    merged_into = "Báo Cà Mau"',
            12,
            "the name of another declared newspaper",
        ),
        ('("Bạc Liêu",)', '("Bạc Liêu",)\n    edition_of = "baothu"', 12, "the name of another declared newspaper"),
        ('("Bạc Liêu",)', '("Bạc Liêu",)\n    language = "Khmer"', 12, "a code of ISO 639"),
        ('("Bạc Liêu",)', '("Bạc Liêu",)\n    paths = ("/en",)', 12, 'begin and end with "/"'),
        ('("Bạc Liêu",)', '("Bạc Liêu",)\n    other_paths = "/en/"', 12, 'begin and end with "/"'),
        ('("Bạc Liêu",)', '("Bạc Liêu",)\n    unsure = ("host",)', 12, "names, not 'host'"),
        ('"/kinh-te/"', '"kinh-te"', 13, 'a path that begins with "/"'),
        ('(Section("Kinh tế", "/kinh-te/"),)', '("/kinh-te/",)', 13, 'Section("name", "/path/")'),
        ("(?P<id>\\d+)", "(\\d+)", 14, "(?P<id>...)"),
        ("(?P<id>\\d+)", "(?P<id>\\d+", 14, "a regular expression"),
        ('body="#content"', 'body="#content >> p"', 15, "is no CSS selector"),
        ('body="#content"', 'body="#content", drop=("p[",)', 15, "drop: 'p[' is no CSS selector"),
        ('body="#content"', 'body="#content", related=(".lq",)', 15, "related: ('.lq',) is no CSS selector"),
        ('body="#content"', 'body="#content", body_script="x = y"', 15, "one group"),
        (
            'name = "baothu"',
            'name = "baothu"\n    verified = __import__("datetime").date(2026, 1, 8)',
            16,
            "leave out verified",
        ),
        ('name = "baothu"', 'name = "baothu"\n    verified = "2026-01-08"', 9, "date(2026, 1, 8)"),
        ('body="#content"', "", 15, "body"),
        ('body="#content"', 'body="#content", tittle="h1"', 15, "tittle"),
        ('name = "baothu"', 'name = "Báo-Thử"', 8, "small letters and digits"),
        ('name = "baothu"', 'name = "baothu"\n    delay = 0.1', 9, "seconds, 1 to 600"),
        ('name = "baothu"', 'name = "baothu"\n    time_zone = "Asia/Saigong"', 9, "time zone database"),
        ('name = "baothu"', 'name = "baothu"\n    paging = "?p=2"', 9, "{page}"),
        ('name = "baothu"', 'name = "baothu"\n    feeds = ("rss.xml",)', 9, "begin with"),
        ('name = "baothu"', 'name = "baothu"\n    section_pages = "a[href"', 9, "CSS selector"),
        ('name = "baothu"', 'name = "baothu"\n    former_article_patterns = (r"-a(\\d+)$",)', 9, "former_id"),
        ('name = "baothu"', 'name = "baothu"\n    needs_browser = "sections"', 9, "a tuple of what scripts draw"),
        ('name = "baothu"', 'name = "baothu"\n    needs_browser = ("lists",)', 9, "'sections', 'articles'"),
        (
            'name = "baothu"',
            'name = "baothu"\n    browser_hosts = ("https://cdn.vn/x",)',
            9,
            "host names without scheme",
        ),
        ('name = "baothu"', 'name = "baothu"\n    more_button = "#["', 9, "give a CSS selector"),
        ('name = "baothu"', 'name = = "baothu"', 8, "SyntaxError"),
        ("from crawler.declaration.layout import", "from crawler.layouts import", 3, "crawler.layouts"),
    ],
)
def test_a_wrong_declaration_is_refused_with_file_line_and_mend(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    with pytest.raises(BadDeclaration) as caught:
        declared(tmp_path, old, new)
    error = caught.value
    assert (error.path, error.line, error.exit_code) == (tmp_path / "paper.py", line, 2)
    assert said in str(error) and str(error).startswith(f"{tmp_path / 'paper.py'}:{line}: ")


def test_what_a_family_declares_wrong_is_mended_there(tmp_path: Path) -> None:
    family = GOOD.replace("class Paper", "class Family").replace("#content", "#content >> p")
    (tmp_path / "paper.py").write_text(family + '\n\nclass Paper(Family):\n    name = "baothu"\n', "utf-8")
    with pytest.raises(BadDeclaration) as caught:
        load_file(tmp_path / "paper.py", NewspaperSpider)
    assert caught.value.line == 15


def test_a_file_that_is_not_there_or_declares_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("NOTHING = 1\n")
    for name, error in (("empty.py", BadDeclaration), ("none.py", FileMissing)):
        with pytest.raises(error):
            load_file(tmp_path / name, NewspaperSpider)


def test_the_former_name_of_verified_works_on_for_a_version(tmp_path: Path) -> None:
    with pytest.warns(DeprecationWarning, match="verified"):
        paper = declared(tmp_path, 'name = "baothu"', 'name = "baothu"\n    unproved = False')
    assert paper.verified is None and paper.profile()["unproved"] is True
    with pytest.warns(DeprecationWarning, match="verified"):
        assert Layout(body="p", unproved=True) == Layout(body="p")


def test_a_spider_refuses_its_own_faults() -> None:
    class Wrong(NewspaperSpider):
        name, title, province = "baosai", "Báo Sai", "Sài Gòn"
        hosts = ("baosai.vn",)
        article_pattern = r"(?P<id>\d+)"

    with pytest.raises(BadDeclaration, match="province"):
        Wrong()


def test_the_provinces_are_the_34_and_the_63_of_before() -> None:
    before = [name for parts in PROVINCES.values() for name in parts]
    assert (len(PROVINCES), len(before), len(set(before))) == (34, 63, 63)
    assert all(name in parts for name, parts in PROVINCES.items())
    assert date(2025, 7, 1) == MERGED_ON


def test_the_papers_stand_in_the_provinces_that_they_wrote_for() -> None:
    known = newspapers()
    assert known["baobaclieu"].province == "Cà Mau" and known["baohaugiang"].province == "Cần Thơ"
    assert known["baobinhduong"].province == "TP Hồ Chí Minh" and known["baodongkhoi"].province == "Vĩnh Long"
    assert known["baoquangbinh"].province == "Quảng Trị" and known["nhandan"].province is None
    assert known["baodongkhoi"].former_hosts[0] == "baodongkhoi.vn"


@pytest.mark.parametrize(
    ("paper", "path", "own"),
    [
        ("baocantho", "/mua-lua-a196670.html", "196670"),
        ("baocantho", "/thoi-su/", None),
        ("baolaocai", "/cho-phien-post395403.html", "395403"),
        ("tienphong", "/xe-dap-cu-post1754.tpo", "1754"),
        ("hanoimoi", "/ca-ngo-10293847.html", "10293847"),
        ("hanoimoi", "/ca-ngo-event4123.html", None),
        ("baodongnai", "/kinh-te/202509/xuong-go-a3f9c21/", "a3f9c21"),
        ("baoquangngai", "/bien-dao/202305/va-luoi-7b20e4d/", "former-7b20e4d"),
        ("baoquangngai", "/va-luoi-123456.htm", "123456"),
        ("baodaklak", "/van-hoa/202503/bai-khan/", "202503/bai-khan"),
        ("baothainguyen", "/kinh-te/202510/doi-che-5f61220/", "5f61220"),
        ("baohaugiang", "/kinh-te/muong-vuon-9901.html", "9901"),
        ("baohaugiang", "/kinh-te-12.html", None),
        ("baobacninhtv", "/lien-chi-postid990197.bbg", "990197"),
        ("baodienbienphu", "/tin-bai/xa-hoi/cay-cau-tre", "xa-hoi/cay-cau-tre"),
    ],
)
def test_an_articles_own_id_is_read_from_its_address(paper: str, path: str, own: str | None) -> None:
    assert newspapers()[paper].article_of(path) == own


def test_a_declared_pause_is_the_settings() -> None:
    from scrapy.settings import Settings

    settings = Settings()
    newspapers()["baocantho"].update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == 2.0


def test_quang_ngais_bodies_are_read_from_both_scripts() -> None:
    first, second = newspapers()["baoquangngai"].layouts
    assert re.search(first.body_script or "", 'var outputData = "<p>Một \\"hai\\"</p>";')
    assert re.search(second.body_script or "", "$('#content').html(`<p>Một</p>`)")


def test_the_list_of_newspapers_says_what_is_known_of_each() -> None:
    done = baotinh("newspapers")
    assert done.returncode == 0 and len(done.stdout.splitlines()) >= 97
    *table, below, notes = done.stdout.splitlines()
    rows = {line.split()[0]: line for line in table[2:]}
    assert not below and notes.startswith("99 newspapers and editions; 8 verified")
    assert "2026-01-08" in rows["baocantho"] and " 15 " in rows["baocantho"]
    assert "2026-10-01" in rows["baonghean"] and "looked for" in rows["baonghean"]
    assert rows["hanoimoi"].rstrip().endswith(" no") and "onecms" in rows["hanoimoi"]
    assert " unknown " in rows["baolangson"] and "cadn.com.vn ?" in rows["congandanang"]
    assert " baocantho " in rows["baohaugiang"] and "baonghean.vn/en/" in rows["baongheanen"]
    assert "by script" in rows["baodienbienphu"] and "the whole country" in rows["nhandan"]
    profiles = [json.loads(line) for line in baotinh("newspapers", "--json").stdout.splitlines()]
    assert {card["name"] for card in profiles} == newspapers().keys()
    assert all({"title", "province", "hosts", "time_zone", "family", "verified"} <= card.keys() for card in profiles)


def test_the_newspapers_of_a_province_of_today_or_before() -> None:
    for typed, names in (("phu yen", {"baodaklak", "baophuyen"}), ("Hà Nam", {"baohanam", "baoninhbinh"})):
        profiles = map(json.loads, baotinh("newspapers", "--province", typed, "--json").stdout.splitlines())
        assert {profile["name"] for profile in profiles} == names
    done = baotinh("newspapers", "--province", "Phú Yênn")
    assert done.returncode == 2 and "did you mean 'Phú Yên'" in done.stderr
