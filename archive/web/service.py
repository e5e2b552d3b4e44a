"""What `serve` serves and where, for each of its processes."""

from __future__ import annotations

import ssl
from pathlib import Path

import attrs

from archive.collection import Collection
from archive.errors import CertificateUnusable

LINGER = 5
"""Seconds for responses in progress when the service ends."""


@attrs.frozen
class Tls:
    """The files of a certificate, with those of its issuers, and of its key, both as PEM."""

    certificate: Path
    key: Path

    def check(self) -> None:
        """Check that the files can be used.

        Raises:
            CertificateUnusable: they cannot.
        """
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key, password=_no_password)
        except (OSError, ValueError) as error:
            raise CertificateUnusable(self.certificate, self.key, str(error)) from error


def _no_password() -> str:
    raise ValueError("the key is encrypted")


@attrs.frozen(kw_only=True)
class Service:
    """The collection, the viewer's folder, the address that is listened on and how browsers reach both origins."""

    collection: Collection
    viewer: Path
    host: str
    site: str
    replay: str
    public_origin: str | None = None
    """The site's origin in what is taken away, where that is not the address that is asked."""
    public_replay: str | None = None
    """The replay's origin in the addresses of captures, where that is not the address that is asked."""
    tls: Tls | None = None
    """With what both ports speak HTTPS; None where they speak HTTP."""
    shared: Path | None = None
    """A folder for what several processes share; None where there is one."""
