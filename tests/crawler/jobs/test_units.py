"""The schedule as units and as crontab: read by systemd itself and by sh, and run as the units confine it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from support import confined, drawn_paper
from support.browsing import NEEDS_CHROMIUM
from support.crawling import Demonstration
from support.raw_server import raw_server
from support.served_processes import free_ports
from support.system_parts import needs

from archive.errors import BadSchedule
from crawler.jobs.crontab import crontab
from crawler.jobs.schedule import Schedule, cron_trigger
from crawler.jobs.schedule_file import read_schedule
from crawler.jobs.units import Place, daemon_unit, site_unit, systemd, usual_user

JOBS = """
[jobs.hourly]
newspaper = ["baocantho", "baobaclieu"]
every = "1h"
jitter = "5m"
longest = "2h"

[jobs.night]
newspaper = "baolaocai"
cron = "30 3 * * 0"
"""
STRANGE = "a b'%d $HOME \"c\\d"
needs_systemd = needs("systemd-analyze")


def read(text: str, tmp_path: Path) -> Schedule:
    path = tmp_path / "schedule.toml"
    path.write_text(text, "utf-8")
    return read_schedule(path, {"baocantho": set(), "baobaclieu": set(), "baolaocai": set()})


def place(tmp_path: Path, collection: str = "collection", **variables: str) -> Place:
    return Place(
        schedule=tmp_path / "schedule.toml", collection=tmp_path / collection, user="baotinh", folder=tmp_path,
        variables=variables,
    )  # fmt: skip


def files(printed: str, folder: Path) -> dict[str, Path]:
    """The printed units as files, by the names that they say."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for part in re.split(r"^# /etc/systemd/system/", printed, flags=re.MULTILINE)[1:]:
        name, _, unit = part.partition("\n")
        found[name] = folder / name
        found[name].write_text(unit, "utf-8")
    return found


def all_units(tmp_path: Path, **variables: str) -> dict[str, Path]:
    schedule, where = read(JOBS, tmp_path), place(Path("/srv/baotinh"), **variables)
    printed = "\n".join((systemd(schedule, where), daemon_unit(schedule, where), site_unit(where)))
    return files(printed, tmp_path / "units")


@needs_systemd
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    found = all_units(tmp_path, BAOTINH_CONTACT="desk@example.org", BAOTINH_NEWSPAPERS=STRANGE)
    assert set(found) == {
        "baotinh-hourly.service", "baotinh-hourly.timer", "baotinh-night.service", "baotinh-night.timer",
        "baotinh.service", "baotinh-site.service",
    }  # fmt: skip
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *found.values()], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_systemd
def test_the_services_are_confined(tmp_path: Path) -> None:
    """The exposure that systemd finds, times ten; a service without any of it has 96."""
    for name, path in all_units(tmp_path).items():
        if path.suffix == ".service":
            command = ["systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=30", path]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (name, done.stdout)


@needs_systemd
@pytest.mark.parametrize(
    "cron",
    ["30 3 * * *", "*/15 * * * *", "0 0 */2 * *", "5 4-6,22 1,15 */3 *", "10-40/10 0 * * mon-fri", "0 12 * * 0,6"],
)
def test_systemd_runs_when_cron_would(tmp_path: Path, cron: str) -> None:
    schedule = read(f'[jobs.a]\nnewspaper = "baocantho"\ncron = "{cron}"', tmp_path)
    (calendar,) = re.findall(r"^OnCalendar=(.*)$", systemd(schedule, place(tmp_path)), re.MULTILINE)
    instant, wanted = datetime(2026, 1, 31, tzinfo=UTC), []
    trigger = cron_trigger(cron, schedule.time_zone)
    for _ in range(6):
        instant = trigger.get_next_fire_time(None, instant + timedelta(seconds=1))
        wanted.append(instant.astimezone(UTC))
    command = ["systemd-analyze", "calendar", "--base-time=2026-01-31 00:00:00 UTC", "--iterations=6", calendar]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"TZ": "UTC"}, check=True)
    said = re.findall(r"(?:Next elapse|Iteration #\d+|Iter\. #\d+): \w+ (\S+ \S+) UTC", done.stdout)
    assert [datetime.fromisoformat(f"{one}+00:00") for one in said] == wanted


def test_the_units_carry_what_was_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOTINH_CONTACT", "desk@example.org")
    monkeypatch.setenv("BAOTINH_NEWSPAPERS", STRANGE)
    monkeypatch.setenv("BAOTINH_COLLECTION", "elsewhere")
    schedule = read(JOBS, tmp_path)
    where = Place(schedule=Path("s.toml"), collection=Path("c"), user="press", also_written=(Path("/mnt/warc"),))
    unit = daemon_unit(schedule, where)
    lines = unit.splitlines()
    assert {"Type=notify", "NotifyAccess=main", "User=press", f"WorkingDirectory={Path.cwd()}"} <= set(lines)
    assert "Environment=BAOTINH_CONTACT=desk@example.org" in lines and "elsewhere" not in unit
    assert 'Environment="BAOTINH_NEWSPAPERS=a b\'%%d $HOME \\"c\\\\d"' in lines
    assert f"ReadWritePaths={Path.cwd() / 'c'} -/mnt/warc" in lines
    jobs = systemd(schedule, where)
    assert "RuntimeMaxSec" not in jobs and all("--retry" in line for line in re.findall("^ExecStart=.*", jobs, re.M))
    pauses = int(1.2 * 60 * (5 + 10 + 20 + 40 + 80))  # each try of both newspapers at its longest
    assert f"\nTimeoutStartSec={2 * 6 * 2 * 3600 + pauses + 600}\n" in jobs
    assert "OnUnitActiveSec=3600\nRandomizedDelaySec=300" in jobs


