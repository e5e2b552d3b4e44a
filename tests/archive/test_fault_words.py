"""Each code of a fault has English words of its own, and the values that they name."""

from __future__ import annotations

import enum
import json
import string
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.warc_samples import PAGE, record, verdict

from archive.checking.verification import Disagreement
from archive.cli import fault_words as wording
from archive.errors import SetDamage
from archive.faults import _WORDS as DAMAGES
from archive.faults import Damage, Fault
from archive.rebuild.account import Omission
from archive.warc.check.findings import Departure, http_departure
from archive.warc.chunks import ChunkFault
from archive.warc.httphead import HeadFault
from archive.warc.repair.salvage import KeepReason

ENUMS: tuple[type[enum.StrEnum], ...] = (Damage, Departure, Disagreement, Omission, SetDamage)
CODES = [code for each in ENUMS for code in each]
WORDS: dict[enum.StrEnum, str] = {**wording._WORDS, **DAMAGES}


def test_codes_are_one_word_and_differ_from_all_others() -> None:
    assert len({code.value for code in CODES}) == len(CODES)
    assert all(code.isidentifier() for code in CODES)


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_words(code: enum.StrEnum) -> None:
    named = [name for _, name, _, _ in string.Formatter().parse(WORDS[code]) if name]
    values = dict.fromkeys(named, 1) | ({"departure": "bare_line_feed"} if "departure" in named else {})
    said = wording.fault_words(Fault.of(code, **values))
    assert said and "{" not in said


def test_each_departure_of_an_http_message_has_words() -> None:
    every = [http_departure(one) for kind in (HeadFault, ChunkFault) for one in kind]
    assert len({wording.fault_words(one) for one in every}) == len(every)


def test_each_ground_has_words() -> None:
    assert len({wording.keep_reason_words(reason) for reason in KeepReason}) == len(KeepReason)


def test_verify_prints_code_and_values_as_json(tmp_path: Path) -> None:
    octets = record("response", 1, PAGE, [("WARC-Date", "hôm qua")])
    (finding,) = [one for one in verdict(octets) if one.fault.code is Departure.NO_TIME]
    assert (finding.fault["field"], finding.fault["found"]) == ("WARC-Date", "hôm qua")
    (tmp_path / "a.warc").write_bytes(octets)
    said = json.loads(baotinh("verify", tmp_path / "a.warc", "--json").stdout.splitlines()[0])
    assert (said["code"], said["values"]) == ("no_time", {"field": "WARC-Date", "found": "hôm qua"})
    assert said["message"] == "WARC-Date: 'hôm qua' is not a UTC time of W3CDTF"
