"""A paper whose pages are an empty shell: scripts fetch its lists and articles as JSON and draw them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crawler.newsroom.pictures import draw_picture
from support.small_paper import answer

HOST = "http://baomay.test"
SECTION = "/doi-song"
DECLARED = '''"""Báo Mây, whose pages scripts draw."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout, Section


class BaoMay(NewspaperSpider):
    name = "baomay"
    title = "Báo Mây"
    province = "Lào Cai"
    provinces_before = ("Lào Cai", "Yên Bái")
    hosts = ("baomay.vn",)
    sections = (Section("Đời sống", "/doi-song"),)
    article_pattern = r"^/tin/[^/]+-(?P<id>\\d+)\\.html$"
    layouts = (Layout(title="h1", body=".than-bai", published_at="time", lead=".sapo"),)
    needs_browser = ("sections", "articles")
'''
SHELL = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Báo Mây</title>
<link rel="stylesheet" href="/app.css"></head>
<body><div id="app">Đang tải</div><script src="/app.js"></script></body></html>"""
STYLE = "@font-face { font-family: X; src: url(/phong.woff2) } body { font-family: X; color: #123 }"
SCRIPT = """
const app = document.getElementById("app");
const read = async (path) => (await fetch(path, { headers: { "X-Requested-With": "XMLHttpRequest" } })).json();
async function article(id) {
  const one = await read("/api/tin/" + id);
  document.title = one.title;
  app.innerHTML = `<article><h1>${one.title}</h1><time datetime="${one.at}">${one.at}</time>
    <p class="sapo">${one.lead}</p><div class="than-bai">${one.body.map((p) => `<p>${p}</p>`).join("")}
    <figure><img src="${one.picture}" onerror="this.src='/khong-co.png'">
    <figcaption>${one.caption}</figcaption></figure></div></article>`;
}
let next = 1, busy = false;
async function list() {
  if (!next || busy) return;
  busy = true;
  const page = await read("/api/muc/doi-song?trang=" + next);
  if (next === 1) app.innerHTML = "<ul></ul>";
  for (const one of page.items)
    app.querySelector("ul").insertAdjacentHTML("beforeend",
      `<li style="height: 300px"><h2><a href="/tin/${one.slug}-${one.id}.html">${one.title}</a></h2></li>`);
  next = page.next;
  document.getElementById("them")?.remove();
  if (next && page.button) {
    app.insertAdjacentHTML("beforeend", `<button id="them">Xem thêm</button>`);
    document.getElementById("them").onclick = list;
  }
  busy = false;
}
const found = location.pathname.match(/-([0-9]+)[.]html$/);
if (found) article(found[1]);
else if (location.pathname === "/")
  app.innerHTML = `<header><nav><ul><li><a href="/">Trang chủ</a></li>
    <li><a href="/doi-song">Đời sống</a></li></ul></nav></header>`;
else {
  list();
  addEventListener("scroll", () => {
    if (!document.getElementById("them") && innerHeight + scrollY > document.body.scrollHeight - 50) list();
  });
}
"""
TITLES = (
    "Mùa mây về trên đỉnh Lảo Thẩn", "Phiên chợ sớm bên cầu treo", "Lớp học chữ Thái của già làng",
    "Vườn lê sau nhà trưởng bản", "Người giữ nghề làm khèn", "Con đường bê tông vào Tả Van",
    "Bếp lửa ngày giáp Tết", "Trạm y tế trên lưng chừng núi", "Đàn trâu về chuồng ấm",
)  # fmt: skip


def truth(number: int) -> dict[str, Any]:
    """The article of a number, from 0, as the API gives it."""
    title = TITLES[number % len(TITLES)]
    return {
        "id": 1000 + number,
        "slug": f"bai-so-{number}",
        "title": title,
        "at": f"2026-01-{number + 1:02}T07:30:00+07:00",
        "lead": f"Sáng nay, bà con trong bản kể lại chuyện {title.lower()} cho khách nghe.",
        "body": [
            f"Từ tinh mơ, sương còn giăng kín lối, mọi người đã thức dậy. {title}, ai cũng nhớ.",
            "Ông Giàng A Páo bảo rằng năm nay mưa thuận, nương ngô xanh tốt hơn mọi năm.",
            "Chiều xuống, khói bếp lan trên mái nhà, tiếng trẻ con gọi nhau vọng cả thung lũng.",
        ],
        "picture": f"/anh/{number}.png",
        "caption": f"Bản làng trong sương, ngày thứ {number} của mùa đông.",
    }


def path_of(number: int) -> str:
    """The path of an article."""
    return f"/tin/bai-so-{number}-{1000 + number}.html"


def as_json(value: object) -> list[Any]:
    """An answer with JSON."""
    return answer(json.dumps(value, ensure_ascii=False), kind="application/json; charset=utf-8")


def pages(articles: int = 3, *, a_page: int = 3, button: bool = False, words: str = "Xem thêm") -> dict[str, list[Any]]:
    """The paper's answers by path; its newest article is the one with the highest number.

    Args:
        a_page: so many articles a list loads at once.
        button: it does so when a button with these words is clicked, and not when it is scrolled.
    """
    served: dict[str, list[Any]] = {
        "/": answer(SHELL),
        SECTION: answer(SHELL),
        "/app.js": answer(SCRIPT.replace("Xem thêm", words), kind="text/javascript"),
        "/app.css": answer(STYLE, kind="text/css"),
        "/phong.woff2": answer(b"none", kind="font/woff2"),
    }
    newest = list(range(articles))[::-1]
    for first in range(0, articles, a_page):
        number = first // a_page + 1
        items = [{name: truth(one)[name] for name in ("id", "slug", "title")} for one in newest[first : first + a_page]]
        following = number + 1 if first + a_page < articles else None
        served[f"/api/muc/doi-song?trang={number}"] = as_json({"items": items, "next": following, "button": button})
    for number in range(articles):
        served[path_of(number)] = answer(SHELL)
        served[f"/api/tin/{1000 + number}"] = as_json(truth(number))
        picture = draw_picture(f"anh {number}", 320, 200, "png")
        served[f"/anh/{number}.png"] = answer(picture, kind="image/png")
    return served


def declare(folder: Path, *more: str) -> Path:
    """Write the paper's declaration, with further attributes."""
    path = folder / "baomay.py"
    path.write_text(DECLARED + "".join(f"    {line}\n" for line in more), "utf-8")
    return path
