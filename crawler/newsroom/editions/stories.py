"""The editions and their stories, which bear numbers of the Vietnamese stories and are not translations of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from crawler.newsroom.papers import CANTHO
from crawler.newsroom.story import Byline, Paper, Picture, Piece, Section, Story
from crawler.newsroom.truth import Digests, sections_of, truths_of
from crawler.newsroom.words import read_lists

# The names of the declarations, the languages, the beginnings of the addresses
EDITIONS = (("baocanthoen", "en", "/news/"), ("baocanthokhmer", "km", "/khmer/"), ("baocanthocn", "zh", "/cn/"))
SECTION = "xa-hoi"
KHMER_DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
_PARAGRAPHS = 3


@dataclass(frozen=True)
class Edition:
    """An edition: its language, where its addresses begin, and its stories, the newest first."""

    paper: Paper
    language: str
    prefix: str
    stories: tuple[Story, ...]

    def truth(self, digests: Digests) -> dict[str, Any]:
        """What an extractor must find in its pages."""
        return {
            "newspaper": self.paper.key,
            "language": self.language,
            "host": self.paper.host,
            "prefix": self.prefix,
            "sections": sections_of(self.paper),
            "articles": truths_of(self.stories, digests),
        }

    def clock(self, moment: datetime) -> str:
        """A time as the edition prints it."""
        if self.language == "zh":
            return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
        printed = f"{moment:%d/%m/%Y - %H:%M}"
        return printed.translate(KHMER_DIGITS) if self.language == "km" else printed


def write_editions(vietnamese: Sequence[Story]) -> tuple[Edition, ...]:
    """The editions, each with stories of the same numbers as the first Vietnamese ones, some hours later."""
    readable = [story for story in vietnamese if not story.hidden]
    return tuple(_edition(key, language, prefix, readable) for key, language, prefix in EDITIONS)


def _edition(key: str, language: str, prefix: str, vietnamese: Sequence[Story]) -> Edition:
    lists = read_lists("editions")[language]
    paper = replace(
        CANTHO, key=key, name=lists["name"][0], sections=(Section(SECTION, lists["section"][0]),),
        article_path=prefix + "{slug}-a{number}.html", list_path=prefix + "{section}/", page_path="", feed_path="",
    )  # fmt: skip
    stories = [_story(paper, lists, nth, other) for nth, other in enumerate(vietnamese[: len(lists["title"])])]
    return Edition(paper, language, prefix, tuple(reversed(stories)))


def _story(paper: Paper, lists: dict[str, tuple[str, ...]], nth: int, other: Story) -> Story:
    texts = lists["text"]
    paragraphs = [texts[(2 * nth + by) % len(texts)] for by in range(_PARAGRAPHS)]
    lead, title, name = lists["lead"][nth], lists["title"][nth], lists["byline"][nth % len(lists["byline"])]
    author = name.removeprefix("By ")
    path = f"{paper.list_path.format(section='anh')}{other.number}.jpg"
    pieces = [Piece("paragraph", text) for text in (lead, *paragraphs)]
    if nth % 2 == 0:
        pieces.insert(2, Piece("figure", picture=Picture(path, path, 640, 420, lists["caption"][0])))
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or f"bai-{nth + 1}"
    return Story(
        paper=paper, section=paper.sections[0], number=other.number, slug=slug, kicker=None, title=title, lead=lead,
        pieces=pieces, byline=Byline(name, (author,), ((author, "text"),)),
        published=other.published + timedelta(hours=3), tags=(),
    )  # fmt: skip
