"""Reads the pages of a part of a WARC file again, and compares each with the article that was read from it; pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from archive.article import Article, to_dict
from archive.batch.catalogs import catalog_of
from archive.batch.pages import CapturedPage, UnreadablePage, pages_of, read_page
from archive.catalog import Catalog, Version
from archive.catalog.readings import Rejection, rejections_in, section_of, versions_in
from archive.collection import Collection
from archive.errors import NotAnArticle, RecordError
from archive.identity import plain_target
from archive.projections.schema import validate
from archive.reasons import Reason
from crawler.declaration.layout import Rules
from crawler.extract import join, open_page
from crawler.extract.results import read_article
from crawler.reextract.entering import is_held, line_of_article, line_of_reading
from crawler.survey.addresses import own_pattern

# What a page does not say, or what follows from the other fields. Confidence and doubts also weigh what a feed said.
_OF_THE_CAPTURE = frozenset(
    {"capture", "dom_capture", "captured_at", "schema_version", "content_hash", "layout", "reading"}
)
LEFT_OUT = _OF_THE_CAPTURE | {"confidence", "doubts", "missing"}
# A version stays with its article, whatever id today's rules would give that.
_OF_IDENTITY = frozenset({"id", "article_id"})
_PLACES = ("capture", "capture_missing", "exchanged")


class Outcome(enum.Enum):
    """What today's rules make of a page."""

    CHANGED = "changed"  # an article whose fields differ
    LOST = "lost"  # no article, where one was released
    GAINED = "gained"  # an article, where none could be read
    UNREADABLE = "unreadable"  # its record is missing or damaged


@attrs.frozen(kw_only=True)
class Difference:
    """A page of which today's rules make something else.

    Args:
        id: of the article; None where none was released, and none can be read.
        version: content hash of the version that was released.
        fields: by name what was released, and what is read today.
        missing: why a field of the article cannot be read, where there is none.
        line: the article's line as it would be entered; None where nothing is to be entered.
    """

    outcome: Outcome
    newspaper: str
    id: str | None
    version: str | None
    url: str
    captured_at: datetime
    record_id: str
    file: str
    fields: Mapping[str, tuple[Any, Any]] = attrs.field(factory=dict)
    missing: Mapping[str, str] = attrs.field(factory=dict)
    line: str | None = None


@attrs.frozen
class Compared:
    """How many pages of a part of a file were read again, and how many of them give what was released."""

    pages: int
    same: int


@attrs.frozen(kw_only=True)
class Scope:
    """Which pages are read again: of these newspapers, or of all; captured since an instant.

    `until`: number of the last version, and of the last rejection, that count. `read_at`: when they are read, where
    what differs is to be entered.
    """

    newspapers: frozenset[str] = frozenset()
    since: datetime | None = None
    until: tuple[int, int]
    read_at: datetime | None = None

    def has(self, newspaper: str, captured_at: datetime) -> bool:
        """Whether it holds a page."""
        is_wanted = not self.newspapers or newspaper in self.newspapers
        return is_wanted and (self.since is None or captured_at >= self.since)


def compare_part(
    root: Path, file: str, places: range, rules: Mapping[str, Rules], scope: Scope
) -> Iterator[Difference | Compared]:
    """The differences in a part of a WARC file in the order of its records, and last how many pages were compared.

    Args:
        places: the bytes at which its records begin.
        rules: of the declared newspapers, by name.
    """
    catalog = catalog_of(root)
    last_seq, last_rejection = scope.until
    wanted: dict[str, list[Version | Rejection]] = {}
    for version in versions_in(catalog.connection, file, places, last_seq):
        newspaper = _newspaper_of(catalog, version.article_id) if scope.newspapers else ""
        if scope.has(newspaper, version.captured_at):
            wanted.setdefault(version.record_id, []).append(version)
    for rejected in rejections_in(catalog.connection, file, places, last_rejection):
        if rejected.newspaper in rules and scope.has(rejected.newspaper, rejected.captured_at):
            wanted.setdefault(rejected.record_id, []).append(rejected)
    pages = same = 0
    for page in pages_of(root, file, wanted.keys(), places):
        pages += 1
        found = [_compare(root, catalog, page, one, rules, scope.read_at) for one in wanted[page.capture.record_id]]
        same += not any(found)
        yield from filter(None, found)
    yield Compared(pages, same)


