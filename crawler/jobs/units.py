"""The schedule as units of systemd: a service and a timer for each job, or the daemon's service; and the site's."""

from __future__ import annotations

import os
import pwd
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import attrs

from crawler.configuration.secrets import SECRET_VARIABLES
from crawler.jobs.schedule import Job, Schedule, weekdays

STOP_SECONDS = 120
"""In which crawls close their files: a crawl ends within BAOTINH_STOP_SECONDS, 30 unless set, then records its run."""
_MARGIN_SECONDS = 600
"""Beyond what `jobs run` allows its crawls, after which it ends them itself."""
_NOT_CARRIED = frozenset(
    {"BAOTINH_COLLECTION", "BAOTINH_SCHEDULE", "BAOTINH_JOB", "BAOTINH_FAILURE", "BAOTINH_LEASE", "BAOTINH_RETRY_OF"}
)
_CONFIGURATION = frozenset({"XDG_CONFIG_HOME", "XDG_DATA_HOME"})
_PLAIN = re.compile(r"[\w@+=:,./-]+", re.ASCII)
_HOMES = ("/home/", "/root/", "/run/user/")
_TEMPORARY = ("/tmp/", "/var/tmp/")

# systemd.exec(5). Not among them: MemoryDenyWriteExecute and ProcSubset, without which Chromium does not start
_HARDENING = """NoNewPrivileges=yes
ProtectSystem=strict
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
CapabilityBoundingSet=
AmbientCapabilities=
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
UMask=0027"""
# the sandbox of Chromium, which draws the pages of some newspapers, makes namespaces and a root of its own in them
_CRAWLING = "RestrictNamespaces=user pid net\nSystemCallFilter=@system-service chroot"
_READING = "RestrictNamespaces=yes\nSystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources"


@attrs.frozen(kw_only=True)
class Place:
    """Where and as whom the services run: paths that need not be absolute, variables of the environment."""

    schedule: Path
    collection: Path
    user: str
    folder: Path = attrs.field(factory=Path.cwd)
    variables: dict[str, str] = attrs.field(factory=lambda: carried(os.environ))
    secrets: tuple[str, ...] = attrs.field(factory=lambda: tuple(sorted(SECRET_VARIABLES & {*os.environ})))
    """Variables that are set and not printed: whoever is on the machine may read units."""
    also_written: tuple[Path, ...] = ()
    """Folders outside of the collection, such as that of moved WARC files."""

    def call(self, *command: str) -> list[str]:
        """A command line of baotinh for this collection."""
        script = Path(sys.executable).with_name("baotinh")
        own = [str(script)] if script.exists() else [sys.executable, "-P", "-m", "baotinh"]
        return [*own, *command, "--collection", str(self.collection.absolute())]

    def job_call(self, *command: str) -> list[str]:
        """A command line of `baotinh jobs` for this schedule."""
        return self.call("jobs", *command, "--schedule", str(self.schedule.absolute()))

    def run_call(self, job: Job, *options: str) -> list[str]:
        """The command line that runs a job, and retries what fails where the job says so."""
        return self.job_call("run", job.name, *options, *(["--retry"] if job.retry else []))


