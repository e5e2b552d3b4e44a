"""Prints stories, lists, feeds and sitemaps as the papers' markup; decides no address and answers no request."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

import jinja2

from crawler.newsroom import baclieu, bienxanh, cantho, laocai
from crawler.newsroom.story import Paper, Section, Story

Links = Sequence[tuple[str, str]]
ARTICLE_WORDS: dict[str, Callable[[Story], dict[str, Any]]] = {
    "baocantho": cantho.article_words,
    "baolaocai": laocai.article_words,
    "baobaclieu": baclieu.article_words,
    "baobienxanh": bienxanh.article_words,
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


def article_page(story: Story) -> str:
    """The HTML of an article's page."""
    template = _templates().get_template(f"{story.paper.key}_article.html")
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


def feed(paper: Paper, section: Section, stories: Sequence[Story]) -> str:
    """RSS 2.0 of the section's stories in the order given."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(story.url)}</link>"
        f'<guid isPermaLink="true">{escape(story.url)}</guid><description>{escape(story.lead)}</description>'
        f"<pubDate>{format_datetime(story.published)}</pubDate></item>\n"
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>\n'
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
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'
    )


def robots(paper: Paper) -> str:
    """The paper's robots.txt."""
    return f"User-agent: *\nDisallow: /tim-kiem/\n\nSitemap: {paper.origin}/sitemap.xml\n"
