"""The page of runs and health: what rings, in the readers' words, what each run came to, and nothing of any file."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from support.covered import NEWS, NOW, local, publish, session
from support.html_elements import Elements
from support.past_runs import DAY, HOUR, Past
from support.past_runs import NOW as PAST_NOW
from support.sample import REPLAY

from archive.catalog import database
from archive.catalog.maintenance import Maintenance, enter_maintenance
from archive.clock import warc_date
from archive.collection import Collection
from archive.health import wording as alarm_wording
from archive.health.alarm import (
    Alarm,
    Confidence,
    Disk,
    Doubtful,
    Failing,
    Figures,
    Lacking,
    Layout,
    Robots,
)
from archive.health.alarms import examine_whole
from archive.health.history import record_alarms
from archive.health.mutes import Mute, Selector, enter_mute
from archive.ingest.release import Decision
from archive.ingest.runs import Deferral, begin_run, deferred, enter_failed, report_path
from archive.web.app import site_app
from archive.web.runs import wording as run_wording

ROOT = Path(__file__).parents[3]

SILENT = Alarm(kind="silence", newspaper="baolaocai", subject="Xã hội", detail="as <b>recorded</b>")
FAILURE = "no <i>connection</i>"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Báo Cần Thơ well crawled, with one page that gave no article; Báo Lào Cai failed twice, and one run goes on."""
    collection = Collection.create(tmp_path_factory.mktemp("crawled") / "c")
    writing = session(collection, job="hourly")
    publish(writing, 1, NEWS, local(5))
    writing.reject("javascript:alert(1)", None, {"title": "no element matches h1.title"}).result(60)
    counts = {"pages": 12, "errors": 1, "articles duplicate": 3, "not modified": 4, "kept back: quiet hours": 7}
    report = {
        "reason": "finished", "answers": {"200": 12, "404": 1}, "doubtful": [],
        "troubles": [{"kind": "article", "url": "http://baocantho.test/gone.html", "reason": "HTTP 404"}],
    }  # fmt: skip
    writing.close("finished", lambda: (counts | writing.counts, report))
    card = session(collection, "baolaocai").run
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("DELETE FROM runs WHERE newspaper = 'baolaocai'")
        for hours in (4, 3):
            at = NOW - timedelta(hours=hours)
            enter_failed(collection, catalog, card, at, at + timedelta(minutes=2), FAILURE)
        begin_run(catalog, card, NOW - timedelta(minutes=1))
        with catalog.transaction() as connection:
            failing = Alarm(kind="failing", newspaper="baolaocai", subject="", detail="x")
            record_alarms(connection, [failing, SILENT], NOW - timedelta(hours=2))
            record_alarms(connection, [failing], NOW - timedelta(hours=1))
    with collection.lock("baolaocai"):
        yield collection


@pytest.fixture(scope="module")
def site(crawled: Collection) -> TestClient:
    return TestClient(site_app(crawled, REPLAY, clock=lambda: NOW), raise_server_exceptions=False)


def runs(page: str) -> list[str]:
    """The names of the runs in the list."""
    return re.findall(r'<a href="/runs/([^"?]+)"', page.rpartition('id="runs-title"')[2])


def test_health_stands_first(site: TestClient) -> None:
    page = site.get("/runs").text
    health, listed = page.split('id="runs-title"')
    assert "Thu thập thất bại liên tiếp · Báo Lào Cai" in health
    assert (
        "Hai lần gần nhất đều thất bại (lỗi khác: no &lt;i&gt;connection&lt;/i&gt;); chưa lần nào hoàn tất." in health
    )
    assert "Báo động từ Thứ Bảy, 10/10/2026, 10:00." in health
    past = health.split("Báo động đã qua")[1]
    assert "Chuyên mục im lặng · Báo Lào Cai · mục “Xã hội”" in past
    assert "as &lt;b&gt;recorded&lt;/b&gt;" in past
    assert "Từ Thứ Bảy, 10/10/2026, 10:00 đến Thứ Bảy, 10/10/2026, 11:00" in past
    assert "Còn trống" in health and "alarm" not in listed


