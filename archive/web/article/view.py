"""What an article's page shows: blocks with pictures, provenance, versions, status history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

import attrs

from archive.article import Article, Image
from archive.catalog import Capture, Catalog, Version
from archive.catalog.changes import ArticleChange, changes_of_article
from archive.catalog.lifecycle import StatusChange
from archive.catalog.other_addresses import ArticleAddress, addresses_of
from archive.catalog.readings import NumberedReading, all_readings, shown_of
from archive.catalog.versions import changes_of
from archive.clock import timestamp14
from archive.errors import UnknownArticle
from archive.language.catalogue import current
from archive.pictures.history import PrintedPicture, printed_pictures


@attrs.frozen(kw_only=True)
class Picture:
    """A picture of the article; `source` is its address on the replay origin, None where it was not captured.

    `kept_at`: when it was captured, if that was later than the article. `caption`: its own, or that of its figure.
    `number`: which of the article's pictures it is, from 1. `name`: by which it is known with those that are the same,
    where others print it too; `articles`: in how many articles it is.
    """

    image: Image
    source: str | None
    kept_at: datetime | None = None
    caption: str | None = None
    number: int = 0
    name: str | None = None
    articles: int = 0


@attrs.frozen(kw_only=True)
class Part:
    """A block of the body; `lines` are a list's items or a table's rows of cells."""

    type: str
    text: str
    lines: tuple[tuple[str, ...], ...] = ()
    pictures: tuple[Picture, ...] = ()


@attrs.frozen(kw_only=True)
class ArticleView:
    """All that an article's page shows."""

    article: Article
    version: Version
    versions: tuple[Version, ...]
    capture: Capture | None
    parts: tuple[Part, ...]
    loose: tuple[Picture, ...]
    replay: str | None
    last_seen_at: datetime | None
    status_changes: tuple[StatusChange, ...]  # newest first
    readings: tuple[NumberedReading, ...]  # of this version, the oldest first
    reading: NumberedReading  # which of them this is
    changes: Mapping[int, ArticleChange]  # what changed to each version, by its `seq`
    addresses: tuple[ArticleAddress, ...]  # others than that of this version

    @property
    def is_shown_reading(self) -> bool:
        """Whether this is the reading that is shown where none is asked for."""
        return self.reading.number == shown_of(self.readings).number

    @property
    def is_latest(self) -> bool:
        """Whether this is the version that was captured last."""
        return self.version.seq == max(self.versions, key=lambda one: (one.captured_at, one.seq)).seq

    @property
    def host(self) -> str:
        """The host that the page was captured from; its address where it names none."""
        try:
            return urlsplit(self.article.url).hostname or self.article.url
        except ValueError:
            return self.article.url

    @property
    def earlier(self) -> Version | None:
        """The version before this one."""
        return self.versions[self.number - 2] if self.number > 1 else None

    @property
    def later(self) -> Version | None:
        """The version after this one."""
        return self.versions[self.number] if self.number < len(self.versions) else None

    @property
    def number(self) -> int:
        """Which of the versions this is, from 1."""
        return next(n for n, one in enumerate(self.versions, 1) if one.seq == self.version.seq)


def view_article(
    catalog: Catalog, article_id: str, wanted: str | None, replay_origin: str, reading: int | None = None
) -> ArticleView:
    """A version of an article, or its latest.

    Args:
        wanted: the version's content hash, which a rebuilt collection has as well; `seq`, which it may not have, is
            accepted for addresses that were given out before.
        reading: the number of a reading of the version, from 1; by default the newest of the version's own capture.

    Raises:
        UnknownArticle: there is no such article, version or reading.
    """
    latest = catalog.article(article_id)
    versions = tuple(catalog.versions(article_id))
    version = latest if wanted is None else next((one for one in versions if wanted in _names(one)), None)
    if version is None:
        raise UnknownArticle(article_id)
    readings = tuple(all_readings(catalog.connection, version))
    shown = shown_of(readings) if reading is None else next((one for one in readings if one.number == reading), None)
    if shown is None:
        raise UnknownArticle(article_id)
    version = attrs.evolve(version, raw=shown.raw)
    article = version.article()
    capture = catalog.capture(shown.record_id or version.record_id)
    same = printed_pictures(catalog, [version.seq])
    pictures = {
        one: _picture(catalog, one, article.captured_at, replay_origin, nth, same.get((version.seq, nth)))
        for nth, one in enumerate(article.images, 1)
    }
    return ArticleView(
        article=article,
        version=version,
        versions=versions,
        capture=capture,
        parts=tuple(_parts(article, pictures)),
        loose=tuple(pictures[one] for one in article.images if not _has_figure(article, one)),
        replay=_replay(capture, article, replay_origin) if capture else None,
        last_seen_at=catalog.last_captured_at(article_id),
        status_changes=tuple(reversed(changes_of(catalog.connection, article_id))),
        readings=readings,
        reading=shown,
        changes={one.version_seq: one for one in changes_of_article(catalog.connection, article_id) if one.version_seq},
        addresses=tuple(one for one in addresses_of(catalog.connection, article_id) if one.url != article.url),
    )


def _names(version: Version) -> tuple[str, str]:
    return version.content_hash, str(version.seq)


def _replay(capture: Capture, article: Article, replay_origin: str) -> str:
    query = {"url": capture.url, "ts": timestamp14(capture.captured_at), "article": article.id, "lang": current.get()}
    return f"{replay_origin}/?{urlencode(query)}"


def _parts(article: Article, shown: Mapping[Image, Picture]) -> list[Part]:
    parts = []
    for position, block in enumerate(article.body):
        if position == 0 and block.text == article.lead:
            continue  # shown above the body already
        lines: list[tuple[str, ...]] = []
        if block.type in {"list", "table", "related"}:
            separator = " | " if block.type == "table" else "\n"
            lines = [tuple(line.split(separator)) for line in block.text.split("\n")]
        pictures = _captioned([shown[one] for one in article.images if one.position == position], block.text)
        parts.append(Part(type=block.type, text=block.text, lines=tuple(lines), pictures=tuple(pictures)))
    return parts


def _captioned(pictures: list[Picture], text: str) -> list[Picture]:
    """The pictures of a figure; where none has a caption of its own, the figure's text stands under the last."""
    if pictures and not any(one.caption for one in pictures):
        pictures[-1] = attrs.evolve(pictures[-1], caption=text)
    return pictures


def _has_figure(article: Article, image: Image) -> bool:
    return image.position is not None and 0 <= image.position < len(article.body)


def _picture(
    catalog: Catalog,
    image: Image,
    captured_at: datetime,
    replay_origin: str,
    number: int,
    printed: PrintedPicture | None,
) -> Picture:
    later = catalog.nearest_success(image.url, captured_at) if image.capture is None else None
    held = image.capture or later
    source = f"{replay_origin}/picture/{quote(held.record_id, safe=':')}" if held else None
    kept_at = later.captured_at if later else None
    return Picture(
        image=image, source=source, kept_at=kept_at, caption=image.caption, number=number,
        name=printed.name if printed else None, articles=printed.articles if printed else 0,
    )  # fmt: skip
