"""Which newspapers' pages a WARC file holds, and the pages of one newspaper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from archive.clock import parse_warc_date
from archive.errors import NothingToRead
from archive.ingest.import_archive import is_capture, whole_archive
from archive.urls import DOM, DOM_TYPE
from crawler.crawl.directory import host_of, own_hosts, real_hosts
from crawler.declaration.declared import Declared
from crawler.survey.page import FetchedPage, kind_in

_TYPES = ("text/html", "application/xhtml", "application/xml", "text/xml", "application/rss", "application/atom")
_MOST_NAMED = 5


def hosts_in(archive: Path) -> Counter[str]:
    """How many captures of each host an archive holds; reads all of it.

    Raises:
        NotAWarc, ArchiveDamaged: the archive cannot be read.
    """
    return Counter(host_of(record.url or "") for record in whole_archive(archive) if is_capture(record))


def refuse_others(
    archive: Path,
    held: Mapping[str, int],
    newspaper: type[Declared],
    known: Iterable[type[Declared]],
    *,
    on_loopback: bool,
) -> None:
    """Refuse to read an archive that holds nothing of the newspaper's hosts.

    Raises:
        NothingToRead: with the hosts in the archive, and the newspaper that declares them.
    """
    if held.keys() & (own_hosts(newspaper) if on_loopback else real_hosts(newspaper)):
        return
    reason = f"it holds no page of {' or '.join(newspaper.hosts)}, but {format_hosts(held)}"
    others = [other.name for other in known if held.keys() & own_hosts(other)]
    if held.keys() & own_hosts(newspaper):
        mend = "that is a newsroom of this machine: say --loopback 127.0.0.1:PORT as well, whatever the port"
    elif others:
        mend = f"read it as {' or '.join(others)}: 'baotinh crawl {others[0]} --from-archive {archive}'"
    else:
        mend = (
            "give the address of one of their sections in place of the name, or declare the newspaper; "
            f"'baotinh import {archive}' reads the pages of all hosts"
        )
    raise NothingToRead(str(archive), reason, mend)


def format_hosts(held: Mapping[str, int]) -> str:
    """The hosts of an archive with the number of captures of each, most first."""
    ordered = sorted(held.items(), key=lambda one: (-one[1], one[0]))
    named = ", ".join(f"{count:,} of {host or 'no host'}" for host, count in ordered[:_MOST_NAMED])
    rest = sum(count for _, count in ordered[_MOST_NAMED:])
    return (named + (f", {rest:,} of others" if rest else "")) or "no captures at all"


def pages_of(archive: Path, declared: type[Declared]) -> list[FetchedPage]:
    """The pages, feeds and sitemaps of the newspaper's hosts, in the archive's order; those drawn by scripts so.

    Raises:
        NotAWarc, ArchiveDamaged: the archive cannot be read.
    """
    hosts = own_hosts(declared)
    pages: list[FetchedPage] = []
    drawn: dict[tuple[str, datetime], bytes] = {}
    for record in whole_archive(archive):
        url, date = record.url or "", record.header("WARC-Date")
        if record.type == "resource" and date is not None and url.startswith(DOM):
            drawn[url.removeprefix(DOM), parse_warc_date(date)] = record.block
        message = record.http if record.type == "response" and host_of(url) in hosts else None
        if message is None or message.status != 200 or date is None or not declared.has_path(urlsplit(url).path):
            continue
        if not (message.mime or "").startswith(_TYPES):
            continue
        content_type = message.field("Content-Type")
        pages.append(
            FetchedPage(
                kind=kind_in(declared, url), url=url, body=message.content(),
                headers={"Content-Type": content_type} if content_type else {}, captured_at=parse_warc_date(date),
            )
        )  # fmt: skip
    return [
        attrs.evolve(page, body=dom, headers={"Content-Type": DOM_TYPE})
        if (dom := drawn.get((page.url, page.captured_at)))
        else page
        for page in pages
    ]
