"""Reading, citing and moving by keys, in a real browser, with its script and without."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import bibtexparser
import pytest
import rispy
from support.browsing import LOADED, NEEDS_BROWSER, OVERHANG, TIMEOUT, VIEWER, barriers, sync_api
from support.collection_builder import CollectionBuilder, make_article, png
from support.daemons import until
from support.sample import MARKET
from support.serving import running

from archive.article import Block, Image
from archive.search.indexing.index import follow
from archive.web.serve import Serving

pytestmark = NEEDS_BROWSER

TITLE = "Chợ nổi mùa nước nổi: Người ở lại với dòng sông"
BREAKING = (
    '</title></textarea></script><script>said("a")</script><img src=x onerror=said("b")>\u202e"\'\n\u2028${said("c")}'
)
LONG = "Siêu" + "dài" * 60
WIDTHS = """(image) => {
    const caption = image.closest("figure").querySelector("figcaption");
    return [image.naturalWidth, image.getBoundingClientRect().width, caption.getBoundingClientRect().width];
}"""
# Keeps what a button says: it is not said for long
KEEP_TEXTS = """(button) => {
    button.texts = [];
    new MutationObserver(() => button.texts.push(button.textContent)).observe(button, {childList: true});
}"""
# The focused hit's title, else the id of what is focused
FOCUSED = """(() => {
    const focused = document.activeElement;
    return focused.matches(".hit :is(h2, h3) a") ? focused.innerText : focused.id;
})()"""


def test_cited_in_all_forms_and_read_back(page: sync_api.Page, serving: Serving) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=serving.site)
    page.goto(f"{serving.site}/search?q=chợ+nổi+mùa+nước+nổi")
    page.click(f"text={TITLE}")
    page.click("text=Trích dẫn bài này")
    copied = {}
    for form in ("vietnamese", "chicago", "apa", "bibtex", "ris", "csl"):
        field = page.locator(f"#cite-{form}")
        field.evaluate("(field) => { const folded = field.closest('details'); if (folded) folded.open = true; }")
        button = page.locator(".cited", has=field).locator("button")
        button.evaluate(KEEP_TEXTS)
        button.click()
        until(lambda button=button: "Đã chép" in button.evaluate("(button) => button.texts"))
        copied[form] = page.evaluate("navigator.clipboard.readText()")
        assert copied[form] == field.input_value() and field.get_attribute("readonly") is not None
    archived = f"{serving.site}/article/{MARKET}?version=sha256:"
    assert all(archived in copied[form].replace("\\_", "_") for form in copied)
    assert f"“{TITLE}.” Báo Cần Thơ, October 1, 2026." in copied["chicago"]
    assert f"(2026, October 1). {TITLE}. Báo Cần Thơ." in copied["apa"]
    assert f"“{TITLE}”. Báo Cần Thơ, 01/10/2026." in copied["vietnamese"]
    (entry,) = bibtexparser.parse_string(copied["bibtex"]).entries
    (record,) = rispy.loads(copied["ris"])
    assert entry["title"] == f"{{{TITLE}}}" and record["title"] == TITLE
    for name, suffix in (("BibTeX", "bib"), ("RIS", "ris"), ("CSL-JSON", "json")):
        with page.expect_download() as started:
            page.click(f"text=Tải {name}")
        assert started.value.suggested_filename.endswith(f".{suffix}")
        saved = started.value.path().read_text("utf-8")
        assert saved.replace("\r\n", "\n").strip() == copied[{"bib": "bibtex", "json": "csl"}.get(suffix, suffix)]


def test_without_script_the_citations_can_be_marked_and_nothing_is_dead(
    browser: sync_api.Browser, serving: Serving
) -> None:
    context = browser.new_context(locale="vi-VN", java_script_enabled=False)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.goto(f"{serving.site}/article/{MARKET}")
    assert page.locator("article button, .citations button, .keys").count() == 0
    field = page.locator("#cite-vietnamese")
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("x")  # read-only
    assert TITLE in field.input_value()
    page.click("text=Nguồn gốc bản lưu")
    page.locator("text=urn:uuid:").first.wait_for()
    context.close()


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
def test_pictures_stand_at_their_own_width(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/article/{MARKET}")
    pictures = page.locator("article figure img")
    assert [picture.evaluate(LOADED) for picture in pictures.all()] == [960, 240]
    column = page.locator("article .body").bounding_box()["width"]
    (_, large, _), (natural, small, caption) = [picture.evaluate(WIDTHS) for picture in pictures.all()]
    assert large == pytest.approx(column, abs=1) and small == natural == pytest.approx(caption, abs=1)
    assert page.evaluate(OVERHANG) <= 0


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
def test_a_caption_is_found_and_its_picture_seen(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/pictures")
    page.fill("#q", "trai cay ở mũi")
    page.press("#q", "Enter")
    page.locator("text=Không có chú thích ảnh nào").wait_for()  # as typed: "trái cây"
    page.click("text=Không kể dấu")
    tile = page.locator(".tile")
    tile.wait_for()
    assert "order=" not in page.url
    assert tile.locator("mark").all_inner_texts() == ["trái cây", "ở mũi"] and tile.count() == 1
    assert tile.locator("img").evaluate(LOADED) == 240
    assert tile.locator("img").evaluate("(image) => getComputedStyle(image).objectFit") == "scale-down"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/article/{MARKET}#picture-2")
    figure = page.locator("#picture-2")
    assert "Một ghe bán trái cây" in figure.inner_text() and figure.locator("img").evaluate(LOADED) == 240
    figure.locator("img").click()
    page.wait_for_url(f"{serving.replay}/picture/**")


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("query", ["", "?q=ghe&newspaper=baocantho", "?q=tàuvũtrụ", "?q=("])
def test_the_gallery_holds_no_barriers(page: sync_api.Page, serving: Serving, lang: str, query: str) -> None:
    page.goto(f"{serving.site}/pictures{query}{'&' if query else '?'}lang={lang}")
    assert page.locator("html").get_attribute("lang") == lang
    assert barriers(page) == [] and page.evaluate(OVERHANG) <= 0


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_opened_article_holds_no_barriers(page: sync_api.Page, serving: Serving, lang: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{serving.site}/article/{MARKET}?lang={lang}")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert barriers(page) == [] and page.evaluate(OVERHANG) <= 0


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service over articles whose every text would break out of where it stands."""
    builder = CollectionBuilder(tmp_path_factory.mktemp("hostile") / "c")
    picture = builder.capture("https://baocantho.com.vn/a.png", png(30, 20, (9, 9, 9)), mime="image/png")
    image = Image(
        url="https://baocantho.com.vn/a.png", caption=BREAKING, credit=BREAKING, alt=BREAKING, capture=picture
    )
    for number in (1, 2):
        builder.publish(
            make_article(
                number, title=f"{BREAKING} lúa {number}", lead=BREAKING, kicker=BREAKING, section=BREAKING,
                authors=(BREAKING,), source=BREAKING, byline=BREAKING, tags=(BREAKING,),
                url=f"https://baocantho.com.vn/{BREAKING}",
                images=(image,),
                body=(Block(type="paragraph", text=f"{BREAKING} nước mặn lấn sâu vào nội đồng"),),
            )
        )  # fmt: skip
    wide = attrs.evolve(image, caption=LONG, credit=LONG, alt=LONG, position=1)
    table = "\n".join(" | ".join(f"C{row}{column}" for column in range(40)) for row in range(3))
    body = (Block(type="paragraph", text=LONG), Block(type="figure", text=LONG), Block(type="table", text=table))
    builder.publish(
        make_article(
            3, title=f"{LONG} sông", lead=LONG, kicker=LONG, section=LONG, authors=(LONG,), source=LONG, byline=LONG,
            tags=(LONG,), url=f"https://baocantho.com.vn/{LONG}", images=(wide,), body=body,
        )
    )  # fmt: skip
    follow(builder.collection)
    with running(builder.collection, VIEWER) as found:
        yield found


