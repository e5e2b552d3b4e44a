"""One file of settings: where it is found, what goes before what, and what crawls make of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from scrapy.settings import Settings
from support.crawling import baotinh

from archive.errors import BadConfiguration, BadSchedule, FileMissing, TwoSchedules
from crawler.configuration import precedence
from crawler.configuration.finding import find
from crawler.configuration.precedence import USUAL_PAUSE, Source, in_force, reread
from crawler.configuration.reading import read, read_with_problems
from crawler.crawl import arguments
from crawler.declaration.declared import Declared
from crawler.jobs.schedule_file import read_schedule, schedule_path
from crawler.runs.run import project_settings

KNOWN = {"baocantho": {"thoi-su"}, "baolaocai": {"xa-hoi"}}
WHOLE = """
contact = "desk@example.org"
collection = "store"
declarations = "papers"
[politeness]
pause = "3s"
quiet_hours = "22:00 - 05:30"
daily_bytes = "1 MiB"
[newspapers.baocantho]
pause = 7.5
daily_bytes = "2 MB"
browser_pages = 3
[jobs.hourly]
newspaper = "baocantho"
every = "1h"
daily_bytes = 5000
[jobs."nightly"]
newspaper = ["baolaocai"]
cron = "30 3 * * *"
"""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but the test's own, in its folder."""
    for name in [name for name in os.environ if name.startswith("BAOTINH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    precedence._read.clear()


def written(path: Path, text: str = WHOLE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def configured(newspaper: str | None = None, **given: str) -> Settings:
    settings = project_settings()
    arguments.configure(settings, newspaper=newspaper, **given)
    return settings


def test_the_nearest_file_counts_then_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find() is None
    users = written(tmp_path / "user/baotinh/baotinh.toml")
    assert find() == users
    above = written(tmp_path / "baotinh.toml")
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a/b")
    assert find() == above
    nearest = written(tmp_path / "a/baotinh.toml")
    assert find() == nearest
    monkeypatch.setenv("BAOTINH_CONFIG", str(above))
    assert find() == above
    monkeypatch.setenv("BAOTINH_CONFIG", "")
    assert find() is None
    monkeypatch.setenv("BAOTINH_CONFIG", "none.toml")
    with pytest.raises(FileMissing, match="BAOTINH_CONFIG"):
        find()


def test_paths_begin_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "baotinh.toml")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert arguments.default_collection() == tmp_path / "store"


def test_each_place_goes_before_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def value(**of: str) -> tuple[object, Source, int | None]:
        found = in_force("politeness.daily_bytes", **of)  # type: ignore[arg-type]
        return found.value, found.source, found.line

    assert value() == (None, Source.DEFAULT, None)
    written(tmp_path / "baotinh.toml")
    reread()
    assert value() == (2**20, Source.FILE, 8)
    assert value(newspaper="baocantho") == (2_000_000, Source.NEWSPAPER, 11)
    assert value(newspaper="baocantho", job="hourly") == (5000, Source.JOB, 16)
    assert value(newspaper="baolaocai", job="nightly") == (2**20, Source.FILE, 8)
    monkeypatch.setenv("BAOTINH_DAILY_BYTES", "1 kB")
    assert value(newspaper="baocantho", job="hourly") == (1000, Source.ENVIRONMENT, None)
    monkeypatch.setenv("BAOTINH_DAILY_BYTES", "")
    assert value(newspaper="baocantho", job="hourly")[1] is Source.JOB


def test_a_crawl_goes_by_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "baotinh.toml")
    settings = configured("baolaocai")
    assert settings["BAOTINH_CONTACT"] == "desk@example.org" and "desk@example.org" in settings["USER_AGENT"]
    assert settings["BAOTINH_COLLECTION"] == str(tmp_path / "store")
    assert settings.getfloat("DOWNLOAD_DELAY") == 3 == settings.getfloat("AUTOTHROTTLE_START_DELAY")
    assert settings["BAOTINH_QUIET_HOURS"] == "22:00-05:30" and settings.getint("BAOTINH_DAILY_BYTES") == 2**20
    of_one = configured("baocantho", contact="other@example.org")
    assert of_one.getfloat("DOWNLOAD_DELAY") == 7.5 and of_one.getint("BAOTINH_BROWSER_PAGES") == 3
    assert of_one["BAOTINH_CONTACT"] == "other@example.org"
    monkeypatch.setenv("BAOTINH_JOB", "hourly")
    assert configured("baocantho").getint("BAOTINH_DAILY_BYTES") == 5000
    monkeypatch.setenv("BAOTINH_PAUSE", "90s")
    slow = configured("baocantho")
    assert slow.getfloat("DOWNLOAD_DELAY") == 90 == slow.getfloat("AUTOTHROTTLE_MAX_DELAY")


def test_the_environment_has_units_too(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"BAOTINH_ROTATE_BYTES": "64 MiB", "BAOTINH_STOP_SECONDS": "1m", "BAOTINH_OUTLINKS": "true"}
    for name, value in {**said, "BAOTINH_QUIET_HOURS": "off", "BAOTINH_LIST_PAGES": "7"}.items():
        monkeypatch.setenv(name, value)
    settings = configured(contact="desk@example.org")
    assert settings.getint("BAOTINH_ROTATE_BYTES") == 64 * 2**20 and settings.getfloat("BAOTINH_STOP_SECONDS") == 60
    assert settings.getbool("BAOTINH_OUTLINKS") and settings["BAOTINH_QUIET_HOURS"] == ""
    assert settings.getint("BAOTINH_LIST_PAGES") == 7


def test_a_job_of_a_schedule_of_its_own_may_be_slower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[jobs.slow]\nnewspaper = "baocantho"\nevery = "1h"\npause = "11s"\n'
    path = written(tmp_path / "schedule.toml", text)
    assert read_schedule(path, KNOWN).jobs.keys() == {"slow"}
    monkeypatch.setenv("BAOTINH_SCHEDULE", str(path))
    monkeypatch.setenv("BAOTINH_JOB", "slow")
    assert configured("baocantho", contact="desk@example.org").getfloat("DOWNLOAD_DELAY") == 11


def test_a_general_pause_does_not_shorten_what_a_declaration_asks_for(tmp_path: Path) -> None:
    assert Declared.delay == USUAL_PAUSE == project_settings().getfloat("DOWNLOAD_DELAY")
    for declared, expected in ((2.0, 3.0), (5.0, 5.0), (2.5, 3.0)):
        written(tmp_path / "baotinh.toml")
        settings = project_settings()
        settings.set("DOWNLOAD_DELAY", declared, priority="spider")  # as a newspaper's spider does
        arguments.configure(settings, newspaper="baolaocai")
        assert settings.getfloat("DOWNLOAD_DELAY") == expected


def test_a_file_is_read_again_when_it_is_told_to(tmp_path: Path) -> None:
    path = written(tmp_path / "baotinh.toml")
    assert in_force("contact").value == "desk@example.org"
    written(path, 'contact = "new@example.org"')
    assert in_force("contact").value == "desk@example.org"
    reread()
    assert in_force("contact").value == "new@example.org"
    written(path, "contact = 5")
    with pytest.raises(BadConfiguration):
        reread()
    assert in_force("contact").value == "new@example.org"


def test_jobs_are_taken_from_one_file(tmp_path: Path) -> None:
    path, usual = written(tmp_path / "baotinh.toml"), Path("schedule.toml")
    assert schedule_path(usual) == path
    schedule = read_schedule(path, KNOWN)
    assert schedule.jobs.keys() == {"hourly", "nightly"} and not schedule.contact
    written(tmp_path / "schedule.toml", '[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"')
    with pytest.raises(TwoSchedules, match="keep them in one"):
        schedule_path(usual)
    written(path, 'at_once = 5\n[alarms]\nemail = "desk@example.org"')
    reread()
    assert schedule_path(usual) == usual
    schedule = read_schedule(usual, KNOWN)
    assert schedule.at_once == 5 and schedule.notifiers.email == ("desk@example.org",) and schedule.jobs.keys() == {"a"}


@pytest.mark.parametrize(
    ("text", "line", "what", "mend"),
    [
        ('contcat = "x"', 1, "contcat is not a key of this table (did you mean 'contact'?)", "collection"),
        ('pause = "2s"', 1, "it belongs in [politeness]", "use one of"),
        ('[politeness]\npause = "200 ms"', 2, "politeness.pause: pause cannot be '200 ms'", '"2s"'),
        ("[politeness]\npause = 0.5", 2, "pause cannot be 0.5", "at least 1s"),
        ("[politeness]\npause = true", 2, "pause cannot be True", "number of seconds"),
        ('[politeness]\nquiet_hours = "25:00-26:00"', 2, "quiet_hours cannot be", "06:00-08:30"),
        ('[politeness]\ndaily_bytes = "2 GBit"', 2, "daily_bytes cannot be '2 GBit'", "500 MB"),
        ('[warc]\n# why\n\ndigest = "md5"', 4, "digest cannot be 'md5'", '"sha256" or "sha1"'),
        ('warc.digest = "md5"', 1, "digest cannot be 'md5'", "sha256"),
        ("[politenes]\npause = 2", 1, "politenes is not a key of this table (did you mean 'politeness'?)", "use one"),
        ("politeness = 3", 1, "politeness: is not a table", "[politeness]"),
        ("[newspapers.baocantho]\npauze = 3", 2, "newspapers.baocantho.pauze: pauze is not a key", "pause"),
        ("[newspapers]\nbaocantho = 3", 2, "newspapers.baocantho: is not a table", "[newspapers.baocantho]"),
        ('[jobs.a]\npause = "1"', 2, "jobs.a.pause: pause cannot be '1'", "2s"),
        ('text = """\ncontact = 1\n"""\ncontact = 2', 1, "text is not a key", "contact"),
        ('[retention]\nlogs = "never"', 2, "logs cannot be 'never'", "forever"),
        ("contact = = 1", 1, "is not valid TOML", "toml.io"),
        ('revisits.revisit_ages = ["1d", "1h"]', 1, "revisit_ages cannot be", "growing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, what: str, mend: str) -> None:
    first, *_ = read_with_problems(written(tmp_path / "x.toml", text))[1]
    assert first.line == line and what in first.what and mend in first.mend


def test_keys_behind_a_text_of_several_lines_have_their_lines(tmp_path: Path) -> None:
    found, problems = read_with_problems(
        written(tmp_path / "x.toml", 'x = """\ncontact = 1\n""" # """\ny = \'\'\'a\'\'\'\ncontact = 2')
    )
    assert found is not None and [one.line for one in problems] == [1, 4, 5]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration) as caught:
        read(written(tmp_path / "x.toml", "at_once = 0\nx = 1\n[warc]\ndigest = 1"))
    assert [problem.line for problem in caught.value.problems] == [1, 2, 4] and caught.value.exit_code == 2
    assert str(caught.value).splitlines()[2].startswith(f"{tmp_path}/x.toml:4: warc.digest")


def test_settings_in_a_schedule_are_sent_to_their_file(tmp_path: Path) -> None:
    path = written(
        tmp_path / "schedule.toml", "[politeness]\npause = 3\n[jobs.a]\nnewspaper = 'baocantho'\nevery = 60\n"
    )
    with pytest.raises(BadSchedule, match=r":1: politeness: politeness is not a key .* \(it belongs in baotinh.toml\)"):
        read_schedule(path, KNOWN)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path / "baotinh.toml", '\ufeffcontact = "desk@example.org"')
    assert read(path).values["contact"].line == 1


def test_places_that_cannot_be_read_hold_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/1/root/nowhere")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find() is None


def test_secrets_are_in_no_error(tmp_path: Path) -> None:
    text = '[alarms]\nwebhook = "hooks/T0KEN"\n[machines]\nleases = "http://user:T0KEN@host"\n'
    path = written(tmp_path / "x.toml", text)
    with pytest.raises(BadConfiguration) as caught:
        read(path)
    assert len(caught.value.problems) == 2 and "T0KEN" not in str(caught.value)
    with pytest.raises(BadSchedule) as refused:
        read_schedule(path, KNOWN)
    assert "T0KEN" not in str(refused.value)


def test_every_command_goes_by_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "elsewhere/baotinh.toml", 'collection = "none"\ncontact = "nobody"\n')
    done = baotinh("search", "x", BAOTINH_CONFIG=str(path))
    assert done.returncode == 2 and f"{path}:2: contact: contact cannot be 'nobody'" in done.stderr
    written(path, 'collection = "none"\n')
    for named in ({"BAOTINH_CONFIG": str(path)}, {}):
        done = baotinh(*(() if named else ("--config", path)), "search", "x", **named)
        assert done.returncode == 2 and str(path.parent / "none") in done.stderr
    done = baotinh("search", "x", BAOTINH_CONFIG=str(path), BAOTINH_COLLECTION="/other")
    assert "/other" in done.stderr and str(tmp_path) not in done.stderr
    done = baotinh("search", "x", "--collection", "/third", BAOTINH_CONFIG=str(path), BAOTINH_COLLECTION="/other")
    assert "/third" in done.stderr
