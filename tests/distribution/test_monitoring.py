"""The dashboard and the alert rules of contrib: read by Prometheus's own tool, and held to what /metrics says."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.crawling import Demonstration
from support.daemons import until
from support.system_parts import needs

from archive.collection import Collection
from archive.daemon.heartbeat import read_heartbeat

CONTRIB = Path(__file__).parents[2] / "contrib"
RULES = CONTRIB / "prometheus" / "baotinh.rules.yml"
DASHBOARD: dict[str, Any] = json.loads((CONTRIB / "grafana" / "baotinh.json").read_text("utf-8"))
# as Grafana puts them in before it asks
GRAFANA = {"$newspaper": ".*", "$__rate_interval": "5m", "${source}": "prometheus"}
LABELS = re.compile(r"by \(([^)]*)\)")


def alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]


def queries() -> list[str]:
    """What the panels ask."""
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.fixture(scope="module")
def metrics(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What the daemon of a crawled collection serves, each metric with its labels as far as it has samples."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(demonstration.collection.root, folder / "held")
    text = served(folder)
    names = re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE)
    samples = re.findall(r"^(\w+)(?:\{(.*)\})? ", text, re.MULTILINE)
    return {
        name: {label for one, labels in samples if one == name for label in re.findall(r"(\w+)=\"", labels)}
        for name in names
    }


def served(folder: Path) -> str:
    """The answer of a daemon's /metrics, after its first heartbeat."""
    job = '[jobs.a]\nnewspaper = "baocantho"\nevery = "1d"\nenabled = false\n'
    (folder / "schedule.toml").write_text('loopback = "127.0.0.1:1"\n' + job, "utf-8")
    place = ["--schedule", str(folder / "schedule.toml"), "--collection", str(folder / "held"), "--metrics-port", "0"]
    command = [sys.executable, "-m", "crawler.cli", "jobs", "start", *place]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = re.search(r"http://127\.0\.0\.1:\d+/metrics", process.stderr.readline())
            assert found
            until(lambda: read_heartbeat(Collection(folder / "held")))
            with urllib.request.urlopen(found[0], timeout=240) as answer:
                text: str = answer.read().decode()
                return text
        finally:
            process.terminate()


@pytest.mark.parametrize("query", [*(rule["expr"] for rule in alerts()), *queries()])
def test_what_is_asked_is_there(metrics: dict[str, set[str]], query: str) -> None:
    named = set(re.findall(r"\bbaotinh_\w+", query))
    assert named <= metrics.keys() and (named or query.startswith("up{"))
    for name, labels in itertools.product(named, LABELS.findall(query)):
        if metrics[name]:  # an alarm has none here: nothing is wrong
            assert {label.strip() for label in labels.split(",")} <= metrics[name], query


def test_every_metric_is_on_the_dashboard(metrics: dict[str, set[str]]) -> None:
    assert metrics.keys() == set(re.findall(r"\bbaotinh_\w+", " ".join(queries())))


def test_every_alert_says_what_to_do() -> None:
    for rule in alerts():
        assert rule["alert"].startswith("Baotinh") and rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"].keys() == {"summary", "description"}


@needs("promtool")
def test_prometheus_reads_the_rules_and_they_fire_as_said() -> None:
    for command in (("check", "rules", RULES.name), ("test", "rules", "baotinh.test.yml")):
        done = subprocess.run(["promtool", *command], cwd=RULES.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@needs("promtool")
def test_prometheus_reads_every_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = []
    for number, query in enumerate(queries()):
        for name, value in GRAFANA.items():
            query = query.replace(name, value)
        rules.append({"record": f"panel:query:{number}", "expr": query})
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")
    command = ["promtool", "check", "rules", tmp_path / "rules.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_is_whole() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert DASHBOARD["uid"] and DASHBOARD["schemaVersion"] and "id" not in DASHBOARD
    assert {one["name"] for one in DASHBOARD["templating"]["list"]} == {"source", "newspaper"}
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = set(
            itertools.product(range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"]))
        )
        assert not cells & taken and place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
        assert panel["title"] and all(target["datasource"]["uid"] == "${source}" for target in panel["targets"])