@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("path", ["/article/baocantho:196003", "/search?q=sông", "/pictures"])
def test_words_without_end_widen_no_page(page: sync_api.Page, hostile: Serving, path: str) -> None:
    page.goto(hostile.site + path)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.locator(f"text={LONG}").count() > 0
    assert page.evaluate(OVERHANG) <= 0


def test_hostile_texts_break_out_of_nothing(page: sync_api.Page, hostile: Serving) -> None:
    said: list[object] = []
    refused: list[str] = []
    page.expose_function("said", lambda what: said.append(what))
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    for path in ("/article/baocantho:196001", "/search?q=lúa", "/pictures", "/"):
        page.goto(hostile.site + path)
        page.wait_for_load_state("networkidle")
        assert page.locator("script:not([src='/static/site.js'], [type='application/ld+json'])").count() == 0
        assert page.locator("img[src=x]").count() == 0
    page.goto(f"{hostile.site}/article/baocantho:196001")
    values = page.evaluate("JSON.parse(document.querySelector('[type=\"application/ld+json\"]').textContent)")
    shown = page.locator("meta[name=citation_title]").get_attribute("content")
    assert values["headline"] == shown == " ".join(f"{BREAKING} lúa 1".replace("\u202e", "").split())
    assert page.locator("h1").count() == 1 and page.locator("#cite-chicago").input_value().startswith("</title>")
    assert said == [] and refused == []