def test_the_runs_newest_first(site: TestClient) -> None:
    page = site.get("/runs").text
    assert [name.split("-")[0] for name in runs(page)] == ["baolaocai"] * 3 + ["baocantho"]
    row = page[page.rindex(f'"/runs/{runs(page)[3]}"') :]
    cells = dict(re.findall(r'<td data-of="([^"]+)"[^>]*>([^<]*)', row))
    assert {name: cells[name] for name in ("Trang", "Mới", "Sửa", "Không đổi", "Lỗi", "Hoãn")} == {
        "Trang": "12", "Mới": "1", "Sửa": "0", "Không đổi": "7", "Lỗi": "1", "Hoãn": "7",
    }  # fmt: skip
    assert "việc hourly" in row and "Hoàn tất" in row
    failed = page[page.rindex(f'"/runs/{runs(page)[1]}"') :]
    assert "Thất bại" in failed and "no &lt;i&gt;connection&lt;/i&gt;" in failed and "2 phút" in failed


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("newspaper=baocantho", 1),
        ("newspaper=baolaocai&outcome=failed", 2),
        ("outcome=running", 1),
        ("job=hourly", 1),
        ("outcome=interrupted", 0),
        ("page=2", 0),
    ],
)
def test_runs_are_narrowed(site: TestClient, query: str, count: int) -> None:
    page = site.get(f"/runs?{query}")
    assert (page.status_code, len(runs(page.text))) == (200, count)


@pytest.mark.parametrize("query", ["newspaper=x", "job=<b>", "outcome=lost", "page=0", "page=x", "page=9999999"])
def test_wrong_questions_are_told(site: TestClient, query: str) -> None:
    page = site.get(f"/runs?{query}")
    assert page.status_code == 400
    assert 'role="alert"' in page.text and "Tình trạng hiện nay" in page.text


@given(st.dictionaries(st.sampled_from(["newspaper", "outcome", "job", "page"]), st.text()))
@settings(max_examples=50, deadline=None)
def test_no_question_breaks_the_page(site: TestClient, values: dict[str, str]) -> None:
    try:
        page = site.get("/runs", params=values)
    except UnicodeEncodeError:
        return
    assert page.status_code in {200, 400}
    Elements(page.text)


def test_pages_of_runs(tmp_path: Path) -> None:
    past = Past(tmp_path / "c")
    for number in range(65, 0, -1):
        past.run(number * HOUR)
    site = TestClient(site_app(past.collection, REPLAY, clock=lambda: PAST_NOW))
    seen: list[str] = []
    address = "/runs?newspaper=baocantho"
    while address:
        page = site.get(address).text
        seen += runs(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"baocantho-{number}" for number in range(65, 0, -1)]
    assert "sau lần cuối cùng" in site.get("/runs?page=9").text


def test_a_run(site: TestClient, crawled: Collection) -> None:
    (name,) = runs(site.get("/runs?newspaper=baocantho").text)
    page = site.get(f"/runs/{name}").text
    with crawled.catalog() as catalog:
        run = catalog.run(name)
        assert run is not None
        files = catalog.warc_files_of(run.id)
    for said in (
        name, "Hoàn tất", "hourly", "DOWNLOAD_DELAY", *files, f"reports/{name}.json", "không có nhật ký", "HTTP 404",
        "Bài mới", "Hoãn lại: giờ nghỉ", "http://baocantho.test/gone.html", "Bài: trả lời HTTP 404",
        "Tiêu đề: trang không có phần này",
    ):  # fmt: skip
        assert said in page, said
    assert files and 'href="javascript' not in page
    assert not re.findall(r'href="[^"]*(?:warc|reports|logs)/', page)


def test_a_run_that_failed_before_it_could_report(site: TestClient) -> None:
    name = runs(site.get("/runs?outcome=failed").text)[0]
    page = site.get(f"/runs/{name}").text
    assert "no &lt;i&gt;connection&lt;/i&gt;" in page and f"reports/{name}.json" in page


