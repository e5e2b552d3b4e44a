"""Both ports speak HTTPS with a certificate, in one process and in several; what cannot be is refused."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import httpx2 as httpx
import pytest
import typer
from support.mail_server import certificate
from support.serving import running

from archive.cli.serving import check_origins, needs_https
from archive.collection import Collection
from archive.errors import CertificateUnusable
from archive.web.service import Tls

PAGE = "https://baocantho.com.vn/"


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """The files of a certificate for 127.0.0.1, and of its key, in one."""
    certificate(tmp_path)
    return next(path for path in sorted(tmp_path.iterdir()) if b"PRIVATE KEY" in path.read_bytes())


def trusting(signed: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=signed.read_text()[signed.read_text().index("-----BEGIN CERT") :])


@pytest.mark.parametrize("processes", [1, 2])
def test_both_ports_speak_https(sample: Collection, signed: Path, processes: int) -> None:
    with running(sample, Path("viewer"), tls=Tls(signed, signed), processes=processes) as serving:
        assert serving.site.startswith("https://127.0.0.1:") and serving.replay.startswith("https://127.0.0.1:")
        # who connects and says nothing keeps nobody waiting
        silent = [socket.create_connection(("127.0.0.1", port)) for port in serving.ports for _ in range(5)]
        with httpx.Client(verify=trusting(signed), timeout=60) as client:
            assert client.get(serving.site).status_code == 200
            stored = client.get(f"{serving.site}/web/2026id_/{PAGE}", follow_redirects=True)
            assert stored.status_code == 200 and str(stored.url).startswith(f"{serving.replay}/web/2026")
            assert f"<{serving.replay}/web/timemap/link/{PAGE}>" in stored.headers["link"]
        for one in silent:
            one.close()


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n", None])
def test_a_certificate_that_cannot_be_used(sample: Collection, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "fullchain.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CertificateUnusable, match="--tls-cert"):
        Tls(path, path).check()


@pytest.mark.parametrize(
    ("site", "replay", "has_key"),
    [
        ("archive.example.org", None, False),
        ("https://archive.example.org/kho", None, False),
        (None, "ftp://replay.example.org", False),
        (None, "https://user@replay.example.org", False),
        (None, "https://replay.example.org:port", False),
        ("https://a.example.org", "https://A.example.org/", False),
        (None, None, True),
    ],
)
def test_wrong_addresses_are_refused(site: str | None, replay: str | None, has_key: bool) -> None:
    with pytest.raises(typer.BadParameter):
        check_origins(site, replay, None, Path("key.pem") if has_key else None)


def test_it_is_said_where_browsers_replay_nothing() -> None:
    check_origins("https://a.example.org", "https://a.example.org:8443", None, None)
    assert not needs_https("127.0.0.1", None, None) and not needs_https("::1", None, None)
    assert not needs_https("0.0.0.0", Path("cert.pem"), None)
    assert not needs_https("0.0.0.0", None, "https://replay.example.org")
    assert needs_https("0.0.0.0", None, None) and needs_https("192.0.2.7", None, None)
    assert needs_https("127.0.0.1", None, "http://replay.example.org")
