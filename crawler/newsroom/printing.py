"""Prints stories and lists as the papers' markup; decides no address and answers no request."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

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
