"""What becomes of articles: gone, withdrawn, moved, returned; each with its time and its proof, the versions kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.crawling import baotinh
from support.raw_server import raw_server
from support.small_paper import BROKEN, GONE, HOST, MISSING, Paper, answer, article, found, listing, redirect

from archive.reasons import reason_words

URL = f"{HOST}/a-post1.html"
FATES = "SELECT fate, url, status, leads_to FROM fates ORDER BY id"


def crawled(tmp_path: Path, *answers: list[Any], again: int = 1, **pages: list[Any]) -> Paper:
    """The paper after a crawl and so many that look at everything again."""
    own = {"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": [one for turn in answers for one in turn]}
    with raw_server(own | {"/" + path.replace("_", "-"): turns for path, turns in pages.items()}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        for _ in range(again):
            paper.crawl("--recheck")
    return paper


CHO = article("Chợ lùi")
LOST = answer("<title>Báo Lào Cai</title><p>Bài viết bạn tìm không còn tồn tại.</p>")
OTHER_LOST = answer("<title>Không tìm thấy trang | Báo Lào Cai</title><p>Mời bạn về trang chủ.</p>")
REDESIGNED = answer(
    "<title>Chợ lùi</title><main>" + ("chợ họp từ sáng sớm " * 8 + "<br>") * 3 + "</main>"
    "<p>Không tìm thấy bài viết liên quan</p>"
)

TIME = "<meta property='article:published_time' content='2025-06-17T13:43:00+07:00'>"
EMPTIED = answer(
    f"<title>Chợ lùi</title><h1 class='article__title'>Chợ lùi</h1>{TIME}"
    "<div class='article__body cms-body'><p></p></div><ul><li><a href='/b-post2.html'>Bến cũ</a></li></ul>"
)
FRONT = answer(
    "<title>Báo Lào Cai</title><link rel='canonical' href='https://baolaocai.vn/'>"
    "<ul><li><a href='/b-post2.html'>Bến cũ</a></li><li><a href='/c-post3.html'>Nương mới</a></li></ul>"
)
CALLED_FRONT = article("Chợ lùi", more="</div><meta property='og:url' content='https://www.baolaocai.vn'><div>")
SHELL = answer(f"<title>Chợ lùi</title><main id='app'><h1>Chợ lùi</h1>{TIME}</main><script src='/app.js'></script>")


@pytest.mark.parametrize(
    ("answers", "again", "fates"),
    [
        ((CHO, GONE), 2, ["withdrawn"]),
        ((CHO, MISSING), 1, ["gone"]),
        ((CHO, MISSING), 3, ["gone", "withdrawn"]),
        ((CHO, MISSING, CHO), 3, ["gone", "returned"]),
        ((CHO, LOST), 1, ["gone"]),
        ((CHO, LOST), 3, ["gone", "withdrawn"]),
        ((CHO, LOST, CHO, OTHER_LOST), 3, ["gone", "returned", "gone"]),
        ((CHO, REDESIGNED), 3, []),
        ((CHO, EMPTIED), 3, ["gone", "withdrawn"]),
        ((CHO, EMPTIED, CHO), 3, ["gone", "returned"]),
        ((CHO, SHELL), 3, []),  # of another template
        ((CHO, FRONT), 3, ["gone", "withdrawn"]),
        ((CALLED_FRONT, FRONT), 3, []),  # all pages of the paper are called so
        ((CHO, GONE, CHO, GONE), 3, ["withdrawn", "returned", "withdrawn"]),
        ((CHO, BROKEN, BROKEN, BROKEN, BROKEN, CHO), 2, []),  # a server that errs says nothing of the article
    ],
)
def test_an_article_that_is_not_there(tmp_path: Path, answers: Any, again: int, fates: list[str]) -> None:
    paper = crawled(tmp_path, *answers, again=again)
    assert [row[0] for row in paper.rows(FATES)] == fates
    assert len(paper.rows("SELECT seq FROM versions")) == 1
    ((gone,),) = paper.rows("SELECT gone_at FROM addresses WHERE url = ?", URL)
    assert (gone is not None) == bool(fates and fates[-1] != "returned")
    # each is proved by the answer that says so
    proofs = paper.rows(
        "SELECT f.at = c.captured_at, f.status = c.status FROM fates f JOIN captures c ON c.record_id = f.record_id"
    )
    assert proofs == [(1, 1)] * len(fates)


def test_an_article_that_moved_within_the_paper(tmp_path: Path) -> None:
    with raw_server(
        {
            "/van-hoa/": [*listing("/a-post1.html"), *listing("/ten-moi-post1.html")],
            "/a-post1.html": [*CHO, *redirect("/ten-moi-post1.html")],
            "/ten-moi-post1.html": CHO,
        }
    ) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
    assert paper.rows(FATES) == [("moved", URL, 301, f"{HOST}/ten-moi-post1.html")]
    assert paper.ids() == {"1"}


def test_an_article_that_moved_to_another_host(tmp_path: Path) -> None:
    paper = crawled(tmp_path, CHO, redirect("http://baoyenbai.test/a-1.html"), a_1_html=answer("Báo Yên Bái"))
    assert paper.rows(FATES) == [("moved", URL, 301, "http://baoyenbai.test/a-1.html")]


def test_a_redirect_to_the_front_page_takes_the_article_off(tmp_path: Path) -> None:
    paper = crawled(tmp_path, CHO, redirect("/"), again=2, **{"": answer("<h1>Báo Lào Cai</h1>")})
    assert paper.rows(FATES) == [("gone", URL, 301, f"{HOST}/"), ("withdrawn", URL, 301, f"{HOST}/")]
    assert [reason_words(one["reason"]) for one in paper.report()["troubles"]] == [
        f"leads to {HOST}/, which is no article"
    ]


def test_a_temporary_redirect_to_the_front_page_takes_it_off_where_it_lasts(tmp_path: Path) -> None:
    paper = crawled(tmp_path, CHO, found("/"), again=6, **{"": answer("<h1>Báo Lào Cai</h1>")})
    told = [("gone", URL, 302, f"{HOST}/"), ("withdrawn", URL, 302, f"{HOST}/")]
    assert paper.rows(FATES) == told
    (paper.root / "catalog.sqlite").unlink()
    assert baotinh("rebuild", "--collection", paper.root).returncode == 0
    assert paper.rows(FATES) == told


@pytest.mark.parametrize("lost", [LOST, EMPTIED, FRONT])
def test_what_pages_said_is_known_after_a_rebuild(tmp_path: Path, lost: list[Any]) -> None:
    paper = crawled(tmp_path, CHO, lost, CHO, lost, again=5)
    whole = "SELECT fate, at, url, status, record_id FROM fates ORDER BY id"
    told = paper.rows(whole)
    assert [row[0] for row in told] == ["gone", "returned", "gone", "withdrawn"]
    (paper.root / "catalog.sqlite").unlink()
    assert baotinh("rebuild", "--collection", paper.root).returncode == 0
    assert paper.rows(whole) == told


def test_a_dead_link_is_nobodys_fate(tmp_path: Path) -> None:
    paper = crawled(tmp_path, GONE)
    assert paper.rows(FATES) == []
    ((gone,),) = paper.rows("SELECT gone_at FROM addresses WHERE url = ?", URL)
    assert gone


def test_fates_are_made_anew_from_the_archive(tmp_path: Path) -> None:
    moved = f"{HOST}/ten-moi-post2.html"
    with raw_server(
        {
            "/van-hoa/": listing("/a-post1.html", "/b-post2.html", "/c-post3.html"),
            "/a-post1.html": [*CHO, *MISSING, *MISSING, *CHO],
            "/b-post2.html": [*article("Mùa mận"), *redirect("/tam-post2.html")],
            "/tam-post2.html": redirect("/ten-moi-post2.html"),
            "/ten-moi-post2.html": article("Mùa mận"),
            "/c-post3.html": [*article("Bến nước"), *redirect("/")],
            "/": answer("<h1>Báo Lào Cai</h1>"),
        }
    ) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        for _ in range(3):
            paper.crawl("--recheck")
    whole = "SELECT article_id, fate, at, url, status, leads_to, record_id FROM fates ORDER BY article_id, at"
    columns = """SELECT url, article_id, content_hash, changes, gone_at IS NULL, moved_to FROM addresses
        WHERE kind = 'article' ORDER BY url"""
    before, addresses = paper.rows(whole), paper.rows(columns)
    assert [(row[0][-1], row[1]) for row in before] == [
        ("1", "gone"), ("1", "withdrawn"), ("1", "returned"), ("2", "moved"), ("3", "gone"),
        ("3", "withdrawn"),
    ]  # fmt: skip
    assert before[3][5] == moved
    (paper.root / "catalog.sqlite").unlink()
    done = baotinh("rebuild", "--collection", paper.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert paper.rows(whole) == before
    # the page that said the same at another address gave no version, and is known by its number
    assert paper.rows(columns) == addresses


def test_an_article_under_a_new_address_is_restored_there(tmp_path: Path) -> None:
    renamed = f"{HOST}/ten-moi-post1.html"
    with raw_server(
        {
            "/van-hoa/": [*listing("/a-post1.html"), *listing("/ten-moi-post1.html")],
            "/a-post1.html": [*CHO, *MISSING],
            "/ten-moi-post1.html": [*CHO, *CHO, *CHO, *MISSING],
        }
    ) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        for _ in range(4):
            paper.crawl("--recheck")
        fates = paper.rows(FATES)
        assert [row[:2] for row in fates if row[0] != "withdrawn"] == [("gone", URL), ("returned", renamed)]
        assert fates[-1][0] == "returned" and paper.ids() == {"1"}
        history = "SELECT fate, url, at, status, record_id FROM fates ORDER BY id"
        before = paper.rows(history)
        (paper.root / "catalog.sqlite").unlink()
        assert baotinh("rebuild", "--collection", paper.root).returncode == 0
        assert paper.rows(history) == before
        for _ in range(2):
            paper.crawl("--recheck")
    # the new address is gone as well, and neither shows the article the next time
    assert [row[0] for row in paper.rows(FATES)][len(fates) :] == ["gone", "withdrawn"]


def test_a_page_that_never_held_text_is_no_article_that_went(tmp_path: Path) -> None:
    paper = crawled(tmp_path, EMPTIED, again=2)
    assert not paper.rows(FATES) and not paper.ids()
    ((reasons,),) = paper.rows("SELECT DISTINCT reasons FROM rejections")
    assert '"page"' not in reasons


def test_what_a_paper_took_down_is_restored_only_where_its_new_host_shows_it(tmp_path: Path) -> None:
    """One article is shown at the paper's other host, one is not there either; a rebuild comes to the same."""
    paths = [f"/cho-lui-post{number}.html" for number in (195123, 195124)]
    moved = [redirect(f"http://laocaimoi.test{path}") for path in paths]
    with raw_server(
        {
            "/van-hoa/": listing(*paths),
            paths[0]: [*CHO, *MISSING, *MISSING, *moved[0], *CHO],
            paths[1]: [*article("Bến nước"), *GONE, *GONE, *moved[1], *GONE],
        }
    ) as server:
        paper = Paper(tmp_path, server.port, former_hosts=("laocaimoi.test",))
        paper.crawl()
        for _ in range(3):
            paper.crawl("--recheck")
    fates = "SELECT article_id, fate FROM fates ORDER BY article_id, id"
    told = [("195123", fate) for fate in ("gone", "withdrawn", "returned", "moved")] + [("195124", "withdrawn")]
    assert [(name.removeprefix("baolaocai:"), fate) for name, fate in paper.rows(fates)] == told
    (paper.root / "catalog.sqlite").unlink()
    assert baotinh("rebuild", "--collection", paper.root).returncode == 0
    assert [(name.removeprefix("baolaocai:"), fate) for name, fate in paper.rows(fates)] == told
