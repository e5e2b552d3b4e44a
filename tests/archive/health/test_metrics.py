"""The figures that Prometheus reads, on the site and on the daemon's port."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from support.past_runs import HOUR, Past

from archive.clock import warc_date
from archive.collection import Collection
from archive.health.metrics import exposition
from archive.web.app import site_app


def figures(octets: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(octets)
        for sample in family.samples
    }


def test_the_figures_are_those_of_the_catalog(tmp_path: Path) -> None:
    past = Past(tmp_path / "held")
    past.run(2 * HOUR, pages=20, articles_new=3)
    past.run(HOUR, "failed", "no connection", errors=7)
    past.articles("Thời sự", [HOUR, 3 * HOUR])
    past.write(
        """INSERT INTO addresses (newspaper, url, kind, first_seen_at, next_due_at)
        VALUES ('baocantho', 'http://a/', 'article', ?, ?)""", warc_date(datetime(2026, 1, 1, tzinfo=UTC)), "2026",
    )  # fmt: skip
    found = figures(exposition(past.collection).decode())
    assert found["baotinh_runs", ("baocantho", "finished")] == found["baotinh_runs", ("baocantho", "failed")] == 1
    assert found["baotinh_last_run_errors", ("baocantho",)] == 7
    assert found["baotinh_articles", ("baocantho",)] == 2
    assert found["baotinh_addresses_due", ("baocantho",)] == 1
    assert (
        found["baotinh_newest_article_timestamp_seconds", ("baocantho",)]
        == datetime(2026, 11, 24, 11, tzinfo=UTC).timestamp()
    )
    assert found["baotinh_disk_free_bytes", ()] > 0


def test_the_site_serves_them(tmp_path: Path) -> None:
    past = Past(tmp_path / "held")
    past.run(HOUR)
    answer = TestClient(site_app(past.collection, "http://127.0.0.1:1")).get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert figures(answer.text)["baotinh_runs", ("baocantho", "finished")] == 1


def test_the_daemon_serves_them(tmp_path: Path) -> None:
    Collection.create(tmp_path / "held")
    schedule = tmp_path / "schedule.toml"
    job = '[jobs.a]\nnewspaper = "baocantho"\nevery = "1d"\nenabled = false\n'
    schedule.write_text('loopback = "127.0.0.1:1"\n' + job, "utf-8")
    place = ["--schedule", str(schedule), "--collection", str(tmp_path / "held"), "--metrics-port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "jobs", "start", *place], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/metrics", said)
        assert found, said
        with urllib.request.urlopen(found[0], timeout=60) as answer:
            assert ("baotinh_disk_free_bytes", ()) in figures(answer.read().decode())
    finally:
        process.terminate()
        assert process.wait(60) == 0
        process.stderr.close()
