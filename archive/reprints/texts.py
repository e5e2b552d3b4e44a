"""The texts and printings of versions that are compared, read from the catalog once for many comparisons."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, datetime
from typing import NamedTuple

from archive.catalog import Catalog, Version
from archive.catalog.reprints import StoredSignature
from archive.catalog.versions import versions_with
from archive.clock import parse_warc_date
from archive.reprints.origin import Printing, printing_of
from archive.reprints.signature import METHOD, Signature
from archive.reprints.text import ComparedText
from archive.zones import VIETNAM

_MOST_KEPT, _MOST_WORDS = 512, 400_000
_BEGAN = date(1970, 1, 1)


class Compared(NamedTuple):
    """The text of a version and what is known of it as a printing."""

    text: ComparedText
    printing: Printing

    def signature(self) -> Signature:
        """The signature of the text."""
        return Signature.of(self.text)

    def stored(self, signature: Signature) -> StoredSignature:
        """The row of its signature."""
        one = self.printing
        return StoredSignature(one.seq, one.article_id, METHOD, self.day, signature.packed(), one.packed())

    @property
    def day(self) -> int:
        """The day of publication in Vietnam, in days since 1970."""
        return day_number(self.printing.published_from)


def day_number(instant: datetime) -> int:
    """The day of an instant in Vietnam, in days since 1970."""
    return (instant.astimezone(VIETNAM).date() - _BEGAN).days


class Texts:
    """Reads texts, and keeps those that were read last."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept: OrderedDict[int, Compared] = OrderedDict()
        self._words = 0
        self._titles = {
            name: str(profile.get("title") or name) for name, profile in catalog.newspapers().items()
        }  # fmt: skip

    def of(self, version: Version, first_captured_at: datetime | None = None) -> Compared | None:
        """The text of a version; None where its line is damaged."""
        try:
            values = version.values()
            text = ComparedText.of(values)
            at = first_captured_at or self._first_captured_at(version)
            title = self._titles.get(values["newspaper"], values["newspaper"])
            return Compared(text, printing_of(values, version.seq, version.article_id, title, at))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def with_seq(self, seq: int) -> Compared | None:
        """The text of the version with this `seq`; None where it is not held or damaged."""
        if (found := self._kept.get(seq)) is not None:
            self._kept.move_to_end(seq)
            return found
        for version in versions_with(self._catalog.connection, [seq]):
            if (read := self.of(version)) is not None:
                self.keep(seq, read)
                return read
        return None

    def keep(self, seq: int, compared: Compared) -> None:
        """Keep a text that was read elsewhere."""
        if (former := self._kept.pop(seq, None)) is not None:
            self._words -= former.text.count
        self._kept[seq] = compared
        self._words += compared.text.count
        while len(self._kept) > _MOST_KEPT or self._words > _MOST_WORDS:
            self._words -= self._kept.popitem(last=False)[1].text.count

    def forget(self) -> None:
        """Forget all texts: versions may have been read again."""
        self._kept.clear()
        self._words = 0

    def _first_captured_at(self, version: Version) -> datetime:
        row = self._catalog.connection.execute(
            "SELECT first_captured_at FROM articles WHERE id = ?", (version.article_id,)
        ).fetchone()
        return parse_warc_date(row[0]) if row else version.captured_at
