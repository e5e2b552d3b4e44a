"""WACZ files that may come from anywhere: bombs, names that lead elsewhere, several in one, and what is damaged."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.verified_files import package, put

from archive.checking.files import verify_paths
from archive.warc.check.findings import Departure


def codes(path: Path) -> dict[str, str]:
    return {one.fault.code: one.severity for one in verify_paths([path]).findings}


def with_entry(octets: bytes, entry: zipfile.ZipInfo, content: bytes) -> bytes:
    out = io.BytesIO(octets)
    with zipfile.ZipFile(out, "a") as writing:
        writing.writestr(entry, content)
    return out.getvalue()


def test_what_inflates_beyond_all_text_is_not_read(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("pages/more.jsonl")
    entry.compress_type = zipfile.ZIP_DEFLATED
    path = put(tmp_path / "a.wacz", with_entry(package(), entry, bytes(80 << 20)))
    assert codes(path)[Departure.ZIP_BOMB] == "damage"


def test_files_that_share_their_bytes_are_not_read(tmp_path: Path) -> None:
    octets = bytearray(package())
    directory = octets.index(b"PK\x01\x02")
    second = octets.index(b"PK\x01\x02", directory + 4)
    octets[second + 42 : second + 46] = struct.pack("<I", 7)  # within the first file
    assert codes(put(tmp_path / "a.wacz", bytes(octets)))[Departure.ZIP_OVERLAP] == "damage"


@pytest.mark.parametrize("name", ["../a", "/etc/a", "pages/../../a", "C:\\a", "pages\\a"])
def test_names_that_lead_elsewhere_are_named(tmp_path: Path, name: str) -> None:
    path = put(tmp_path / "a.wacz", with_entry(package(), zipfile.ZipInfo(name), b"x"))
    assert codes(path)[Departure.ZIP_UNSAFE_NAME] == "breach"


def test_a_link_is_named(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("pages/link")
    entry.external_attr = 0o120777 << 16
    assert Departure.ZIP_UNSAFE_NAME in codes(put(tmp_path / "a.wacz", with_entry(package(), entry, b"/etc/passwd")))


def several(held: dict[str, bytes], *elsewhere: str) -> bytes:
    resources = [
        {"name": name, "path": name, "hash": "sha256:" + hashlib.sha256(octets).hexdigest(), "bytes": len(octets)}
        for name, octets in held.items()
    ]
    resources += [{"name": "b.wacz", "path": url, "hash": "sha256:0", "bytes": 1} for url in elsewhere]
    manifest = {"profile": "multi-wacz-package", "resources": resources}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writing:
        writing.writestr("datapackage.json", json.dumps(manifest))
        for name, octets in held.items():
            writing.writestr(name, octets)
    return out.getvalue()


def test_each_of_several_is_checked(tmp_path: Path) -> None:
    sound = verify_paths([put(tmp_path / "one.wacz", package())])
    both = verify_paths([put(tmp_path / "all.wacz", several({"a.wacz": package(), "b.wacz": package()}))])
    assert [one for one in both.findings if one.severity != "warning"] == []
    assert both.records == 2 * sound.records
    broken = package(**{"pages__pages.jsonl": b"{}\n{\n"})
    findings = verify_paths([put(tmp_path / "all.wacz", several({"a.wacz": package(), "b.wacz": broken}))]).findings
    assert {one.file for one in findings if one.severity != "warning"} == {"all.wacz/b.wacz"}


def test_those_that_are_elsewhere_are_said(tmp_path: Path) -> None:
    path = put(tmp_path / "all.wacz", several({"a.wacz": package()}, "https://example.org/b.wacz"))
    assert codes(path)[Departure.RESOURCE_ABSENT] == "warning"


def test_several_within_several_end(tmp_path: Path) -> None:
    octets = package()
    for _ in range(30):
        octets = several({"a.wacz": octets})
    assert codes(put(tmp_path / "deep.wacz", octets))


@given(st.data())
def test_no_damage_raises(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    octets = bytearray(package())
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    path = put(tmp_path_factory.getbasetemp() / "damaged.wacz", b"PK\x03\x04" + bytes(octets[4:]))
    verify_paths([path])
