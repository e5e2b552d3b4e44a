"""The pages of an edition: its front page and section, its articles, its pictures."""

from __future__ import annotations

import functools
from urllib.parse import unquote

import jinja2

from crawler.newsroom.editions.stories import Edition
from crawler.newsroom.pictures import picture_file

HTML = "text/html; charset=utf-8"


def page_at(edition: Edition, path: str) -> tuple[bytes, str] | None:
    """The bytes and the media type of what an edition has at a path; None where it has nothing."""
    path = unquote(path)
    stories = {story.path: story for story in edition.stories}
    pictures = {picture.path: picture for story in edition.stories for picture in story.pictures}
    lists = {edition.prefix, edition.paper.list_path.format(section=edition.paper.sections[0].slug)}
    if path in pictures:
        return picture_file(pictures[path]), "image/jpeg"
    if path not in lists and path not in stories:
        return None
    template = _templates().get_template("edition.html")
    return template.render(edition=edition, paper=edition.paper, story=stories.get(path)).encode(), HTML


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("crawler.newsroom"), autoescape=True, undefined=jinja2.StrictUndefined
    )
