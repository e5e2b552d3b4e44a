"""Kinds of text that single keys hold, and the keys of alarms, machines and jobs, which schedule.toml has too."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any, TypedDict

from archive.durations import parse_duration
from crawler.configuration import kinds
from crawler.configuration.kinds import Kind

CONTACT = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|https?://[^\s<>()]+")
LOOPBACK = r"[^\s]+"
_ADDRESS = r"[^\s@,]+@[^\s@,]+"
_CRON = r"\s*(?:\S+\s+){4}\S+\s*"
_SHORTEST_LEASE = 3


class KeyValues(TypedDict, total=False):
    """What a key is made of, without its section."""

    name: str
    kind: Kind
    meaning: str
    default: str
    is_secret: bool


def read_ages(value: Any) -> str:
    """Read "1h 6h 1d", or a list of such; as text.

    Raises:
        ValueError: they are not spans of a minute or more, each longer than the one before.
    """
    said = value.split() if isinstance(value, str) else list(value)
    spans = [parse_duration(one) for one in said]
    if not spans or any(after <= before for before, after in itertools.pairwise(spans)):
        raise ValueError(value)
    return " ".join(said)


_AGE = {"type": "string", "pattern": "^[0-9]{1,6}[smhd]$"}
AGES = Kind(
    mend='growing spans of time, such as "1h 6h 1d 7d 30d 365d"',
    schema={
        "anyOf": [
            {"type": "string", "pattern": r"^\s*[0-9]{1,6}[smhd](?:\s+[0-9]{1,6}[smhd])*\s*$"},
            {"type": "array", "items": _AGE, "minItems": 1},
        ]
    },
    read=read_ages,
    read_text=read_ages,
)

CHANNEL_KEYS: tuple[KeyValues, ...] = (
    {"name": "webhook", "kind": kinds.text("an address, https://...", r"[Hh][Tt][Tt][Pp][Ss]?:\S+"), "is_secret": True,
     "meaning": "address to which alarms are sent"},
    {"name": "email", "kind": kinds.names('an address, or a list of them: ["desk@example.org"]', _ADDRESS),
     "meaning": "addresses to which alarms are mailed"},
    {"name": "sender", "kind": kinds.text('the address that mails come from, such as "baotinh@example.org"', _ADDRESS),
     "default": "baotinh@localhost", "meaning": "the address that mails come from"},
    {"name": "smtp", "kind": kinds.text('host and port of a mail server: "localhost:25"',
                                        r"[A-Za-z0-9.-]+:[0-9]{1,5}"),
     "default": "localhost:25", "meaning": "host and port of the mail server"},
    {"name": "webhook_file", "kind": kinds.text("the path of a file that holds the webhook's address"),
     "meaning": "a file that holds the webhook's address, which may be a secret"},
    {"name": "webhook_form", "kind": kinds.choice("json", "slack", "ntfy", "alertmanager"), "default": "json",
     "meaning": "the [form](schedule.md#alarms) that the webhook takes"},
    {"name": "webhook_token_file", "kind": kinds.text("the path of a file that holds the webhook's bearer token"),
     "meaning": "a file that holds the webhook's bearer token; else `BAOTINH_WEBHOOK_TOKEN`"},
    {"name": "smtp_security", "kind": kinds.choice("none", "starttls", "tls"), "default": "by the port",
     "meaning": "how the connection to the mail server is encrypted"},
    {"name": "smtp_user", "kind": kinds.text('the name for the login, such as "desk@example.org"'),
     "meaning": "the name with which the mail server is logged in to"},
    {"name": "smtp_password_file", "kind": kinds.text("the path of a file that holds the password"),
     "meaning": "a file that holds the password for it; else `BAOTINH_SMTP_PASSWORD`"},
    {"name": "language", "kind": kinds.choice("en", "vi"), "default": "en", "meaning": "the language of notifications"},
    {"name": "site", "kind": kinds.text('the address of the site: "https://archive.example.org"',
                                        r"[Hh][Tt][Tt][Pp][Ss]?:\S+"),
     "meaning": "the address of the site that `baotinh serve` serves, for links in notifications"},
)  # fmt: skip

MACHINE_KEYS: tuple[KeyValues, ...] = (
    {"name": "leases",
     "kind": kinds.text('the address of a Redis or Valkey server: "redis://leases.example.org:6379/0"',
                        r"(?:rediss?|unix):\S+"),
     "meaning": "the [server of leases](scale.md#several-machines), where several machines share newspapers"},
    {"name": "name", "kind": kinds.text('what others call this machine: "one"', r"[A-Za-z0-9][A-Za-z0-9.-]{0,60}"),
     "default": "the host's name", "meaning": "what other machines call this one"},
    {"name": "expire", "default": "90s", "meaning": "how long a lease holds without being renewed",
     "kind": kinds.duration(_SHORTEST_LEASE, "90s", mend='a duration from "3s" on, such as "90s"')},
)  # fmt: skip

JOB_KEYS: Mapping[str, Kind] = {
    "newspaper": kinds.names('the name of a newspaper, or a list of names: ["baocantho", "baolaocai"]'),
    "group": kinds.names("the name of a group of the table [groups]"),
    "sections": kinds.names('a list of sections, by name or slug: ["thoi-su"]'),
    "every": kinds.duration(60, "1h", mend='a duration of a minute or more, such as "30m", "1h" or "1d"'),
    "cron": kinds.text('five fields of crontab(5), such as "7 * * * *", with not both a day and a weekday', _CRON),
    "jitter": kinds.duration(0, "5m"),
    "limit": kinds.whole(1, 10_000_000, "how many articles at most, a whole number from 1"),
    "longest": kinds.duration(60, "6h", mend='a duration after which a run is stopped, such as "6h"'),
    "retry": kinds.duration(1, "5m", "off", mend='the pause before the first retry, such as "5m", or "off"'),
    "retries": kinds.whole(1, 20, "how many retries at most, a whole number from 1 to 20"),
    "recheck": kinds.switch(),
    "full": kinds.switch(),
    "since": kinds.day(),
    "until": kinds.day(),
    "enabled": kinds.switch(),
}  # fmt: skip
