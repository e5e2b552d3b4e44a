"""To whom the pages of an import belong, and which of them are read."""

from __future__ import annotations

from typing import Any

import attrs

from archive.catalog import Capture, Catalog
from archive.catalog.withholdings import has_purged, purge_of_address
from archive.identity import plain_target
from archive.ingest.foreign.pages import PageFilter, PageOutcome
from archive.reasons import Reason
from crawler.crawl.directory import Directory, host_of
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Rules
from crawler.survey.addresses import own_pattern, shape_of


@attrs.frozen
class Whose:
    """To whom a page belongs, and by which rules it is read."""

    newspaper: str
    rules: Rules
    declared: type[Declared] | None

    def profile(self) -> dict[str, Any]:
        """The newspaper's profile; of one that is not declared only the host is known."""
        if self.declared is not None:
            return self.declared.profile()
        return {"title": self.newspaper, "hosts": [self.newspaper]}


def is_purged(catalog: Catalog, capture: Capture) -> bool:
    """Whether the records of a page's address were removed by order, so that it is not read though it came back."""
    return has_purged(catalog.connection) and purge_of_address(catalog.connection, capture.urlkey) is not None


@attrs.frozen
class PageChoice:
    """Which pages are read, of which newspapers."""

    directory: Directory[Declared]
    wanted: PageFilter

    def whose(self, url: str) -> Whose:
        """To whom the page at an address belongs: without a declaration its host stands for the newspaper."""
        owner = self.directory.owner(url)
        if owner is not None:
            return Whose(owner.name, owner.rules(), owner)
        host = host_of(url).removeprefix("www.") or "unknown"
        return Whose(host, Rules(newspaper=host, article_pattern=own_pattern(plain_target(url))), None)

    def left_out(self, capture: Capture, whose: Whose) -> tuple[PageOutcome, str | None] | None:
        """Why a page is not read; None where it is."""
        if (by := self.wanted.refusal(capture)) is not None:
            return PageOutcome.FILTERED, by
        if capture.status not in (200, 304, None):
            return PageOutcome.HTTP_STATUS, Reason.HTTP.of(capture.status)
        if whose.declared is None:
            if self.wanted.is_declared_only:
                return PageOutcome.NO_DECLARATION, None
            is_other = not self.wanted.is_any_address and shape_of(plain_target(capture.url)) is None
            return (PageOutcome.OTHER_ADDRESS, None) if is_other else None
        if whose.declared.article_of(capture.url) is None:
            return PageOutcome.OTHER_ADDRESS, None
        return None