def carried(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that were set for baotinh, without those that the command line says or that one run has."""
    return {
        name: value
        for name, value in sorted(variables.items())
        if (name.startswith("BAOTINH_") or name in _CONFIGURATION)
        and name not in _NOT_CARRIED
        and value
        # what is secret is printed nowhere
        and name not in SECRET_VARIABLES
    }


def usual_user(collection: Path) -> str:
    """Who the services run as unless said: who owns the collection, else who asks; never the administrator."""
    for number in (collection.stat().st_uid if collection.exists() else 0, os.getuid()):
        if number:
            try:
                return pwd.getpwuid(number).pw_name
            except KeyError:  # a user of whom the system knows no name
                return str(number)
    return "baotinh"


def systemd(schedule: Schedule, place: Place) -> str:
    """A service and a timer for each job, each below a comment with its file name."""
    units = []
    for job in schedule.jobs.values():
        if job.enabled:
            units.append(_file(f"baotinh-{job.name}.service", _job_service(job, place)))
            units.append(_file(f"baotinh-{job.name}.timer", _timer(job, schedule)))
    return "\n".join(units)


def daemon_unit(schedule: Schedule, place: Place) -> str:
    """The service that runs `baotinh jobs start`, which runs all jobs when they are due."""
    return _file(
        "baotinh.service",
        f"""[Unit]
Description=baotinh: {len(schedule.jobs)} jobs on a schedule
{_unit_lines(place)}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
WatchdogSec=300
TimeoutStartSec=600
{_service_lines(place)}
ExecStart={_line(place.job_call("start"))}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=10
KillMode=mixed
TimeoutStopSec={STOP_SECONDS}
OOMPolicy=continue
{_hardened(place, _CRAWLING)}

[Install]
WantedBy=multi-user.target
""",
    )


def site_unit(place: Place) -> str:
    """The service that runs `baotinh serve`, on this machine's own address."""
    return _file(
        "baotinh-site.service",
        f"""[Unit]
Description=baotinh: the site and the replay
{_unit_lines(place)}
StartLimitIntervalSec=0

[Service]
Type=exec
{_service_lines(place)}
ExecStart={_line(place.call("serve"))}
Restart=always
RestartSec=10
KillMode=mixed
TimeoutStopSec=30
OOMPolicy=continue
{_hardened(place, _READING)}

[Install]
WantedBy=multi-user.target
""",
    )


def _file(name: str, unit: str) -> str:
    return f"# /etc/systemd/system/{name}\n{unit}"


def _job_service(job: Job, place: Place) -> str:
    # RuntimeMaxSec= does nothing for Type=oneshot
    tries, pauses = (1 + job.retry.most, job.retry.longest) if job.retry else (1, timedelta(0))
    longest = len(job.newspapers) * tries * int(job.longest.total_seconds()) + _MARGIN_SECONDS
    return f"""[Unit]
Description=baotinh: {job.name} ({", ".join(job.newspapers)})
{_unit_lines(place)}

[Service]
Type=oneshot
{_service_lines(place)}
ExecStart={_line(place.run_call(job))}
TimeoutStartSec={longest + int(pauses.total_seconds())}
KillMode=mixed
TimeoutStopSec={STOP_SECONDS}
OOMPolicy=continue
{_hardened(place, _CRAWLING)}
"""


def _unit_lines(place: Place) -> str:
    return f"""Wants=network-online.target
After=network-online.target
RequiresMountsFor={_quoted(str(place.collection.absolute()))}"""


def _service_lines(place: Place) -> str:
    variables = "".join(f"\nEnvironment={_quoted(f'{name}={value}')}" for name, value in place.variables.items())
    missing = "".join(f"\n# {name} is a secret: set it in this file" for name in place.secrets)
    return f"""User={place.user}
WorkingDirectory={str(place.folder.absolute()).replace("%", "%%")}{variables}{missing}
EnvironmentFile=-/etc/baotinh/environment"""


def _hardened(place: Place, kind: str) -> str:
    paths = [place.collection.absolute(), *(path.absolute() for path in place.also_written)]
    # a disk that is not mounted is no reason not to begin: the run says which one
    written = " ".join(f"-{_quoted(str(path))}" if number else _quoted(str(path)) for number, path in enumerate(paths))
    read = [*paths, place.schedule.absolute(), place.folder.absolute(), Path(sys.executable).absolute()]
    is_at_home = any(str(path).startswith(_HOMES) for path in read)
    is_temporary = any(str(path).startswith(_TEMPORARY) for path in read)
    return f"""StateDirectory=baotinh
ReadWritePaths={written}
ProtectHome={"read-only" if is_at_home else "yes"}
PrivateTmp={"no" if is_temporary else "yes"}
{_HARDENING}
{kind}"""


def _line(command: list[str]) -> str:
    """A command line of systemd.service(5)."""
    return " ".join(_quoted(word).replace("$", "$$") for word in command)


def _quoted(word: str) -> str:
    """A word as systemd.syntax(7) quotes it, without specifiers."""
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("%", "%%")
    return f'"{escaped}"'


def _timer(job: Job, schedule: Schedule) -> str:
    jitter = f"\nRandomizedDelaySec={int(job.jitter.total_seconds())}" if job.jitter else ""
    when = f"OnActiveSec=0\nOnUnitActiveSec={int(job.every.total_seconds())}" if job.every else _calendar(job, schedule)
    return f"""[Unit]
Description=baotinh: when {job.name} runs

[Timer]
{when}{jitter}
Persistent=true

[Install]
WantedBy=timers.target
"""


def _calendar(job: Job, schedule: Schedule) -> str:
    # systemd.time(7): DayOfWeek Year-Month-Day Hour:Minute TimeZone
    minute, hour, day, month, weekday = (job.cron or "").split()
    days = ",".join(one.capitalize() for one in weekdays(weekday.lower()).split(",")) + " " if weekday != "*" else ""
    date, time = f"*-{_part(month, 1)}-{_part(day, 1)}", f"{_part(hour, 0)}:{_part(minute, 0)}:00"
    return f"OnCalendar={days}{date} {time} {schedule.time_zone}"


def _part(field: str, first: int) -> str:
    parts = []
    for part in field.split(","):
        span, slash, step = part.partition("/")
        span = span.replace("-", "..") if span != "*" or not slash else str(first)
        parts.append(f"{span}{slash}{step}")
    return ",".join(parts)
