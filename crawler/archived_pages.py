"""The pages of one newspaper in a WARC file, for checking its declaration; opens no connection and keeps nothing."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from archive.clock import parse_warc_date
from archive.takein import whole_archive
from crawler.declared import Declared
from crawler.loopback import SUFFIX
from crawler.survey.seen import SeenPage, kind_in

_TYPES = ("text/html", "application/xhtml", "application/xml", "text/xml", "application/rss", "application/atom")


def pages_of(archive: Path, declared: type[Declared]) -> list[SeenPage]:
    """The answers of the newspaper's hosts that are pages, feeds or sitemaps, in the archive's order.

    Raises:
        NotAWarc, ArchiveDamaged: the archive cannot be read.
    """
    hosts = {*declared.hosts, *declared.former_hosts, f"{declared.name}{SUFFIX}"}
    pages = []
    for record in whole_archive(archive):
        url, date = record.url or "", record.header("WARC-Date")
        message = record.http if record.type == "response" and urlsplit(url).hostname in hosts else None
        if message is None or message.status != 200 or date is None:
            continue
        if not (message.mime or "").startswith(_TYPES):
            continue
        content_type = message.field("Content-Type")
        pages.append(
            SeenPage(
                kind=kind_in(declared, url), url=url, body=message.content(),
                headers={"Content-Type": content_type} if content_type else {}, captured_at=parse_warc_date(date),
            )
        )  # fmt: skip
    return pages
