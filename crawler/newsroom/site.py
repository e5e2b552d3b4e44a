"""What each host of the newsroom serves at each address."""

from __future__ import annotations

import functools
import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, unquote

from crawler.newsroom.editions.pages import page_at
from crawler.newsroom.editions.stories import Edition
from crawler.newsroom.newsroom import Newsroom
from crawler.newsroom.papers import BACLIEU, LAOCAI
from crawler.newsroom.pictures import picture_file
from crawler.newsroom.printing import answers, feeds, pages
from crawler.newsroom.static_files import static_file
from crawler.newsroom.story import Paper, Picture, Section, Story

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"
PER_PAGE = 20
# The items of one answer of an API.
PER_PART = 12
IN_FEED = 30
ON_FRONT = 24
NUMBER = re.compile(r"(\d+)\.html?$")
PAGE_IN_PATH = re.compile(r"/trang-(\d+)\.htm$")
DEAD_SLUG = "tin-da-go-khoi-trang"


@dataclass(frozen=True, slots=True)
class Page:
    """The content of an address. `tag` and `modified` are empty where the page cannot be asked for conditionally."""

    status: int
    body: bytes
    type: str = HTML
    tag: str = ""
    modified: datetime | None = None
    location: str | None = None
    once: bool = False


class Site:
    """The papers' addresses. A page is made when it is first asked for and kept until its paper changes."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self._desks = {
            paper.host: (DrawnDesk if paper.is_drawn else Desk)(newsroom, paper) for paper in newsroom.papers
        }

    def page(self, host: str, target: str) -> Page:
        """What a host answers to a target."""
        desk = self._desks.get(host)
        if desk is None:
            return Page(404, "Không có máy chủ này.".encode(), "text/plain; charset=utf-8")
        path = target.partition("?")[0]
        for edition in self.newsroom.editions:
            if host == edition.paper.host and path.startswith(edition.prefix):
                return _edition_page(edition, path)
        return desk.page(target)

    def changed(self) -> None:
        """To be called after each change of the newsroom, its clock included."""
        for desk in self._desks.values():
            desk.rebuild()


def _edition_page(edition: Edition, path: str) -> Page:
    found = page_at(edition, path)
    if found is None:
        return Page(404, b"404", "text/plain; charset=utf-8")
    body, media_type = found
    return Page(200, body, media_type, hashlib.sha256(body).hexdigest()[:16], edition.paper.first)


class Desk:
    """The addresses of one paper."""

    def __init__(self, newsroom: Newsroom, paper: Paper) -> None:
        self.newsroom = newsroom
        self.paper = paper
        self._files: dict[str, Page] = {}
        self._pictures: dict[Picture, Page] = {}
        self._failing = {story.path for story in newsroom.of(paper) if story.fails_once}
        self.rebuild()

    def rebuild(self) -> None:
        """Rebuild lists, feeds and sitemaps after a change of the stories."""
        self._pages: dict[str, Page] = {}
        self._stories = list(reversed(self.newsroom.of(self.paper)))
        self._shown = [story for story in self._stories if not story.withdrawn]
        self._numbers = {story.number: story for story in self._stories}
        self._makers: dict[str, Callable[[], Page]] = {
            "/": self._front,
            "/robots.txt": lambda: self._made(feeds.robots(self.paper), "text/plain; charset=utf-8"),
            "/sitemap.xml": self._sitemap,
        }
        if self.newsroom.opens_at is not None and self.paper.key == LAOCAI.key:
            self._makers |= {"/sitemap.xml": self._sitemap_index, feeds.NEWS_PATH: self._news}
            for month, changed in feeds.months(self._stories).items():
                self._makers[feeds.MONTH_PATH.format(month=month)] = functools.partial(self._month, month, changed)
        for story in self._stories:
            self._add_story(story)
        if self.paper.feed_path:
            for section in self.paper.sections:
                self._makers[self.paper.feed_path.format(section=section.slug)] = functools.partial(self._feed, section)

    def page(self, target: str) -> Page:
        """What the paper answers to a target."""
        if target in self._failing:
            self._failing.discard(target)
            return Page(500, "Máy chủ đang bận, xin thử lại.".encode(), "text/plain; charset=utf-8", once=True)
        found = self._pages.get(target)
        if found is None:
            found = self._make(target)
            if found.status == 200:
                self._pages[target] = found
        return found

    def _make(self, target: str) -> Page:
        path, _, query = target.partition("?")
        path = unquote(path)
        maker = self._makers.get(path)
        if maker is not None:
            return maker()
        for section in self.paper.sections:
            own = self.paper.list_path.format(section=section.slug)
            if path.rstrip("/") == own.rstrip("/"):
                return self._list(section, target, query)
            if PAGE_IN_PATH.sub(".htm", path) == own:
                return self._list(section, own, f"page={PAGE_IN_PATH.findall(path)[0]}")
        if path in self._files:
            return self._files[path]
        static = static_file(self.paper, path)
        if static is not None:
            body, media_type = static
            self._files[path] = self._made_of(body, media_type, self.paper.first)
            return self._files[path]
        if path.startswith("/tim-kiem/"):
            return Page(200, pages.search_page().encode())
        return self._by_number(path)

    def _add_story(self, story: Story) -> None:
        self._makers[story.path] = functools.partial(self._article, story)
        for picture in story.pictures:
            self._makers[picture.path] = functools.partial(self._picture, story, picture)

    def _article(self, story: Story) -> Page:
        if story.withdrawn:
            return Page(410, "Bài viết đã được gỡ.".encode(), "text/plain; charset=utf-8")
        text = pages.article_page(story, is_redesigned=self.paper.key in self.newsroom.redesigned)
        return self._made_of(text.encode(), HTML, self.newsroom.printed(story))

    def _picture(self, story: Story, picture: Picture) -> Page:
        if picture.is_lost:
            return Page(404, "Không tìm thấy ảnh này.".encode(), "text/plain; charset=utf-8")
        if picture not in self._pictures:
            media_type = "image/png" if picture.path.endswith(".png") else "image/jpeg"
            filed = picture.filed or story.published
            self._pictures[picture] = self._made_of(picture_file(picture), media_type, filed)
        return self._pictures[picture]

    def _by_number(self, path: str) -> Page:
        """An address whose slug is not (or no longer) the article's is judged by the number at its end."""
        number = NUMBER.search(path)
        story = self._numbers.get(int(number[1])) if number else None
        if story is None:
            return Page(404, "Không tìm thấy trang này.".encode(), "text/plain; charset=utf-8")
        if story.withdrawn:
            return self._article(story)
        return Page(301, b"", location=story.url)

    def _front(self) -> Page:
        items = [pages.list_item(story, story.path) for story in self._shown[:ON_FRONT]]
        return self._made(pages.list_page(self.paper, None, items, 1, 1, self._sidebar(0)))

    def _list(self, section: Section, target: str, query: str) -> Page:
        requested = parse_qs(query).get("p" if self.paper.key == "baocantho" else "page", ["1"])[0]
        number = int(requested) if requested.isdecimal() and len(requested) < 6 else 0
        own = self.paper.list_path.format(section=section.slug)
        if number == 1 and target.partition("?")[0] != own:
            return Page(301, b"", location=self.paper.origin + own)
        stories = [story for story in self._shown if story.section is section]
        last = max(math.ceil(len(stories) / PER_PAGE), 1)
        if not 1 <= number <= last:
            return Page(404, "Không có trang này.".encode(), "text/plain; charset=utf-8")
        part = stories[(number - 1) * PER_PAGE : number * PER_PAGE]
        items = [pages.list_item(story, _list_path(story)) for story in part]
        return self._made(pages.list_page(self.paper, section, items, number, last, self._sidebar(number)))

    def _sidebar(self, page: int) -> list[tuple[str, str]]:
        """The newest articles; on a section's second page a link that leads nowhere stands among them."""
        newest = [story for story in self._shown if not story.hidden][:5]
        links = [(story.url, story.title) for story in newest]
        if page == 2:
            number = self.paper.first_number - 7
            section = self.paper.sections[0].slug
            dead = self.paper.article_path.format(slug=DEAD_SLUG, number=number, section=section)
            links.append((self.paper.origin + dead, "Tin đọc nhiều trong tuần"))
        return links

    def _feed(self, section: Section) -> Page:
        stories = [story for story in self._shown if story.section is section and not story.hidden][:IN_FEED]
        if self.newsroom.opens_at is not None and self.paper.key == BACLIEU.key:
            text = feeds.atom(self.paper, section, stories, self.newsroom.changed(self.paper))
            return self._made(text, "application/atom+xml; charset=utf-8")
        return self._made(feeds.feed(self.paper, section, stories), "application/rss+xml; charset=utf-8")

    def _sitemap(self) -> Page:
        stories = [story for story in self._shown if not story.hidden]
        return self._made(feeds.sitemap(self.paper, stories, self.newsroom.changed(self.paper)), XML)

    def _sitemap_index(self) -> Page:
        return self._made(feeds.sitemap_index(self.paper, self._stories, self.newsroom.changed(self.paper)), XML)

    def _news(self) -> Page:
        stories = [story for story in self._shown if not story.hidden]
        return self._made(feeds.news_sitemap(self.paper, stories, self.newsroom.now()), XML)

    def _month(self, month: str, changed: datetime) -> Page:
        return self._made_of(feeds.month_sitemap(self._stories, month), "application/gzip", changed)

    def _made(self, text: str, media_type: str = HTML) -> Page:
        return self._made_of(text.encode(), media_type, self.newsroom.changed(self.paper))

    def _made_of(self, body: bytes, media_type: str, modified: datetime) -> Page:
        return Page(200, body, media_type, hashlib.sha256(body).hexdigest()[:16], modified)


