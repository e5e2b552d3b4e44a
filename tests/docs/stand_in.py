"""Runs a program of the environment for a document's command, with the network and endless services replaced.

`baotinh` itself is forked (command_server.py). What is replaced, and why:
    baotinh crawl, capture    get --loopback: a test never leaves this machine. A contact must be set all the same.
    baotinh capture URL       captures an article of the newsroom in its place
    baotinh crawl URL         crawls a section of the newsroom's paper that nobody declares
    baotinh newspapers draft, check   as crawl: get --loopback, and that paper for the address
    baotinh crawl --from-archive  gets --loopback as well: the file holds the newsroom's hosts
    baotinh show, hide, unhide, purge ID  an article that is there in its place
    baotinh serve             on free ports, and ended with SIGINT once it listens
    /mnt/...                  is a folder of the desk; s3://... a bucket on loopback
    scrapy crawl              gets -a loopback
    python -m pytest PATH     only collects the tests there
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ID = re.compile(r"[a-z]+:\d+")
CONTACT = re.compile(r"\S+@\S+|https?://\S+")


def main(name: str, arguments: list[str]) -> int:
    known = json.loads(Path("known.json").read_text("utf-8"))
    if name == "python":
        assert arguments[:2] == ["-m", "pytest"], arguments
        return run([sys.executable, *arguments[:2], "--collect-only", "-q", *arguments[2:]], cwd=ROOT)
    if name == "warcio":
        return run([sys.executable, "-c", "from warcio.cli import main; main()", *arguments])
    if name == "scrapy":
        assert any(CONTACT.fullmatch(word.removeprefix("contact=")) for word in arguments), "no contact"
        return run([sys.executable, "-m", "scrapy", *arguments, "-a", f"loopback={known['loopback']}"])
    arguments = [str(Path.cwd()) + word if word.startswith("/mnt/") else word for word in arguments]
    command = arguments[0]
    if command in ("crawl", "capture"):
        if "--from-archive" not in arguments:
            assert CONTACT.fullmatch(os.environ.get("BAOTINH_CONTACT", "")), "no contact is set"
        page = known["article_url"] if command == "capture" else f"{known['site']}/muc/kinh-te.htm"
        arguments = [page if word.startswith("https://") else word for word in arguments]
        arguments += ["--loopback", known["loopback"]]
    if arguments[:2] in (["newspapers", "draft"], ["newspapers", "check"]) and "--from-archive" not in arguments:
        assert CONTACT.fullmatch(os.environ.get("BAOTINH_CONTACT", "")), "no contact is set"
        arguments = [f"{known['site']}/" if word.startswith("https://") else word for word in arguments]
        arguments += ["--loopback", known["loopback"]]
    if command in ("show", "reprints", "hide", "unhide", "purge"):
        arguments = [known["article_id"] if ID.fullmatch(word) else word for word in arguments]
    return serve(arguments, known) if command == "serve" else run_command(arguments, known)


def run(command: list[str], cwd: Path | None = None) -> int:
    return subprocess.run(command, cwd=cwd, check=False).returncode


def begin_command(arguments: list[str], known: dict[str, str], stdout: int) -> tuple[socket.socket, int]:
    """Begin what `python -m crawler.cli ...` would be: see command_server.py; the process's id."""
    serving = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    serving.connect(known["commands"])
    environment = dict(os.environ) | {"AWS_ENDPOINT_URL": known["store"]}
    asked = {"arguments": arguments, "environment": environment, "folder": str(Path.cwd())}
    socket.send_fds(serving, [json.dumps(asked).encode()], [0, stdout, 2])
    return serving, int(serving.recv(100))


def run_command(arguments: list[str], known: dict[str, str]) -> int:
    serving, _ = begin_command(arguments, known, stdout=1)
    return int(serving.recv(100))


def serve(arguments: list[str], known: dict[str, str]) -> int:
    """Start the service on ports above the usual ones, wait until it says where it is, and end it."""
    shifted = [str(int(word) + SHIFT) if word.isdigit() else word for word in arguments]
    if "--port" not in arguments:
        shifted += ["--port", str(8080 + SHIFT)]
    reading, writing = os.pipe()
    serving, pid = begin_command(shifted, known, stdout=writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as lines:
        for line in lines:
            if "Ctrl-C" in line:
                os.kill(pid, signal.SIGINT)
    return int(serving.recv(100))


# another part of the ports for every process, below those that the system gives away
SHIFT = 3000 + os.getpid() % 2000 * 10

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
