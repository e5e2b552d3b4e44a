"""A reader's way in a real browser: search, hit, article, and the captured page replayed on its own origin."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from crawling import Demonstration

from archive.collection import Collection
from archive.web.serve import Serving
from tests.web.sample import HOSTILE, MARKET
from tests.web.test_serve import running

sync_api = pytest.importorskip("playwright.sync_api")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VIEWER = Path(__file__).parents[2] / "node_modules" / "replaywebpage"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

# Width of a picture once it is there, however lazily it is loaded
LOADED = "async (image) => { image.loading = 'eager'; await image.decode(); return image.naturalWidth; }"

# Where a browser is required, as in continuous integration, its absence is a failure
MAY_SKIP = os.environ.get("BAOTINH_BROWSER") != "required"
HAS_VIEWER = (VIEWER / "ui.js").is_file()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and MAY_SKIP, reason="no Chromium here: install the system's chromium"),
    pytest.mark.skipif(not HAS_VIEWER and MAY_SKIP, reason="the viewer is not installed: run 'make viewer'"),
]


@pytest.fixture(scope="module")
def serving(sample: Collection) -> Iterator[Serving]:
    with running(sample, VIEWER) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: sync_api.Browser, request: pytest.FixtureRequest) -> Iterator[sync_api.Page]:
    width = getattr(request, "param", 1280)
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN")
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    # Whatever would leave this machine is refused and told
    left: list[str] = []

    def refuse(route: sync_api.Route) -> None:
        left.append(route.request.url)
        route.abort()

    context.route(lambda url: urlsplit(url).hostname not in {"127.0.0.1", None}, refuse)
    yield opened
    context.close()
    assert left == []


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
    shown.locator("h1").wait_for()
    assert "Chợ nổi họp từ bốn giờ sáng" in shown.locator("body").inner_text()
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
        assert "Viết bình luận mới" in body.inner_text()  # the page as it stood, furniture and all
        assert body.evaluate("() => document.location.origin") == serving.replay
        assert shown.locator("img[src*='/uploads/image/2018/10/26/']").first.evaluate(LOADED) > 0
        assert body.evaluate("() => [...document.styleSheets].some((sheet) => sheet.cssRules.length > 0)")


def test_an_older_version_replays_as_it_was(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/article/{MARKET}?version=1")
    page.click("text=Xem trang gốc như lúc lưu")
    shown = page.frame_locator("replay-web-page iframe").frame_locator("iframe")
    shown.locator("h1").wait_for()
    assert "chợ nghỉ một ngày" not in shown.locator("body").inner_text()


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize(
    "path", ["/", "/search?q=song&section=thoi-su", f"/article/{MARKET}", f"/article/{HOSTILE}", "/x"]
)
def test_pages_fit_and_are_quiet(page: sync_api.Page, serving: Serving, path: str) -> None:
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
    page.goto(serving.site + path)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert said == []