def test_pages_that_could_not_be_read_yet_are_listed(site: TestClient, crawled: Collection) -> None:
    name = runs(site.get("/runs?outcome=failed").text)[0]
    path = report_path(crawled, name)
    page = {"url": "http://baocantho.test/cham.html", "failure": "late", "detail": "60", "tries": 4}
    path.write_text(json.dumps({"unread": [page, page | {"failure": "ended"}]}), "utf-8")
    try:
        shown = site.get(f"/runs/{name}").text
    finally:
        path.unlink()
    for said in ("Trang đã lưu mà chưa đọc được (2)", page["url"], "Đọc quá lâu; đã thử 4 lần", "Tiến trình đọc trang"):
        assert str(said) in shown, said


@pytest.mark.parametrize(
    "report",
    [
        "", "[]", "{", '{"troubles": 7, "answers": [], "doubtful": {}}',
        '{"troubles": [1, {"url": null}, {"url": "<script>", "kind": 3}], "answers": {"200": "x", "404": 1}}',
        '{"unread": [1, {"url": [], "tries": {}, "failure": "<script>"}]}',
        '{"doubtful": [{"id": "../x", "doubts": {"<b>": []}}], "rejected": [{"url": [], "reasons": "r"}]}',
    ],
)  # fmt: skip
def test_a_report_that_is_none_breaks_nothing(site: TestClient, crawled: Collection, report: str) -> None:
    name = runs(site.get("/runs?outcome=failed").text)[0]
    path = report_path(crawled, name)
    path.write_text(report, "utf-8")
    try:
        page = site.get(f"/runs/{name}")
        assert page.status_code == 200 and "<script>" not in page.text
        Elements(page.text)
    finally:
        path.unlink()


@pytest.mark.parametrize("name", ["", "none", "../catalog.sqlite", "%2e%2e%2fcatalog.sqlite", "a/b"])
def test_runs_that_are_none(site: TestClient, name: str) -> None:
    assert site.get(f"/runs/{name}").status_code == 404


def test_an_empty_collection(tmp_path: Path) -> None:
    page = TestClient(site_app(Collection.create(tmp_path / "c"), REPLAY)).get("/runs").text
    assert "chưa có lần thu thập nào" in page and "Chưa thu thập báo nào" in page and "by-paper" not in page


def test_a_page_names_daemon_disk_maintenance_and_newspapers(site: TestClient) -> None:
    health = site.get("/runs").text.partition('id="runs-title"')[0]
    facts = dict(re.findall(r"<div><dt>(.*?)</dt><dd[^>]*>(.*?)</dd></div>", health))
    assert list(facts) == ["Trình chạy nền", "Đĩa", "Sao lưu gần nhất", "Kiểm tra toàn vẹn gần nhất"]
    assert facts["Trình chạy nền"] == "Chưa khởi động lần nào" and facts["Sao lưu gần nhất"] == "Chưa ghi nhận lần nào"
    table = health[health.index("by-paper") : health.index("</table>")]
    papers = dict(re.findall(r'<th scope="row"><a href="/runs\?newspaper=(\w+)">(.*?)</a>', table))
    assert papers == {"baocantho": "Báo Cần Thơ", "baolaocai": "Báo Lào Cai"}
    assert "Đang chạy" in table and "Chưa lên lịch".lower() in table and "chưa lần nào" in table


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("finished", "Hoàn tất"),
        ("failed", "thất bại lúc 18:00 ngày 24/11/2026"),
    ],
)
def test_the_last_backup_says_when_and_whether_it_failed(tmp_path: Path, outcome: str, said: str) -> None:
    past = Past(tmp_path / "c")
    past.run(HOUR)
    done = Maintenance(task="backup", began_at=PAST_NOW - HOUR, ended_at=PAST_NOW - HOUR, outcome=outcome, detail={})
    with past.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        enter_maintenance(connection, done)
    page = TestClient(site_app(past.collection, REPLAY, clock=lambda: PAST_NOW)).get("/runs").text
    assert (said if outcome == "failed" else "18:00 ngày 24/11/2026").lower() in page.lower()
    assert ('class="bad"' in page.partition("Kiểm tra toàn vẹn")[0]) is (outcome == "failed")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_muted_alarm_is_shown_with_its_reason(tmp_path: Path, language: str) -> None:
    past = Past(tmp_path / "c")
    for hours in (2, 1):
        past.run(hours * HOUR, "failed", "no connection")
    selector = Selector.read("failing/baocantho")
    mute = Mute(selector=selector, reason="<b>known</b>", muted_at=PAST_NOW, ends_at=PAST_NOW + DAY)
    with past.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        enter_mute(connection, mute)
    client = TestClient(site_app(past.collection, REPLAY, clock=lambda: PAST_NOW))
    page = client.get(f"/runs?lang={language}").text
    assert '<li class="alarm muted">' in page and "&lt;b&gt;known&lt;/b&gt;" in page
    assert client.get("/api/v1/status").json()["muted"] == 1


