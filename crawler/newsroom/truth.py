"""The articles that an extractor must find in the newsroom's pages, as fields."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from crawler.newsroom.pictures import picture_file
from crawler.newsroom.story import Paper, Picture, Story

# The sha256 of each picture's file.
Digests = dict[Picture, str]


def truths_of(stories: Iterable[Story], digests: Digests) -> list[dict[str, Any]]:
    """The stories as the fields that an extractor must find; `digests` keeps those of the pictures drawn."""
    found = []
    for story in stories:
        for picture in story.pictures:
            if picture not in digests:
                digests[picture] = hashlib.sha256(picture_file(picture)).hexdigest()
        found.append(_truth_of(story, digests))
    return found


def sections_of(paper: Paper) -> list[dict[str, str]]:
    """A paper's sections, by the name and path that a declaration of it needs."""
    return [{"name": one.name, "path": paper.list_path.format(section=one.slug)} for one in paper.sections]


def _truth_of(story: Story, digest_of: Digests) -> dict[str, Any]:
    by_photographer = story.byline.photographer if not any(picture.credit for picture in story.pictures) else None
    images = [
        {
            "url": story.paper.origin + piece.picture.path,
            "caption": piece.picture.caption,
            "credit": piece.picture.credit or by_photographer,
            "position": position,
            "sha256": digest_of[piece.picture],
        }
        for position, piece in enumerate(story.pieces)
        if piece.picture is not None
    ]
    return {
        "newspaper": story.paper.key,
        "article_id": str(story.number),
        "url": story.url,
        "section": story.section.name,
        "kicker": story.kicker,
        "title": story.title,
        "lead": story.lead,
        "body": [{"type": piece.type, "text": piece.printed_text} for piece in story.pieces],
        "authors": list(story.byline.authors),
        "contributors": [{"name": name, "role": role} for name, role in story.byline.contributors],
        "source": story.byline.source,
        "byline": story.byline.printed,
        "published_at": story.published.isoformat(),
        "modified_at": story.modified.isoformat() if story.modified else None,
        "images": images,
        "tags": list(story.tags),
        "status": "withdrawn" if story.withdrawn else "published",
    }
