"""Completion as the shells themselves ask for it, and the manual page as mandoc reads it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.system_parts import needs

from crawler.cli.manual import manual, write
from crawler.cli.system.completion import Shell, newspaper_names, script
from crawler.runs.run import newspapers

SCHEDULE = '[jobs.hourly]\nnewspaper = "baocantho"\nevery = "1h"\n[jobs.night]\nnewspaper = "baocantho"\nevery = "1d"\n'
# what each shell does when Tab is pressed behind these words
ASKED: dict[Shell, str] = {
    "bash": """source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _baotinh baotinh; printf '%s\\n' "${COMPREPLY[@]}" """,
    "zsh": """file=$1; shift; compdef() { : }; source $file
        _arguments() { print -r -- "$@" }; words=("$@"); CURRENT=$#; _baotinh""",
    "fish": """source $argv[1]
        complete --do-complete (string join " " -- $argv[2..]) | string replace --regex '\\t.*' ''; true""",
}
START = {"bash": ["bash", "--norc", "-c"], "zsh": ["zsh", "-fc"], "fish": ["fish", "--no-config", "-c"]}
SHELLS = [pytest.param(shell, marks=needs(shell)) for shell in ASKED]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with the command, which shells find by its name."""
    (tmp_path / "schedule.toml").write_text(SCHEDULE, "utf-8")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "baotinh"
    root = Path(__file__).parents[3]
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m crawler.cli "$@"\n', "utf-8")
    command.chmod(0o755)
    return tmp_path


def completed(shell: Shell, tools: Path, *words: str, **variables: str) -> str:
    (tools / "script").write_text(script(shell), "utf-8")
    name = [] if shell == "fish" else [shell]
    done = subprocess.run(
        [*START[shell], ASKED[shell], *name, tools / "script", "baotinh", *words], cwd=tools,
        env={"PATH": f"{tools / 'bin'}:{os.environ['PATH']}", "HOME": str(tools), "LANG": "C.UTF-8"} | variables,
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_commands_options_newspapers_and_jobs(shell: Shell, tools: Path) -> None:
    assert {"serve", "search", "sets"} <= set(completed(shell, tools, "se").replace('"', " ").replace(":", " ").split())
    assert "--processes" in completed(shell, tools, "serve", "--pro")
    papers = completed(shell, tools, "crawl", "baocantho")
    assert "baocanthokhmer" in papers and "baolaocai" not in papers
    jobs = completed(shell, tools, "jobs", "run", "")
    assert "hourly" in jobs and "night" in jobs and "baocantho" not in jobs


@pytest.mark.parametrize("shell", [pytest.param("bash", marks=needs("bash"))])
def test_another_schedule_and_own_newspapers_are_known(shell: Shell, tools: Path) -> None:
    (tools / "other.toml").write_text(SCHEDULE.replace("hourly", "often"), "utf-8")
    (tools / "own").mkdir()
    (tools / "own" / "baotoi.py").write_text("raise SystemExit('completion runs no declaration')", "utf-8")
    assert "often" in completed(shell, tools, "jobs", "run", "--schedule", "other.toml", "o")
    assert "often" in completed(shell, tools, "jobs", "run", "o", BAOTINH_SCHEDULE="other.toml")
    assert "baotoi" in completed(shell, tools, "crawl", "baot", BAOTINH_NEWSPAPERS=str(tools / "own")).split()
    assert completed(shell, tools, "jobs", "run", "--schedule", "none.toml", "o") == "\n"


def test_all_newspapers_are_found_without_loading_them() -> None:
    assert newspaper_names("") == sorted(newspapers())


@needs("mandoc")
def test_the_manual_page_is_sound(tmp_path: Path) -> None:
    write(tmp_path)
    page = tmp_path / "man" / "man1" / "baotinh.1"
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True, check=False)
    # a date would be that of the build, and each build another
    assert [line for line in (done.stdout + done.stderr).splitlines() if "missing date" not in line] == []
    shown = subprocess.run(["mandoc", "-T", "utf8", "-K", "utf-8", page], capture_output=True, text=True, check=True)
    plain = " ".join("".join(one for one in shown.stdout.replace("\b", "\0")).split())
    for words in ("jobs systemd", "viewer install", "newspapers draft"):
        assert f"baotinh {words}" in _unstruck(plain)


def _unstruck(text: str) -> str:
    """Text without the overstriking with which terminals were made to print in bold: a letter, a step back, again."""
    parts = text.split("\0")
    return "".join(part[:-1] for part in parts[:-1]) + parts[-1]


def test_every_command_is_in_the_manual_page() -> None:
    page = manual().replace("\\-", "-")
    for words in ("crawl", "jobs systemd", "viewer install", "newspapers draft", "stats collocations", "completion"):
        assert f"\n.SS baotinh {words}" in page
    assert ".SH ENVIRONMENT\n" in page and "\\fBBAOTINH_COLLECTION\\fR" in page