class DrawnDesk(Desk):
    """The addresses of a paper drawn by scripts: the same empty page at all of them, and the API behind it."""

    def rebuild(self) -> None:
        """Rebuild the API's answers after a change of the stories."""
        super().rebuild()
        del self._makers["/sitemap.xml"]
        self._makers |= {
            "/robots.txt": lambda: self._made("User-agent: *\nDisallow: /tim-kiem/\n", "text/plain; charset=utf-8"),
            "/api/menu": lambda: self._made(answers.menu(self.paper), JSON),
            "/api/latest": lambda: self._items(self._shown[:ON_FRONT], None),
        }
        for story in self._shown:
            told = functools.partial(self._told, story)
            self._makers[f"/api/articles/{story.number}"] = told

    def _make(self, target: str) -> Page:
        path, _, query = target.partition("?")
        for section in self.paper.sections:
            if path == f"/api/sections/{section.slug}":
                return self._part(section, path, parse_qs(query))
        return super()._make(target)

    def _part(self, section: Section, path: str, wanted: dict[str, list[str]]) -> Page:
        """A part of a section's list: by the number of the story before it, or by the number of the part."""
        stories = [story for story in self._shown if story.section is section]
        if section.more == "scroll":
            before = _number(wanted.get("before"), 10**9)
            stories = [story for story in stories if story.number < before]
            following = f"{path}?before={stories[PER_PART - 1].number}" if len(stories) > PER_PART else None
        else:
            number = _number(wanted.get("page"), 1)
            stories = stories[max(number - 1, 0) * PER_PART :]
            following = f"{path}?page={number + 1}" if len(stories) > PER_PART else None
        return self._items(stories[:PER_PART], following)

    def _items(self, stories: list[Story], following: str | None) -> Page:
        return self._made(answers.items([(story, _list_path(story)) for story in stories], following), JSON)

    def _told(self, story: Story) -> Page:
        return self._made_of(answers.article(story).encode(), JSON, self.newsroom.printed(story))

    def _front(self) -> Page:
        return self._made_of(pages.shell_page(self.paper).encode(), HTML, self.paper.first)

    def _list(self, section: Section, target: str, query: str) -> Page:
        return self._front()

    def _article(self, story: Story) -> Page:
        return super()._article(story) if story.withdrawn else self._front()


def _number(given: list[str] | None, otherwise: int) -> int:
    text = given[0] if given else ""
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def _list_path(story: Story) -> str:
    if story.has_old_address:
        return story.old_path
    return story.variant_path if story.has_variant_address else story.path
