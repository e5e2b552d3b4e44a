"""What researchers come for, done through the site in Chromium on what was crawled, held to the newsroom's truth."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas
import pytest
from support.browsing import NEEDS_BROWSER, VIEWER, sync_api
from support.crawling import Demonstration, baotinh
from support.serving import running

from archive.backup.folder import back_up
from archive.search.indexing.index import follow
from archive.search.terms.vietnamese import exact
from archive.web.serve import Serving

pytestmark = NEEDS_BROWSER
TERM = "học bổng"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(scope="module")
def served(demonstration: Demonstration) -> Iterator[Serving]:
    follow(demonstration.collection)
    with running(demonstration.collection, VIEWER) as found:
        yield found


def by_hand(demonstration: Demonstration) -> Counter[tuple[str, str]]:
    """Occurrences of the term in what the newsroom printed, by newspaper and month; links are no text."""
    counted: Counter[tuple[str, str]] = Counter()
    for printed in demonstration.truth["articles"]:
        texts = [printed["kicker"], printed["title"], printed["lead"]]
        texts += [one["text"] for one in printed["body"] if one["type"] != "related"]
        texts += [one["caption"] for one in printed["images"]]
        month = f"{datetime.fromisoformat(printed['published_at']).astimezone(VIETNAM):%Y-%m}-01"
        for text in dict.fromkeys(filter(None, texts)):
            spelled = exact(text)
            counted[printed["newspaper"], month] += len(re.findall(rf"(?<!\w){TERM}(?!\w)", spelled))
    return +counted


def downloaded(page: sync_api.Page, button: str, folder: Path) -> Path:
    with page.expect_download() as waited:
        page.click(button)
    path = folder / waited.value.suggested_filename
    waited.value.save_as(path)
    return path


def test_monthly_counts_of_each_newspaper(
    page: sync_api.Page, served: Serving, demonstration: Demonstration, tmp_path: Path
) -> None:
    truth = by_hand(demonstration)
    assert sum(truth.values()) > 10
    page.goto(f"{served.site}/counts")
    page.fill("#term1", f'"{TERM}"')
    page.click("summary >> nth=0")
    page.check("input[name=each]")
    page.click(".terms button")
    page.wait_for_selector(".counts-chart svg.drawing")
    papers = {paper for paper, _ in truth}
    assert page.locator(".counts-chart .legend li").count() == len(demonstration.truth["hosts"])
    page.click("details.over summary")
    file = downloaded(page, "details.over a[href^='/counts.csv']", tmp_path)
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    site = {(row["newspaper"], row["first"]): int(row["occurrences"]) for row in rows if row["occurrences"] != "0"}
    assert site == truth
    assert papers <= {row["newspaper"] for row in rows}
    command = baotinh("stats", f'"{TERM}"', "--by-newspaper", "--csv", "--collection", demonstration.collection.root)
    assert command.stdout.replace("\r\n", "\n") == file.read_bytes().decode("utf-8").replace("\r\n", "\n")


def test_all_that_is_found_is_taken_away_in_three_formats(
    page: sync_api.Page, served: Serving, demonstration: Demonstration, tmp_path: Path
) -> None:
    page.goto(served.site)
    page.fill("main input[name=q]", TERM)
    page.press("main input[name=q]", "Enter")
    page.wait_for_url("**/search?**")
    shown = int(page.inner_text(".total strong >> nth=0").replace(".", ""))
    assert shown > 3
    page.click(".actions a[href^='/export']")
    page.wait_for_url("**/export?**")
    printed = {f"{one['newspaper']}:{one['article_id']}" for one in demonstration.truth["articles"]}
    counts = {}
    for form, read in (
        ("csv", pandas.read_csv),
        ("jsonl", lambda file: pandas.read_json(file, lines=True)),
        ("parquet", pandas.read_parquet),
    ):
        page.check(f"input[value={form}]")
        with zipfile.ZipFile(downloaded(page, ".taking-form button", tmp_path)) as packed:
            (name,) = (one for one in packed.namelist() if not one.endswith(".txt"))
            packed.extractall(tmp_path)
        table = read(tmp_path / name)
        counts[form] = len(table)
        (by_duckdb,) = duckdb.sql(f"SELECT count(*), count(DISTINCT id) FROM '{tmp_path / name}'").fetchall()
        assert by_duckdb == (shown, shown)
        assert set(table["id"]) <= printed
    assert counts == {"csv": shown, "jsonl": shown, "parquet": shown}


def test_a_set_of_the_site_is_checked_on_a_backup(
    page: sync_api.Page, served: Serving, demonstration: Demonstration, tmp_path: Path
) -> None:
    page.goto(f"{served.site}/export?q={TERM}")
    file = downloaded(page, "a[href^='/export/set.json']", tmp_path)
    back_up(demonstration.collection, tmp_path / "copy")
    checked = baotinh("sets", "check", file, "--collection", tmp_path / "copy")
    assert checked.returncode == 0, checked.stderr
    assert "all are held as they were frozen" in checked.stdout


def test_whether_an_absence_is_real_is_seen_in_the_coverage(page: sync_api.Page, served: Serving) -> None:
    page.goto(f"{served.site}/search?q={TERM}&newspaper=baocantho&from=01/03/2020&to=31/03/2020")
    assert page.locator(".hits .hit").count() == 0
    page.click(".nothing a[href^='/coverage']")
    page.wait_for_url("**/coverage?**")
    assert "newspaper=baocantho" in page.url and "from=2020-03-01" in page.url
    assert page.locator("td.never, td [class*=never], .never").count() > 0
