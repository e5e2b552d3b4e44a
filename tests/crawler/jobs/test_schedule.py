"""A schedule is read as it is meant, and everything wrong in one is told with its line and its mend."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import BadSchedule
from crawler.jobs.schedule import Job, Schedule
from crawler.jobs.schedule_file import read_schedule

KNOWN = {"baocantho": {"thoi-su", "Thời sự", "kinh-te"}, "baolaocai": {"xa-hoi"}, "baobaclieu": set()}
JOB = '[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\n'
GOOD = """
at_once = 3
contact = "desk@example.org"

[groups]
south = ["baocantho", "baobaclieu"]

[jobs.hourly]
group = "south"
every = "1h"
jitter = "5m"
limit = 500

[jobs."night"]   # the whole of it
newspaper = ["baocantho", "baolaocai"]
cron = "30 3 * * 0"
longest = "8h"
recheck = true
enabled = false
"""


def read(text: str, tmp_path: Path) -> Schedule:
    path = tmp_path / "schedule.toml"
    path.write_text(text, "utf-8")
    return read_schedule(path, KNOWN)


def wrong(text: str, tmp_path: Path) -> list[tuple[int | None, str, str]]:
    with pytest.raises(BadSchedule) as caught:
        read(text, tmp_path)
    assert caught.value.exit_code == 2
    return [(problem.line, problem.what, problem.mend) for problem in caught.value.problems]


def test_a_schedule_is_read_as_it_is_meant(tmp_path: Path) -> None:
    assert read(GOOD, tmp_path) == Schedule(
        jobs={
            "hourly": Job(
                name="hourly", newspapers=("baocantho", "baobaclieu"), every=timedelta(hours=1),
                jitter=timedelta(minutes=5), limit=500,
            ),
            "night": Job(
                name="night", newspapers=("baocantho", "baolaocai"), cron="30 3 * * 0", longest=timedelta(hours=8),
                recheck=True, enabled=False,
            ),
        },
        at_once=3,
        contact="desk@example.org",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "what", "mend"),
    [
        ('[jobs.a]\nnewspaper = "baocantho"\nevery = "10 parsecs"', 3, "every cannot be '10 parsecs'", '"1h"'),
        ('[jobs.a]\nnewspaper = "baocantho"\nevery = "1s"', 3, "every cannot be '1s'", "a minute or more"),
        ('[jobs.a]\nnewspaper = "baocantho"\nevery = 5', 3, "every cannot be 5", '"30m"'),
        ('[jobs.a]\nnewspaper = "baocantho"\ncron = "99 * * * *"', 3, "cron cannot be", "crontab(5)"),
        ('[jobs.a]\nnewspaper = "baocantho"\ncron = "0 0 1 * 5"', 3, "cron cannot be", "not both"),
        ('[jobs.a]\nnewspaper = "baocanto"\nevery = "1h"', 2, "no newspaper is called baocanto", "baotinh newspapers"),
        ('[jobs.a]\nevery = "1h"', 1, "names no newspaper", "newspaper ="),
        ('contact = "nobody"\n' + JOB, 1, "contact cannot be 'nobody'", "web address"),
        (JOB + '[alarms]\nemail = ["desk"]', 5, "email cannot be", "list of them"),
        (JOB + '[alarms]\nsender = "desk"', 5, "sender cannot be 'desk'", "baotinh@example.org"),
        (JOB + '[machines]\nname = "one"', 4, "names no server of leases", "redis://"),
        (JOB + '[machines]\nleases = "http://x"', 5, "leases cannot be 'http://x'", "Redis or Valkey"),
        (JOB + '[machines]\nleases = "redis://x"\nexpire = "1s"', 6, "expire cannot be '1s'", "90s"),
        (JOB + '[machines]\nleases = "redis://x"\nname = "a b"', 6, "name cannot be 'a b'", "others call"),
        (JOB + "[groupss]\n", 4, "groupss is not a key", "compact, contact, groups, heartbeat, jobs, loopback"),
        ('[jobs.a]\nnewspaper = "baocantho"', 1, "must have either every or cron", "cron ="),
        ('[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\ncron = "1 * * * *"', 1, "must have either", "either"),
        ('[jobs.a]\ngroup = "south"\nevery = "1h"', 2, "there is no group south", "none"),
        ('[jobs.a]\nnewspaper = "baocantho"\nsections = ["xa-hoi"]\nevery = "1h"', 3, "has no section xa-hoi", "kinh"),
        ('[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\nlimt = 5', 4, "limt is not a key", "limit"),
        ('[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\nlimit = 0', 4, "limit cannot be 0", "from 1"),
        ('[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\nsince = 2025-07-02\nuntil = 2025-07-01', 4, "no day", "ex"),
        ('[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\nenabled = "yes"', 4, "enabled cannot be", "true or false"),
        ('at_once = 0\n[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"', 1, "at_once cannot be 0", "1 to 64"),
        ('time_zone = "Mars"\n[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"', 1, "time_zone cannot be", "Asia/"),
        ('[groups]\nx = []\n[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"', 2, "not a list", "baocantho"),
        ('[jobs."Á b"]\nnewspaper = "baocantho"\nevery = "1h"', 1, "cannot name a job", "small letters"),
        ("[jobs]\na = 5", 2, "is not a table", "[jobs.a]"),
        ("at_once = 2", None, "holds no job", "[jobs.hourly]"),
        ('[jobs.a]\nnewspaper = = "x"', 2, "is not valid TOML", "toml.io"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, what: str, mend: str) -> None:
    ((at, said, how),) = wrong(text, tmp_path)
    assert at == line and what in said and mend in how


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = '[jobs.a]\nnewspaper = "x"\nevery = "y"\n[jobs.b]\nnewspaper = "baocantho"\nz = 1\nevery = "1h"'
    assert [line for line, _, _ in wrong(text, tmp_path)] == [2, 3, 6]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSchedule, match="--schedule"):
        read_schedule(tmp_path / "none.toml", KNOWN)
