"""The process from which workers are forked, and the workers: `python -m archive.fork_server`.

It loads modules once for all workers, while the process that asks for them does its own work. It has no threads and no
files open, of which a fork would make a bad copy; the process that asks may have both.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection

from archive.errors import WorkerLost
from archive.processes import leave_modules_out_of_collection, module_command, same_modules

# What a worker sends: some results of a call, no more of them, or an error; the first byte of a message
PARTS, END, ERROR = b"P", b"E", b"X"
# How many results of a call are sent at once: at first, at most, and so many that they make about so many bytes
_FIRST, _MOST, _USUAL = 8, 512, 128 * 1024
# What the fork server is told: load a module, fork a worker, wait for the end of the worker with a number
_LOAD, _FORK, _WAIT = b"L", b"F", b"W"


class ForkServer:
    """Starts the fork server, and asks it for workers."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                module_command("archive.fork_server", theirs.fileno()),
                pass_fds=[theirs.fileno()],
                # numpy starts a thread for each core otherwise; there is a worker for each
                env=same_modules() | {"OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for the process that started it
            )
        self._count, self._loaded = 0, set[str]()

    def load(self, module: str) -> None:
        """Let it load a module; not waited for."""
        if module not in self._loaded:
            self._loaded.add(module)
            self._send(_LOAD + module.encode())

    def fork(self) -> tuple[int, Connection]:
        """A new worker's number, and the connection to it. Errors show when the connection is used."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._send(_FORK, theirs.fileno())
        self._count += 1
        return self._count - 1, Connection(ours.detach())

    def lost(self, number: int) -> WorkerLost:
        """How the worker with a number ended, or the fork server itself."""
        self._send(_WAIT + str(number).encode())
        with suppress(OSError):
            if answer := self._control.recv(1024):
                return WorkerLost(*pickle.loads(answer))
        return WorkerLost(self._process.pid, self._process.wait())

    def stop(self) -> None:
        """End it, which ends its workers."""
        self._control.close()
        self._process.wait()

    def _send(self, message: bytes, *descriptors: int) -> None:
        with suppress(OSError):  # it has ended: so have its workers, and the first use of one says it
            socket.send_fds(self._control, [message], descriptors)


def _answer(connection: Connection) -> None:
    function, arguments = connection.recv()
    count = _FIRST
    try:
        results = iter(function(*arguments))
        while batch := list(islice(results, count)):
            octets = pickle.dumps(batch, protocol=5)
            connection.send_bytes(PARTS + octets)
            count = max(1, min(_MOST, count * 2, count * _USUAL // len(octets)))
    except OSError as error:
        if isinstance(error, ConnectionError):
            raise  # nobody reads the results any more
        connection.send_bytes(ERROR + pickled_error(error))
    except Exception as error:
        connection.send_bytes(ERROR + pickled_error(error))
    else:
        connection.send_bytes(END)


def pickled_error(error: Exception) -> bytes:
    """The error, pickled; where it cannot be, its traceback as the text of another."""
    try:
        octets = pickle.dumps(error, protocol=5)
        pickle.loads(octets)
    except Exception:
        return pickle.dumps(RuntimeError("".join(traceback.format_exception(error))), protocol=5)
    return octets


def _forked(control: socket.socket) -> int | None:
    """Load modules and fork workers until the process that asks hangs up or ends; then end them.

    Returns:
        In a worker the descriptor of its connection, in the fork server None.
    """
    workers: list[int] = []
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1024, 1)
        kind, argument = message[:1], message[1:].decode()
        if kind == _LOAD:
            importlib.import_module(argument)
            leave_modules_out_of_collection()
        elif kind == _FORK:
            if (process := os.fork()) == 0:
                return descriptors[0]
            os.close(descriptors[0])
            workers.append(process)
        elif kind == _WAIT:
            _, status = os.waitpid(workers[int(argument)], 0)
            control.send(pickle.dumps((workers[int(argument)], os.waitstatus_to_exitcode(status))))
            workers[int(argument)] = 0
        else:
            break
    for process in filter(None, workers):
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    return None


def main() -> None:
    """Be the fork server for the process at the other end of the socket, and in the forked processes its workers."""
    with socket.socket(fileno=int(sys.argv[1])) as control:
        descriptor = _forked(control)
    if descriptor is not None:
        connection = Connection(descriptor)
        with suppress(EOFError, ConnectionError):
            while True:
                _answer(connection)


if __name__ == "__main__":
    main()
