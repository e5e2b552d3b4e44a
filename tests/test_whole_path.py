"""From a newspaper's sections to an archive: the newsroom crawled by the command, held against truth and transport."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support.crawling import ARTICLES, PAPERS, SEED, Demonstration, baotinh
from support.stopped_crawls import begin_to_stop, released, wait_until_stopped
from support.transport import assert_each_exchange_is_kept

from archive.checking.collection import verify
from archive.cli.fault_words import fault_words
from archive.collection import Collection
from archive.projections.schema import article_schema
from archive.warc.reader import Record, read_records
from crawler.cli.demo import differences
from crawler.newsroom import RunningNewsroom, serve_newsroom


def records(collection: Collection) -> list[Record]:
    return [record for path in sorted(collection.warc.glob("*.warc.gz")) for record in read_records(path)]


def crawl(newsroom: RunningNewsroom, root: Path, *options: object, paper: str = "baocantho") -> str:
    sections = {"baocantho": ["thoi-su", "kinh-te"]}.get(paper, [])
    chosen = [part for section in sections for part in ("--section", section)]
    done = baotinh("crawl", paper, "--loopback", f"127.0.0.1:{newsroom.port}", "--collection", root, *chosen, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def last_counts(collection: Collection) -> dict[str, int]:
    with collection.catalog() as catalog:
        return catalog.runs(1)[0].counts


def test_the_collection_agrees_with_the_newsrooms_truth(demonstration: Demonstration) -> None:
    assert len(demonstration.truth["articles"]) == ARTICLES
    assert differences(demonstration.collection, demonstration.truth) == []
    assert "agrees with the newsroom's truth" in demonstration.printed


def test_the_truth_comparison_can_fail(demonstration: Demonstration) -> None:
    truth = json.loads(json.dumps(demonstration.truth))
    truth["articles"][0]["title"] += "!"
    truth["articles"][1]["article_id"] = "1"
    truth["unreadable"].pop()
    said = "\n".join(differences(demonstration.collection, truth))
    assert "title is" in said and "not in the collection" in said and "no such article" in said
    assert "listed among the pages" in said


def test_every_exchange_stands_in_the_warc_byte_for_byte(demonstration: Demonstration) -> None:
    """What the newsroom logged at the transport is what the records hold: robots.txt, redirects, 404s and 500s too."""
    kept = records(demonstration.collection)
    sent = assert_each_exchange_is_kept(kept, demonstration.exchanges)
    assert {record.type for record in kept} <= {"warcinfo", "metadata", "request", "response", "revisit"}
    statuses = {line["status"] for line in demonstration.exchanges}
    assert statuses >= {200, 301, 404, 500}
    assert any(line["target"] == "/robots.txt" for line in demonstration.exchanges)
    heads = [response.split(b"\r\n\r\n")[0].lower() for _, response in sent]
    for form in (b"content-encoding: gzip", b"content-encoding: br", b"transfer-encoding: chunked", b"content-length"):
        assert any(form in head for head in heads), form


def test_robots_txt_is_obeyed(demonstration: Demonstration) -> None:
    assert not [line for line in demonstration.exchanges if line["target"].startswith("/tim-kiem/")]


def test_requisites_are_fetched_once(demonstration: Demonstration) -> None:
    fetched = Counter(
        (line["host"], line["target"])
        for line in demonstration.exchanges
        if line["target"].endswith((".css", ".woff2", ".ttf", ".png", ".jpg")) and line["status"] == 200
    )
    assert {target.rpartition(".")[2] for _, target in fetched} >= {"css", "png", "jpg"}
    assert set(fetched.values()) == {1}


def test_records_follow_the_standard(demonstration: Demonstration) -> None:
    for path in demonstration.collection.warc.glob("*"):
        assert path.name.startswith(tuple(f"BAOTINH-{paper}-" for paper in PAPERS))
        assert path.name.endswith(".warc.gz")
        first, *rest = read_records(path)
        assert first.type == "warcinfo" and first.version == "WARC/1.1"
        assert first.header("WARC-Filename") == path.name
        said = first.block.decode()
        assert "software: baotinh/" in said and "operator: demonstration" in said
        assert "demonstration: a made-up newsroom" in said
        by_id = {record.record_id: record for record in rest}
        assert len(by_id) == len(rest)
        for record in rest:
            if record.type not in ("response", "revisit"):
                answer = by_id[(record.header("WARC-Concurrent-To") or "").strip("<>")]
                assert answer.header("WARC-Date") == record.header("WARC-Date")
                assert answer.url == record.url
            else:
                assert record.header("WARC-IP-Address") == "127.0.0.1"
            assert record.header("WARC-Warcinfo-ID") == f"<{first.record_id}>"


def test_the_collection_is_sound_and_damage_is_found(demonstration: Demonstration, tmp_path: Path) -> None:
    said = verify(demonstration.collection)
    assert said.findings == [] and said.records == len(records(demonstration.collection))
    assert said.versions == ARTICLES
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", demonstration.collection.root, copy], check=True)
    assert baotinh("verify", "--collection", copy).returncode == 0
    with Collection.open(copy).catalog(writable=True) as catalog:
        capture = catalog.capture(catalog.versions_after(0)[0].record_id)
        assert capture is not None
        catalog.connection.execute("UPDATE captures SET url = url || 'x' WHERE record_id = ?", (capture.record_id,))
    done = baotinh("verify", "--collection", copy, "--json")
    assert done.returncode == 1
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert {finding["record_id"] for finding in findings} == {capture.record_id}
    assert all("address" in finding["message"] for finding in findings)


def test_a_flipped_byte_is_found(demonstration: Demonstration, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", demonstration.collection.root, copy], check=True)
    collection = Collection.open(copy)
    with collection.catalog() as catalog:
        capture = catalog.capture(catalog.versions_after(0)[0].record_id)
    assert capture is not None
    with collection.warc_file(capture.file).path.open("r+b") as stream:
        stream.seek(capture.offset + capture.length // 2)
        octet = stream.read(1)[0]
        stream.seek(-1, 1)
        stream.write(bytes([octet ^ 0xFF]))
    said = verify(collection)
    assert {finding.offset for finding in said.findings} == {capture.offset}
    assert {finding.severity for finding in said.findings} == {"damage"}
    whole = verify(demonstration.collection)
    assert (said.records, said.versions) == (whole.records - 1, whole.versions)  # it went on behind the damage


def test_warcio_finds_unchunked_files_right(demonstration: Demonstration, tmp_path: Path) -> None:
    """`warcio check` digests chunk framing as payload, so the chunked records are left out of the file it is given.

    Its decoder for br breaks on brotli 1.2; digests need none, so it is run as where brotli is not installed.
    """
    check = "import sys; sys.modules['brotli'] = None; from warcio.cli import main; main(['check', sys.argv[1]])"
    for path in demonstration.collection.warc.glob("*.warc.gz"):
        unchunked = tmp_path / path.name
        whole = path.read_bytes()
        with unchunked.open("wb") as stream:
            for record in read_records(path):
                if not (record.http and record.http.is_chunked):
                    stream.write(whole[record.offset : record.offset + record.length])
        command = [sys.executable, "-c", check, str(unchunked)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_json_lines_are_whole_and_valid(demonstration: Demonstration) -> None:
    import jsonschema_rs

    validator = jsonschema_rs.validator_for(article_schema(), validate_formats=True)
    files = sorted(demonstration.collection.jsonl.iterdir())
    assert [path.name.split("-")[0] for path in files] == sorted(PAPERS)
    lines = [line for path in files for line in path.read_text("utf-8").splitlines()]
    assert all(path.read_bytes().endswith(b"\n") for path in files)
    assert len(lines) == ARTICLES
    for line in lines:
        assert "\\u" not in line
        validator.validate(json.loads(line))
    with demonstration.collection.catalog() as catalog:
        assert sorted(lines) == sorted(version.line for version in catalog.versions_after(0))


def test_a_runs_report_counts_what_is_in_its_files(demonstration: Demonstration) -> None:
    for path in demonstration.collection.reports.iterdir():
        said = json.loads(path.read_text("utf-8"))
        (file,) = demonstration.collection.warc.glob(f"BAOTINH-{said['newspaper']}-*")
        assert said["counts"]["WARC records"] == sum(1 for _ in read_records(file))
        assert said["counts"]["WARC bytes"] == file.stat().st_size
        with demonstration.collection.catalog() as catalog:
            counts = {run.name: run.counts for run in catalog.runs()}
        assert counts[said["run"]] == said["counts"]


def test_a_page_that_gives_no_article_is_listed_and_archived(demonstration: Demonstration) -> None:
    reports = [json.loads(path.read_text("utf-8")) for path in demonstration.collection.reports.iterdir()]
    rejected = {page["url"]: page for report in reports for page in report["rejected"]}
    assert {said["url"]: [said["field"]] for said in demonstration.truth["unreadable"]} == {
        url: list(page["reasons"]) for url, page in rejected.items()
    }
    with demonstration.collection.catalog() as catalog:
        for url, page in rejected.items():
            capture = catalog.capture(page["record_id"])
            assert capture is not None and capture.url == url and capture.status == 200
            assert url in demonstration.printed


LISTS = {"/thoi-su/", "/kinh-te/", "/rss/cate/thoi-su/", "/rss/cate/kinh-te/"}


def test_a_second_crawl_is_incremental_and_adds_no_duplicate(newsroom: RunningNewsroom, tmp_path: Path) -> None:
    root = tmp_path / "collection"
    crawl(newsroom, root)
    first = last_counts(Collection.open(root))
    assert newsroom.log_path is not None
    asked = len(newsroom.log_path.read_text().splitlines())
    # where the feed was read before the list, the former address that the list names is asked for once, by the next run
    crawl(newsroom, root)
    between = {json.loads(line)["target"] for line in newsroom.log_path.read_text().splitlines()[asked:]} - LISTS
    assert {target.removeprefix("/tin-cu") for target in between} <= {
        target for target in between if "-a194215" in target
    }
    asked = len(newsroom.log_path.read_text().splitlines())
    crawl(newsroom, root)
    second = last_counts(Collection.open(root))
    assert first["articles new"] == 20
    assert "articles new" not in second and "articles changed" not in second
    assert second["not modified"] == 4
    later = [json.loads(line) for line in newsroom.log_path.read_text().splitlines()[asked:]]
    assert {line["target"] for line in later} == LISTS and len(later) == len(LISTS)
    # a 304 becomes a revisit with an empty block; its head is kept beside it
    newest = max(Collection.open(root).warc.iterdir())
    kept = list(read_records(newest))
    revisits = [record for record in kept if record.type == "revisit"]
    assert len(revisits) == 4
    for revisit in revisits:
        assert revisit.block == b""
        assert (revisit.header("WARC-Profile") or "").endswith("/revisit/server-not-modified")
        beside = next(
            record for record in kept
            if record.type == "metadata" and record.header("WARC-Concurrent-To") == f"<{revisit.record_id}>"
        )  # fmt: skip
        head = next(line for line in beside.block.decode().splitlines() if line.startswith("http-response-head: "))
        sent = next(line for line in later if revisit.url == f"http://baocantho.test{line['target']}")
        assert base64.b64decode(head.partition(" ")[2]) == base64.b64decode(sent["response"])
    assert verify(Collection.open(root)).findings == []


def test_what_is_published_edited_and_withdrawn_is_noticed(newsroom: RunningNewsroom, tmp_path: Path) -> None:
    root = tmp_path / "collection"
    crawl(newsroom, root, paper="baolaocai")
    collection = Collection.open(root)
    urls = [said["url"] for said in newsroom.truth()["articles"] if said["newspaper"] == "baolaocai"]
    fresh = [url for url in newsroom.publish(6) if "baolaocai" in url]
    newsroom.edit(urls[0])
    newsroom.withdraw(urls[1])
    assert fresh
    crawl(newsroom, root, paper="baolaocai")
    assert last_counts(collection)["articles new"] == len(fresh)
    crawl(newsroom, root, "--recheck", paper="baolaocai")
    counts = last_counts(collection)
    assert counts["articles changed"] == 1 and counts["gone"] >= 1
    with collection.catalog() as catalog:
        edited = next(said for said in newsroom.truth()["articles"] if said["url"] == urls[0])
        versions = catalog.versions(f"baolaocai:{edited['article_id']}")
        assert [len(versions), versions[-1].article().modified_at is not None] == [2, True]
        assert versions[0].content_hash != versions[1].content_hash
        withdrawn = catalog.addresses("baolaocai", [urls[1]])[urls[1]]
        assert withdrawn.status == 410


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_was_ended_goes_on(tmp_path: Path, stop: signal.Signals) -> None:
    """Killed or asked to end in mid-crawl, then crawled again: as if nothing had happened."""
    with serve_newsroom(seed=SEED, articles=150) as newsroom:
        end_and_go_on(newsroom, tmp_path, stop)


def end_and_go_on(newsroom: RunningNewsroom, tmp_path: Path, stop: signal.Signals) -> None:
    root = tmp_path / "collection"
    place = ("--loopback", f"127.0.0.1:{newsroom.port}", "--collection", root)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with begin_to_stop(released(3), "crawl", "baobaclieu", *place, **pipes) as process:
        wait_until_stopped(process)
        process.send_signal(stop)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=240)
    crawl(newsroom, root, paper="baobaclieu")
    collection = Collection.open(root)
    truth = newsroom.truth()
    for key in ("articles", "unreadable"):
        truth[key] = [said for said in truth[key] if "baobaclieu" in said["url"]]
    assert differences(collection, truth) == []
    assert verify(collection).findings == []
    assert not list(root.rglob("*.open"))
    lines = [line for path in collection.jsonl.iterdir() for line in path.read_text("utf-8").splitlines()]
    with collection.catalog() as catalog:
        assert sorted(lines) == sorted(version.line for version in catalog.versions_after(0))
        outcomes = [run.outcome for run in catalog.runs()]
        assert outcomes == ["finished", "interrupted" if stop is signal.SIGKILL else "stopped"]


def test_a_narrow_queue_and_small_files_change_nothing_but_the_files(newsroom: RunningNewsroom, tmp_path: Path) -> None:
    place = f"127.0.0.1:{newsroom.port}"
    bounds = {"BAOTINH_QUEUE_BYTES": "20000", "BAOTINH_ROTATE_BYTES": "200000"}
    done = baotinh("crawl", "baolaocai", "--loopback", place, "--collection", tmp_path, **bounds)
    assert done.returncode == 0, done.stderr
    collection = Collection.open(tmp_path)
    truth = newsroom.truth()
    for key in ("articles", "unreadable"):
        truth[key] = [said for said in truth[key] if "baolaocai" in said["url"]]
    assert differences(collection, truth) == []
    assert verify(collection).findings == []
    names = sorted(path.name for path in collection.warc.iterdir())
    assert len(names) > 3 and names[1].endswith("-00001.warc.gz")
    for name in names:
        assert next(read_records(collection.warc / name)).header("WARC-Filename") == name


def test_one_section_and_a_limit(newsroom: RunningNewsroom, tmp_path: Path) -> None:
    root = tmp_path / "collection"
    place = f"127.0.0.1:{newsroom.port}"
    options = ("--section", "Văn hóa", "--limit", 3, "--loopback", place, "--collection", root)
    done = baotinh("crawl", "baolaocai", *options)
    assert done.returncode == 0, done.stderr
    with Collection.open(root).catalog() as catalog:
        versions = catalog.versions_after(0)
    assert 1 <= len(versions) <= 3
    assert {version.article().section for version in versions} == {"Văn hóa"}


def test_single_pages_are_captured_and_articles_among_them_read(newsroom: RunningNewsroom, tmp_path: Path) -> None:
    root = tmp_path / "collection"
    said = next(article for article in newsroom.truth()["articles"] if article["images"])
    home = f"http://{said['newspaper']}.test/"
    place = f"127.0.0.1:{newsroom.port}"
    done = baotinh("capture", said["url"], home, "--loopback", place, "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    with Collection.open(root).catalog() as catalog:
        article = catalog.article(f"{said['newspaper']}:{said['article_id']}").article()
        assert article.title == said["title"] and all(image.capture for image in article.images)
        assert catalog.latest_success(home) is not None
        assert said["newspaper"] in catalog.newspapers()
    done = baotinh("search", said["title"], "--newspaper", said["newspaper"], "--collection", root, "--json")
    assert json.loads(done.stdout.splitlines()[0])["id"] == article.id


def test_scrapys_own_command_crawls_alike(newsroom: RunningNewsroom, tmp_path: Path) -> None:
    root = tmp_path / "collection"
    arguments = (f"collection={root}", f"loopback=127.0.0.1:{newsroom.port}")
    command = [sys.executable, "-m", "scrapy", "crawl", "baobaclieu"]
    for argument in arguments:
        command += ["-a", argument]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, check=False, cwd=Path(__file__).parents[1]
    )
    assert done.returncode == 0, done.stderr
    assert last_counts(Collection.open(root))["articles new"] == 20, done.stderr


def reread(paper: str, source: Path, root: Path) -> dict[str, int]:
    """Crawl an archive of the newsroom's; `--loopback` only gives the addresses: its port answers nobody."""
    sections = [part for name in ("thoi-su", "kinh-te") for part in ("--section", name)] if paper == "baocantho" else []
    place = ["--loopback", "127.0.0.1:9"]
    done = baotinh("crawl", paper, "--from-archive", source, *place, *sections, "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    return last_counts(Collection.open(root))


@pytest.mark.parametrize("paper", PAPERS)
def test_an_archive_is_crawled_instead_of_the_network(demonstration: Demonstration, tmp_path: Path, paper: str) -> None:
    source = next(demonstration.collection.warc.glob(f"BAOTINH-{paper}-*"))
    counts = reread(paper, source, tmp_path)
    assert counts["articles new"] == ARTICLES // 3 and counts["errors"] == 0
    taken = tmp_path / "warc" / source.name
    assert taken.read_bytes() == source.read_bytes()
    assert list((tmp_path / "warc").iterdir()) == [taken]
    with Collection.open(tmp_path).catalog() as there, demonstration.collection.catalog() as here:
        for version in there.versions_after(0):
            # the very same article, its captures and their times with it
            assert version.line == here.article(version.article_id).line
    # another paper's file may hold what a revisit refers to, and was not taken in
    said = verify(Collection.open(tmp_path)).findings
    assert all(
        finding.severity == "warning" and "a record that is not here" in fault_words(finding.fault) for finding in said
    )
    again = reread(paper, source, tmp_path)
    assert "articles new" not in again and again["articles duplicate"] == ARTICLES // 3
    assert list((tmp_path / "warc").iterdir()) == [taken]


def test_pages_that_an_archive_lacks_are_missing_not_errors(demonstration: Demonstration, tmp_path: Path) -> None:
    """The records of one article are not in the file."""
    whole = next(demonstration.collection.warc.glob("BAOTINH-baolaocai-*"))
    octets, records = whole.read_bytes(), list(read_records(whole))
    url = next(record.url for record in reversed(records) if (record.url or "").endswith(".html"))
    source = tmp_path / "part.warc.gz"
    source.write_bytes(b"".join(octets[one.offset : one.offset + one.length] for one in records if one.url != url))
    given = ("--from-archive", source, "--loopback", "127.0.0.1:9", "--collection", tmp_path)
    done = baotinh("crawl", "baolaocai", *given)
    assert done.returncode == 0, done.stderr
    counts = last_counts(Collection.open(tmp_path))
    assert counts["missing"] == 1 and counts["errors"] == 0


def test_a_file_of_the_collection_is_reread_in_place(demonstration: Demonstration, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", demonstration.collection.root, copy], check=True)
    before = sorted((copy / "warc").iterdir())
    counts = reread("baolaocai", next((copy / "warc").glob("BAOTINH-baolaocai-*")), copy)
    assert counts["articles duplicate"] == ARTICLES // 3
    assert sorted((copy / "warc").iterdir()) == before