def test_a_killed_run_is_interrupted_where_its_lock_is_free(tmp_path: Path) -> None:
    past = Past(tmp_path / "c")
    past.run(2 * HOUR, "interrupted")
    past.run(HOUR)
    past.write("UPDATE runs SET outcome = NULL, finished_at = NULL WHERE name = 'baocantho-2'")
    site = TestClient(site_app(past.collection, REPLAY, clock=lambda: PAST_NOW))

    def listed(outcome: str) -> list[str]:
        return runs(site.get(f"/runs?outcome={outcome}").text)

    assert (listed("running"), listed("interrupted")) == ([], ["baocantho-2", "baocantho-1"])
    assert "lần thu thập tới của báo sẽ sắp xếp lại" in site.get("/runs/baocantho-2").text
    assert [one["outcome"] for one in site.get("/api/v1/runs").json()["runs"]] == ["interrupted", "interrupted"]
    assert site.get("/api/v1/status").json()["papers"][0]["last_outcome"] == "interrupted"
    with past.collection.lock("baocantho"):
        assert (listed("running"), listed("interrupted")) == (["baocantho-2"], ["baocantho-1"])
        assert "Lần thu thập này đang chạy" in site.get("/runs/baocantho-2").text
        assert [one["outcome"] for one in site.get("/api/v1/runs").json()["runs"]] == [None, "interrupted"]
        assert site.get("/api/v1/status").json()["papers"][0]["last_outcome"] == "running"


def test_interrupted_runs_fill_pages_with_those_to_be_recovered(tmp_path: Path) -> None:
    past = Past(tmp_path / "c")
    for number in range(40, 0, -1):
        past.run(number * HOUR, "interrupted")
    past.write("UPDATE runs SET outcome = NULL, finished_at = NULL WHERE name IN ('baocantho-5', 'baocantho-40')")
    site = TestClient(site_app(past.collection, REPLAY, clock=lambda: PAST_NOW))
    pages = [runs(site.get(f"/runs?outcome=interrupted&page={number}").text) for number in (1, 2, 3)]
    assert pages == [[f"baocantho-{number}" for number in part] for part in (range(40, 10, -1), range(10, 0, -1), ())]


def test_retries_name_the_run_that_they_make_up_for(tmp_path: Path) -> None:
    past = Past(tmp_path / "c")
    for hours, outcome in ((3, "failed"), (2, "failed"), (1, "finished")):
        past.run(hours * HOUR, outcome)
    past.write("UPDATE runs SET job = 'hourly'")
    past.write("UPDATE runs SET retry_of = 'baocantho-1' WHERE name <> 'baocantho-1'")
    site = TestClient(site_app(past.collection, REPLAY, clock=lambda: PAST_NOW))
    page = site.get("/runs").text.rpartition('id="runs-title"')[2]
    assert page.count("lần thử lại") == 2
    for name in ("baocantho-1", "baocantho-2", "baocantho-3"):
        said = site.get(f"/runs/{name}").text
        attempts = said[said.index('class="attempts"') :].partition("</ol>")[0]
        linked = re.findall(r'href="/runs/([^"]+)"', attempts)
        assert linked == [f"baocantho-{n}" for n in (1, 2, 3) if f"baocantho-{n}" != name]
        assert attempts.count('aria-current="true"') == 1
        assert ("Thử lại cho lần" in said) is (name != "baocantho-1")
    assert [one["retry_of"] for one in site.get("/api/v1/runs").json()["runs"]] == ["baocantho-1"] * 2 + [None]
    past.write("UPDATE runs SET name = 'gone' WHERE name = 'baocantho-1'")
    assert "<code>baocantho-1</code>" in site.get("/runs/baocantho-2").text