def _compare(
    root: Path,
    catalog: Catalog,
    page: CapturedPage | UnreadablePage,
    released: Version | Rejection,
    rules: Mapping[str, Rules],
    read_at: datetime | None,
) -> Difference | None:
    capture = page.capture
    version = released if isinstance(released, Version) else None
    before = version.article() if version else None
    newspaper = before.newspaper if before else released.newspaper  # type: ignore[union-attr]
    known: dict[str, Any] = {
        "newspaper": newspaper, "id": before.id if before else None, "version": version and version.content_hash,
        "url": capture.url, "captured_at": capture.captured_at, "record_id": capture.record_id, "file": capture.file,
    }  # fmt: skip
    if isinstance(page, UnreadablePage):
        return Difference(outcome=Outcome.UNREADABLE, missing={"record": page.reason}, **known)
    own = rules.get(newspaper) or _undeclared(newspaper, before)
    try:
        today = _read(root, catalog, page, before, own)
        fields = _differing(_values(before) if before else {}, _values(today))
        if fields:
            validate(today)
    except NotAnArticle as error:
        return Difference(outcome=Outcome.LOST, missing=dict(error.missing), **known) if before else None
    if before is None or version is None:
        if is_held(Collection(root), catalog, today):
            return None
        line = line_of_article(catalog, today, capture, page.dom) if read_at else None
        return Difference(outcome=Outcome.GAINED, fields=fields, line=line, **known | {"id": today.id})
    if before.id.partition(":")[0] != newspaper:
        fields.pop("id", None)  # it was crawled before its newspaper had its name
    line = None
    if read_at and not fields.keys() <= _OF_IDENTITY:
        line = line_of_reading(catalog, today, before, version.content_hash, read_at, own)
    return Difference(outcome=Outcome.CHANGED, fields=fields, line=line, **known) if fields else None


def _newspaper_of(catalog: Catalog, article_id: str) -> str:
    row = catalog.connection.execute("SELECT newspaper FROM articles WHERE id = ?", (article_id,)).fetchone()
    return str(row[0]) if row else ""


def _undeclared(newspaper: str, before: Article | None) -> Rules:
    """The rules of a newspaper that is not declared: none, and an article's id is taken from its own address."""
    if before is None or before.article_id is None:
        return Rules(newspaper=newspaper)
    return Rules(newspaper=newspaper, article_pattern=own_pattern(plain_target(before.url)))


def _read(root: Path, catalog: Catalog, page: CapturedPage, before: Article | None, rules: Rules) -> Article:
    """The article of a page, its further pages joined to it.

    Raises:
        NotAnArticle: there is none.
    """
    url = before.url if before else page.capture.url
    # an article may stand in the lists of several sections, and was released with the one of that time
    section = before.section if before else section_of(catalog.connection, rules.newspaper, url)
    article = _article(page, url, section, rules)
    if not article.further_pages:
        return article
    held = {one.url: one for one in before.further_pages} if before else {}
    others: list[Article | str] = []
    for further in article.further_pages:
        known = held.get(further.url)
        record_id = known.capture.record_id if known and known.capture else None
        others.append(
            _further(root, catalog, further.url, record_id, section, rules)
            if record_id
            else (known and known.capture_missing) or "missing"
        )
    return join(article, others)


def _further(
    root: Path, catalog: Catalog, url: str, record_id: str, section: str | None, rules: Rules
) -> Article | str:
    """The article on a further page, or why there is none."""
    capture = catalog.capture(record_id)
    try:
        page = read_page(Collection(root), catalog, capture) if capture is not None else None
    except (RecordError, OSError):
        page = None
    if page is None:
        return "missing"
    try:
        return _article(page, url, section, rules)
    except NotAnArticle as error:
        return Reason.NO_ARTICLE.of(", ".join(error.missing))


def _article(page: CapturedPage, url: str, section: str | None, rules: Rules) -> Article:
    headers = {"Content-Type": page.content_type} if page.content_type else {}
    return read_article(open_page(page.body, url, headers), page.capture.captured_at, section, rules)


def _values(article: Article) -> dict[str, Any]:
    """The fields that are compared, as plain JSON values, without the places of captures."""
    values = to_dict(article)
    for name in ("images", "further_pages"):
        values[name] = [_without(one, _PLACES) for one in values[name]]
    return _without(values, LEFT_OUT)


def _without(values: Mapping[str, Any], names: Sequence[str] | frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _differing(before: Mapping[str, Any], today: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs; of an article that was not there, what is not empty."""
    return {
        name: (before.get(name), value)
        for name, value in today.items()
        if (before.get(name) != value if before else value not in (None, [], {}))
    }
