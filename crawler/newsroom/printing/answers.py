"""Prints the answers of the API from which a paper's scripts draw its pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from crawler.newsroom.printing.pages import list_item
from crawler.newsroom.story import Paper, Piece, Section, Story


def menu(paper: Paper) -> str:
    """The paper's sections: name, path, and how their lists grow."""
    return _printed([_section(paper, one) for one in paper.sections])


def items(stories: Sequence[tuple[Story, str]], following: str | None) -> str:
    """A part of a list: stories, each with the path that leads to it, and the address of the next part."""
    return _printed({"items": [_item(story, path) for story, path in stories], "next": following})


def article(story: Story) -> str:
    """A whole article."""
    return _printed(
        {
            "id": story.number,
            "path": story.path,
            "section": _section(story.paper, story.section),
            "kicker": story.kicker,
            "title": story.title,
            "lead": story.lead,
            "byline": story.byline.printed,
            "published": story.published.isoformat(),
            "modified": story.modified.isoformat() if story.modified else None,
            "blocks": [_block(piece) for piece in story.pieces],
            "tags": story.tags,
            "related": [{"path": url, "title": title} for url, title in story.sidebar],
        }
    )


def _section(paper: Paper, section: Section) -> dict[str, Any]:
    path = paper.list_path.format(section=section.slug)
    return {
        "slug": section.slug,
        "name": section.name,
        "path": path,
        "more": section.more,
        "gallery": section.is_gallery,
    }


def _item(story: Story, path: str) -> dict[str, Any]:
    shown = list_item(story, path)
    return {
        "path": shown.path,
        "title": shown.title,
        "summary": shown.summary,
        "picture": shown.picture,
        "section": story.section.name,
        "published": story.published.isoformat(),
    }


def _block(piece: Piece) -> dict[str, Any]:
    if piece.picture is not None:
        picture = piece.picture
        return {
            "type": "figure",
            "src": picture.path,
            "width": picture.width,
            "height": picture.height,
            "caption": picture.printed,
        }
    return {
        "type": piece.type,
        "text": piece.printed,
        "lines": piece.lines,
        "rows": piece.rows,
        "links": [{"path": url, "title": title} for url, title in piece.links],
    }


def _printed(answer: Any) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
