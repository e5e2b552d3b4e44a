"""What an address is known by does not hold a visitor's marks, and holds all else."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalog import migrations
from archive.catalog.identities import enter, known_as
from archive.catalog.lines import add_functions
from archive.identity import (
    address_key,
    article_id,
    identity_of,
    is_other_form,
    may_be_same,
    names_article,
    plain_address,
    plain_form,
    plain_path,
    plain_target,
    with_former,
)
from archive.search.addresses import articles_at

PATTERN = r"-post(?P<id>\d+)\.html$"
SESSION = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"


@pytest.mark.parametrize(
    "marked",
    [
        f"/x.html?a=1&PHPSESSID={SESSION}",
        f"/x.html?PHPSESSID={SESSION}&a=1",
        f"/x.html;jsessionid={SESSION}.node-1?a=1",
        f"/x.html;JSESSIONID={SESSION}?a=1",
        f"/(S({SESSION[:24]}))/x.html?a=1",
        f"/(X(1)A({SESSION})F(abc)S({SESSION[:24]}))/x.html?a=1",
        f"/x.html?a=1&sid={SESSION}",
        f"/x.html?s={SESSION}&a=1",
        "/x.html?sid=18ec2cec60b3&a=1",
        "/x.html?a=1&ASPSESSIONIDQQABCDEF=ABCDEFGHIJKLMNOPABCDEFGH",
        "/x.html?utm_source=zalo&utm_medium=tin&a=1&fbclid=IwAR0_x-y&gclid=z#dau",
        "/x.html?&a=1&",
        "/%78.html?%61=1",
    ],
)
def test_a_visitors_marks_are_left_out(marked: str) -> None:
    assert plain_address(f"http://bao.test{marked}") == "http://bao.test/x.html?a=1"


@pytest.mark.parametrize(
    "path",
    [
        "/x.html?sid=12", "/x.html?sid=202611280012345", "/x.html?s=nong-nghiep", "/x.html?session=sang",
        "/tin;muc=2/x.html", "/(tin)/x.html", "/X.html", "/x.html?a=2&b=1", "/x.html?q=a%26b", "/a%2Fb.html",
        "/x.html?ref=trang-chu", "/x(1).html", "/%E1%BB%A3?q=%E1",
        "/x.html?id=phpsessid",
    ],
)  # fmt: skip
def test_all_else_is_kept(path: str) -> None:
    assert plain_address(f"http://bao.test{path}") == f"http://bao.test{path}"


KEY = "bao.test/tin/chợ-nổi.html"


@pytest.mark.parametrize(
    "form",
    [
        "https://bao.test/tin/ch%E1%BB%A3-n%E1%BB%95i.html", "http://www.bao.test/tin/chợ-nổi.html#dau",
        "http://m.bao.test/tin/cho%CC%9B%CC%A3-n%C3%B4%CC%89i.html", "https://bao.test:443/tin/ch%e1%bb%a3-nổi.html",
        "https://bao.test/amp/tin/chợ-nổi.html", "https://bao.test/tin/chợ-nổi/amp.html", "https://bao.test/tin/chợ-nổi.amp.html",
        "https://bao.test/tin/chợ-nổi.html/amp/", "https://bao.test/in/tin/chợ-nổi.html", "https://bao.test/tin/chợ-nổi.html/print",
        "https://bao.test/tin/chợ-nổi.html/", "https://bao.test//tin//chợ-nổi.html/in", "https://bao.test/tin/chợ-nổi.html.amp",
        "https://bao.test/tin/chợ-nổi.html?tmpl=component&print=1&layout=default&page=",
        "https://bao.test/tin/chợ-nổi.html?display=print", "https://mobile.bao.test/tin/chợ-nổi.html?amp=amp",
        "https://bao.test/tin/chợ-nổi.html?print=1&utm_medium=x", "https://amp.bao.test/tin/chợ-nổi.html?view=amp",
        f"https://bao.test/tin/chợ-nổi.html;jsessionid={SESSION}?amp",
    ],
)  # fmt: skip
def test_spellings_and_forms_share_a_key(form: str) -> None:
    assert address_key(form) == KEY


@pytest.mark.parametrize(
    "other",
    [
        "https://bao.test/tin/cho-noi.html", "https://bao.test/tin/chợ-nổi.html?trang=2", "https://khac.test/tin/chợ-nổi.html",
        "https://bao.test/chợ-nổi.html", "https://bao.test/tin/chợ-nổi-amp.html", "https://bao.test/tin/chợ-nổi.html?page=",
        "https://bao.test/tin/chợ-nổi.html/2", "https://bao.test/tin/chợ-nổi.html?view=2", "https://bao.test/tin/.amp", "https://bao.test/tin/Chợ-nổi.html",
        "https://bao.test/tin/ch%E1%BB-nổi.html",
    ],
)  # fmt: skip
def test_other_addresses_have_other_keys(other: str) -> None:
    assert address_key(other) != KEY


@given(st.text(alphabet="/?&=%;#.:ampinrtw1Ạ\u0323ợ", max_size=40))
def test_a_key_is_its_own_key(rest: str) -> None:
    key = address_key(f"https://bao.test/{rest}")
    assert address_key(f"http://{key}") == key or "%" in key or "//" in key
    is_other_form(f"https://bao.test/{rest}")


@pytest.mark.parametrize(
    ("named", "url", "is_same"),
    [
        ("https://bao.test/tin/cho-noi-mua-nuoc.html", "https://bao.test/van-hoa/cho-noi-mua-nuoc.html", True),
        ("https://bao.test/cho-noi-mua-nuoc-12345.html", "https://bao.test/print/12345", True),
        ("https://bao.test/cho-noi-12345.html", "https://m.bao.test/cho-noi-12345.html", True),
        ("https://moi.test/cho-noi-mua-nuoc.html", "https://bao.test/tin/cho-noi-mua-nuoc.html", True),
        ("https://bao.test/", "https://bao.test/tin/cho-noi-mua-nuoc.html", False),
        ("https://bao.test/tin/", "https://bao.test/tin/cho-noi-mua-nuoc.html", False),
        ("https://bao.test/tin/gia-lua-tang-manh.html", "https://bao.test/tin/cho-noi-mua-nuoc.html", False),
        ("https://bao.test/cho-noi-mua-nuoc-12346.html", "https://bao.test/cho-noi-mua-nuoc-12345.html", False),
        ("https://bao.test/2024/tin-gia-vang-hom-nay.html", "https://bao.test/2025/tin-gia-vang-hom-nay.html", False),
        ("https://bao.test/20260108/gia-lua-tang-manh.html", "https://bao.test/20260108/cho-noi-mua-nuoc.html", False),
        ("https://bao.test/chi-tiet.aspx?id=12346", "https://bao.test/chi-tiet.aspx?id=12345", False),
        ("https://bao.test/chi-tiet.aspx?id=12345&cat=3", "https://bao.test/chi-tiet.aspx?cat=7&id=12345", True),
    ],
)
def test_an_address_that_a_page_calls_its_own_is_believed_where_it_may_be(named: str, url: str, is_same: bool) -> None:
    assert may_be_same(named, url) is is_same


_PIECES = ["/", ";", "?", "&", "=", "#", "%", "%2", "%41", "%2f", "%75", "(S(", "))", "sid="]
_PIECES += ["utm_x=1", "tm_x=1", SESSION, "a"]


@given(st.lists(st.sampled_from(_PIECES), max_size=12))
def test_what_is_plain_stays_as_it_is(parts: list[str]) -> None:
    once = plain_address("http://bao.test/" + "".join(parts))
    assert plain_address(once) == once


def test_an_articles_addresses_are_known_by_its_id() -> None:
    one = [
        "http://bao.test/tin/cho-noi-post41.html", "http://bao.test/tin/cho-noi-post41.html?t=17", "http://bao.test/post41.html",
        f"http://bao.test/kinh-te/cho-post41.html;jsessionid={SESSION}", f"http://bao.test/(S({SESSION}))/cho-post41.html",
    ]  # fmt: skip
    assert {identity_of("baothu", url, PATTERN) for url in one if url != "http://bao.test/post41.html"} == {"baothu:41"}
    assert identity_of("baothu", "http://bao.test/gioi-thieu?fbclid=x", PATTERN) == "bao.test/gioi-thieu"
    assert plain_path(one[3]) == "/kinh-te/cho-post41.html"


def test_marks_without_end_take_no_time() -> None:
    for path in ("/" + "(S(" * 50_000, "/(" + "S(a)" * 50_000, ";sid=" * 50_000, "?" + "sid=&" * 50_000):
        plain_address("http://bao.test" + path)


def catalog(steps: int | None = None) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    add_functions(connection)
    for step in migrations.STEPS[:steps]:
        connection.executescript(step)
    return connection


def seen(connection: sqlite3.Connection, url: str, gone_at: str | None = None) -> None:
    connection.execute(
        """INSERT INTO addresses (newspaper, url, kind, first_seen_at, next_due_at, gone_at)
        VALUES ('baothu', ?, 'article', '2026', '2026', ?)""",
        (url, gone_at),
    )


def test_a_new_address_is_known_as_that_of_its_article() -> None:
    first, second, other = (f"http://bao.test/tin-post41.html?PHPSESSID={n}" for n in "123")
    renamed = "http://bao.test/ten-moi-post41.html"
    with closing(catalog()) as connection:

        def spelled(*urls: str) -> list[str]:
            identities = {url: identity_of("baothu", url, PATTERN) for url in urls}
            return list(known_as(connection, "baothu", identities).values())

        assert spelled(first, second) == [first, first]
        seen(connection, first)
        enter(connection, "baothu", {first: "baothu:41"})
        assert spelled(second, first, renamed) == [first, first, first]
        connection.execute("UPDATE addresses SET gone_at = '2026'")
        assert spelled(second) == [first]  # it is gone there, and here
        assert spelled(renamed) == [renamed]  # the paper gave it another address
        seen(connection, renamed)
        enter(connection, "baothu", {renamed: "baothu:41"})
        assert spelled(other, renamed) == [renamed, renamed]
        assert known_as(connection, "khac", {other: "khac:41"}) == {other: other}


def test_an_address_found_in_this_run_is_known_before_the_catalog_has_it() -> None:
    first, second, third = (f"http://bao.test/{name}-post41.html" for name in ("tin", "ten-moi", "ten-nua"))
    new: dict[str, str] = {}
    with closing(catalog()) as connection:

        def spelled(url: str) -> str:
            return known_as(connection, "baothu", {url: "baothu:41"}, new)[url]

        assert [spelled(first), spelled(second)] == [first, first]
        seen(connection, first, gone_at="2026")
        enter(connection, "baothu", {first: "baothu:41"})
        assert [spelled(second), spelled(third)] == [second, second]  # the first is gone meanwhile


def test_of_an_older_collections_addresses_one_that_is_there_is_taken() -> None:
    step = next(number for number, step in enumerate(migrations.STEPS) if "CREATE TABLE identities" in step)
    urls = [f"http://bao.test/tin-post41.html?PHPSESSID={number}" for number in range(4)]
    with closing(catalog(step)) as connection:
        for url, gone_at in zip(urls[:3], ("2026", None, None), strict=True):
            seen(connection, url, gone_at)
        connection.execute("UPDATE addresses SET article_id = 'baothu:41'")
        connection.commit()
        connection.executescript(migrations.STEPS[step])
        assert known_as(connection, "baothu", {urls[3]: "baothu:41"}) == {urls[3]: urls[1]}


def test_an_address_without_marks_is_found_by_itself() -> None:
    plain = "http://bao.test/gioi-thieu?a=1"
    with closing(catalog()) as connection:
        seen(connection, plain)
        assert known_as(connection, "baothu", {f"{plain}&fbclid=x": plain}) == {f"{plain}&fbclid=x": plain}
        marked = f"http://bao.test/lien-he?sid={SESSION}"
        seen(connection, marked)
        enter(connection, "baothu", {marked: plain_address(marked)})
        bare = plain_address(marked)
        assert known_as(connection, "baothu", {bare: bare}) == {bare: marked}


TODAY, FORMER = r"[^/-]-(?P<id>\d{4,})\.html$", (r"-a(?P<former_id>\d{4,})\.html$", r"^/95/(?P<id>\d{5,})/")


def test_a_former_scheme_gives_the_number_of_today_only_where_it_says_so() -> None:
    pattern = with_former(TODAY, FORMER)
    found = {path: article_id(pattern, path) for path in (
        "/mua-nuoc-noi-12345.html", "/mua-nuoc-noi-a12345.html", "/95/12345/mua-nuoc-noi/", "/95/12345/x-99999.html",
        "/lien-he.html",
    )}  # fmt: skip
    assert list(found.values()) == ["12345", "former-12345", "12345", "99999", None]
    assert identity_of("bao", "https://cu.vn/mua-a12345.html", pattern) == "bao:former-12345"
    assert identity_of("bao", "https://cu.vn/95/12345/mua/", pattern) == identity_of("bao", "/mua-12345.html", pattern)
    assert with_former(TODAY, ()) == TODAY


@pytest.mark.parametrize("pattern", [r"-(?P<id>\d{4,})\.html$", r"-(?P<id>\d{4,})/?$", r"^/[^/]+/[^/]+-(?P<id>\d+)/$"])
def test_the_id_is_that_of_the_plain_form(pattern: str) -> None:
    plain = "/tin/cho-noi-12345" + (".html" if "html" in pattern else "/")
    stem = plain.removesuffix(".html").rstrip("/")
    forms = [
        plain,
        f"/amp{plain}",
        f"{plain.rstrip('/')}/amp",
        f"{plain.rstrip('/')}/print/",
        f"{stem}.amp",
        f"{stem}/print",
    ]
    assert {article_id(pattern, form) for form in (*forms, f"/{plain}")} == {"12345"}
    assert all(names_article(re.compile(pattern), form) for form in forms)
    for other in ("/tin/cho-noi/amp", "/tin/amp", "/amp", "/print/", "/", "//", "", "/tin/cho-noi-12345/binh-luan"):
        assert article_id(pattern, other) is None


def test_a_pattern_that_asks_for_a_query_finds_the_id_there_and_others_do_not() -> None:
    pattern = r"(?i:/detail\.aspx\?(?:.*&)?id=)(?P<id>\d{3,})"
    forms = ("/News/Detail.aspx?id=5101", "/news/detail.aspx?cat=3&id=5101", "/(S(x))/News/Detail.aspx?id=5101#y")
    assert {article_id(pattern, plain_target(f"https://bao.test{form}")) for form in forms} == {"5101"}
    assert article_id(pattern, "/News/List.aspx?id=5101") is None
    assert article_id(r"-(?P<id>\d+)\.html$", "/cho-lui-5101.html?from=muc-12.html") == "5101"
    assert article_id(r"(?P<id>\d+)$", "/muc/?trang=12") is None
    assert identity_of("baothu", "https://m.bao.test/detail.aspx?x=1&id=5101", pattern) == "baothu:5101"


def test_a_section_with_a_number_is_no_form_of_an_article() -> None:
    assert article_id(r"[^/-]-(?P<id>\d{4,})\.html$", "/dai-hoi-2025/") is None
    assert article_id(r"^/(?P<id>in/\d+)$", "/in/12345") == "in/12345"
    assert plain_form(re.compile(r"-(?P<id>\d+)\.tpo$"), "/x-12.amp") == "/x-12.tpo"


def test_a_hostile_address_is_judged_in_no_time() -> None:
    pattern = with_former(TODAY, FORMER)
    assert article_id(pattern, "/" + "-a1" * 700 + ".htm") is None


@pytest.mark.parametrize(
    "form", ["https://m.bao.vn/x-post41.html", "https://amp.bao.vn/x-post41.amp", "http://www.bao.vn/x-post41.html/"]
)
def test_an_article_is_searched_for_by_any_form_of_its_address(form: str) -> None:
    profiles = {"bao": {"hosts": ["www.bao.vn"], "article_pattern": PATTERN}, "khac": {"hosts": ["khac.vn"]}}
    assert articles_at(form, profiles)[0] == "bao:41"
    assert articles_at(form.replace("bao", "mbao"), profiles) == []
