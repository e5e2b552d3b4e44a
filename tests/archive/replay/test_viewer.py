"""The viewer as it is installed: by npm from a server on loopback, from files, and only what is pinned."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import attrs
import pytest
from support.crawling import baotinh

from archive.cli.viewer import install, status
from archive.errors import ViewerMissing, ViewerNotFetched, ViewerRefused
from archive.replay import viewer
from archive.replay.viewer import CHINESE_FONT, VIEWER, Package, find_viewer, has_viewer, unpack

ROOT = Path(__file__).parents[3]
MAY_SKIP = os.environ.get("TEST_PARTS") != "required"
# where Node is not installed, `make viewer` uses that of a Python package
TOOLS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
needs_npm = pytest.mark.skipif(MAY_SKIP and not shutil.which("npm", path=TOOLS), reason="npm is not installed")
HELD = {
    "package/ui.js": b"ui",
    "package/sw.js": b"sw",
    "package/package.json": b'{"name": "replaywebpage", "version": "2.5.3"}',
    "package/LICENSE": b"AGPL",
}


def archive_of(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as whole:
        for name, octets in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(octets)
            whole.addfile(member, io.BytesIO(octets))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            whole.addfile(member)
    return content.getvalue()


def pinned(package: Package, content: bytes) -> Package:
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    return attrs.evolve(package, integrity=f"sha512-{digest}")


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No viewer is installed, and a user's data folder that is empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.delenv("BAOTINH_VIEWER", raising=False)
    monkeypatch.setattr(viewer, "__file__", str(tmp_path / "lib" / "archive" / "replay" / "viewer.py"))
    return tmp_path


def test_what_is_pinned_is_what_make_viewer_installs() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for package in viewer.PACKAGES:
        described = locked[f"node_modules/{package.name}"]
        assert (described["version"], described["integrity"]) == (package.version, package.integrity)


def test_a_file_is_unpacked_where_serve_finds_it(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = archive_of(HELD | {"package/src/x.ts": b"not needed"})
    monkeypatch.setattr(viewer, "PACKAGES", (pinned(VIEWER, content),))
    assert not has_viewer(find_viewer())
    (nowhere / "viewer.tgz").write_bytes(content)
    install(to=None, files=[nowhere / "viewer.tgz"])
    found = find_viewer()
    assert found == nowhere / "share" / "baotinh" / "viewer" / "replaywebpage" and has_viewer(found)
    assert {path.name for path in found.rglob("*")} == {"ui.js", "sw.js", "package.json", "LICENSE"}
    assert [path.name for path in found.parent.iterdir()] == ["replaywebpage"]  # nothing is left beside it


def test_another_folder_is_found_by_the_environment(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = archive_of(HELD)
    monkeypatch.setattr(viewer, "PACKAGES", (pinned(VIEWER, content),))
    (nowhere / "viewer.tgz").write_bytes(content)
    install(to=nowhere / "srv", files=[nowhere / "viewer.tgz"])
    for named in (nowhere / "srv", nowhere / "srv" / "replaywebpage"):
        monkeypatch.setenv("BAOTINH_VIEWER", str(named))
        assert find_viewer() == nowhere / "srv" / "replaywebpage"


def test_the_checkouts_is_found_last(nowhere: Path) -> None:
    checkout = nowhere / "lib" / "node_modules" / "replaywebpage"
    checkout.mkdir(parents=True)
    for name in viewer.VIEWER_FILES:
        (checkout / name).write_bytes(b"x")
    assert find_viewer() == checkout
    shutil.copytree(checkout, nowhere / "share" / "baotinh" / "viewer" / "replaywebpage")
    assert find_viewer() == nowhere / "share" / "baotinh" / "viewer" / "replaywebpage"


def test_nothing_is_written_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even of an archive with the pinned digest: names that lead out, links and other kinds are left out."""
    hostile = {"package/../../out.js": b"x", "/tmp/absolute.js": b"x", "package/files/../../../out.woff2": b"x"}
    content = archive_of(HELD | hostile, {"package/README.md": "/etc/passwd"})
    monkeypatch.setattr(viewer, "PACKAGES", (pinned(VIEWER, content),))
    (tmp_path / "viewer.tgz").write_bytes(content)
    unpack(tmp_path / "viewer.tgz", tmp_path / "into")
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file() or path.is_symlink()}
    names = ("ui.js", "sw.js", "package.json", "LICENSE")
    assert found == {"viewer.tgz", *(f"into/replaywebpage/{name}" for name in names)}


