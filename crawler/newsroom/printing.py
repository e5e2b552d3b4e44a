"""Prints stories, lists, feeds and sitemaps in the markup of each paper."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

import jinja2

from crawler.newsroom.story import Paper, Section, Story


def cantho_time(moment: datetime) -> str:
    """A time as this paper prints it."""
    return moment.strftime("%d/%m/%Y - %H:%M")


def cantho_words(story: Story) -> dict[str, Any]:
    """What the article template needs besides the story."""
    linked = {
        "@context": "https://schema.org/",
        "@type": "NewsArticle",
        "name": story.title,
        "datePublished": story.published.strftime("%Y-%m-%d"),
        "description": story.lead,
    }
    if story.hidden == "published_at":
        del linked["datePublished"]
    return {
        "published": cantho_time(story.published),
        "modified": cantho_time(story.modified) if story.modified else None,
        "linked": json.dumps(linked, ensure_ascii=False, indent=2),
    }


def laocai_time(moment: datetime) -> str:
    """A time as this paper prints it."""
    return moment.strftime("%d/%m/%Y %H:%M")


def escaped_twice(text: str) -> str:
    """The text as this CMS writes it into JSON-LD: letters beyond Latin-1 as numeric references, their & escaped."""
    return "".join(letter if ord(letter) < 256 else f"&amp;#{ord(letter)};" for letter in text)


def laocai_words(story: Story) -> dict[str, Any]:
    """What the article template needs besides the story."""
    linked: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": story.url},
        "headline": escaped_twice(story.title) if story.look.get("escaped twice") else story.title,
        "description": story.lead,
        "datePublished": story.published.strftime("%Y-%m-%dT%H:%M:%S +07:00"),
        "author": {"@type": "Organization", "name": "Báo Lào Cai"},
        "publisher": {"@type": "Organization", "name": "Báo Lào Cai"},
    }
    if story.hidden == "title":
        del linked["headline"], linked["description"]
    stamp = story.published.isoformat()
    return {
        "published": laocai_time(story.published),
        "attribute": stamp[:19] if story.look.get("naive time") else stamp,
        "modified": laocai_time(story.modified) if story.modified else None,
        "linked": json.dumps(linked, ensure_ascii=False),
    }


WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def baclieu_time(moment: datetime, with_comma: bool = False) -> str:
    """The time as printed, "Thứ Sáu, 26/10/2018 | 16:26", or in the elder form with a second comma."""
    between = ", " if with_comma else " | "
    return f"{WEEKDAYS[moment.weekday()]}, {moment:%d/%m/%Y}{between}{moment:%H:%M}"


def baclieu_words(story: Story) -> dict[str, Any]:
    """What the article template needs besides the story."""
    return {
        "published": baclieu_time(story.published, story.look.get("elder clock", False)),
        "modified": f"{story.modified:%d/%m/%Y} | {story.modified:%H:%M}" if story.modified else None,
    }


def bienxanh_time(moment: datetime) -> str:
    """A time as this paper prints it: the clock first, the day in words."""
    return f"{moment:%H:%M}, ngày {moment.day} tháng {moment.month} năm {moment.year}"


def bienxanh_words(story: Story) -> dict[str, Any]:
    """What the article template needs besides the story."""
    return {
        "published": f"{WEEKDAYS[story.published.weekday()]}, {bienxanh_time(story.published)}",
        "modified": bienxanh_time(story.modified) if story.modified else None,
        "elsewhere": f"{story.published:%d/%m/%Y} 05:00",
    }


Links = Sequence[tuple[str, str]]
ARTICLE_WORDS: dict[str, Callable[[Story], dict[str, Any]]] = {
    "baocantho": cantho_words,
    "baolaocai": laocai_words,
    "baobaclieu": baclieu_words,
    "baobienxanh": bienxanh_words,
}
SUMMARY_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list: the address it links to, which need not be the article's own."""

    path: str
    title: str
    summary: str
    picture: str | None


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("crawler.newsroom"), autoescape=True, undefined=jinja2.StrictUndefined
    )


def article_page(story: Story, *, is_redesigned: bool = False) -> str:
    """The HTML of an article's page, in the paper's own markup or in its second one."""
    template = _templates().get_template(f"{story.paper.key}_{'redesigned' if is_redesigned else 'article'}.html")
    words = ARTICLE_WORDS[story.paper.key](story)
    return template.render(paper=story.paper, story=story, here=story.section.slug, sidebar=story.sidebar, **words)


def list_page(
    paper: Paper, section: Section | None, items: Sequence[Item], page: int, pages: int, sidebar: Links
) -> str:
    """A page of a section's list, or the front page where there is no section."""

    def link(number: int) -> str:
        assert section is not None
        path = paper.list_path if number == 1 else paper.page_path
        origin = paper.origin if paper.key == "baocantho" else ""
        return origin + path.format(section=section.slug, page=number)

    return (
        _templates()
        .get_template(f"{paper.key}_list.html")
        .render(
            paper=paper,
            section=section,
            here=section.slug if section else None,
            items=items,
            page=page,
            pages=pages,
            link=link,
            sidebar=sidebar,
        )
    )


def search_page() -> str:
    """The HTML of the search, which robots.txt closes to crawlers."""
    return _templates().get_template("search.html").render()