def test_the_page_asks_for_the_status_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(tmp_path / "c")
    past.run(HOUR)
    executed: list[str] = []
    connect = database._connect

    def traced(path: Path, options: str) -> sqlite3.Connection:
        connection = connect(path, options)
        connection.set_trace_callback(executed.append)
        return connection

    monkeypatch.setattr(database, "_connect", traced)
    TestClient(site_app(past.collection, REPLAY, clock=lambda: PAST_NOW)).get("/runs")
    assert sum("FROM mutes" in one for one in executed) == 1
    assert sum("FROM plans GROUP BY" in one for one in executed) == 1


# the alarms' words


def test_every_alarm_is_told_in_the_readers_words(tmp_path: Path) -> None:
    """What `examine` says is held against the words for it: a new wording there must be given here."""
    past = Past(tmp_path / "c")
    for hours in range(48, 3, -1):
        past.run(hours * HOUR, pages=20, articles_new=3)
    past.articles("Thời sự", [4 * DAY + DAY * days for days in range(30)])
    for number in range(6):
        run = past.run(HOUR * (3 - number / 4), pages=4, rejected=2)
        past.write("INSERT INTO rejections (run_id, url, reasons) VALUES (?, 'http://a/', ?)", run,
                   json.dumps({"title": "no element matches h1"}))  # fmt: skip
    past.write("UPDATE runs SET counts = '{}' WHERE started_at < ? AND started_at >= ?",
               warc_date(PAST_NOW - 4 * HOUR), warc_date(PAST_NOW - 24 * HOUR))  # fmt: skip
    past.run(HOUR / 2, "failed", "no connection", pages=5, errors=20)
    past.run(HOUR / 4, "failed", "no connection", pages=5, errors=20)
    past.write("INSERT INTO plans VALUES ('hourly', 'baocantho', ?, 60)", warc_date(PAST_NOW - HOUR))
    other = Past(tmp_path / "d")
    other.run(HOUR, pages=20)
    other.run(HOUR / 4, pages=5, errors=20, **{"articles changed": 30, "beside the rules": 20})
    found = []
    for one in (past, other):
        with one.collection.catalog() as catalog:
            whole = examine_whole(one.collection, catalog, PAST_NOW)
            found += [*whole.alarms, *whole.consequences]
    kinds = {alarm.kind: alarm for alarm in found}
    assert kinds.keys() >= {"silence", "failing", "errors", "layout", "late"}
    for alarm in found:
        assert alarm_wording.detail(alarm) != alarm.detail, alarm
        assert alarm_wording.kind(alarm) != alarm.kind and alarm_wording.meaning(alarm)
    assert alarm_wording.detail(kinds["late"]) == "Đáng lẽ chạy lúc Thứ Ba, 24/11/2026, 18:00, đã trễ 1 giờ."
    assert "im lặng lâu nhất 24 giờ" in alarm_wording.detail(kinds["silence"])


