"""What is purged is in no file of the collection, all else is as it was, and no crawl fetches it again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
import pytest
from support.browsing import VIEWER
from support.crawling import ARTICLES, PRINTED_UNTIL, SEED, Demonstration, baotinh
from support.import_samples import FIRST, INFO, OTHER, archive, articles, general_page, of_paper, response, run_import
from support.self_killing import STEP, killed_at
from support.serving import running
from support.warc_samples import record, sha1, uid

from archive.article import Article
from archive.checking.collection import verify
from archive.collection import Collection
from archive.warc.cdxj import urlkey
from archive.warc.reader import read_records
from crawler.newsroom import serve_newsroom


@pytest.fixture
def held(demonstration: Demonstration, tmp_path: Path) -> Collection:
    return Collection.open(Path(shutil.copytree(demonstration.collection.root, tmp_path / "held")))


@pytest.fixture
def article(held: Collection) -> Article:
    with held.catalog() as catalog:
        for version in catalog.versions_after(0, limit=1000):
            found = version.article()
            if found.images and found.images[0].capture:
                return found
    raise AssertionError("no such article")


def contents(held: Collection) -> bytes:
    """All that the files of a collection hold, WARC records without their compression."""
    records = b"".join(
        record.http.content() if record.http and record.type == "response" else record.block
        for path in sorted(held.warc.iterdir())
        for record in read_records(path)
    )
    others = (path for path in held.root.rglob("*") if path.is_file() and path.parent not in (held.warc, held.logs))
    return records + b"".join(path.read_bytes() for path in others)


def others(held: Collection, article_id: str) -> dict[str, list[tuple[str, bytes]]]:
    with held.catalog() as catalog:
        ids = catalog.article_ids() - {article_id}
        return {one: [(each.record_id, each.raw) for each in catalog.versions(one)] for one in ids}


def test_a_purged_article_is_nowhere_and_the_others_stay(held: Collection, article: Article) -> None:
    before, sentence = others(held, article.id), longest_sentence(article)
    sizes = {path.name: path.stat().st_size for path in held.warc.iterdir()}
    assert sentence in contents(held)
    asked = baotinh("purge", article.id, "--reason", "court", "--note", "ruling 7", "--collection", held.root)
    assert asked.returncode == 0 and "To be removed: " in asked.stdout and "Nothing was removed" in asked.stdout
    assert sentence in contents(held)
    done = baotinh("purge", article.id, "--reason", "court", "--yes", "--collection", held.root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == asked.stdout.splitlines()[0].replace("To be removed", "Removed")
    assert sentence not in contents(held)
    assert {path.name: path.stat().st_size for path in held.warc.iterdir()} == sizes
    assert others(held, article.id) == before
    assert verify(held).findings == []
    shown = baotinh("show", article.id, "--collection", held.root)
    assert shown.returncode == 2 and "withheld from readers: court" in shown.stderr
    assert baotinh("rebuild", "--collection", held.root).returncode == 0
    assert others(held, article.id) == before and verify(held).findings == []
    (listed,) = baotinh("withheld", "--collection", held.root).stdout.splitlines()[1:2]
    assert article.id in listed and "removed" in listed


def longest_sentence(article: Article) -> bytes:
    texts = [block.text for block in article.body if block.text]
    return max(texts, key=len).encode()


def test_no_crawl_fetches_it_again(held: Collection, article: Article) -> None:
    assert baotinh("purge", article.id, "--reason", "court", "--yes", "--collection", held.root).returncode == 0
    with serve_newsroom(seed=SEED, articles=ARTICLES, until=PRINTED_UNTIL) as newsroom:
        done = baotinh(
            "crawl", article.newspaper, "--loopback", f"127.0.0.1:{newsroom.port}", "--collection", held.root, "--full"
        )
    assert done.returncode == 0, done.stderr
    assert longest_sentence(article) not in contents(held)
    with held.catalog() as catalog:
        assert catalog.captures(urlkey(article.url)) == []


def test_a_purge_that_was_killed_is_finished_by_the_next(held: Collection, article: Article, tmp_path: Path) -> None:
    before, sentence = others(held, article.id), longest_sentence(article)
    words = ["purge", article.id, "--reason", "court", "--yes", "--collection", str(held.root)]
    for step in (2, 4, 7, 11, 16, 22):
        environment = killed_at(tmp_path / "killing", "crawler.cli", STEP, str(held.root), step)
        command = [sys.executable, "-m", "crawler.cli", *words]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, timeout=240, check=False)
        assert done.returncode == -signal.SIGKILL
    assert baotinh(*words).returncode == 0
    assert sentence not in contents(held)
    after = others(held, article.id)
    assert {one: after.get(one) for one in before if after.get(one) != before[one]} == {}
    assert after == before and verify(held).findings == []


def test_records_of_other_programs_go_with_what_belongs_to_them(tmp_path: Path) -> None:
    url = f"{OTHER}/bai-phai-go-bo-100001.html"
    page = response(1, url, general_page("SECRET"), FIRST, [("WARC-Concurrent-To", uid(7))])
    request = record("request", 7, b"GET /SECRET HTTP/1.1\r\n\r\n", [("WARC-Target-URI", url)])  # names nothing
    names = [("WARC-Concurrent-To", uid(90)), ("WARC-Concurrent-To", uid(1))]
    metadata = record("metadata", 8, b"via: SECRET\r\n" * 50, names)
    other, damage = of_paper(2), b"no record\r\n\r\n"
    first, second = tmp_path / "first.warc", tmp_path / "second.warc"
    first.write_bytes(b"".join([INFO, request, page, damage, other, metadata]))
    second.write_bytes(b"".join([INFO, page, of_paper(3), damage]))  # its copy of the page is not entered
    for path in (first, second):
        run_import(tmp_path / "held", path, code=1)
    held = Collection.open(tmp_path / "held")
    sizes = {path.name: path.stat().st_size for path in held.warc.iterdir()}
    assert "4 records" in baotinh("purge", url, "--reason", "court", "--collection", held.root).stdout
    done = baotinh("purge", url, "--reason", "court", "--yes", "--collection", held.root)
    assert done.returncode == 0 and "4 records" in done.stdout, done.stdout + done.stderr
    assert not [path for path in held.jsonl.iterdir() if b"SECRET" in path.read_bytes()]
    assert not [path for path in held.warc.iterdir() if b"SECRET" in path.read_bytes()]
    assert {path.name: path.stat().st_size for path in held.warc.iterdir()} == sizes
    assert sorted(articles(held.root).values()) == ["Bài số 2", "Bài số 3"]
    assert baotinh("verify", held.root).returncode == 0


def test_a_short_record_between_others_goes_too(tmp_path: Path) -> None:
    url = f"{OTHER}/SECRET"
    short = response(1, url, b"HTTP/1.1 404 Not Found\r\n\r\n")
    path = archive(tmp_path / "kho.warc.gz", [of_paper(2), short, of_paper(3)])
    run_import(tmp_path / "held", path)
    held = Collection.open(tmp_path / "held")
    with held.catalog() as catalog:
        (capture,) = catalog.captures(urlkey(url))
    assert capture.length < 300  # a tombstone that names the record needs more
    done = baotinh("purge", url, "--reason", "court", "--yes", "--collection", held.root)
    assert done.returncode == 0, done.stderr
    assert not [one for one in read_records(held.warc / "kho.warc.gz") if one.url == url]
    assert (held.warc / "kho.warc.gz").stat().st_size == path.stat().st_size
    assert [one.type for one in read_records(held.warc / "kho.warc.gz")] == [
        "warcinfo", "response", "metadata", "response",
    ]  # fmt: skip
    assert baotinh("verify", held.root).returncode == 0


def test_readers_are_told_that_it_was_removed(tmp_path: Path) -> None:
    url = f"{OTHER}/bai-phai-go-bo-100001.html"
    page = response(1, url, general_page("SECRET"), FIRST)
    run_import(tmp_path / "held", archive(tmp_path / "first.warc.gz", [page, of_paper(2)]))
    held = Collection.open(tmp_path / "held")
    assert baotinh("purge", url, "--reason", "court", "--yes", "--collection", held.root).returncode == 0
    with running(held, VIEWER) as serving, httpx.Client(timeout=60) as client:
        places = [f"{serving.site}/web/2026/", f"{serving.site}/web/*/", f"{serving.replay}/web/2026/"]
        for address in (place + url for place in places):
            for language, words in (("vi", "đã bị gỡ khỏi kho"), ("en", "It was removed from the archive.")):
                answer = client.get(address, headers={"Accept-Language": language}, follow_redirects=True)
                assert answer.status_code == 451 and words in answer.text and "holds it" not in answer.text


def test_records_that_an_import_could_not_take_go_too(tmp_path: Path) -> None:
    url, lost = f"{OTHER}/bai-phai-go-bo-100001.html", f"{OTHER}/mot-bai-khac-100002.html"
    page, wrong = general_page("SECRET"), [("WARC-Payload-Digest", sha1(b"other"))]
    rows = [
        response(1, url, page, FIRST),
        response(2, url.replace("https", "http"), page, FIRST, wrong),  # lost: its digest is wrong
        response(3, url, page, "none"),
        response(4, lost, page, "none"),
        of_paper(5),
    ]
    path = tmp_path / "first.warc"
    path.write_bytes(b"".join([INFO, *rows]))
    run_import(tmp_path / "held", path, code=1)
    held = Collection.open(tmp_path / "held")
    for subject in (url, lost):
        assert b"SECRET" in (held.warc / "first.warc").read_bytes()
        done = baotinh("purge", subject, "--reason", "court", "--yes", "--collection", held.root)
        assert done.returncode == 0, done.stderr
    assert b"SECRET" not in (held.warc / "first.warc").read_bytes()
    assert list(articles(held.root).values()) == ["Bài số 5"] and baotinh("verify", held.root).returncode == 0
    done = baotinh("purge", f"{OTHER}/khong-co.html", "--reason", "court", "--collection", held.root)
    assert done.returncode == 2 and "khong-co" not in baotinh("withheld", "--collection", held.root).stdout


def test_an_import_does_not_bring_it_back_in_silence(tmp_path: Path) -> None:
    url = f"{OTHER}/bai-phai-go-bo-100001.html"
    page = response(1, url, general_page("SECRET"), FIRST)
    first = tmp_path / "first.warc"
    first.write_bytes(b"".join([INFO, page, of_paper(2)]))
    run_import(tmp_path / "held", first)
    held = Collection.open(tmp_path / "held")
    assert baotinh("purge", url, "--reason", "court", "--yes", "--collection", held.root).returncode == 0
    again = run_import(held.root, first)  # nothing else in it is new
    assert again.files[0]["outcome"] == "removed" and "removed by order" in again.done.stdout
    assert [path.name for path in held.warc.iterdir()] == ["first.warc"] and b"SECRET" not in contents(held)
    other = tmp_path / "other.warc"
    spelled = url.replace("https://", "http://www.") + "?utm_source=zalo"
    other.write_bytes(b"".join([INFO, response(5, spelled, general_page("SECRET"), FIRST), of_paper(3)]))
    found = run_import(held.root, other, code=1)
    assert found.outcomes == {"new": 1, "purged": 1} and found.page(spelled)["outcome"] == "purged"
    assert found.files[0]["removed_before"] == [{"subject": url, "captures": 1}]
    command = f"baotinh purge {url} --reason court --yes"
    assert command in found.done.stdout and b"SECRET" in contents(held)
    with held.for_readers.catalog() as readers:
        assert spelled not in {one.url for one in readers.every_capture()}
    assert baotinh(*command.split()[1:], "--collection", held.root).returncode == 0
    assert b"SECRET" not in contents(held) and sorted(articles(held.root).values()) == ["Bài số 2", "Bài số 3"]
    assert baotinh("unhide", url, "--collection", held.root).returncode == 0  # the order was lifted
    assert run_import(held.root, first).page(url)["outcome"] == "new"