def test_the_keys_of_the_results(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/search?q=sông&order=newest")
    titles = page.locator(".hit h2").all_inner_texts()
    assert len(titles) > 3
    page.keyboard.press("/")
    assert page.evaluate(FOCUSED) == "q" and page.locator("#q").input_value() == "sông"
    assert page.locator(".keys").is_visible()
    page.keyboard.press("End")
    page.keyboard.type("/j")  # letters where one types
    assert page.locator("#q").input_value() == "sông/j"
    for key, there in (
        ("ArrowDown", titles[0]), ("ArrowDown", titles[1]), ("j", titles[2]), ("k", titles[1]), ("ArrowUp", titles[0]),
        ("ArrowUp", "q"), ("Escape", ""), ("j", titles[0]), ("Escape", ""),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == there, key
    assert not page.locator(".keys").is_visible()
    page.keyboard.press("Control+j")
    assert page.evaluate(FOCUSED) == ""
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/article/**")
    assert page.locator("h1").inner_text() == titles[1]
    page.keyboard.press("/")
    assert page.evaluate(FOCUSED) == "quick-q"
    assert page.locator("#quick-q").get_attribute("aria-keyshortcuts") == "/"


def test_the_key_of_the_search_is_not_typed_into_the_field_of_the_home_page(
    page: sync_api.Page, serving: Serving
) -> None:
    page.goto(serving.site)
    until(lambda: page.evaluate(FOCUSED) == "q")  # it is given the focus when the page is first drawn
    page.keyboard.type("/lúa/gạo")
    assert page.locator("#q").input_value() == "lúa/gạo"


def test_keys_with_letters_can_be_turned_off(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/search?q=sông")
    first = page.locator(".hit h2").first.inner_text()
    page.click("text=Tắt phím / j k")
    for _ in range(2):
        page.locator("body").evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
        page.keyboard.press("/")
        page.keyboard.press("j")
        assert page.evaluate(FOCUSED) == "" and not page.locator(".keys").is_visible()
        page.keyboard.press("ArrowDown")
        assert page.evaluate(FOCUSED) == first
        page.goto(f"{serving.site}/search?q=sông")  # it is kept
    page.click("text=Bật phím / j k")
    page.locator("body").evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    page.keyboard.press("j")
    assert page.evaluate(FOCUSED) == first


def test_arrows_stay_the_browsers_where_nothing_is_listed(page: sync_api.Page, serving: Serving) -> None:
    page.goto(f"{serving.site}/article/{MARKET}")
    page.keyboard.press("ArrowDown")
    until(lambda: page.evaluate("window.scrollY") > 0)  # the page's policy forbids wait_for_function to evaluate text
    page.goto(f"{serving.site}/search?q=sông")
    page.locator("summary", has_text="Lọc").click()
    page.focus("#newspaper")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == "newspaper" and page.locator("#newspaper").input_value() != ""
