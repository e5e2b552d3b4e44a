"""Ports for commands that must be told one: nobody else on this machine gets them, from now until they listen."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_reservations: list[socket.socket] = []


def own_port() -> int:
    """A port that no other test gets until this process ends, and that the system gives to nobody by itself."""
    lowest, highest = map(int, _RANGE.read_text().split())
    outside = range(lowest - 8000, lowest) if lowest > 16000 else range(highest + 1, 65536)
    for port in random.SystemRandom().sample(outside, len(outside)):
        if _reserve(port):
            return port
    raise AssertionError("no port is free")


def _reserve(port: int) -> bool:
    # a name that one process can have, and that is free when it ends
    reservation = socket.socket(socket.AF_UNIX)
    with suppress(OSError):
        reservation.bind(f"\0baotinh-tests-port-{port}")
        socket.create_server(("127.0.0.1", port)).close()
        _reservations.append(reservation)
        return True
    reservation.close()
    return False
