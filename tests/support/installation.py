"""baotinh as its users get it: the wheel built of a copy of the sources, in an environment that holds no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]
ROOMS = ("archive", "crawler", "pipelines", "spiders")
SOURCES = (
    *ROOMS, "distribution", "pyproject.toml", "setup.py", "MANIFEST.in", "Makefile", "requirements.lock",
    "requirements-run.lock", "scrapy.cfg",
    "README.md", "CHANGELOG.md", "LICENSE",
)  # fmt: skip
FOREIGN = "OF = 'somebody else'\n"


def copy_sources(folder: Path) -> Path:
    """A folder with what is built, and nothing that an earlier build left."""
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "share"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def make_wheel(sources: Path) -> Path:
    """What `make wheel` makes: the folder with wheel and source archive."""
    # the environment is the one that runs this test: it is not to be made anew
    command = ["make", "--assume-old=.venv/installed", "wheel", f"BIN={Path(sys.executable).parent}"]
    done = subprocess.run(command, cwd=sources, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return sources / "dist"


@attrs.frozen
class Installation:
    """An environment in which the wheel is installed, beside packages of others with names of our rooms."""

    environment: Path
    empty: Path
    """A folder in which commands run."""

    @property
    def command(self) -> Path:
        """The command `baotinh`."""
        return self.environment / "bin" / "baotinh"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.environment / "bin" / "python"

    def call(self, *command: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the empty folder, with an environment that knows no checkout."""
        return subprocess.run(
            list(map(str, command)), cwd=self.empty, env=self.variables(**variables),
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    def printed(self, *arguments: object, **variables: str) -> str:
        """What `baotinh` prints, once it has ended well."""
        done = self.call(self.command, *arguments, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of its processes."""
        kept = {name: os.environ[name] for name in ("TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
        path = f"{self.environment / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        home = self.environment.parent / "home"
        return kept | {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "160"} | more


def install(wheel: Path, folder: Path) -> Installation:
    """Install a wheel into an empty environment, without a network.

    What it depends on is there as the tests' environment has it, of the lock file; pip checks that it is all there.
    """
    made = Installation(folder / "environment", folder / "empty")
    made.empty.mkdir()
    (folder / "home").mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made.environment], check=True, timeout=240)
    site = next((made.environment / "lib").glob("python*/site-packages"))
    others = folder / "others"
    others.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if path.suffix != ".pth" and "baotinh" not in path.name:
            (others / path.name).symlink_to(path)
    (site / "others.pth").write_text(f"{others}\n", "utf-8")
    for name in ("archive", "crawler"):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text(FOREIGN, "utf-8")
    command = [sys.executable, "-m", "pip", "--python", made.python, "install", "--quiet", "--no-index", wheel]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return made
