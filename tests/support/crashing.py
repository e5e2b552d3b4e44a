"""Kills a call, as `kill -9` does, at each of its steps on disk in turn; knows nothing of what the call does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What is a step, of what Python's audit hooks are told
IS_STEP = """
import os

STEPS = {"os.rename", "os.remove", "os.link", "os.truncate", "os.mkdir", "os.rmdir"}

def is_step(event, arguments):
    # a bare descriptor, which has no mode, is opened to sync: what came before is done then
    opens = event == "open" and (arguments[1] is None or arguments[2] & (os.O_WRONLY | os.O_RDWR))
    return event in STEPS or opens
"""
SCRIPT = """
import os, shutil, signal, sys
from pathlib import Path
{imports}
{is_step}
def call(root):
    {call}

def killed_at(number, root):
    left = number
    def watch(event, arguments):
        nonlocal left
        if is_step(event, arguments) and str(root) in str(arguments[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    child = os.fork()  # nothing has begun a thread yet
    if not child:
        sys.addaudithook(watch)
        try:
            call(root)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(3)
        os._exit(0)
    return os.waitpid(child, 0)[1]

source, work = Path(sys.argv[1]), Path(sys.argv[2])
number = 1
while True:
    root = work / f"{{number:03}}"
    shutil.copytree(source, root)
    status = killed_at(number, root)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0, number
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
    number += 1
"""


def kill_at_each_step(source: Path, work: Path, imports: str, call: str) -> list[Path]:
    """Copy `source` to a folder `root` once for each step, and run `call` (Python) there, killed before that step.

    Returns:
        The folders: of the calls that were killed, and last of the one that ran to its end.
    """
    work.mkdir()
    script = SCRIPT.format(imports=imports, is_step=IS_STEP, call=call)
    done = subprocess.run(
        [sys.executable, "-c", script, str(source), str(work)],
        cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return sorted(work.iterdir())
