"""A reader's way in a real browser: search, hit, article, and the captured page replayed on its own origin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from support.browsing import LOADED, NEEDS_BROWSER, OVERHANG, TIMEOUT, VIEWER, barriers, sync_api
from support.covered import build_covered
from support.crawling import Demonstration
from support.daemons import until
from support.sample import HOSTILE, MARKET
from support.serving import running

from archive.ingest.runs import RunDescription, enter_failed
from archive.web.serve import Serving

# Whether an element's middle is what is seen at its place
IS_SEEN = """(element) => {
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return top !== null && (element.contains(top) || top.contains(element) && top.tagName !== "DIV");
}"""
# What a cell shows apart from its colour: its sign, and whether it is hatched
SIGN = """(cell) => [
    [...cell.childNodes].filter((part) => part.className !== "unseen").map((part) => part.textContent).join("").trim(),
    getComputedStyle(cell).backgroundImage.includes("repeating-linear-gradient"),
]"""

pytestmark = NEEDS_BROWSER


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
def test_from_search_to_replay(page: sync_api.Page, serving: Serving) -> None:
    page.goto(serving.site)
    page.fill("#q", "cho noi mua nuoc")
    page.press("#q", "Enter")
    page.locator("mark").first.wait_for()
    page.click("text=Chợ nổi mùa nước nổi: Người ở lại với dòng sông")
    assert page.locator("article img").first.evaluate(LOADED) > 0
    page.click("text=Xem trang gốc như lúc lưu")
    page.wait_for_url(f"{serving.replay}/**")
    shown = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
    shown.locator("text=Chợ nổi họp từ bốn giờ sáng").first.wait_for()
    assert shown.locator("body").evaluate("() => document.location.origin") == serving.replay
    assert shown.locator("img").first.evaluate(LOADED) > 0
    page.click("text=Về bài viết")
    page.wait_for_url(f"{serving.site}/article/{MARKET}")


def test_from_search_to_replay_of_what_was_really_crawled(page: sync_api.Page, demonstration: Demonstration) -> None:
    """The page that the project began with: found without marks, read, and replayed with its picture and style."""
    with running(demonstration.collection, VIEWER) as serving:
        page.goto(serving.site)
        page.fill("#q", "huyen dong hai nang cao chat luong to chuc co so dang")
        page.press("#q", "Enter")
        page.click("text=Huyện Đông Hải: Nâng cao chất lượng tổ chức cơ sở Đảng")
        figure = page.locator("article figure").first
        assert figure.locator("img").evaluate(LOADED) > 0
        assert "Một góc trung tâm huyện Đông Hải ngày nay." in figure.inner_text()
        assert "X.T" in figure.inner_text()
        assert urlsplit(figure.locator("img").get_attribute("src") or "").netloc == urlsplit(serving.replay).netloc
        page.click("text=Xem trang gốc như lúc lưu")
        page.wait_for_url(f"{serving.replay}/**")
        shown = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
        shown.locator("text=XUÂN THƯỞNG").wait_for()
        body = shown.locator("body")
        body.locator("text=Viết bình luận mới").first.wait_for()  # the page as it stood, furniture and all
        assert body.evaluate("() => document.location.origin") == serving.replay
        assert shown.locator("img[src*='/uploads/image/2018/10/26/']").first.evaluate(LOADED) > 0
        styled = "() => [...document.styleSheets].some((sheet) => sheet.cssRules.length > 0)"
        until(lambda: body.evaluate(styled))


def test_an_older_version_replays_as_it_was(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/article/{MARKET}?version=1")
    page.click("text=Xem trang gốc như lúc lưu")
    shown = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
    shown.locator("h1").wait_for()
    assert "chợ nghỉ một ngày" not in shown.locator("body").inner_text()


PATHS = [
    "/",
    "/search?q=song&section=thoi-su",
    f"/article/{MARKET}",
    f"/article/{HOSTILE}",
    "/coverage",
    "/coverage?newspaper=baocantho&from=2026-08-01&to=2026-10-30",
    "/coverage?from=x",
    "/runs",
    "/runs/r1",
    "/x",
]


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("path", [*PATHS, "/search?q=nhà+báo", "/search?q=lúa+tàuvũtrụ", "/search?from=x"])
def test_pages_fit_are_quiet_and_hold_no_barriers(page: sync_api.Page, serving: Serving, path: str) -> None:
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
    page.goto(serving.site + path)
    assert page.evaluate(OVERHANG) <= 0
    assert said == []
    assert barriers(page) == []


ENGLISH = ["/", "/search?q=song", f"/article/{MARKET}", "/coverage?newspaper=baocantho", "/runs", "/runs/r1", "/x"]
ENGLISH += ["/export?q=song", "/counts?term=song&each=1", "/counts/near?term=song", "/sets", "/newspapers"]
ENGLISH += ["/newspaper/baodonghai", "/section/Kinh t%E1%BA%BF", "/author/Nguy%E1%BB%85n V%C4%83n An"]


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("path", ENGLISH)
def test_english_pages_hold_no_barriers_and_fit(page: sync_api.Page, serving: Serving, path: str) -> None:
    page.goto(f"{serving.site}{path}{'&' if '?' in path else '?'}lang=en")
    assert page.locator("html").get_attribute("lang") == "en" and barriers(page) == []
    assert page.evaluate(OVERHANG) <= 0


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
def test_what_was_never_captured_is_told_in_english(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.replay}/?url=https://baocantho.com.vn/never.html&lang=en")
    assert page.locator("h1").inner_text() == "No capture" and barriers(page) == []


def test_the_switch_works_without_script_and_is_kept(browser: sync_api.Browser, serving: Serving) -> None:
    context = browser.new_context(locale="vi-VN", java_script_enabled=False)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"{serving.site}/search?q=sông&order=oldest")
    page.click("text=English")
    page.wait_for_url("**/search?q=*order=oldest")
    assert page.locator("html").get_attribute("lang") == "en" and "lang=" not in page.url
    assert page.locator("#q").input_value() == "sông"
    page.goto(f"{serving.site}/article/{MARKET}")
    assert page.locator("h1").get_attribute("lang") == "vi"
    (cookie,) = context.cookies()
    assert (cookie["name"], cookie["value"], cookie["sameSite"]) == ("lang", "en", "Lax")
    page.click("text=Tiếng Việt")
    page.locator("text=Nguồn gốc bản lưu").wait_for()
    context.close()


def test_a_replay_in_english(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/article/{MARKET}?lang=en")
    page.click("text=See the original page as captured")
    shown = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
    shown.locator("h1").wait_for()
    page.locator("text=of 08:00 on 2 October 2026").wait_for()
    page.click("text=Back to the article")
    page.locator("text=Provenance: captured from").wait_for()


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/coverage?newspaper=baocantho&from=2026-08-12&to=2026-10-10", "/coverage", "/runs"])
def test_charts_and_alarms_hold_no_barriers(page: sync_api.Page, covered: Serving, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(covered.site + path)
    assert barriers(page) == []


@pytest.mark.parametrize("page", [390], indirect=True)
def test_what_was_really_crawled_holds_no_barriers(page: sync_api.Page, demonstration: Demonstration) -> None:
    with running(demonstration.collection, VIEWER) as serving:
        for path in (
            "/coverage?newspaper=baocantho",
            "/coverage?by=month",
            "/runs",
            "/search?q=chợ",
            "/search",
            "/pictures",
        ):
            page.goto(serving.site + path)
            assert barriers(page) == [], path
        page.goto(f"{serving.site}/search?q=chợ")
        page.locator(".hit h2 a").first.click()
        page.locator(".alike a").first.wait_for()
        assert barriers(page) == [] and page.evaluate(OVERHANG) <= 0


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
def test_what_was_never_captured_is_told_in_vietnamese(page: sync_api.Page, serving: Serving) -> None:
    never = "https://baocantho.com.vn/chua-tung-luu-a1.html"
    answer = page.goto(f"{serving.replay}/?url={never}&ts=20261001010007&article={MARKET}")
    assert answer is not None and answer.status == 404
    assert page.locator("h1").inner_text() == "Không có bản lưu" and page.locator("iframe").count() == 0
    assert "chưa từng lưu" in page.locator("main").inner_text() and "Not Found" not in page.content()
    assert barriers(page) == []
    page.click("text=Về bài viết")
    page.wait_for_url(f"{serving.site}/article/{MARKET}")


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
def test_a_link_of_a_replayed_page_that_was_never_captured(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/article/{MARKET}?version=1")
    page.click("text=Xem trang gốc như lúc lưu")
    shown = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
    shown.locator("h1").wait_for()
    assert page.locator("#held").is_visible() and not page.locator("#nothing").is_visible()
    shown.locator("body").evaluate(
        "(body) => { const link = document.createElement('a'); link.href = '/chua-tung-luu-a1.html'; "
        "link.textContent = 'Bài khác'; body.prepend(link); }"
    )
    shown.locator("text=Bài khác").click()
    nothing = page.locator("#nothing")
    nothing.wait_for()
    assert "Kho không có bản lưu" in nothing.inner_text() and "/chua-tung-luu-a1.html" in nothing.inner_text()
    assert page.locator("#missing").is_visible() and not page.locator("#held").is_visible()
    assert not page.locator("replay-web-page").is_visible() and barriers(page) == []
    page.click("text=Trở lại trang trước")
    page.locator("replay-web-page").wait_for()
    assert not nothing.is_visible() and page.locator("#held").is_visible()
    shown.locator("h1").wait_for()


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service over a collection that was crawled some days, and whose runs failed."""
    collection = build_covered(tmp_path_factory.mktemp("covered") / "c")
    with collection.catalog(writable=True) as catalog:
        card = RunDescription(newspaper="baocantho", source="network", software="test", settings={}, warcinfo={})
        for hours in (3, 2):
            at = datetime.now(UTC) - timedelta(hours=hours)
            enter_failed(collection, catalog, card, at, at, "no connection")
    with running(collection, VIEWER) as found:
        yield found


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chart_scrolls_in_its_own_box(page: sync_api.Page, covered: Serving, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{covered.site}/coverage?newspaper=baocantho&from=2026-08-12&to=2026-10-10")
    assert page.evaluate(OVERHANG) <= 0
    box = page.locator(".days")
    assert box.evaluate("(box) => box.scrollWidth > box.clientWidth")
    # the newest day is what is seen first, and the sections' names stay at their place
    name, last = page.locator("tbody th.row").first, page.locator("thead th a[title$='10/10/2026']")
    until(lambda: last.evaluate(IS_SEEN) and name.evaluate(IS_SEEN))  # it snaps to a column after it is laid out
    left = name.bounding_box()["x"]
    first = page.locator("thead th a[title$='12/08/2026']")
    assert not first.evaluate(IS_SEEN)
    box.evaluate("(box) => box.scrollTo(-box.scrollWidth, 0)")
    until(lambda: first.evaluate(IS_SEEN) and not last.evaluate(IS_SEEN))
    assert name.bounding_box()["x"] == pytest.approx(left, abs=2)


@pytest.mark.parametrize("media", ["screen", "print"])
def test_the_states_differ_without_colour(page: sync_api.Page, covered: Serving, media: str) -> None:
    page.emulate_media(media=media, forced_colors="active" if media == "screen" else "none")
    page.goto(f"{covered.site}/coverage?newspaper=baocantho&from=2026-10-02&to=2026-10-12")
    cells = page.locator("tbody tr").first.locator("td.c")
    shown = [cell.evaluate(SIGN) for cell in cells.all()]
    hatched, plain = True, False
    assert shown == [
        ["", hatched], ["0", plain], ["0", plain], ["1", plain], ["1", plain], ["0", plain], ["2", plain], ["0", plain],
        ["0+", hatched], ["", hatched], ["", hatched],
    ]  # fmt: skip


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
def test_alarms_are_seen_at_once(page: sync_api.Page, covered: Serving) -> None:
    page.goto(covered.site)
    page.click("text=Các lần thu thập")
    page.wait_for_url("**/runs")  # and for its style sheet
    assert page.evaluate(OVERHANG) <= 0
    alarm = page.locator(".alarm", has_text="Thu thập thất bại liên tiếp")
    assert alarm.evaluate(IS_SEEN)
    page.locator("table.runs").last.locator("a").first.click()
    page.wait_for_url("**/runs/**")
    assert "no connection" in page.locator("main").inner_text()
    assert page.evaluate(OVERHANG) <= 0


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_page_is_wider_than_a_window_between_phone_and_desktop(
    page: sync_api.Page, serving: Serving, lang: str
) -> None:
    page.set_extra_http_headers({"Accept-Language": lang})
    for path in ("/", "/newspapers", "/counts", "/runs"):
        page.goto(serving.site + path)
        for width in (320, 500, 641, 760, 900, 961, 1000):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(OVERHANG) <= 0, (width, path)
