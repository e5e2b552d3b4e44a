"""What is in the wheel: all files of the rooms, within one package; and the same from the source archive."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

from support.installation import ROOMS, ROOT

from archive import VERSION
from crawler.cli.manual import manual
from crawler.cli.system.completion import PLACES, script

MADE_BY_RUNNING = ("__pycache__", ".pyc")


def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def sources() -> set[str]:
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file())
    return {str(path.relative_to(ROOT)) for path in found if not any(part in str(path) for part in MADE_BY_RUNNING)}


def test_the_wheel_holds_every_file_of_the_rooms(wheel: Path) -> None:
    """A package or a kind of data file that pyproject.toml does not name is missing here."""
    held = {name for name in contents(wheel) if name.startswith("baotinh/lib/")}
    assert {name.removeprefix("baotinh/lib/") for name in held} == sources()


def test_one_name_stands_at_the_top(wheel: Path) -> None:
    held = contents(wheel)
    described = f"baotinh-{VERSION}.dist-info"
    tops = {name.partition("/")[0] for name in held}
    assert tops - {f"baotinh-{VERSION}.data"} == {"baotinh", described}
    assert held[f"{described}/top_level.txt"] == b"baotinh\n"
    assert b"[console_scripts]\nbaotinh = baotinh.__main__:main\n" in held[f"{described}/entry_points.txt"]


def test_the_manual_page_and_the_shells_scripts_are_in_it(wheel: Path) -> None:
    held = {name.partition(".data/data/share/")[2]: content for name, content in contents(wheel).items()}
    assert held["man/man1/baotinh.1"].decode() == manual()
    for shell, place in PLACES.items():
        assert held[place].decode() == script(shell)


def test_the_source_archive_makes_the_same_wheel(built: Path, wheel: Path, tmp_path: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as whole:
        whole.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*command, "--wheel-dir", tmp_path / "made", unpacked], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(next((tmp_path / "made").glob("*.whl"))) == contents(wheel)
