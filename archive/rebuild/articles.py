"""Enters articles, their versions and unread pages into a new catalog, from JSON lines and reports."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import cattrs

from archive.article import Article, from_json, to_json
from archive.catalog.former_files import in_place
from archive.catalog.unread import Unread, keep_unread
from archive.catalog.versions import enter_version
from archive.clock import warc_date
from archive.collection import OPEN_SUFFIX
from archive.faults import Fault
from archive.ingest.release import neighbours, reject
from archive.reasons import coded_reason
from archive.rebuild.account import LeftOut, Omission, Rebuilt
from archive.rebuild.runs import KnownRun, KnownRuns

_KNOWN = "SELECT 1 FROM versions WHERE article_id = ? AND captured_at = ? AND content_hash = ? AND record_id = ?"
# An article was last captured with the last capture of its versions, or of their addresses with the same bytes.
_ARTICLES = """INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at)
    SELECT v.article_id, json_extract(v.line, '$.newspaper'),
        (SELECT seq FROM versions l WHERE l.article_id = v.article_id ORDER BY captured_at DESC, seq DESC LIMIT 1),
        min(v.captured_at),
        max((SELECT max(again.captured_at) FROM captures again
            WHERE again.url = c.url AND (again.id = c.id OR again.payload_digest = c.payload_digest)))
    FROM versions v JOIN captures c ON c.record_id = v.record_id GROUP BY v.article_id"""

# A later run that was killed, and has no report, may have read it.
_IS_LEFT = """SELECT 1 FROM captures WHERE record_id = :record
    AND NOT EXISTS (SELECT 1 FROM versions WHERE record_id = :record AND run_id > :run)
    AND NOT EXISTS (SELECT 1 FROM rejections WHERE record_id = :record AND run_id > :run)"""

_SECTIONS = """UPDATE articles SET (section, published_at) = (
    SELECT json_extract(line, '$.section'), strftime('%Y-%m-%dT%H:%M:%SZ', json_extract(line, '$.published_at'))
    FROM versions WHERE seq = latest)"""


def enter_articles(connection: sqlite3.Connection, runs: KnownRuns, account: Rebuilt) -> None:
    """Enter the versions of all runs' lines, in the order of the runs, then the articles that they are versions of."""
    for run in runs:
        connection.execute("BEGIN")
        if run.name in runs.lines:
            _enter_lines(connection, run, runs.lines[run.name], account)
        _enter_rejections(connection, run)
        connection.execute("COMMIT")
    connection.execute("BEGIN")
    connection.execute(_ARTICLES)
    connection.execute(_SECTIONS)
    _enter_unread(connection, runs)
    connection.execute("COMMIT")
    (account.articles,) = connection.execute("SELECT count(*) FROM articles").fetchone()


def _enter_lines(connection: sqlite3.Connection, run: KnownRun, path: Path, account: Rebuilt) -> None:
    with path.open("rb") as stream:
        for number, octets in enumerate(stream, 1):
            if not octets.endswith(b"\n") and path.name.endswith(OPEN_SUFFIX):
                return  # cut by a crash; recovery writes the lines of such a run anew
            fault = _enter_line(connection, run, octets.rstrip(b"\r\n"), account)
            if fault:
                account.changed_lines.add(run.name)
                account.left_out.append(LeftOut(path.name, fault, line=number))


def _enter_line(connection: sqlite3.Connection, run: KnownRun, octets: bytes, account: Rebuilt) -> Fault | None:
    """Enter a line; why it is not entered, or None."""
    try:
        line = octets.decode()
        article = from_json(line)
    except (ValueError, TypeError, KeyError, cattrs.BaseValidationError) as error:
        return Fault.of(Omission.NO_ARTICLE, found=str(error).splitlines()[0])
    if not _agrees_with_itself(article, line):
        return Fault.of(Omission.OTHER_HASH, article=article.id)
    if article.capture is None:
        return Fault.of(Omission.NO_RECORD_NAMED, article=article.id)
    placed = in_place(connection, article)
    if placed != article:
        line = to_json(placed)
        account.moved += 1
        account.changed_lines.add(run.name)
    at, record_id = warc_date(article.captured_at), article.capture.record_id
    if connection.execute(_KNOWN, (article.id, at, article.content_hash, record_id)).fetchone():
        return None  # the same line is in two files
    if account.is_merged and any(content == article.content_hash for _, content in neighbours(connection, article)):
        account.duplicates += 1
        account.changed_lines.add(run.name)
        return None
    if enter_version(connection, run.id, placed, line) is None:
        return Fault.of(Omission.RECORD_ABSENT, article=article.id, found=record_id)
    account.versions += 1
    return None


def _agrees_with_itself(article: Article, line: str) -> bool:
    said = json.loads(line)
    return (said.get("id"), said.get("content_hash")) == (article.id, article.content_hash)


def _enter_rejections(connection: sqlite3.Connection, run: KnownRun) -> None:
    """Enter the rejections that a run's report lists; there is no other source of them."""
    rejected = run.report.get("rejected")
    for entry in rejected if isinstance(rejected, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("url"), str) and isinstance(entry.get("reasons"), dict):
            record_id = entry.get("record_id")
            reject(
                connection,
                run.id,
                entry["url"],
                record_id if isinstance(record_id, str) else None,
                {field: coded_reason(str(reason)) for field, reason in entry["reasons"].items()},
            )


def _enter_unread(connection: sqlite3.Connection, runs: KnownRuns) -> None:
    """Enter the pages that were captured and unread when a newspaper's last run with a report ended."""
    reports = {run.newspaper: run for run in runs if isinstance(run.report.get("unread"), list)}
    for run in reports.values():
        for entry in run.report["unread"]:
            try:
                page = Unread.from_said(entry)
                is_left = connection.execute(_IS_LEFT, {"record": page.record_id, "run": run.id}).fetchone()
                if is_left:
                    keep_unread(connection, page)
            except (LookupError, TypeError, ValueError, sqlite3.Error):  # a report that somebody changed
                continue
