"""The declared newspapers by address: to which of them an address belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import attrs

from archive.identity import FORM_HOSTS
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Rules
from crawler.http.resolver import SUFFIX

D = TypeVar("D", bound=Declared)


@attrs.frozen
class Directory(Generic[D]):
    """Newspapers by host; those that share a host, as editions do, are told apart by the paths they declare."""

    _by_host: Mapping[str, tuple[type[D], ...]]

    @classmethod
    def of(cls, newspapers: Iterable[type[D]]) -> Directory[D]:
        """The directory of these newspapers; the first of two that claim one address has it."""
        by_host: dict[str, tuple[type[D], ...]] = {}
        for one in newspapers:
            for host in own_hosts(one):
                by_host[host] = (*by_host.get(host, ()), one)
        return cls(by_host)

    def owner(self, url: str) -> type[D] | None:
        """The newspaper to which an address belongs; None where it is of none, or no address."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return None
        return next((one for one in self._by_host.get(host, ()) if one.has_path(parts.path)), None)

    def rules(self, url: str) -> Rules:
        """The rules by which the page at an address is read; without a newspaper's own its host stands for its name."""
        owner = self.owner(url)
        return owner.rules() if owner is not None else Rules(newspaper=host_of(url) or "unknown")


def host_of(url: str) -> str:
    """The host of an address; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def own_hosts(declared: type[Declared]) -> Set[str]:
    """A newspaper's hosts as `real_hosts`, and its host in a newsroom on this machine, which editions share as well."""
    return real_hosts(declared) | {f"{name}{SUFFIX}" for name in (declared.name, declared.host_name())}


def real_hosts(declared: type[Declared]) -> Set[str]:
    """A newspaper's present and former hosts, with www and without, for telephones and as AMP."""
    return with_other_forms({*declared.hosts, *declared.former_hosts})


def with_other_forms(hosts: Set[str]) -> Set[str]:
    """The hosts, each with www and without, and those of the same pages for telephones and as AMP."""
    bare = {host.removeprefix("www.") for host in hosts}
    return hosts | bare | {f"{form}.{host}" for host in bare for form in FORM_HOSTS if host}
