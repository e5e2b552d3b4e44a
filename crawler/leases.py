"""Leases on newspapers: which of several machines crawls which, agreed on through a Redis or Valkey server.

A lease is a key for each host of a newspaper, with the holder as its value, which expires unless it is renewed. A
machine keeps the newspapers that it has: its catalog knows what of them is due.
"""

from __future__ import annotations

import functools
import json
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import attrs

from archive.errors import LeasesUnreachable

if TYPE_CHECKING:
    import redis

# The environment variable by which a run's process is given its lease.
LEASE = "BAOTINH_LEASE"
_PREFIX = "baotinh"
_ANSWER_SECONDS = 5.0
# Renewed six times before it expires; given up when half of it has passed without a renewal, so that what is under way
# has the other half to end.
_RENEWALS = 6
_GIVEN_UP = 0.5
# Gives the other holder, or an empty string: then the lease is ours for so many milliseconds.
_TAKE = """
for _, key in ipairs(KEYS) do
  local holder = redis.call('GET', key)
  if holder and holder ~= ARGV[1] then return holder end
end
for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end
return ''
"""
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
end
"""


@attrs.frozen
class LeaseServer:
    """Where leases are kept: an address redis://, rediss:// or unix://, which may hold a password."""

    address: str

    def __str__(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @functools.cached_property
    def _client(self) -> redis.Redis:
        import redis

        return redis.Redis.from_url(
            self.address, decode_responses=True, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
        )

    def machine(self, hosts: Collection[str]) -> str | None:
        """The machine that holds the lease of the newspaper with these hosts, this one or another; None: none does.

        Raises:
            LeasesUnreachable: the server does not answer, or refuses.
        """
        held = self.ask(lambda client: client.mget(keys_of(hosts)))
        assert isinstance(held, list)
        return next((machine_of(holder) for holder in held if holder), None)

    def run(self, script: str, keys: Iterable[str], *arguments: str) -> str:
        """The answer of a script.

        Raises:
            LeasesUnreachable: the server does not answer, or refuses.
        """
        named = list(keys)
        return str(self.ask(lambda client: client.eval(script, len(named), *named, *arguments)) or "")

    def ask(self, question: Callable[[redis.Redis], object]) -> object:
        """The answer to a question.

        Raises:
            LeasesUnreachable: the server does not answer, or refuses.
        """
        import redis

        try:
            return question(self._client)
        except (redis.RedisError, OSError) as error:
            raise LeasesUnreachable(str(self), str(error) or type(error).__name__) from error


@attrs.frozen
class Lease:
    """The lease of a newspaper: the keys of its hosts, and who holds it for how many seconds."""

    server: LeaseServer
    keys: tuple[str, ...]
    holder: str
    seconds: float

    def take(self) -> str | None:
        """Take it, or take it for longer; the other machine that holds it, else None.

        Raises:
            LeasesUnreachable: nobody can say who holds it.
        """
        other = self.server.run(_TAKE, self.keys, self.holder, str(round(self.seconds * 1000)))
        return machine_of(other) if other else None

    def give_back(self) -> None:
        """Let others take it.

        Raises:
            LeasesUnreachable: it expires by itself.
        """
        self.server.run(_GIVE_BACK, self.keys, self.holder)

    def as_text(self) -> str:
        """The lease for the process of a run."""
        return json.dumps({**attrs.asdict(self, recurse=False), "server": self.server.address})

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The lease that `as_text` wrote."""
        said = json.loads(text)
        return cls(LeaseServer(said["server"]), tuple(said["keys"]), said["holder"], said["seconds"])


@attrs.frozen
class Leases:
    """The leases of one machine, which is the same one as long as its collection is."""

    server: LeaseServer
    holder: str
    seconds: float

    @classmethod
    def of(cls, server: LeaseServer, machine: str, seconds: float, holder_file: Path) -> Self:
        """The leases of the machine whose own mark is in a file; two machines may bear the same name."""
        try:
            with holder_file.open("x", encoding="ascii") as file:
                file.write(uuid.uuid4().hex)
        except FileExistsError:
            pass
        return cls(server, f"{machine} {holder_file.read_text('ascii')}", seconds)

    def lease(self, hosts: Collection[str]) -> Lease:
        """The lease of the newspaper with these hosts; editions that share a host share its lease."""
        return Lease(self.server, keys_of(hosts), self.holder, self.seconds)

    def last_elsewhere(self, job: str, newspaper: str) -> datetime | None:
        """When the last run of a job that ended on another machine began; None if the last one was here, or none.

        Raises:
            LeasesUnreachable: nobody can say.
        """
        said = self.server.ask(lambda client: client.hget(f"{_PREFIX}:runs", f"{job}/{newspaper}"))
        began_at, _, holder = str(said or "").partition(" ")
        return datetime.fromisoformat(began_at) if holder and holder != self.holder else None

    def enter_run(self, job: str, newspaper: str, began_at: datetime) -> None:
        """Tell the others that a run has ended.

        Raises:
            LeasesUnreachable: they are not told.
        """
        said = f"{began_at.isoformat()} {self.holder}"
        self.server.ask(lambda client: client.hset(f"{_PREFIX}:runs", f"{job}/{newspaper}", said))


def keys_of(hosts: Collection[str]) -> tuple[str, ...]:
    """The keys of a newspaper's lease."""
    return tuple(f"{_PREFIX}:host:{host}" for host in sorted(hosts))


def machine_of(holder: str) -> str:
    """The machine's name in a holder."""
    return holder.rpartition(" ")[0]


class Renewing:
    """Renews a lease in a thread of its own, until it is told to end or the lease may be another's.

    Args:
        on_loss: called from the thread, once, with the reason.
    """

    def __init__(self, lease: Lease, on_loss: Callable[[str], None]) -> None:
        self._lease, self._on_loss = lease, on_loss
        self._ends = threading.Event()
        threading.Thread(target=self._renew, name="lease", daemon=True).start()

    def end(self) -> None:
        """Renew no more; the lease stays until it expires."""
        self._ends.set()

    def _renew(self) -> None:
        renewed = time.monotonic()
        while not self._ends.wait(self._lease.seconds / _RENEWALS):
            asked = time.monotonic()
            try:
                other = self._lease.take()
            except LeasesUnreachable as error:
                if time.monotonic() - renewed >= _GIVEN_UP * self._lease.seconds:
                    self._on_loss(str(error))
                    return
                continue
            if other is not None:
                self._on_loss(f"{other} crawls it")
                return
            renewed = asked
