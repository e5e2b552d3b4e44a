"""Prints robots.txt, feeds and sitemaps."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from crawler.newsroom.story import Paper, Section, Story


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
