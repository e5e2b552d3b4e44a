"""Tells systemd that the daemon is ready, alive, reloading or stopping: sd_notify(3)."""

from __future__ import annotations

import contextlib
import os
import socket
import time


def sd_notify(*lines: str) -> None:
    """Send assignments such as `READY=1` to the service manager; nothing where none asked for them."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.connect("\0" + address[1:] if address.startswith("@") else address)
        line.sendall("\n".join(lines).encode())


def reloading() -> str:
    """What is told when a reload begins: the manager compares the time with its own clock."""
    return f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}"
