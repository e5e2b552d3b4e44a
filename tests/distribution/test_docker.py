"""The image and the services of contrib/docker: their rules, and their commands, run without a container engine.

Where an engine answers, the image is built.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import Any

import httpx2 as httpx
import pytest
import yaml
from support.crawling import SEED
from support.daemons import until
from support.installation import ROOT, Installation, copy_sources
from support.served_processes import free_ports

from crawler.newsroom import serve_newsroom

FOLDER = ROOT / "contrib" / "docker"
VALUES = {
    "BAOTINH_CONTACT": "desk@example.org", "SITE_HOST": "archive.example.org",
    "REPLAY_HOST": "replay.archive.example.org", "SITE_LOGIN": "reader", "SITE_PASSWORD_HASH": "$2a$14$x",
}  # fmt: skip
SCHEDULE = """
loopback = "127.0.0.1:{port}"
[jobs.hourly]
newspaper = "baocantho"
sections = ["thoi-su"]
every = "1h"
limit = 3
"""


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with what stands behind them, continued lines joined."""
    lines = [line for line in (FOLDER / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line.strip()]  # type: ignore[misc]


def named(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def compose() -> dict[str, Any]:
    """The services with the values of `.env`; `${NAME:?why}` as the compose specification has it."""
    lines = (FOLDER / "compose.yaml").read_text("utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("#"))
    known = re.sub(r"\$\{(\w+):\?[^}]*\}", r"${\1}", text)
    found: dict[str, Any] = yaml.safe_load(Template(known).substitute(VALUES))
    return found


# the image


def test_the_image_is_what_it_should_be() -> None:
    bases = [base.split()[0] for base in named("FROM")]
    assert len(bases) == 2 and all(re.fullmatch(r"python:3\.\d+-slim-\w+", base) for base in bases)
    assert named("ADD") == [] and named("USER")[-1] not in ("0", "root")
    assert named("STOPSIGNAL") == ["SIGTERM"] and len(named("HEALTHCHECK")) == 1
    for form in (*named("ENTRYPOINT"), *named("CMD")):
        assert json.loads(form)  # as a list, so that signals reach the command and no shell
    runs = named("RUN")
    installs = [run for run in runs if "pip install" in run]
    assert ["--require-hashes" in run or "--no-deps" in run for run in installs] == [True, True]
    assert all("rm -rf /var/lib/apt/lists" in run for run in runs if "apt-get update" in run)
    assert not [rest for rest in named("ENV") if re.search(r"SECRET|PASSWORD|TOKEN", rest)]


def test_what_is_copied_is_in_the_context() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {copy.split()[0] for copy in named("COPY") if "--from" not in copy} == let_in
    assert (ROOT / "requirements-run.lock").is_file()


def test_the_wheel_is_installed_as_the_image_does_it(built: Path, tmp_path: Path) -> None:
    """Its RUN lines in a folder in the place of `/`; what they would fetch is not."""
    shutil.copytree(built, tmp_path / "tmp")
    for run in named("RUN"):
        if "/opt/baotinh" in run and "--require-hashes" not in run:
            line = re.sub(r"(?<![\w.])/(opt|tmp)/", rf"{tmp_path}/\1/", run)
            line = line.replace("python -m venv", f"{shlex.quote(sys.executable)} -m venv")
            subprocess.run(["/bin/sh", "-euc", line], check=True, capture_output=True, timeout=240)
    assert (tmp_path / "opt" / "baotinh" / "bin" / "baotinh").is_file()


# the services


def test_the_services_are_of_the_compose_specification() -> None:
    whole = compose()
    assert whole.keys() <= {"name", "services", "volumes", "x-baotinh"}
    services = whole["services"]
    assert services.keys() == {"init", "daemon", "site", "proxy"}
    for name, service in services.items():
        assert service.keys() <= {
            "image", "build", "init", "read_only", "cap_drop", "cap_add", "security_opt", "restart", "environment",
            "tmpfs", "volumes", "command", "stop_grace_period", "shm_size", "healthcheck", "depends_on", "ports",
        }  # fmt: skip
        assert service["cap_drop"] == ["ALL"] and service["read_only"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == ("no" if name == "init" else "unless-stopped"), name
        for volume in service["volumes"]:
            source, target = volume.split(":")[:2]
            assert target.startswith("/") and (source.startswith("./") or source in whole["volumes"]), volume
        for other, how in service.get("depends_on", {}).items():
            ends = services[other]["restart"] == "no"
            assert how["condition"] == ("service_completed_successfully" if ends else "service_healthy")
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    # longer than a crawl takes to end, and than requests under way
    assert (services["daemon"]["stop_grace_period"], services["site"]["stop_grace_period"]) == ("2m", "30s")


def test_the_proxy_asks_for_a_login_before_both_origins() -> None:
    text = (FOLDER / "Caddyfile").read_text("utf-8")
    served = dict(re.findall(r"^\{\$(\w+)\} \{\n\timport login\n\treverse_proxy site:(\d+)\n\}$", text, re.MULTILINE))
    command = compose()["services"]["site"]["command"]
    assert served == {"SITE_HOST": "8080", "REPLAY_HOST": "8081"}
    assert {"--port=8080", "--replay-port=8081", "--site-origin=https://archive.example.org"} <= set(command)
    proxied = compose()["services"]["proxy"]["environment"]
    assert set(re.findall(r"\{\$(\w+)\}", text)) == proxied.keys()


@contextmanager
def running(installation: Installation, command: list[str], **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A service's command, ended as the engine ends it."""
    with subprocess.Popen(
        [installation.command, *command], cwd=installation.empty, env=installation.variables(**variables)
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0


def is_healthy(installation: Installation, check: list[str], ports: dict[str, int]) -> bool:
    """Whether the service's own check finds it well."""
    assert check[0] == "python"
    code = check[2]
    for said, port in ports.items():
        code = code.replace(f":{said}/", f":{port}/")
    return installation.call(installation.python, *check[1:2], code).returncode == 0


def test_the_services_run_are_healthy_and_end_when_told(installation: Installation, tmp_path: Path) -> None:
    (daemon,) = (json.loads(command) for command in named("CMD"))
    assert daemon == compose()["services"]["daemon"]["command"]
    check = json.loads(named("HEALTHCHECK")[0].partition("CMD ")[2])
    site = compose()["services"]["site"]
    ports = dict(zip(("9108", "8080", "8081"), (*free_ports(), *free_ports()), strict=False))
    place = {"BAOTINH_COLLECTION": str(tmp_path / "c"), "BAOTINH_SCHEDULE": str(tmp_path / "schedule.toml")}
    with serve_newsroom(seed=SEED, articles=60) as newsroom:
        (tmp_path / "schedule.toml").write_text(SCHEDULE.format(port=newsroom.port), "utf-8")
        with running(installation, compose()["services"]["init"]["command"], **place) as making:
            assert making.wait(240) == 0
        with running(installation, [ports_put(word, ports) for word in daemon], **place):
            until(lambda: is_healthy(installation, check, ports))
            until(lambda: (tmp_path / "c" / "reports").is_dir() and any((tmp_path / "c" / "reports").iterdir()))
    assert not is_healthy(installation, check, ports)
    words = [ports_put(word, ports) for word in site["command"]]
    with running(installation, words, **place):
        until(lambda: is_healthy(installation, site["healthcheck"]["test"][1:], ports))
        for port, host in (("8080", "archive.example.org"), ("8081", "replay.archive.example.org")):
            address = f"http://127.0.0.1:{ports[port]}/"
            assert httpx.get(address, headers={"Host": host}).status_code == 200
            assert httpx.get(address, headers={"Host": "attacker.example"}).status_code == 421


def ports_put(word: str, ports: dict[str, int]) -> str:
    return re.sub(r"\b(9108|8080|8081)$", lambda said: str(ports[said[0]]), word)


def engine() -> str | None:
    """A container engine that answers."""
    for name in ("docker", "podman"):
        if shutil.which(name) and subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0:
            return name
    return None


@pytest.mark.skipif(
    os.environ.get("BAOTINH_TESTS_IMAGE") != "1", reason="fetches the image's base: BAOTINH_TESTS_IMAGE=1"
)
def test_the_image_is_built(built: Path, tmp_path: Path) -> None:
    found = engine()
    if found is None:
        pytest.skip("no container engine answers")
    sources = copy_sources(tmp_path)
    shutil.copytree(built, sources / "dist")
    for name in ("requirements-run.lock", ".dockerignore"):
        shutil.copy(ROOT / name, sources)
    build = [found, "build", "--file", FOLDER / "Dockerfile", "--tag", "baotinh-tests", sources]
    subprocess.run(build, check=True, timeout=1800)
    said = subprocess.run([found, "run", "--rm", "baotinh-tests", "--version"], capture_output=True, check=True)
    assert said.stdout.startswith(b"baotinh ")
