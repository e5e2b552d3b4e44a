"""Prints stories and lists in the markup of each paper."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def shell_page(paper: Paper) -> str:
    """The HTML of every page of a paper drawn by scripts."""
    return _templates().get_template(f"{paper.key}_shell.html").render(paper=paper)


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
