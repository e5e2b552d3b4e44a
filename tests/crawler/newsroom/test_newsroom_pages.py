"""What the newsroom serves: every word of the truth stands in its page, and every article can be reached."""

from __future__ import annotations

import hashlib
import html
import io
import re
import unicodedata
from typing import Any

import pytest
from PIL import Image

Truth = dict[str, Any]
LINK = re.compile(r'href="([^"]+)"')
ARTICLE = re.compile(r"-(?:a|post)?\d+\.html$")
SECTIONS = {
    "baocantho.test": ("/thoi-su/", "/kinh-te/"),
    "baolaocai.test": ("/xa-hoi/", "/van-hoa/"),
    "baobaclieu.test": ("/xay-dung-dang", "/quoc-phong-an-ninh"),
}


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def words_of(page: str) -> str:
    """The visible text: elements taken off, references resolved, NFC, white space folded."""
    page = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", " ", page, flags=re.S)
    page = re.sub(r"</?(strong|em|span|b|i)\b[^>]*>", "", page)
    return folded(html.unescape(re.sub(r"<[^>]+>", " ", page)))


def fetched(client: Any, url: str) -> str:
    answer = client.get(url)
    if answer.status == 500:
        answer = client.get(url)
    assert answer.status == 200, url
    text: str = answer.text
    return text


def test_every_word_of_the_truth_stands_in_its_page(client: Any, truth: Truth) -> None:
    for article in truth["articles"]:
        page = fetched(client, article["url"])
        visible = words_of(page)
        said = [article["title"], article["lead"], article["byline"], article["kicker"], *article["tags"]]
        said += [line for block in article["body"] for line in block["text"].split("\n") if block["type"] != "table"]
        said += [
            c
            for b in article["body"]
            if b["type"] == "table"
            for row in b["text"].split("\n")
            for c in row.split(" | ")
        ]
        said += [image["credit"] for image in article["images"]]
        for text in filter(None, said):
            assert text in visible, (article["url"], text)
        for image in article["images"]:
            assert image["url"].removeprefix("http://").partition("/")[2] in page
        assert "mẫu" in visible and "không phải" in visible


def test_times_are_printed_as_each_paper_prints_them(client: Any, truth: Truth) -> None:
    forms = {
        "baocantho": r'<span class="pubdate 128">{d}/{m}/{y} - {t}</span>',
        "baolaocai": r'<time class="time" datetime="{y}-{m}-{d}T{t}:00(?:\+07:00)?">{d}/{m}/{y} {t}</time>',
        "baobaclieu": r'<div class="ngaydang">(?:Thứ \w+|Chủ Nhật), {d}/{m}/{y}(?:,| \|) {t}</div>',
    }
    for article in truth["articles"]:
        stamp = article["published_at"]
        parts = {"y": stamp[:4], "m": stamp[5:7], "d": stamp[8:10], "t": stamp[11:16]}
        page = fetched(client, article["url"])
        assert re.search(forms[article["newspaper"]].format(**parts), page)
        assert ("Cập nhật:" in page) == (article["modified_at"] is not None)


def test_pages_that_hide_a_field(client: Any, truth: Truth) -> None:
    hidden = {entry["field"]: words_of(fetched(client, entry["url"])) for entry in truth["unreadable"]}
    [untimed] = [entry["url"] for entry in truth["unreadable"] if entry["field"] == "published_at"]
    assert not re.search(r"\d\d/\d\d/\d{4}|datePublished", client.get(untimed).text)
    [untitled] = [entry["url"] for entry in truth["unreadable"] if entry["field"] == "title"]
    page = client.get(untitled).text
    assert "<h1" not in page and "og:title" not in page and "headline" not in page
    assert len(hidden) == 2


@pytest.mark.parametrize("host", SECTIONS)
def test_paging_reaches_every_article(client: Any, truth: Truth, host: str) -> None:
    origin = f"http://{host}"
    waiting, seen, found, statuses = [origin + path for path in SECTIONS[host]], set(), set(), set()
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        page = fetched(client, url)
        for target in map(html.unescape, LINK.findall(page)):
            target = target if target.startswith("http") else origin + target
            if ARTICLE.search(target) and target.startswith(origin):
                answer = client.get(target)
                statuses.add(answer.status)
                found.add(answer.headers.get("location", target))
            elif re.search(r"[?](?:p|page)=\d+$", target) and target.startswith(origin):
                waiting.append(target)
    wanted = {article["url"] for article in truth["articles"] if article["url"].startswith(origin)}
    assert wanted <= found
    assert {200, 404} <= statuses <= {200, 301, 404, 500}
    assert len(seen) >= 4


