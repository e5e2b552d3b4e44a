"""What is withheld from readers is seen by no way, is not lost, and comes back whole when that is lifted."""

from __future__ import annotations

import json
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import attrs
import pyarrow.parquet as pq
import pytest
from support.browsing import VIEWER
from support.crawling import Demonstration, baotinh
from support.daemons import until
from support.serving import running

from archive.article import Article
from archive.checking.collection import verify
from archive.clock import now, warc_date
from archive.collection import Collection
from archive.errors import ArticleWithheld, NothingToWithhold, NotWithheld
from archive.ingest.release import release
from archive.notebook import Archive
from archive.reasons import WithholdingReason
from archive.replay.viewer_editions import ViewerEdition, ViewerEditions
from archive.revisit_policy import DEFAULT_POLICY
from archive.search.query import search
from archive.web.serve import Serving
from archive.withholding import LOG, lift_withholding, read_log, withhold


@pytest.fixture
def held(demonstration: Demonstration, tmp_path: Path) -> Collection:
    return Collection.open(Path(shutil.copytree(demonstration.collection.root, tmp_path / "held")))


@pytest.fixture
def article(held: Collection) -> Article:
    """One with a picture and several versions."""
    with held.catalog() as catalog:
        for version in catalog.versions_after(0, limit=1000):
            found = catalog.article(version.article_id).article()
            if found.images and found.images[0].capture and found.images[0].caption:
                return found
    raise AssertionError("no such article")


def answer(url: str, language: str = "vi") -> tuple[int, str]:
    """The status and the text of an answer; redirects of the same server are followed."""
    request = urllib.request.Request(url, headers={"Accept-Language": language})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


def printed(held: Collection, *words: object) -> list[dict[str, Any]]:
    done = baotinh(*words, "--collection", held.root)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def ways(held: Collection, site: str, article: Article, folder: Path) -> dict[str, bool]:
    """By which ways an article is seen."""
    words = '"' + article.title.replace('"', " ") + '"'
    table = folder / "all.parquet"
    table.unlink(missing_ok=True)
    done = baotinh("export", "--format", "parquet", "--output", table, "--processes", "2", "--collection", held.root)
    assert done.returncode == 0, done.stderr
    asked = urllib.parse.urlencode({"q": words})
    caption = urllib.parse.urlencode({"q": "", "newspaper": article.newspaper, "limit": 100})
    return {
        "search": any(hit["id"] == article.id for hit in printed(held, "search", words, "--json")),
        "show": baotinh("show", article.id, "--collection", held.root).returncode == 0,
        "jsonl": any(line["id"] == article.id for line in printed(held, "export", "--format", "jsonl")),
        "parquet": article.id in pq.read_table(table)["id"].to_pylist(),
        "notebook": article.id in Archive.open(held.root).articles()["id"].to_pylist(),
        "api": answer(f"{site}/api/v1/articles/{article.id}")[0] == 200,
        "api search": article.id in answer(f"{site}/api/v1/search?{asked}")[1],
        "api pictures": article.id in answer(f"{site}/api/v1/pictures?{caption}")[1],
        "page": answer(f"{site}/article/{article.id}")[0] == 200,
        "search page": f"/article/{article.id}" in answer(f"{site}/search?{asked}")[1],
    }


