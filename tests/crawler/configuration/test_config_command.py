"""`baotinh config`: what is in force and from where, all that is wrong, and nothing secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.crawling import baotinh

WHOLE = """
contact = "desk@example.org"
[politeness]
pause = "3s"
[newspapers.baocantho]
pause = "7s"
[alarms]
webhook = "https://hooks.example.org/services/T0KEN"
[machines]
leases = "redis://user:T0KEN@leases.example.org:6379/0"
[jobs.hourly]
newspaper = "baocantho"
every = "1h"
quiet_hours = "22:00-05:30"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of settings."""
    path = tmp_path / "baotinh.toml"
    path.write_text(WHOLE, "utf-8")
    return path


def shown(file: Path, *words: str, **environment: str) -> dict[str, dict[str, object]]:
    done = baotinh("config", "show", "--json", *words, BAOTINH_CONFIG=str(file), **environment)
    assert done.returncode == 0, done.stderr
    return {row.pop("setting"): row for row in map(json.loads, done.stdout.splitlines())}


def test_each_setting_is_shown_with_its_source(file: Path) -> None:
    found = shown(file, "--collection", "/here", BAOTINH_DAILY_REQUESTS="500")
    said = {name: (row["value"], row["source"], row["variable"], row["line"]) for name, row in found.items()}
    assert said["config"] == (str(file), "environment", "BAOTINH_CONFIG", None)
    assert said["collection"] == ("/here", "option", None, None)
    assert said["contact"] == ("desk@example.org", "file", None, 2)
    assert said["politeness.pause"] == ("3s", "file", None, 4)
    assert said["politeness.daily_requests"] == ("500", "environment", "BAOTINH_DAILY_REQUESTS", None)
    assert said["warc.digest"] == ("sha256", "default", None, None)
    assert all(row["file"] == str(file) for row in found.values() if row["line"])


def test_what_is_in_force_for_a_newspaper_and_a_job_is_shown(file: Path) -> None:
    found = shown(file, "--newspaper", "baocantho", "--job", "hourly")
    assert "contact" not in found and "alarms.webhook" not in found
    assert (found["politeness.pause"]["value"], found["politeness.pause"]["source"]) == ("7s", "newspaper")
    assert (found["politeness.quiet_hours"]["value"], found["politeness.quiet_hours"]["source"]) == (
        "22:00-05:30", "job",
    )  # fmt: skip
    done = baotinh("config", "show", "--newspaper", "baocanto", BAOTINH_CONFIG=str(file))
    assert done.returncode == 2 and "did you mean 'baocantho'" in done.stderr
    done = baotinh("config", "show", "--job", "hurly", BAOTINH_CONFIG=str(file))
    assert done.returncode == 2 and "no job is called 'hurly'" in done.stderr


def test_a_job_of_a_schedule_of_its_own_is_shown(file: Path, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    schedule.write_text('[jobs.slow]\nnewspaper = "baolaocai"\nevery = "1h"\npause = "9s"\n', "utf-8")
    found = shown(file, "--job", "slow", BAOTINH_SCHEDULE=str(schedule))
    pause = found["politeness.pause"]
    assert (pause["value"], pause["source"], pause["file"], pause["line"]) == ("9s", "job", str(schedule), 4)


def test_nothing_secret_is_shown(file: Path) -> None:
    for words in ((), ("--json",)):
        done = baotinh("config", "show", *words, BAOTINH_CONFIG=str(file))
        assert "T0KEN" not in done.stdout + done.stderr
        assert "https://hooks.example.org/…" in done.stdout and "redis://…@leases.example.org:6379/0" in done.stdout


def test_a_good_file_is_called_valid(file: Path) -> None:
    done = baotinh("config", "check", BAOTINH_CONFIG=str(file))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{file} is valid.\n", "")
    assert baotinh("config", "check", BAOTINH_CONFIG="").returncode == 0


def test_all_that_is_wrong_is_told_in_one_go(file: Path, tmp_path: Path) -> None:
    file.write_text(
        'declarations = "papers"\ntime_zoone = "x"\n[politeness]\npause = "0s"\n[jobs.a]\nnewspaper = "baocantho"\n'
        'sections = ["khong-co"]\nevery = "1h"\n[newspapers.baocanto]\npause = "5s"\n'
    )
    done = baotinh("config", "check", BAOTINH_CONFIG=str(file), BAOTINH_OUTLINKS="2")
    assert done.returncode == 2
    said = done.stderr.splitlines()
    assert [line.partition(": ")[0] for line in said] == [f"baotinh: {file}:2".split(": ")[0], *said_places(said)]
    for part in (f"{file}:2: time_zoone", f"{file}:4: politeness.pause", "environment: BAOTINH_OUTLINKS", "papers"):
        assert part in done.stderr
    (tmp_path / "papers").mkdir()
    done = baotinh("config", "check", BAOTINH_CONFIG=str(file), BAOTINH_OUTLINKS="2")
    for part in (f"{file}:9: newspapers.baocanto: no newspaper", f"{file}:7: jobs.a.sections: baocantho has no"):
        assert part in done.stderr
    file.write_text('[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\n')
    done = baotinh("config", "check", BAOTINH_CONFIG=str(file))
    assert done.returncode == 2 and "contact" in done.stderr and str(file) in done.stderr
    file.write_text('[revisits]\nlist_least = "1d"\nlist_most = "1h"\n')
    done = baotinh("config", "check", BAOTINH_CONFIG=str(file))
    assert done.returncode == 2 and f"{file}:2: list_least is" in done.stderr


def said_places(said: list[str]) -> list[str]:
    """The places of all lines but the first."""
    return [line.partition(": ")[0] for line in said[1:]]


@pytest.mark.parametrize(("contact", "loopback", "code"), [("", "", 2), ("nobody", "", 2), ("", "127.0.0.1:9", 0)])
def test_a_schedule_without_a_contact_is_refused(tmp_path: Path, contact: str, loopback: str, code: int) -> None:
    path = tmp_path / "schedule.toml"
    above = f'loopback = "{loopback}"\n' if loopback else ""
    path.write_text(f'{above}[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\n')
    done = baotinh("jobs", "check", "--schedule", path, BAOTINH_CONTACT=contact)
    assert done.returncode == code, done.stderr
    assert (code == 0) or "contact" in done.stderr.lower()
    good = {"BAOTINH_CONTACT": "desk@example.org"}
    assert baotinh("jobs", "check", "--schedule", path, **good).returncode == 0
    done = baotinh("jobs", "check", "--schedule", path, BAOTINH_STOP_SECONDS="soon", **good)
    assert done.returncode == 2 and "BAOTINH_STOP_SECONDS cannot be 'soon'" in done.stderr
