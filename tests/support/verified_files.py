"""Files to verify: WARC, ARC, CDXJ and WACZ samples, and the findings in them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

from archive.checking.files import verify_paths
from archive.warc.check.findings import Finding
from support.warc_samples import PAGE, URL, sha1, sound_records, zipped

RECORDS = sound_records()


MEMBERS = [gzip.compress(each, mtime=0) for each in RECORDS]


def found(*paths: Path) -> list[Finding]:
    return verify_paths(paths).findings


def severities(*paths: Path) -> set[str]:
    return {finding.severity for finding in found(*paths)}


def put(path: Path, octets: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
    return path


def index_of(name: str, captures: tuple[int, ...] = (1, 4, 5, 7, 9, 10), **changes: object) -> bytes:
    """The CDXJ of the sound records in one gzip member each, with changes to the line of the first capture."""
    lines = []
    for place in captures:
        said = {
            "url": URL, "offset": str(len(b"".join(MEMBERS[:place]))), "length": str(len(MEMBERS[place])),
            "filename": name,
        }  # fmt: skip
        if place == 1:
            said |= {"status": "200", "digest": sha1(PAGE.partition(b"\r\n\r\n")[2]).removeprefix("sha1:")}
            said |= {key: str(value) for key, value in changes.items()}
        lines.append(f"test,baocantho)/a-a1.html 20260108120000 {json.dumps(said)}\n")
    return "".join(sorted(lines)).encode()


def package(**files: bytes) -> bytes:
    """A WACZ; a file that is given as b"" is left out of it, though the manifest lists it."""
    held = {
        "archive/a.warc.gz": zipped(RECORDS),
        "indexes/index.cdx": index_of("a.warc.gz"),
        "pages/pages.jsonl": b'{"format": "json-pages-1.0", "id": "pages", "title": "All"}\n'
        b'{"url": "http://baocantho.test/a-a1.html", "ts": "2026-01-08T12:00:00Z"}\n',
    }
    resources = [
        {"name": path, "path": path, "hash": "sha256:" + hashlib.sha256(octets).hexdigest(), "bytes": len(octets)}
        for path, octets in held.items()
    ]
    manifest = {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
    held["datapackage.json"] = json.dumps(manifest).encode()
    held["datapackage-digest.json"] = json.dumps(
        {"path": "datapackage.json", "hash": "sha256:" + hashlib.sha256(held["datapackage.json"]).hexdigest()}
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writing:
        for path, octets in (held | {path.replace("__", "/"): octets for path, octets in files.items()}).items():
            if octets:
                writing.writestr(path, octets)
    return out.getvalue()
