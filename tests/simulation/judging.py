"""Holding a collection against the chronicle of the days in which it was made; runs nothing."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import attrs
from chronicle import Content, Life, Stand
from days import Simulation
from policy import SLACK, Expected
from script import HOUR, OPENS_AT

from archive.article import Article
from archive.catalog.versions import Version
from archive.clock import parse_warc_date
from archive.health.history import AlarmRecord, alarm_history
from archive.health.silence import SILENCE, WINDOW
from archive.warc.digests import digest
from crawler.newsroom.pictures import picture_file


@attrs.define
class Judgement:
    """What came of the days: how much had to be held and is, and what is wrong, a line each."""

    articles: int = 0
    versions: int = 0
    held_articles: int = 0
    held_versions: int = 0
    fleeting: int = 0
    steps: int = 0
    edits: Counter[str] = attrs.field(factory=Counter)
    """Steps between versions, by the edit that made the later one."""
    unprinted: Counter[str] = attrs.field(factory=Counter)
    """Steps between versions of one stand, by the fields that differ."""
    readings: Counter[str] = attrs.field(factory=Counter)
    """Later readings of versions, by cause."""
    changes_of_status: int = 0
    wrong: list[str] = attrs.field(factory=list)


def judge(acted: Simulation) -> Judgement:
    """Look for every article, version, move and withdrawal that the policy must have seen, and for wrong ones."""
    found = Judgement()
    with acted.collection.catalog() as catalog:
        held = catalog.article_ids()
        for life in acted.chronicle.lives.values():
            expected = Expected(acted.script, life)
            versions = catalog.versions(life.id) if life.id in held else []
            _judge_versions(acted, found, life, expected, versions)
            if versions:
                history = catalog.connection.execute(
                    "SELECT status, at, url FROM status_history WHERE article_id = ? ORDER BY at", (life.id,)
                ).fetchall()
                captured = catalog.connection.execute(
                    "SELECT url, min(captured_at) FROM captures WHERE url LIKE ? AND status = 200 GROUP BY url",
                    (f"%//{life.paper}.test/%{life.id.partition(':')[2]}.html",),
                ).fetchall()
                _judge_history(acted, found, life, expected, history, dict(captured))
        causes = catalog.connection.execute("SELECT cause, count(*) FROM readings GROUP BY 1")
        found.readings.update(dict(causes.fetchall()))
        known = {life.id for life in acted.chronicle.lives.values()}
        found.wrong += [f"{id}: no such article was printed" for id in sorted(held - known)]
    return found


def _judge_versions(
    acted: Simulation, found: Judgement, life: Life, expected: Expected, versions: list[Version]
) -> None:
    last = acted.rounds[-1].at
    for nth, (stand, by) in enumerate(expected.versions):
        is_due = by <= last and (stand.until is None or stand.until > by)
        is_held = any(_is_of(acted, life, version, stand) for version in versions)
        found.versions += is_due
        found.held_versions += is_due and is_held
        found.articles += is_due and nth == 0
        found.held_articles += is_due and nth == 0 and bool(versions)
        found.fleeting += is_held and not is_due
        if is_due and not is_held:
            span = f"{stand.since:%d %H:%M} to {stand.until or last:%d %H:%M}"
            found.wrong.append(f"{life.id}: version {nth} of {span} is not held; due by {by:%d %H:%M}")
    for before, after in itertools.pairwise(versions):
        found.steps += 1
        stand = _stood_at(life, after.captured_at)
        found.edits[stand.edit or "none"] += 1
        if _stood_at(life, before.captured_at) is stand:
            fields = " and ".join(_differing(before.article(), after.article())) or "nothing"
            found.unprinted[fields] += 1
            found.wrong.append(f"{life.id}: the version captured {after.captured_at} is of no edit: {fields}")
    for version in versions:
        if not any(_is_of(acted, life, version, stand) for stand in life.versions):
            found.wrong.append(f"{life.id}: the version captured {version.captured_at} says what never stood there")


def _stood_at(life: Life, at: datetime) -> Stand:
    """What stood on the page at an instant."""
    return next((stand for stand in reversed(life.versions) if stand.since <= at), life.versions[0])


def _differing(before: Article, after: Article) -> Iterator[str]:
    for name in ("kicker", "title", "lead", "body", "byline", "published_at", "images"):
        if getattr(before, name) != getattr(after, name):
            yield name


def _is_of(acted: Simulation, life: Life, version: Version, stand: Stand) -> bool:
    """Whether a version is that of a stand: captured while it stood, and saying the same."""
    article = version.article()
    at = article.captured_at
    if at < stand.since or (stand.until is not None and at >= stand.until + SLACK):
        return False
    said: Content = article.title, tuple((block.type, block.text) for block in article.body)
    if life.paper == "baocantho" and acted.script.redesigned_at <= at < acted.script.mended_at:
        return _words(said) == _words(stand.content)
    pictures = tuple((urlsplit(image.url).path, image.caption, image.credit) for image in article.images)
    is_shown = all(one.edit != "exchanged" for one in life.versions) or _digests(article) == _files(stand)
    return said == stand.content and (article.lead, article.byline, pictures) == stand.beside and is_shown


def _digests(article: Article) -> list[str | None]:
    return [image.capture.payload_digest if image.capture else None for image in article.images]


def _files(stand: Stand) -> list[str | None]:
    """The digests of the pictures of a stand."""
    return [digest(picture_file(picture)) for picture in stand.pictures]


def _words(content: Content) -> tuple[str, list[str]]:
    """What a page says where no rule tells related boxes and kinds of blocks."""
    return content[0], [text for kind, text in content[1] if kind not in ("related", "figure")]


def _judge_history(
    acted: Simulation,
    found: Judgement,
    life: Life,
    expected: Expected,
    history: list[tuple[str, str, str]],
    captured: dict[str, str],
) -> None:
    last = acted.rounds[-1].at
    for status, at, url in history:
        if not _is_true(life, status, parse_warc_date(at), url):
            found.wrong.append(f"{life.id}: told as {status} at {at}, {url}")
    first = min(captured.values(), default=None)
    if expected.withdrawn and life.withdrawn_at and first and parse_warc_date(first) < life.withdrawn_at:
        _judge_status(found, life, history, ("gone", "withdrawn"), None, life.withdrawn_at, expected.withdrawn, last)
    for url, at, by in expected.moves:
        is_overtaken = any(at < other < by for _, other, _ in expected.moves)
        is_gone = life.withdrawn_at is not None and life.withdrawn_at <= by
        known = captured.get(url)
        if known and parse_warc_date(known) < at and not is_gone and not is_overtaken:
            _judge_status(found, life, history, ("moved",), url, at, by, last)


def _is_true(life: Life, status: str, at: datetime, url: str) -> bool:
    if status in ("gone", "withdrawn"):
        return life.withdrawn_at is not None and life.withdrawn_at <= at
    return status == "moved" and any(moved <= at and url == former for moved, former in life.moves)


def _judge_status(
    found: Judgement,
    life: Life,
    history: list[tuple[str, str, str]],
    kinds: tuple[str, ...],
    url: str | None,
    at: datetime,
    by: datetime,
    last: datetime,
) -> None:
    if by > last:
        return
    told = [parse_warc_date(when) for status, when, where in history if status in kinds and url in (None, where)]
    if any(at <= when <= by + SLACK for when in told):
        found.changes_of_status += 1
    else:
        found.wrong.append(f"{life.id}: {kinds[0]} at {at:%d %H:%M} is not told by {by:%d %H:%M}: {told or history}")


def silence_rings_at(acted: Simulation) -> datetime | None:
    """When the alarm for the silent section must ring: at the first good round in which the silence is 1.5 times the
    longest of what was printed there before."""
    paper, slug, _ = acted.script.silent
    [name] = {s.section.name for s in acted.chronicle.twin.stories if (s.paper.key, s.section.slug) == (paper, slug)}
    lives = [life for life in acted.chronicle.lives.values() if (life.paper, life.section) == (paper, name)]
    for one in acted.rounds:
        before = [life.published for life in lives if life.published <= one.at]
        times = sorted(at for at in before if at >= max(before) - WINDOW)
        longest = max(after - before for before, after in itertools.pairwise(times))
        is_good = not acted.script.closed_from <= one.at < acted.script.closed_until
        if is_good and one.at - times[-1] > SILENCE * max(longest, HOUR):
            return one.at
    return None


def alarms(acted: Simulation) -> list[AlarmRecord]:
    """All that rang, oldest first."""
    with acted.collection.catalog() as catalog:
        return list(reversed(alarm_history(catalog.connection)))


def told(acted: Simulation) -> Iterator[str]:
    """The figures, a line each."""
    found = judge(acted)
    seconds = sum(one.seconds for one in acted.rounds)
    yield f"{len(acted.rounds)} rounds of {len(acted.rounds[0].ended)} crawls in {seconds:.0f} s"
    share = acted.requests / acted.baseline
    yield f"requests: {acted.requests}, {share:.1%} of {acted.baseline} for every known address in each run"
    yield f"articles that stood long enough: {found.held_articles} of {found.articles} held"
    yield f"versions that stood long enough: {found.held_versions} of {found.versions} held; of others {found.fleeting}"
    yield f"steps between versions: {found.steps}, by edit: {dict(found.edits)}; of no edit: {dict(found.unprinted)}"
    yield f"later readings of versions, by cause: {dict(found.readings)}"
    yield f"withdrawals and moves told in time: {found.changes_of_status}"
    for one in alarms(acted):
        until = f"{_day(one.cleared_at)}" if one.cleared_at else "the end"
        name = " ".join(part for part in (one.alarm.newspaper, one.alarm.kind, one.alarm.subject) if part)
        yield f"alarm: {name}, {_day(one.raised_at)} to {until}: {one.alarm.detail}"
    yield f"silence due: {silence_rings_at(acted)}"
    yield f"wrong: {len(found.wrong)}"
    yield from found.wrong


def _day(at: datetime) -> str:
    passed = at - OPENS_AT
    return f"day {passed // timedelta(days=1) + 1} {passed % timedelta(days=1) // HOUR:02}h"
