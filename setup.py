"""Lays all packages inside one, `baotinh`, where a wheel is made; all else is in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel

ROOMS = ("archive", "crawler", "pipelines", "spiders")
# made by `make wheel` before the wheel: baotinh's manual page, and what shells complete its command lines with
SHARE = Path("distribution") / "share"


class OnePackage(bdist_wheel):
    """A wheel at whose top only `baotinh` stands; checkout, editable installation and egg keep the rooms at the top."""

    _is_made = False

    def run(self) -> None:
        """Make the wheel."""
        made, self._is_made = self.distribution, True
        made.packages = [_inside(package) for package in made.packages]
        made.package_data = {_inside(package): names for package, names in made.package_data.items()}
        made.package_dir |= {_inside(room): room for room in ROOMS}
        super().run()

    def write_wheelfile(self, wheelfile_base: str, *arguments: str) -> None:
        """Write the file WHEEL, and beside it the name that can be imported."""
        super().write_wheelfile(wheelfile_base, *arguments)
        if self._is_made:
            Path(wheelfile_base, "top_level.txt").write_text("baotinh\n", "utf-8")


def _inside(package: str) -> str:
    return package if package.partition(".")[0] == "baotinh" else f"baotinh.lib.{package}"


setup(
    cmdclass={"bdist_wheel": OnePackage},
    data_files=[
        (str(Path("share") / folder.relative_to(SHARE)), [str(path) for path in sorted(folder.iterdir())])
        for folder in sorted({path.parent for path in SHARE.rglob("*") if path.is_file()})
    ],
)
