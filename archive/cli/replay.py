"""`baotinh replay`: replay a collection in another program."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.search_options import CollectionOption
from archive.printable import say

if TYPE_CHECKING:
    from archive.collection import Collection

_STARTS_WITHIN, _ENDS_WITHIN = 120.0, 10.0


def replay(
    pywb: Annotated[bool, typer.Option("--pywb", help="Replay in pywb, from an environment of its own.")] = False,
    install: Annotated[bool, typer.Option("--install", help="Install pywb first, for this user.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8090,
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the configuration there, and keep it; else it is removed at the end."),
    ] = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Replay a collection's WARC files in pywb until Ctrl-C."""
    from archive.collection import Collection
    from archive.replay import pywb as replayer

    if not pywb:
        raise typer.BadParameter("say in which program: --pywb; the viewer is served by 'baotinh serve'")
    opened = Collection.open(collection)
    if install:
        replayer.install(replayer.pywb_folder())
        say(f"pywb is in {replayer.pywb_folder()}.")
    program = replayer.find_pywb()
    _index(opened)
    with _folder(folder) as place:
        found = replayer.configuration(opened, replayer.rules_of(opened, place))
        written = found.write(place)
        if folder is not None:
            say(f"The configuration is {written}.")
        if found.stored:
            say(
                f"{found.stored} WARC files are in a store or missing, and not replayed here: pywb replays them over "
                "the network from 'baotinh serve'."
            )
        if found.unindexed:
            say(f"{found.unindexed} WARC files are still being written, and not replayed yet.")
        _check_free(host, port)
        _run([str(program), "--bind", host, "--port", str(port), "--directory", str(place)], host, port)


def _index(collection: Collection) -> None:
    """Make CDXJ files that are missing, where the collection can be written."""
    from archive.projections.cdxj_files import write_missing

    with contextlib.suppress(OSError), collection.catalog() as catalog:
        write_missing(collection, catalog)


@contextlib.contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="baotinh-pywb-") as made:
        yield Path(made)


def _check_free(host: str, port: int) -> None:
    """Check that pywb can listen there, which of itself says so only in a log.

    Raises:
        PortTaken, AddressUnusable: it cannot.
    """
    from archive.web.serve import listen

    listen(host, port).close()


def _run(command: list[str], host: str, port: int) -> None:
    """Run pywb until it ends or this process is to end.

    Raises:
        PywbEnded: it ended by itself.
    """
    from archive.errors import PywbEnded
    from archive.replay.pywb import NAME

    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=command[-1], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, process_group=0
        )
        former = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            if _answers(process, host, port):
                say(f"Replayed at http://{_reached(host)}:{port}/{NAME}/ by pywb. Ctrl-C ends it.")
            code = process.wait()
        except KeyboardInterrupt:
            return
        finally:
            _end(process)
            signal.signal(signal.SIGTERM, former)
        if code not in (0, -signal.SIGTERM):
            log.seek(0)
            raise PywbEnded(code, log.read()[-2000:].decode("utf-8", "replace"))


def _answers(process: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait until pywb accepts connections; whether it does, else it has ended or takes too long."""
    deadline = time.monotonic() + _STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((_reached(host).strip("[]"), port), 1.0):
            return True
        time.sleep(0.1)
    return False


def _reached(host: str) -> str:
    found = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{found}]" if ":" in found else found


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
