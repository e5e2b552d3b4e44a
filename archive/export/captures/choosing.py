"""Chooses the captures of an export: the one place that says which records leave the archive.

Of an article these are all captures of its pages, what these pages embed, the redirects that lead to either, and for
each revisit the capture that holds its bytes. Each is passed to `_Choice.add`.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from archive.article import Article, CaptureRef
from archive.catalog import Capture, Catalog
from archive.catalog.chosen import ChosenCaptures
from archive.catalog.versions import Version
from archive.collection import Collection
from archive.errors import BaotinhError
from archive.export.captures.companions import Companions
from archive.export.captures.embedded import embedded_in_page, embedded_in_style
from archive.export.captures.opened import OpenedFiles
from archive.export.captures.wanted import WantedCaptures
from archive.export.selected import named, selected
from archive.originals import original_of, read_capture
from archive.urls import MADE_OF_PAGES, led_to
from archive.warc.cdxj import urlkey

_DEEPEST = 4
"""How many redirects are followed one behind another, and how many style sheets or frames within others."""
_LARGEST = 8 * 1024 * 1024
_NOT_MODIFIED = 304
_DRAWING = timedelta(minutes=3)
"""How long after its page a browser may have fetched what scripts asked for."""


def choose(collection: Collection, catalog: Catalog, wanted: WantedCaptures) -> ChosenCaptures:
    """The captures of what is wanted, in temporary tables of the catalog's connection.

    Raises:
        UnknownNewspaper, CollectionInconsistent: as `selected`.
    """
    chosen = ChosenCaptures(catalog.connection)
    if wanted.is_all:
        chosen.add_all()
        return chosen
    with OpenedFiles(collection) as files:
        choice = _Choice(collection, catalog, chosen, files)
        if wanted.frozen is not None:
            for batch in named(catalog, wanted.frozen.articles):
                for version in batch:
                    choice.add_version(version)
        else:
            for batch in selected(collection, catalog, wanted.selection, every=True):
                for version in batch:
                    choice.add_version(version, with_others=True)
    return chosen


class _Choice:
    """Adds captures and what belongs to them."""

    def __init__(self, collection: Collection, catalog: Catalog, chosen: ChosenCaptures, files: OpenedFiles) -> None:
        self._collection, self._catalog, self._chosen, self._files = collection, catalog, chosen, files
        self._companions = Companions(chosen)
        self._embedded = functools.lru_cache(512)(self._read_embedded)
        self._with_imported_redirects = functools.cache(self._note_imported_redirects)

    def add_version(self, version: Version, *, with_others: bool = False) -> None:
        """Add the captures of a version of an article; with the others of its pages where that is asked for."""
        self._chosen.add_versions([version.seq])
        capture = self._catalog.capture(version.record_id)
        article = self._article(version)
        pages = [capture] if capture else []
        if article is not None:
            pages += self._referred(page.capture for page in article.further_pages)
        if with_others:
            keys = dict.fromkeys(one.urlkey for one in pages)
            pages = [one for key in keys for one in self._catalog.captures(key)]
        for page in pages:
            self.add_page(page)
        if article is not None:
            for picture in self._referred(image.capture for image in article.images):
                self.add(picture)
            if capture is not None and article.dom_capture is not None:
                self._add_fetched_by_scripts(capture)

    def _article(self, version: Version) -> Article | None:
        with contextlib.suppress(ValueError, TypeError, KeyError):
            return version.article()
        return None

    def _referred(self, references: Iterable[CaptureRef | None]) -> list[Capture]:
        found = (self._catalog.capture(one.record_id) for one in references if one is not None)
        return [capture for capture in found if capture is not None]

    def add_page(self, capture: Capture) -> None:
        """Add a capture of a page, what it embeds, and what led to it."""
        self.add(capture)
        self._add_embedded(capture)
        self._add_leading(capture)
        for prefix in MADE_OF_PAGES:
            for made in self._chosen.of_address(prefix + capture.url):
                if made.captured_at == capture.captured_at:
                    self.add(made)
                    self._add_embedded(made)

    def add(self, capture: Capture, depth: int = 0) -> bool:
        """Add a capture, the one that holds its bytes, and where it leads; whether it is new."""
        if not self._chosen.add(capture):
            return False
        if capture.type == "revisit" or capture.status == _NOT_MODIFIED:
            original = original_of(self._collection, self._catalog, capture)
            if original is not None:
                self.add(original, depth)
        elif _is_redirect(capture) and depth < _DEEPEST and (target := self._target(capture)):
            self._add_nearest(target, capture.captured_at, depth + 1)
        return True

    def _add_nearest(self, url: str, at: datetime, depth: int) -> Capture | None:
        found = self._chosen.nearest(urlkey(url), at)
        if found is not None:
            self.add(found, depth)
        return found

    def _add_embedded(self, capture: Capture, depth: int = 0) -> None:
        """Add what a page or style sheet embeds, each as it was nearest in time; and what that embeds in turn."""
        original = original_of(self._collection, self._catalog, capture)
        if original is None or original.status not in (200, None) or not _may_embed(original):
            return
        for url in self._embedded(original):
            found = self._chosen.nearest(urlkey(url), capture.captured_at)
            if found is None:
                continue
            is_new = self.add(found)
            if is_new and depth < _DEEPEST:
                self._add_embedded(found, depth + 1)

    def _read_embedded(self, original: Capture) -> Sequence[str]:
        try:
            record = read_capture(self._collection, original)
            content = record.http.content(_LARGEST) if record.http else record.block
        except (BaotinhError, OSError):
            return ()
        url = original.url
        for prefix in MADE_OF_PAGES:
            url = url.removeprefix(prefix)
        return (embedded_in_style if _is_style(original) else embedded_in_page)(content, url)

    def _target(self, capture: Capture) -> str | None:
        """Where a redirect leads."""
        try:
            message = read_capture(self._collection, capture).http
        except (BaotinhError, OSError):
            return None
        location = message.field("Location") if message else None
        return led_to(capture.url, location) if location else None

    def _add_leading(self, capture: Capture) -> None:
        """Add the redirects that lead to a page: those that its crawl followed, and those of imported files."""
        reached, left = capture, _DEEPEST
        while left and (before := self._followed_from(reached)) is not None:
            self.add(before)
            reached, left = before, left - 1
        self._with_imported_redirects()
        for redirect in self._chosen.noted_redirects(capture.urlkey):
            self.add(redirect)

    def _followed_from(self, capture: Capture) -> Capture | None:
        """The redirect that a crawl followed to a capture, as its metadata says."""
        via = next((via for via, hops in self._ways(capture) if via and (hops or "").endswith("R")), None)
        if via is None:
            return None
        redirects = self._chosen.redirects_of(urlkey(via))
        return min(redirects, key=lambda one: abs(one.captured_at - capture.captured_at), default=None)

    def _ways(self, capture: Capture) -> Iterator[tuple[str | None, str | None]]:
        stream, base = self._files.get(capture.file)
        for one in self._companions.of(stream, base, capture, frozenset()):
            yield one.via, one.hops

    def _note_imported_redirects(self) -> None:
        for redirect in self._chosen.imported_redirects():
            if target := self._target(redirect):
                self._chosen.note_redirect(urlkey(target), redirect)

    def _add_fetched_by_scripts(self, page: Capture) -> None:
        """Add what a browser fetched for a page: of it only the metadata says so."""
        for capture in self._chosen.of_run_between(page, page.captured_at + _DRAWING):
            if any(via == page.url for via, _ in self._ways(capture)):
                self.add(capture)


def _is_redirect(capture: Capture) -> bool:
    return capture.status is not None and 300 <= capture.status < 400 and capture.status != _NOT_MODIFIED


def _may_embed(capture: Capture) -> bool:
    mime = capture.mime or ""
    return "html" in mime or _is_style(capture)


def _is_style(capture: Capture) -> bool:
    return (capture.mime or "").startswith("text/css")