def list_item(story: Story, path: str) -> Item:
    """A story as a list names it, linked by `path`."""
    summary = story.lead
    if len(summary) > SUMMARY_LENGTH:
        summary = summary[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + "..."
    title = "Xem tiếp" if story.hidden == "title" else story.title
    pictures = story.pictures
    return Item(path, title, summary, pictures[0].path if pictures else None)


def robots(paper: Paper) -> str:
    """The paper's robots.txt."""
    return f"User-agent: *\nDisallow: /tim-kiem/\n\nSitemap: {paper.origin}/sitemap.xml\n"


NEWS_PATH = "/sitemaps/news.xml"
MONTH_PATH = "/sitemaps/{month}.xml.gz"
NEWS_AGE = timedelta(days=2)
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def feed(paper: Paper, section: Section, stories: Sequence[Story]) -> str:
    """RSS 2.0 of the section's stories in the order given."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(story.url)}</link>"
        f'<guid isPermaLink="true">{escape(story.url)}</guid><description>{escape(story.lead)}</description>'
        f"<pubDate>{format_datetime(story.published)}</pubDate></item>\n"
        for story in stories
    )
    return (
        f'{_DECLARATION}<rss version="2.0"><channel>\n'
        f"<title>{escape(section.name)} - {escape(paper.name)}</title><link>{paper.origin}/</link>"
        f"<description>Toà soạn mẫu: {escape(section.name)}</description><language>vi</language>\n"
        f"{items}</channel></rss>\n"
    )


def sitemap(paper: Paper, stories: Sequence[Story], changed: datetime) -> str:
    """The sitemap of the front page, the sections and the stories, with the times of their last change."""
    places = [(paper.origin + "/", changed)]
    places += [(paper.origin + paper.list_path.format(section=section.slug), changed) for section in paper.sections]
    places += [(story.url, story.changed) for story in stories]
    lines = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{moment.isoformat()}</lastmod></url>\n" for url, moment in places
    )
    return f"{_DECLARATION}<urlset {_SITEMAPS}>\n{lines}</urlset>\n"


def atom(paper: Paper, section: Section, stories: Sequence[Story], changed: datetime) -> str:
    """Atom (RFC 4287) of the section's stories in the order given."""
    own = paper.origin + paper.feed_path.format(section=section.slug)
    entries = "".join(
        f'<entry><title>{escape(story.title)}</title><link rel="alternate" href="{escape(story.url)}"/>'
        f"<id>tag:{paper.host},2018:{story.number}</id><published>{story.published.isoformat()}</published>"
        f"<updated>{story.changed.isoformat()}</updated><summary>{escape(story.lead)}</summary></entry>\n"
        for story in stories
    )
    return (
        f'{_DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">\n'
        f"<title>{escape(section.name)} - {escape(paper.name)}</title><id>{own}</id>"
        f'<link rel="self" href="{own}"/><link href="{paper.origin}/"/><updated>{changed.isoformat()}</updated>'
        f"<author><name>{escape(paper.name)}</name></author>\n{entries}</feed>\n"
    )


def sitemap_index(paper: Paper, stories: Iterable[Story], changed: datetime) -> str:
    """An index that names the news sitemap and those of the months, with the times of their last change."""
    places = [(NEWS_PATH, changed)]
    places += [(MONTH_PATH.format(month=month), moment) for month, moment in sorted(months(stories).items())]
    lines = "".join(
        f"<sitemap><loc>{paper.origin}{path}</loc><lastmod>{moment.isoformat()}</lastmod></sitemap>\n"
        for path, moment in places
    )
    return f"{_DECLARATION}<sitemapindex {_SITEMAPS}>\n{lines}</sitemapindex>\n"


def months(stories: Iterable[Story]) -> dict[str, datetime]:
    """When each month's articles were last printed, edited, moved or withdrawn."""
    found: dict[str, datetime] = {}
    for story in stories:
        month, moment = f"{story.published:%Y-%m}", max(story.changed, story.touched or story.changed)
        found[month] = max(moment, found.get(month, moment))
    return found


def month_sitemap(stories: Iterable[Story], month: str) -> bytes:
    """The sitemap of a month's articles that can be read, as a gzip file."""
    lines = "".join(
        f"<url><loc>{escape(story.url)}</loc><lastmod>{story.changed.isoformat()}</lastmod></url>\n"
        for story in stories
        if f"{story.published:%Y-%m}" == month and not story.withdrawn and not story.hidden
    )
    text = f"{_DECLARATION}<urlset {_SITEMAPS}>\n{lines}</urlset>\n"
    return gzip.compress(text.encode(), 6, mtime=0)


def news_sitemap(paper: Paper, stories: Sequence[Story], instant: datetime) -> str:
    """The articles of the last two days before an instant, as Google's news sitemaps name them."""
    publication = f"<news:publication><news:name>{escape(paper.name)}</news:name>"
    lines = "".join(
        f"<url><loc>{escape(story.url)}</loc><news:news>{publication}<news:language>vi</news:language>"
        f"</news:publication><news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(story.title)}</news:title></news:news></url>\n"
        for story in stories
        if instant - story.published <= NEWS_AGE
    )
    return f"{_DECLARATION}<urlset {_SITEMAPS} {_NEWS}>\n{lines}</urlset>\n"