def test_secrets_are_not_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOTINH_SMTP_PASSWORD", "hush")
    monkeypatch.setenv("BAOTINH_WEBHOOK_TOKEN", "hush")
    schedule = read(JOBS, tmp_path)
    where = Place(schedule=Path("s.toml"), collection=Path("c"), user="press")
    for printed in (systemd(schedule, where), daemon_unit(schedule, where), site_unit(where), crontab(schedule, where)):
        assert "hush" not in printed
        assert "# BAOTINH_SMTP_PASSWORD is a secret" in printed and "# BAOTINH_WEBHOOK_TOKEN is a secret" in printed


def test_a_place_at_home_stays_readable(tmp_path: Path) -> None:
    schedule = read(JOBS, tmp_path)
    at_home = Place(schedule=Path("/home/x/s.toml"), collection=Path("/srv/c"), user="x", folder=Path("/srv"))
    assert "ProtectHome=read-only" in daemon_unit(schedule, at_home)


def test_services_never_run_as_the_administrator(tmp_path: Path) -> None:
    assert usual_user(tmp_path / "none") not in ("root", "0") and usual_user(tmp_path) not in ("root", "0")


def test_cron_calls_quietly_and_keeps_the_jitter(tmp_path: Path) -> None:
    """The lines as sh runs them, once cron has taken the backslashes off the percent signs."""
    schedule = read(JOBS.replace('"5m"', '"1s"'), tmp_path)
    (tmp_path / "50% of it").mkdir()
    printed = crontab(schedule, place(tmp_path, "50% of it", BAOTINH_CONTACT="desk@example.org"))
    lines = [line for line in printed.splitlines() if "jobs run" in line]
    assert 'BAOTINH_CONTACT="desk@example.org"\n' in printed and "CRON_TZ=Asia/Ho_Chi_Minh\n" in printed
    assert [line.split(" cd ")[0] for line in lines] == ["0 * * * *", "30 3 * * 0"]
    assert "sleep" in lines[0] and "sleep" not in lines[1] and all("--quiet --retry" in line for line in lines)
    for line in lines:
        assert not re.search(r"(?<!\\)%", line)
        command = line[line.index("cd ") :].replace("\\%", "%")
        script = re.sub(r"\S+/baotinh ", f"printf '%s\\\\n' {sys.executable} ", command)
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", script], capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == str(tmp_path / "50% of it")


def test_cron_refuses_what_it_cannot_say(tmp_path: Path) -> None:
    schedule = read('[jobs.a]\nnewspaper = "baocantho"\nevery = "7m"', tmp_path)
    with pytest.raises(BadSchedule, match="cron cannot run every 0:07:00"):
        crontab(schedule, place(tmp_path))
    with pytest.raises(BadSchedule, match="BAOTINH_CONTACT cannot be written into a crontab"):
        crontab(read(JOBS, tmp_path), place(tmp_path, BAOTINH_CONTACT='a"b'))


@pytest.fixture
def work() -> Iterator[Path]:
    """A folder to which the user of confined commands finds a way."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def given_to_nobody(folder: Path) -> Path:
    """The folder, which the user of confined commands may write."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, confined.NOBODY, confined.NOBODY, follow_symlinks=False)
    return folder


CONFINED = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


@needs_systemd
@NEEDS_CHROMIUM[0]
@NEEDS_CHROMIUM[1]
def test_a_confined_crawl_reads_and_draws_pages(tmp_path: Path, work: Path) -> None:
    """Reading processes, and Chromium in its own sandbox."""
    unit = all_units(tmp_path)["baotinh.service"]
    paper = drawn_paper.declare(work)
    with raw_server(drawn_paper.pages(4)) as served:
        crawl = ("crawl", paper, "--loopback", f"127.0.0.1:{served.port}", "--limit", 2, "--collection", work / "c")
        command = confined.command(unit, sys.executable, "-m", "crawler.cli", *crawl, "--quiet")
        done = subprocess.run(
            command, env=CONFINED, cwd=given_to_nobody(work), capture_output=True, text=True, timeout=240, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(next((work / "c" / "jsonl").glob("*")).read_text("utf-8").splitlines()) == 2


@needs_systemd
def test_a_confined_site_answers(tmp_path: Path, work: Path, demonstration: Demonstration) -> None:
    unit = all_units(tmp_path)["baotinh-site.service"]
    shutil.copytree(demonstration.collection.root, work / "c")
    ports = free_ports()
    serve = ("serve", "--port", ports[0], "--replay-port", ports[1], "--processes", "2", "--collection", work / "c")
    with subprocess.Popen(
        confined.command(unit, sys.executable, "-m", "crawler.cli", *serve), env=CONFINED,
        cwd=given_to_nobody(work), stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None and any("Ctrl-C" in line for line in process.stdout)
            for path in ("/search?q=b%C3%A1o", "/metrics", "/runs"):
                assert httpx.get(f"http://127.0.0.1:{ports[0]}{path}", timeout=240).status_code == 200
        finally:
            process.terminate()
    assert process.returncode == 0
