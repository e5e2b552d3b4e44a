"""The schema of baotinh.toml accepts what the reader accepts, and refuses what it refuses."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.crawling import baotinh

from crawler.configuration.keys import KEYS, NARROW, Key
from crawler.configuration.kinds import Kind
from crawler.configuration.reading import read_with_problems
from crawler.configuration.schema import configuration_schema
from crawler.configuration.texts import AGES, JOB_KEYS

VALID = jsonschema_rs.validator_for(configuration_schema())
JOB = {"newspaper": "baocantho", "every": "1h"}
UNITS = ("s", "m", "h", "d", "w", "", "B", "kB", "MB", "MiB", "GiB", "mb", " MiB")
NUMBERS = st.one_of(st.integers(-3, 200), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
WRITTEN = st.builds(
    lambda sign, number, gap, unit: f"{sign}{number}{gap}{unit}",
    st.sampled_from(("", "", "", "-", "0", " ")),
    st.one_of(st.integers(0, 100), st.integers(0, 10**9), st.sampled_from(("1.5", "0.0001", "3599", "59", "60"))),
    st.sampled_from(("", " ", "  ")),
    st.sampled_from(UNITS),
)
SAID = st.sampled_from(
    ("sha256", "sha1", "md5", "text", "json", "off", "forever", "never", "", "22:00-05:30", "24:00-01:00",
     "00:00-24:00", "7:00-8:00", "06:00 - 08:30", "desk@example.org", "nobody",
     "https://example.org/x", "ftp://x", "localhost:25",
     "localhost", "redis://x", "unix:/x", "http://x", "one", "a b", "Asia/Ho_Chi_Minh", "UTC", "papers", "x\ny", "1")
)  # fmt: skip
VALUES = st.recursive(st.one_of(st.booleans(), NUMBERS, WRITTEN, SAID), lambda one: st.lists(one, max_size=3))


def is_read(kind: Kind, value: Any) -> bool:
    try:
        kind.read(value)
    except (ValueError, TypeError, AttributeError, LookupError, OSError, OverflowError):
        return False
    return True


@pytest.mark.parametrize("key", [key for key in KEYS if key.kind is not AGES], ids=lambda key: key.path)
@settings(max_examples=40)  # a hundred keys are of few kinds
@given(value=VALUES)
def test_schema_and_reader_agree_on_every_value(key: Key, value: Any) -> None:
    content: dict[str, Any] = {key.name: value}
    if key.section == "machines":
        content = {"leases": "redis://leases.example.org"} | content
    content = {key.section: content} if key.section else content
    said = VALID.is_valid(content)
    if said and key.name == "time_zone":
        return  # the schema knows no list of time zones
    assert said == is_read(key.kind, value)


@pytest.mark.parametrize("key", NARROW.values(), ids=lambda key: key.path)
@given(value=VALUES)
def test_tables_of_newspapers_and_jobs_hold_the_same(key: Key, value: Any) -> None:
    alone = jsonschema_rs.validator_for(dict(key.kind.schema)).is_valid(value)
    assert VALID.is_valid({"newspapers": {"x": {key.narrow: value}}}) == alone
    assert VALID.is_valid({"jobs": {"x": JOB | {key.narrow: value}}}) == alone


@pytest.mark.parametrize("name", sorted(JOB_KEYS.keys() - {"cron", "since", "until"}))
@given(value=VALUES)
def test_schema_and_reader_agree_on_jobs(name: str, value: Any) -> None:
    assert VALID.is_valid({"jobs": {"x": JOB | {name: value}}}) == is_read(JOB_KEYS[name], value)


@pytest.mark.parametrize("job", [{}, {"every": "1h"}, JOB | {"cron": "1 * * * *"}, {"newspaper": "x"}])
def test_a_job_has_newspapers_and_a_time(job: dict[str, Any]) -> None:
    assert not VALID.is_valid({"jobs": {"x": job}}) and VALID.is_valid({"jobs": {"x": JOB}})


@settings(max_examples=300)
@given(key=st.sampled_from([key for key in KEYS if key.name != "time_zone" and key.kind is not AGES]), value=VALUES)
def test_schema_and_reader_agree_on_whole_files(key: Key, value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = f"[{key.section}]\n" if key.section else ""
    text += 'leases = "redis://x"\n' if key.section == "machines" and key.name != "leases" else ""
    path = tmp_path_factory.getbasetemp() / "agree.toml"
    path.write_text(f"{text}{key.name} = {json.dumps(value)}\n", "utf-8")
    assert VALID.is_valid(tomllib.loads(path.read_text("utf-8"))) == (not read_with_problems(path)[1])


@given(value=VALUES)
def test_of_ages_the_schema_refuses_nothing_that_is_read(value: Any) -> None:
    if is_read(AGES, value):
        assert VALID.is_valid({"revisits": {"revisit_ages": value}})


@given(text=WRITTEN)
def test_what_is_shown_is_read_again(text: str) -> None:
    for key in KEYS:
        if is_read(key.kind, text):
            value = key.kind.read(text)
            assert key.kind.read_text(key.kind.show(value)) == value


@pytest.mark.parametrize("content", [{"x": 1}, {"politeness": 3}, {"politeness": {"x": 1}}, {"newspapers": {"a": 1}}])
def test_unknown_keys_are_refused(content: dict[str, Any]) -> None:
    assert not VALID.is_valid(content)


def test_the_command_prints_it_and_it_accepts_the_example() -> None:
    done = baotinh("config", "schema")
    printed = json.loads(done.stdout)
    assert printed == configuration_schema() and printed["$schema"].endswith("2020-12/schema")
    jsonschema_rs.meta.validate(printed)
    page = (Path(__file__).parents[3] / "docs/settings.md").read_text("utf-8")
    example = tomllib.loads(page.split("```toml\n")[1].split("```")[0])
    assert jsonschema_rs.validator_for(printed).is_valid(example)


def test_defaults_are_values_that_may_be_written() -> None:
    for key in KEYS:
        if key.setting and key.usual():
            assert key.kind.read_text(key.usual()) is not None
