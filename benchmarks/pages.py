"""Articles, lists and pictures of an exact size for the origin, as many as are asked for; serves none of them.

The articles are the newsroom's own of baocantho.test, without their figures. What a real page has around its text, and
the newsroom's has not, is put around it: a menu, and a side column of headlines and thumbnails that lead to articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import attrs

from crawler.newsroom import Newsroom
from crawler.newsroom.papers import CANTHO
from crawler.newsroom.printing.pages import article_page
from crawler.newsroom.story import Piece, Story

STORIES = 64
PER_LIST = 20
# Sections that Báo Cần Thơ's spider declares: none has more list pages than one run reads.
SECTIONS = ("thoi-su", "chinh-tri", "kinh-te", "the-gioi", "giao-duc", "y-te", "the-thao", "du-lich")
# Stands for the article's number until a page is asked for; of a length that every number has.
_NUMBER = b"7654321"
_FIRST = 1_000_000
_HEADLINE = (
    '<li><a href="/tin-cu-a{n}.html"><img class="fleft" width="80" height="60" src="/thumb/{n}.jpg" alt="" /></a>'
    '<h4><a href="/tin-cu-a{n}.html">{title}</a></h4><p class="desc">{lead}</p></li>\n'
)


def article_path(nth: int) -> str:
    """Path of the nth article, counted from 0."""
    return f"/ban-tin-trong-ngay-a{_FIRST + nth}.html"


def picture_path(nth: int) -> str:
    """Path of the nth picture, counted from 0."""
    return f"/anh/{_FIRST + nth}.jpg"


def list_path(section: str, page: int) -> str:
    """Path of a section's list page, counted from 1."""
    return f"/{section}/" + (f"?p={page}" if page > 1 else "")


def list_paths(articles: int) -> list[str]:
    """The list pages that name so many articles, at least 8; the sections share them evenly."""
    return [list_path(section, page) for section, pages in _pages(articles).items() for page in range(1, pages + 1)]


def _pages(articles: int) -> dict[str, int]:
    numbers = {section: range(nth, articles, len(SECTIONS)) for nth, section in enumerate(SECTIONS)}
    return {section: -(-len(own) // PER_LIST) for section, own in numbers.items() if own}


@attrs.frozen
class Pages:
    """The origin's pages and pictures: the same number and size give the same bytes."""

    articles: int
    page_bytes: int
    picture_bytes: int
    _templates: list[bytes] = attrs.field(init=False, repr=False)
    _noise: bytes = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        newsroom = Newsroom(articles=3 * STORIES)
        stories = [story for story in newsroom.of(CANTHO) if not story.hidden][:STORIES]
        others = stories + [story for story in newsroom.stories if story.paper is not CANTHO]
        templates = [
            _template(story, others[nth + 1 :] + others[:nth], self.page_bytes) for nth, story in enumerate(stories)
        ]
        object.__setattr__(self, "_templates", templates)
        object.__setattr__(self, "_noise", Random(0).randbytes(self.picture_bytes))

    def article(self, number: int) -> bytes | None:
        """The page of an article by the number in its address; None where none is."""
        if not 0 <= number - _FIRST < self.articles:
            return None
        return self._templates[number % len(self._templates)].replace(_NUMBER, b"%07d" % number)

    def picture(self, number: int) -> bytes:
        """A picture by the number in its address: noise that no compression makes smaller."""
        return b"\xff\xd8\xff\xe0%07d" % number + self._noise[11:]

    def list(self, section: str, page: int) -> bytes | None:
        """A section's list page; None where none is."""
        pages = _pages(self.articles).get(section, 0)
        if not 1 <= page <= pages:
            return None
        own = range(SECTIONS.index(section), self.articles, len(SECTIONS))
        numbers = own[(page - 1) * PER_LIST : page * PER_LIST]
        lines = "".join(
            f'<li class="news-img"><a class="b-title" href="{article_path(nth)}"><h3>Bản tin số {nth}</h3></a></li>\n'
            for nth in numbers
        )
        near = [other for other in (page - 1, page + 1) if 1 <= other <= pages]
        paging = "".join(f'<li><a href="{list_path(section, other)}">{other}</a></li>' for other in near)
        body = f'<ul class="list-news-img-style-1">\n{lines}</ul>\n<div id="page"><ul>{paging}</ul></div>'
        return f"<!DOCTYPE html>\n<html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode()


def _template(story: Story, others: Sequence[Story], size: int) -> bytes:
    """The story's page at exactly `size` bytes, with a mark wherever its number stands."""
    mark = _NUMBER.decode()
    story.number, story.slug = int(mark), "ban-tin-trong-ngay"
    story.title = f"{story.title} ({mark})"
    story.pieces = [piece for piece in story.pieces if piece.type != "figure"]
    story.pieces.append(Piece("paragraph", f"Bản tin số {mark} khép lại ở đây."))
    page = article_page(story)
    cut = page.index('<div id="colcate2">') + len('<div id="colcate2">')
    room = size - len(page.encode())
    lines = []
    for nth, other in enumerate(others):
        line = _HEADLINE.format(n=200_000 + nth, title=other.title, lead=other.lead)
        if len(line.encode()) <= room:
            lines.append(line)
            room -= len(line.encode())
    return (page[:cut] + "".join(lines) + " " * max(room, 0) + page[cut:]).encode()