def capture_page(serving: Serving, article: Article, language: str = "vi") -> tuple[int, str]:
    """What the lasting address of an article's capture answers, before it leads to the replay."""

    class Staying(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    path = f"/web/{article.captured_at.astimezone(UTC):%Y%m%d%H%M%S}/{article.url}"
    request = urllib.request.Request(serving.site + path, headers={"Accept-Language": language})
    try:
        with urllib.request.build_opener(Staying).open(request, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_an_article_is_seen_by_no_way_until_that_is_lifted(held: Collection, article: Article, tmp_path: Path) -> None:
    with running(held, VIEWER) as serving:
        site = serving.site
        before, everything = ways(held, site, article, tmp_path), search(held.for_readers, "")
        assert all(before.values()), before
        assert capture_page(serving, article)[0] == 302
        done = baotinh("hide", article.id, "--reason", "privacy", "--note", "letter 12", "--collection", held.root)
        assert done.returncode == 0 and done.stdout == (
            f"withheld: article {article.id} (privacy) until it is lifted\n"
        )
        seen = ways(held, site, article, tmp_path)
        assert not any(seen.values()), seen
        without = search(held.for_readers, "")
        assert without.total == everything.total - 1
        assert sum(without.facets.newspapers.values()) == sum(everything.facets.newspapers.values()) - 1
        said = {"vi": "Trang này không được hiển thị", "en": "This page is withheld"}
        for language, words in said.items():
            for status, page in (
                answer(f"{site}/article/{article.id}", language),
                capture_page(serving, article, language),
            ):
                assert status == 451 and words in page
                assert article.title not in page and "letter 12" not in page
        status, page = answer(f"{site}/api/v1/articles/{article.id}")
        assert (status, json.loads(page)["code"]) == (451, "withheld")
        shown = baotinh("show", article.id, "--collection", held.root)
        assert shown.returncode == 2 and "withheld from readers: privacy" in shown.stderr
        assert verify(held).findings == []
        assert baotinh("unhide", article.id, "--note", "withdrawn", "--collection", held.root).returncode == 0
        assert ways(held, site, article, tmp_path) == before
        assert search(held.for_readers, "") == everything
    (kept,) = printed(held, "withheld", "--all", "--json")
    assert (kept["note"], kept["lifted_note"], kept["reason"]) == ("letter 12", "withdrawn", "privacy")
    assert printed(held, "withheld", "--json") == []


def test_the_replay_holds_nothing_of_it(held: Collection, article: Article) -> None:
    """Neither its pages nor what programs ask, nor the bytes of the files behind the viewer."""
    assert article.capture and article.capture.offset is not None and article.capture.length
    stamp = f"{article.captured_at.astimezone(UTC):%Y%m%d%H%M%S}"
    with running(held, VIEWER) as serving:
        asked = {
            "page": f"{serving.replay}/?{urllib.parse.urlencode({'url': article.url, 'ts': stamp})}",
            "bytes": f"{serving.replay}/web/{stamp}id_/{article.url}",
            "timemap": f"{serving.replay}/web/timemap/link/{article.url}",
            "calendar": f"{serving.site}/web/*/{article.url}",
            "capture": f"{serving.site}/capture/{article.capture.record_id}",
        }
        index = f"{serving.replay}/cdx?{urllib.parse.urlencode({'url': article.url})}"
        before = {way: answer(url)[0] for way, url in asked.items()}
        assert set(before.values()) <= {200, 503}, before
        assert answer(index)[1].count("\n")
        source = re.search(r"/viewer-[^\"]+\.wacz", answer(asked["page"])[1])
        withhold(held, article.id, WithholdingReason.COURT, "")
        for way, url in asked.items():
            status, page = answer(url, "en")
            assert status == 451 and "a court or an authority ordered it" in page, way
        assert answer(index)[0] == 404
        status, said = answer(f"{serving.site}/api/v1/captures/{article.capture.record_id}")
        assert (status, json.loads(said)["code"]) == (451, "withheld")
        if source is not None:
            assert answer(serving.replay + source[0])[0] in (403, 404)
    with held.for_readers.catalog() as readers:
        edition = ViewerEditions(held.for_readers).current()
        (file_id,) = readers.connection.execute(
            "SELECT id FROM warc_files WHERE name = ?", (article.capture.file,)
        ).fetchone()
    name = f"archive/{article.capture.file}".encode()
    start = next(at for at in starts_of(edition, file_id) if name in b"".join(edition.read(at, at + 200)))
    header = 30 + len(name)
    begin, stored = start + header, held.warc_file(article.capture.file or "").path.read_bytes()
    shown, captured = b"".join(edition.read(begin, begin + len(stored))), bytearray(len(stored))
    with held.for_readers.catalog() as readers:
        for one in readers.every_capture():
            if one.file == article.capture.file:
                place = slice(one.offset, one.offset + one.length)
                captured[place] = stored[place]
                assert b"".join(edition.read(begin + one.offset, begin + one.offset + one.length)) == stored[place]
    assert shown == captured and captured.count(0) > article.capture.length
    assert not any(shown[article.capture.offset : article.capture.offset + article.capture.length])


def starts_of(edition: ViewerEdition, file_id: int) -> list[int]:
    """Where a file may begin in an edition."""
    return [(file_id + 15) << 34]


def test_the_pictures_and_captures_of_an_article_are_withheld_with_it(held: Collection, article: Article) -> None:
    picture = article.images[0].capture
    assert article.capture and picture
    withhold(held, article.id, WithholdingReason.COURT, "")
    with held.for_readers.catalog() as readers, held.catalog() as whole:
        for record_id in (article.capture.record_id, picture.record_id):
            assert readers.capture(record_id) is None and whole.capture(record_id) is not None
        with pytest.raises(ArticleWithheld, match="court"):
            readers.article(article.id)
        assert whole.article(article.id)


@pytest.mark.parametrize("by", ["address", "host"])
def test_an_address_and_a_host_are_withheld_with_the_articles_read_there(
    held: Collection, article: Article, by: str
) -> None:
    host = article.url.split("/")[2]
    entered = withhold(held, article.url if by == "address" else host, WithholdingReason.PUBLISHER, "")
    assert entered.scope.value == by
    with held.for_readers.catalog() as readers, held.catalog() as whole:
        assert article.id not in readers.article_ids()
        left = {url for (url,) in readers.connection.execute("SELECT url FROM captures")}
        every = {url for (url,) in whole.connection.execute("SELECT url FROM captures")}
        gone = {article.url} if by == "address" else {url for url in every if url.split("/")[2] == host}
        assert every - left == gone
        of_others = {one for one in whole.article_ids() if not one.startswith(article.newspaper)}
        assert readers.article_ids() >= of_others


def test_it_ends_by_itself(held: Collection, article: Article) -> None:
    withhold(held, article.id, WithholdingReason.OTHER, "", until=now() + timedelta(hours=1))
    assert not is_seen(held, article.id)
    with held.catalog(writable=True) as catalog:  # as if it had been an hour ago
        catalog.connection.execute("UPDATE withholdings SET until = ?", (warc_date(now() + timedelta(seconds=1)),))
    until(lambda: is_seen(held, article.id))


def is_seen(held: Collection, article_id: str) -> bool:
    with held.for_readers.catalog() as readers:
        return article_id in readers.article_ids()


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_rebuild_and_a_backup_honour_it(held: Collection, article: Article, tmp_path: Path, is_lost: bool) -> None:
    withhold(held, article.id, WithholdingReason.RIGHTS, "agency")
    lift_withholding(held, article.id, "settled")
    withhold(held, article.id, WithholdingReason.RIGHTS, "again")
    logged = (held.root / LOG).read_text("utf-8")
    if is_lost:
        held.catalog_path.write_bytes(b"no catalog")
    assert baotinh("rebuild", "--collection", held.root).returncode == 0
    assert not is_seen(held, article.id)
    assert (held.root / LOG).read_text("utf-8") == logged
    assert [one.note for one in read_log(held)] == ["agency", "again"]
    with held.for_readers.catalog() as readers:
        assert article.images[0].capture
        assert readers.capture(article.images[0].capture.record_id) is None
    assert baotinh("backup", tmp_path / "copy", "--collection", held.root).returncode == 0
    assert not is_seen(Collection.open(tmp_path / "copy"), article.id)


def test_a_merge_brings_it_along(held: Collection, article: Article, tmp_path: Path) -> None:
    withhold(held, article.id, WithholdingReason.RIGHTS, "agency")
    for _ in range(2):
        done = baotinh("merge", held.root, "--collection", tmp_path / "merged")
        assert done.returncode == 0, done.stderr
    merged = Collection.open(tmp_path / "merged")
    assert not is_seen(merged, article.id)
    assert read_log(merged) == read_log(held)


def test_what_is_read_later_at_another_address_is_withheld_as_well(held: Collection, article: Article) -> None:
    withhold(held, article.id, WithholdingReason.COURT, "")
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        (record_id,) = connection.execute(
            "SELECT record_id FROM captures WHERE status = 200 AND type = 'response' AND mime = 'text/html' "
            "AND record_id NOT IN (SELECT record_id FROM versions) LIMIT 1"
        ).fetchone()
        other = catalog.capture(record_id)
        assert other is not None and article.capture is not None
        place = attrs.evolve(article.capture, record_id=record_id, file=other.file, offset=other.offset)
        reprinted = attrs.evolve(article, url=other.url, capture=place, title="Reprinted", captured_at=now())
        release(connection, 1, reprinted, DEFAULT_POLICY, held)
    with held.for_readers.catalog() as readers:
        assert readers.capture(record_id) is None and readers.versions(article.id) == []


def test_an_article_read_later_at_a_withheld_address_is_withheld(held: Collection, article: Article) -> None:
    withhold(held, article.url, WithholdingReason.COURT, "")
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        another = attrs.evolve(article.known_as(f"{article.newspaper}:999"), captured_at=now())
        assert release(connection, 1, another, DEFAULT_POLICY, held).article_id == another.id
    assert not is_seen(held, another.id)


def test_a_set_says_what_is_withheld(held: Collection, article: Article) -> None:
    assert baotinh("sets", "save", "all", "", "--collection", held.root).returncode == 0
    withhold(held, article.id, WithholdingReason.MISTAKE, "")
    done = baotinh("sets", "check", "all", "--collection", held.root)
    assert done.returncode == 1 and f"withheld  {article.id}" in done.stdout and "missing" not in done.stdout


def test_what_is_not_held_or_not_withheld_is_refused(held: Collection, article: Article) -> None:
    for subject in ("baocantho:0", "http://baocantho.test/nothing", "elsewhere.test", ""):
        with pytest.raises(NothingToWithhold):
            withhold(held, subject, WithholdingReason.OTHER, "")
    with pytest.raises(NotWithheld, match="nothing is withheld"):
        lift_withholding(held, article.id, "")
    past = baotinh("hide", article.id, "--reason", "other", "--until", "2020-01-01", "--collection", held.root)
    assert past.returncode == 2 and "has passed" in past.stderr
    assert baotinh("hide", article.id, "--reason", "spite", "--collection", held.root).returncode == 2
