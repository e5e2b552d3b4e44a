"""Where the documents' commands run: a folder with a collection, and stand-ins that keep them off the network.

Every program that a block may call is named here. The real one runs, with its arguments changed as `stand_in.py` says;
what cannot be run in a test is in `NOT_RUN` with the reason, and is checked otherwise.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]
STAND_IN = Path(__file__).with_name("stand_in.py")
# Run as they are, or behind the stand-in (those in .venv/bin).
COMMANDS = {
    "export",
    "cat",
    "tail",
    ".venv/bin/baotinh",
    ".venv/bin/python",
    ".venv/bin/scrapy",
    ".venv/bin/warcio",
}
NOT_RUN = {
    # would install the environment that the test runs in, and the tests themselves; its targets are looked up. What
    # the demonstration leaves is there
    "make": 'if [ "$1" = demo ]; then cp -r data demo; mv demo data/demo; fi',
    # asks a scrapyd, which tests/crawler/jobs/test_scrapyd.py runs: it calls the very same lines
    "curl": "exit 0",
}


@attrs.frozen
class Desk:
    """A folder in which a page's commands run, one after the other."""

    folder: Path

    @classmethod
    def make(
        cls, folder: Path, collection: Path, port: int, article_url: str, site: str, commands: Path, store: str
    ) -> Desk:
        """A folder with a collection in `data` (after `make demo` also in `data/demo`), a WARC file, and the stand-ins.

        Args:
            port: of the newsroom that stands for the network.
            article_url: of an article that the newsroom printed, for pages to capture.
            site: of the paper there that nobody declares, for sites to draft from and to crawl by address.
            commands: the socket at which the commands are begun.
            store: the address of an S3 server; empty where the page needs none.
        """
        tools = folder / ".venv" / "bin"
        tools.mkdir(parents=True)
        shutil.copytree(collection, folder / "data")
        shutil.copy(ROOT / "scrapy.cfg", folder)
        shutil.copy(next((collection / "warc").glob("BAOTINH-baocantho-*")), folder / "FILE.warc.gz")
        article = json.loads(next((collection / "jsonl").glob("baocantho-*")).read_text("utf-8").splitlines()[0])
        known = {"loopback": f"127.0.0.1:{port}", "article_url": article_url, "article_id": article["id"]}
        known |= {"site": site, "commands": str(commands), "store": store}
        (folder / "known.json").write_text(json.dumps(known), "utf-8")
        schedule = re.search(r"^```toml\n(.*?)^```$", (ROOT / "docs/schedule.md").read_text("utf-8"), re.M | re.S)
        assert schedule is not None
        (folder / "schedule.toml").write_text(schedule[1], "utf-8")
        for name in ("baotinh", "python", "scrapy", "warcio"):
            cls._script(tools / name, f'exec "{sys.executable}" -IS "{STAND_IN}" {name} "$@"')
        (folder / "bin").mkdir()
        for name, script in NOT_RUN.items():
            cls._script(folder / "bin" / name, script)
        return cls(folder)

    @staticmethod
    def _script(path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
        path.chmod(0o755)

    def run(self, script: str) -> str:
        """Run the commands in one shell; what they printed.

        Raises:
            AssertionError: one of them failed.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BAOTINH_")}
        done = subprocess.run(
            ["bash", "-euxo", "pipefail", "-c", script],
            cwd=self.folder,
            env=kept
            | {
                "BAOTINH_COMPARE_PICTURES": os.environ["BAOTINH_COMPARE_PICTURES"],  # see conftest.py
                "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
                "COLUMNS": "160",
                "XDG_CONFIG_HOME": str(self.folder / "config"),
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        return done.stdout