@pytest.mark.parametrize("fault", ["digest", "no archive", "files missing", "too large"])
def test_what_is_refused_leaves_the_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    former = archive_of(HELD)
    path = tmp_path / "viewer.tgz"
    path.write_bytes(former)
    monkeypatch.setattr(viewer, "PACKAGES", (pinned(VIEWER, former),))
    unpack(path, tmp_path / "into")
    content = {
        "no archive": b"\x1f\x8b no archive",
        "files missing": archive_of({"package/ui.js": b"x"}),
    }.get(fault, archive_of(HELD | {"package/ui.js": b"changed"}))
    path.write_bytes(content)
    if fault != "digest":
        monkeypatch.setattr(viewer, "PACKAGES", (pinned(VIEWER, content),))
    if fault == "too large":
        monkeypatch.setattr(viewer, "_MOST_BYTES", 5)
    with pytest.raises(ViewerRefused, match="npm pack"):
        unpack(path, tmp_path / "into")
    assert (tmp_path / "into" / "replaywebpage" / "ui.js").read_bytes() == b"ui"
    assert [one.name for one in (tmp_path / "into").iterdir()] == ["replaywebpage"]


@contextmanager
def packages_served(offered: dict[str, tuple[str, bytes]]) -> Iterator[str]:
    """A server of npm packages on loopback: version and archive of each."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/").replace("%2f", "/")
            if name.endswith(".tgz"):
                answer = offered[name.removesuffix(".tgz")][1]
            elif name in offered:
                version, content = offered[name]
                integrity = pinned(VIEWER, content).integrity
                tarball = f"http://127.0.0.1:{self.server.server_port}/{name}.tgz"  # type: ignore[attr-defined]
                described = {"name": name, "version": version, "dist": {"integrity": integrity, "tarball": tarball}}
                whole = {"name": name, "dist-tags": {"latest": version}, "versions": {version: described}}
                answer = json.dumps(whole).encode()
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@needs_npm
def test_npm_fetches_the_packages(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    font = archive_of({"package/index.css": b"css", "package/files/noto-sans-sc-1-wght-normal.woff2": b"font"})
    contents = {VIEWER: archive_of(HELD), CHINESE_FONT: font}
    monkeypatch.setattr(viewer, "PACKAGES", tuple(pinned(*one) for one in contents.items()))
    offered = {package.name: (package.version, content) for package, content in contents.items()}
    monkeypatch.setenv("PATH", TOOLS)
    monkeypatch.setenv("npm_config_cache", str(nowhere / "cache"))
    with packages_served(offered) as address:
        monkeypatch.setenv("npm_config_registry", address)
        install(to=None, files=None)
        monkeypatch.setattr(viewer, "PACKAGES", (VIEWER, CHINESE_FONT))
        with pytest.raises(ViewerRefused, match="its digest is sha512-"):  # a server that offers something else
            install(to=nowhere / "other", files=None)
    assert has_viewer(find_viewer()) and CHINESE_FONT.is_in(find_viewer().parent)
    assert not (nowhere / "other").exists()
    status()


@needs_npm
def test_a_server_without_the_package_is_said(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", TOOLS)
    monkeypatch.setenv("npm_config_cache", str(nowhere / "cache"))
    with packages_served({}) as address:
        monkeypatch.setenv("npm_config_registry", address)
        with pytest.raises(ViewerNotFetched, match=r"E404.*--file FILE"):
            install(to=None, files=None)


def test_without_npm_files_are_asked_for(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(nowhere))
    with pytest.raises(ViewerNotFetched, match=r"npm is not installed.*npm pack replaywebpage@"):
        install(to=None, files=None)
    with pytest.raises(ViewerMissing):
        status()


def test_the_command_refuses_another_file(tmp_path: Path) -> None:
    (tmp_path / "other.tgz").write_bytes(archive_of(HELD))
    place = {"XDG_DATA_HOME": str(tmp_path / "share")}
    done = baotinh("viewer", "install", "--file", tmp_path / "other.tgz", **place)
    assert done.returncode == 1 and done.stderr.startswith("baotinh: other.tgz is not what this version")
    assert not (tmp_path / "share").exists()
    assert baotinh("viewer", "install", "--file", tmp_path / "none.tgz", **place).returncode == 2
    done = baotinh("viewer", "status", BAOTINH_VIEWER=str(tmp_path), **place)
    assert done.returncode == 1 and "baotinh viewer install" in done.stderr
