"""What `serve` checks of its options, and what it says of addresses on which pages cannot be replayed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import typer

from archive.web.own_hosts import is_loopback


def check_origins(site: str | None, replay: str | None, certificate: Path | None, key: Path | None) -> None:
    """Check the addresses by which browsers reach both origins, and that a key comes with its certificate.

    Raises:
        typer.BadParameter: one is no origin, both are the same, or a key has no certificate.
    """
    for name, origin in (("--site-origin", site), ("--replay-url", replay)):
        if origin is not None and not _is_origin(origin):
            raise typer.BadParameter(
                f"{origin} is no origin; write it as https://archive.example.org or https://archive.example.org:8443",
                param_hint=name,
            )
    if site and replay and site.rstrip("/").lower() == replay.rstrip("/").lower():
        raise typer.BadParameter(
            "it must differ from --site-origin in host or port: scripts of captured pages run there",
            param_hint="--replay-url",
        )
    if key and not certificate:
        raise typer.BadParameter("give the certificate as well, with --tls-cert", param_hint="--tls-key")


def needs_https(host: str, certificate: Path | None, replay: str | None) -> bool:
    """Whether browsers of other machines reach the replay without https, with which alone the viewer works there."""
    if certificate or (replay and urlsplit(replay).scheme == "https"):
        return False
    return not is_loopback(host) or not is_loopback(urlsplit(replay or "http://localhost").hostname or "")


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    rest = parts.path.strip("/") + parts.query + parts.fragment
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port and not rest and "@" not in text
