"""Pages of baolaocai.test, the mcms.one `post<id>` family as of 2025; refuses to hold any prose.

Selectors, field by field:

- kicker: `.article__header .article__kicker`, on about a third of the pages; elsewhere there is none.
- title: `h1.article__title.cms-title`. On some pages the JSON-LD `headline` is escaped twice (`Chi&amp;#7871;n`), on
  all of them `<title>` and og:title are the title followed by " | Báo Lào Cai điện tử".
- published_at: `.article__meta time[datetime]`, text "17/06/2025 13:43", attribute ISO without an offset on some pages;
  `meta[property="article:published_time"]` ISO with +07:00; JSON-LD `datePublished` with a space before the offset.
- modified_at: `.article__meta .article__update` "Cập nhật: 18/06/2025 08:10" and
  `meta[property="article:modified_time"]`, only where there is one.
- lead: `.article__sapo.cms-desc`, outside the body.
- body: the children of `div.article__body.zce-content-body.cms-body`.
    - paragraph: `p`; heading: `h3`; quote: `blockquote > p`; list: `ul > li`; table: `table.cms-table tr > td`;
      related: `div.cms-relate li a.cms-link`.
    - figure, older form: `table.picture` with `td.pic > img` and `td.pCaption` (caption and credit in one line);
      newer form: `figure.picture > img` and `figcaption` with the credit in `span.cms-credit`, or in the same line.
- byline: `div.t1 > span.t2`, after the body and outside it, absent on some pages. `meta[name=author]` and the JSON-LD
  author are the newspaper.
- tags: `.article__tag a`, linking into `/tim-kiem/`, which robots.txt forbids.
- furniture: `.article__social`, `.article__comment`, `aside.sidebar`, `footer`.
- canonical: `link[rel=canonical]`.
- list: `article.story h2 a.cms-link`; paging `a.next` with `/<section>/?page=2`; RSS `/rss/<section>.xml`; sitemap.xml.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from crawler.newsroom.story import Story


def clock(moment: datetime) -> str:
    """A time as this paper prints it."""
    return moment.strftime("%d/%m/%Y %H:%M")


def escaped_twice(text: str) -> str:
    """The text as this CMS writes it into JSON-LD: letters beyond Latin-1 as numeric references, their & escaped."""
    return "".join(letter if ord(letter) < 256 else f"&amp;#{ord(letter)};" for letter in text)


def article_words(story: Story) -> dict[str, Any]:
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
        "published": clock(story.published),
        "attribute": stamp[:19] if story.look.get("naive time") else stamp,
        "modified": clock(story.modified) if story.modified else None,
        "linked": json.dumps(linked, ensure_ascii=False),
    }