def test_old_addresses_lead_to_the_article(client: Any, truth: Truth) -> None:
    for article in (truth["articles"][0], truth["articles"][60], truth["articles"][-1]):
        host, _, rest = article["url"].removeprefix("http://").partition("/")
        answer = client.get(f"http://{host}/tin-cu/{rest.rpartition('/')[2]}")
        assert (answer.status, answer.headers["location"]) == (301, article["url"])


def test_feeds_sitemaps_and_robots(client: Any, truth: Truth) -> None:
    for host in SECTIONS:
        robots = client.get(f"http://{host}/robots.txt").text
        assert "Disallow: /tim-kiem/\n" in robots and f"Sitemap: http://{host}/sitemap.xml" in robots
        listed = set(re.findall(r"<loc>([^<]+)</loc>", client.get(f"http://{host}/sitemap.xml").text))
        assert {article["url"] for article in truth["articles"] if f"//{host}/" in article["url"]} <= listed
        assert "/tim-kiem/" in client.get(f"http://{host}/").text
    for url in (
        "baocantho.test/rss/cate/kinh-te/",
        "baolaocai.test/rss/xa-hoi.xml",
        "baobaclieu.test/rss/xay-dung-dang.rss",
    ):
        assert client.get(f"http://{url}").text.count("<item>") >= 20


def test_pictures_and_furniture_are_there(client: Any, truth: Truth) -> None:
    for image in truth["articles"][4]["images"] + [i for a in truth["articles"][40:60] for i in a["images"]]:
        answer = client.get(image["url"])
        assert hashlib.sha256(answer.body).hexdigest() == image["sha256"]
        with Image.open(io.BytesIO(answer.body)) as picture:
            picture.verify()
    for base, style in (
        ("http://baocantho.test/static/templates/version1/homepage/", "css/style2023.css?id=1.0"),
        ("http://baolaocai.test/assets/", "css/zce.css"),
        ("http://baobaclieu.test/", "css/giaodien.css"),
    ):
        answer = client.get(base + style)
        assert answer.headers["content-type"].startswith("text/css")
        host = "/".join(base.split("/")[:3])
        for target in re.findall(r"url\(['\"]?([^'\")]+)", answer.text):
            url = base + target.removeprefix("../") if target.startswith("..") else host + target
            assert client.get(url).status == 200, url
        assert client.get(host + "/favicon.ico").status == 200


def test_the_article_that_the_project_was_made_for(client: Any, truth: Truth, seed_facts: dict[str, Any]) -> None:
    [article] = [article for article in truth["articles"] if article["title"] == seed_facts["title"]]
    for field in ("kicker", "published_at", "authors", "byline"):
        assert article[field] == seed_facts[field]
    assert re.fullmatch(r"http://baobaclieu\.test/xay-dung-dang/[a-z0-9-]+-\d+\.html", article["url"])
    paragraphs = [block["text"] for block in article["body"] if block["type"] == "paragraph"]
    assert len(paragraphs) == seed_facts["body_paragraphs"]
    assert article["lead"] == paragraphs[0] and paragraphs[0].startswith(seed_facts["lead_starts"])
    assert paragraphs[-1].endswith(seed_facts["body_ends"])
    [image], [wanted] = article["images"], seed_facts["images"]
    assert (image["caption"], image["credit"]) == (wanted["caption"], wanted["credit"])
    assert image["position"] == wanted["after_paragraph"]
    visible = words_of(client.get(article["url"]).text)
    order = [article["kicker"], article["title"], "Thứ Sáu, 26/10/2018 | 16:26", seed_facts["lead_starts"]]
    order += ["Một góc trung tâm huyện Đông Hải ngày nay. Ảnh: X.T", seed_facts["body_ends"], "XUÂN THƯỞNG"]
    order += ["Viết bình luận mới", "thăm dò ý kiến", "Có mây, ngày nắng"]
    places = [visible.rindex(text) if index < 3 else visible.index(text) for index, text in enumerate(order)]
    assert places == sorted(places)
    assert all(text in visible for text in seed_facts["never_in_body"])
