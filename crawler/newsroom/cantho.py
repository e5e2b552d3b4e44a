"""Pages of baocantho.test, the `-a<id>` family as seen on a page of January 2026; refuses to hold any prose.

Selectors, field by field:

- kicker: `#colcate1 .titlecate h1 > a`, the first link of the first h1, in capitals; on some pages " > " and a link to
  a subsection follow, which are no part of it.
- title: `h1.margintopbot10` (the second h1), ending in a no-break space before an empty `span.sprite.icophoto`.
- published_at: `span.pubdate` "08/01/2026 - 18:21"; JSON-LD `datePublished` holds the day only, without a time;
  JSON-LD names no author and calls the title `name`.
- modified_at: `span.update` "Cập nhật: 09/01/2026 - 07:30", only where there is one.
- body: the children of `#newscontents .content-fck`; the first paragraph is the lead, with or without
  "<strong>(CTO)</strong> - " (the dateline stays in the text). An empty advertisement div stands before each picture.
    - paragraph: `p[style*=justify]`; heading: `h3`, or `p[style*=justify] > strong` as its only child;
      quote: `blockquote > p`; list: `ul > li`; table: `table.tbl tr > td`; related: `div.tinlienquan li a`.
    - figure: `p > img.zoomimg` (empty alt, absolute src), then `p[style*=center] > em` with caption and, on some, the
      credit at its end ("... Ảnh: P.Y" or "... (Ảnh: P.Y)"); no figure element. A picture without a caption is followed
      by an ordinary paragraph.
- byline: last `p[style*=right] strong` of the body, absent on some pages.
- tags: `.block_tag a.tag_item`, linking into `/tim-kiem/`, which robots.txt forbids.
- furniture: `#linkshare`, `#comment`, `#colcate2` (side column), `div.wappercontainer ~ div.div-footer`.
- canonical: `link[rel=canonical]`; `base[href]` points to `/static/templates/version1/homepage/`.
- list: `ul.list-news-img-style-1 > li a.b-title`; paging `#page a` with `/<section>?p=2`; RSS `/rss/cate/<section>/`.

After a redesign its articles are printed in a second markup, which no declared layout knows; lists stay as they are:

- kicker: `.ct-trail`, a subsection behind " › "; title: `h2.ct-headline`, there is no h1; JSON-LD and meta elements
  are those of before.
- published_at: `.ct-when b`, modified_at: `.ct-when i` "Cập nhật: ...", in the form of before.
- body: the children of `.ct-words`; the first is the lead. Paragraph: `div.ct-par`; heading: `h4`; quote:
  `blockquote`; list: `ul.ct-points > li`; table: `table.ct-table tr > td`; related: `aside.ct-more li a`; figure:
  `figure.ct-shot` with `img` (empty alt) and `figcaption` (caption and credit in one line).
- byline: `.ct-sign`, behind the body; tags: `.ct-words-of a`.
- furniture: `.ct-share`, `.ct-say`, `aside.ct-side`, `footer`; canonical: `link[rel=canonical]`; no base element.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from crawler.newsroom.story import Story


def clock(moment: datetime) -> str:
    """A time as this paper prints it."""
    return moment.strftime("%d/%m/%Y - %H:%M")


def article_words(story: Story) -> dict[str, Any]:
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
        "published": clock(story.published),
        "modified": clock(story.modified) if story.modified else None,
        "linked": json.dumps(linked, ensure_ascii=False, indent=2),
    }