@pytest.mark.parametrize(
    ("kind", "figures", "english", "vietnamese"),
    [
        ("field", Lacking(share=0.83, before=0.02, articles=30),
         "83% of the last 30 articles lack it; 2% of those before",
         "83% trong 30 bài mới nhất thiếu phần này; trước đó là 2%."),
        ("confidence", Confidence(mean=0.71, before=0.98, articles=30),
         "confidence 0.71 in the last 30 articles; 0.98 in those before",
         "Độ chắc chắn là 0,71 ở 30 bài mới nhất; trước đó là 0,98."),
        ("doubt", Doubtful(share=0.4, before=0.0, articles=30),
         "40% of the last 30 articles are doubtful in it; 0% of those before",
         "40% trong 30 bài mới nhất đáng ngờ ở phần này; trước đó là 0%."),
        ("disk", Disk(free=900_000_000, days=None, fastest=None),
         "0.9 GB are free: growth unknown yet", "Còn trống 0,9 GB; chưa biết mỗi ngày thêm bao nhiêu."),
        ("disk", Disk(free=20_500_000_000, days=9.2, fastest="baocantho"),
         "20.5 GB are free: full in 9 days, baocantho grows fastest",
         "Còn trống 20,5 GB, khoảng 9 ngày nữa thì đầy; baocantho thêm nhanh nhất."),
        ("layout", Layout(rejected=3, beside=1, read=9, reasons=(("title", "no element matches h1; at all (1 of 2)"),)),
         "3 of 9 pages within a day gave no article (title: no element matches h1; at all (1 of 2)); "
         "1 of 9 articles within a day were read although the rules did not fit",
         "Trong một ngày, 3 trong 9 trang không đọc ra bài, hay gặp nhất: tiêu đề: trang không có phần này; "
         "1 trong 9 bài phải đọc ngoài khuôn mẫu của báo."),
        ("failing", Failing(failure="no connection; the last good one was x (y)", last_good="baocantho-1"),
         "the last runs failed: no connection; the last good one was x (y); the last good one was baocantho-1",
         "Hai lần gần nhất đều thất bại (no connection; the last good one was x (y)); lần hoàn tất gần nhất là "
         "baocantho-1."),
        ("robots", Robots(since=PAST_NOW, lists=5, named=("/a; b/", "/c, d/", "/e/"), articles=0, of_articles=0),
         "since 2026-11-24 12:00 UTC robots.txt forbids 5 lists: /a; b/, /c, d/, /e/ and 2 more",
         "Từ Thứ Ba, 24/11/2026, 19:00, robots.txt cấm 5 trang danh sách (/a; b/, /c, d/, /e/ và 2 trang nữa)."),
    ],
)  # fmt: skip
def test_words_are_made_of_figures_which_the_catalog_keeps(
    kind: str, figures: Figures, english: str, vietnamese: str
) -> None:
    alarm = Alarm(kind=kind, newspaper=None, subject="", figures=figures)
    assert (alarm.detail, alarm_wording.detail(alarm)) == (english, vietnamese)
    assert Alarm.from_row(kind, None, "", alarm.to_row()) == alarm
    said = json.loads(json.dumps(alarm.values()))
    assert said["detail"] == english and said["figures"]


@pytest.mark.parametrize("kept", ["nothing since yesterday", "", "{}", "[1]", "3", '{"free": "much"}'])
@pytest.mark.parametrize("kind", ["disk", "silence", "of a later version"])
def test_an_alarm_of_an_earlier_version_stands_as_it_was_recorded(kind: str, kept: str) -> None:
    alarm = Alarm.from_row(kind, None, "", kept)
    assert alarm.figures is None and alarm_wording.detail(alarm) == alarm.detail == alarm.to_row() == kept


def test_everything_that_a_run_counts_has_a_name_in_vietnamese() -> None:
    """By the names that stand in the code where something is counted."""
    said = "\n".join(path.read_text("utf-8") for room in ("crawler", "archive") for path in (ROOT / room).rglob("*.py"))
    calls = r'(?:(?<!_)counted\([\w.]+, "|self\._count\("|inc_value\("baotinh/|(?<!\w)counts\[")([^"]+)"'
    names = set(re.findall(calls, said))
    names |= {f"articles {decision.value}" for decision in Decision} | {one.count_name for one in Deferral}
    assert len(names) > 20 and {"cut at the end", "pages", "backfills ended", "WARC bytes"} <= names
    assert sorted(name for name in names if run_wording.name(name) == name) == []
    assert "kết thúc" in run_wording.name("cut at the end") and "quá dài" not in run_wording.name("cut at the end")


def test_what_was_put_off_is_counted_by_reason() -> None:
    counts = {
        Deferral.HOST_DOWN.count_name: 3,
        "kept back: quiet hours": 2,
        "kept back: by nobody": 5,
        "pages": 7,
    }  # of this version, and of an older one
    assert deferred(counts) == {Deferral.QUIET_HOURS: 2, Deferral.HOST_DOWN: 3}


@pytest.mark.parametrize("reason", Deferral)
def test_counts_of_older_reports_have_the_names_of_today(reason: Deferral) -> None:
    assert run_wording.name(f"kept back: {reason.value}") == run_wording.name(reason.count_name) != reason.count_name
    assert run_wording.name("walks ended") == run_wording.name("backfills ended")
