"""Mail reaches servers that demand TLS and a login; the password stands in nothing that is written."""

from __future__ import annotations

import logging
from base64 import b64encode
from pathlib import Path

import pytest
from support.mail_server import MailServer, certificate, mail_server

from archive.errors import BadSchedule
from archive.health.alarm import Alarm, Disk, Unwritable
from crawler.jobs.notifiers import Notifiers, tell
from crawler.jobs.schedule_file import read_schedule

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")  # over TLS from the first byte on
PASSWORD = "tuyet-mat-8Qz"
FULL = Alarm(kind="disk", newspaper=None, subject="", figures=Disk(free=5 * 10**8, days=2.0, fastest="baocantho"))


def over_tls(server: MailServer, password: Path | None = None, **more: object) -> Notifiers:
    declared: dict[str, object] = {"smtp_user": "desk", "smtp_password_file": str(password) if password else None}
    place = f"127.0.0.1:{server.port}"
    return Notifiers(email=("a@papers.test",), smtp=place, **(declared | more))  # type: ignore[arg-type]


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n", "utf-8")
    return path


def printed(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    """All that was written, tracebacks included."""
    tracebacks = [record.exc_text or str(record.exc_info or "") for record in caplog.records]
    return caplog.text + "".join(tracebacks) + "".join(capfd.readouterr())


def holds_no_secret(text: str) -> bool:
    forms = (PASSWORD, b64encode(PASSWORD.encode()).decode(), b64encode(f"\0desk\0{PASSWORD}".encode()).decode())
    return not any(form in text for form in forms)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_with_a_login(
    tmp_path: Path, password: Path, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, public = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with mail_server(security, tls, PASSWORD) as server:
        assert tell(over_tls(server, password, smtp_security=security), [FULL]) == ()
    assert server.logins == [("desk", PASSWORD)] and server.came[0]["Subject"] == "baotinh: The disk is nearly full"


def test_the_password_may_stand_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, public = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    monkeypatch.setenv("BAOTINH_SMTP_PASSWORD", PASSWORD)
    with mail_server("tls", tls, PASSWORD) as server:
        assert tell(over_tls(server, smtp_security="tls"), [FULL]) == ()
    assert server.logins == [("desk", PASSWORD)]


def test_a_refused_password_is_in_no_output(
    tmp_path: Path,
    password: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    tls, public = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with mail_server("starttls", tls, "another") as server:
        notifiers = over_tls(server, password, smtp_security="starttls")
        with caplog.at_level(logging.DEBUG):
            assert tell(notifiers, [FULL]) == ("email",)
    text = printed(caplog, capfd)
    assert "could not be sent by email" in text and "535" in text
    assert holds_no_secret(text + repr(notifiers)) and server.came == []


def test_a_server_whose_certificate_nobody_signed_gets_no_password(
    tmp_path: Path, password: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tls, _ = certificate(tmp_path)
    for security in ("starttls", "tls"):
        with mail_server(security, tls, PASSWORD) as server:
            assert tell(over_tls(server, password, smtp_security=security), [FULL]) == ("email",)
        assert server.logins == [] and "certificate" in caplog.text


def test_no_password_is_sent_in_plain_to_another_machine(password: Path, caplog: pytest.LogCaptureFixture) -> None:
    notifiers = Notifiers(
        email=("a@papers.test",), smtp="mail.test:25", smtp_user="desk", smtp_password_file=str(password)
    )
    assert tell(notifiers, [FULL]) == ("email",)
    assert 'set smtp_security = "starttls" or "tls"' in caplog.text and holds_no_secret(caplog.text)


@pytest.mark.parametrize("content", [None, " \n", "mật khẩu"])
def test_a_password_that_cannot_be_used_is_named_by_its_file(
    tmp_path: Path, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_text(content, "utf-8")
    notifiers = Notifiers(
        email=("a@papers.test",), smtp="127.0.0.1:465", smtp_user="desk", smtp_password_file=str(path)
    )
    assert tell(notifiers, [FULL]) == ("email",)
    assert ("password" in caplog.text) and (content is None or content.strip() == "" or content not in caplog.text)


@pytest.mark.parametrize(
    ("place", "encryption"), [("a.test:25", "none"), ("a.test:587", "starttls"), ("a.test:465", "tls")]
)
def test_the_port_says_how_a_connection_is_encrypted(place: str, encryption: str) -> None:
    assert Notifiers(smtp=place).smtp_encryption == encryption
    assert Notifiers(smtp=place, smtp_security="none").smtp_encryption == "none"


def test_a_mail_is_written_in_the_operators_language_and_names_the_site() -> None:
    reason = "Read-only file system"
    broken = Alarm(kind="unwritable", newspaper=None, subject="", figures=Unwritable(reason=reason))
    with mail_server() as server:
        notifiers = Notifiers(
            email=("a@papers.test",), smtp=f"127.0.0.1:{server.port}", language="vi", site="https://kho.test/"
        )
        assert tell(notifiers, [broken], cleared=[FULL]) == ()
    (message,) = server.came
    text = message.get_content()
    assert message["Subject"] == "baotinh: 2 tin về báo động"
    assert text.startswith(f"Không ghi được vào kho\n  Lý do: {reason}.\n")
    assert "\n  Việc đầu tiên: Xem đĩa " in text and "Đã hết: Đĩa sắp đầy" in text
    assert text.endswith("\n\nhttps://kho.test/runs\n")


def test_a_schedule_names_security_and_files(tmp_path: Path) -> None:
    path = tmp_path / "schedule.toml"
    job = '[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\n[alarms]\n'
    good = 'smtp_security = "tls"\nsmtp_user = "desk"\nsmtp_password_file = "/run/password"\nlanguage = "vi"\n'
    path.write_text(job + good + 'webhook_file = "/run/hook"\nwebhook_form = "slack"\n', "utf-8")
    known = {"baocantho": {"thoi-su"}}
    read = read_schedule(path, known).notifiers
    assert (read.smtp_security, read.smtp_user, read.language) == ("tls", "desk", "vi")
    assert (read.webhook_form, read.channels) == ("slack", ("webhook",))
    path.write_text(job + 'smtp_security = "ssl"\nwebhook_form = "teams"\nlanguage = "fr"\nsite = "kho"\n', "utf-8")
    with pytest.raises(BadSchedule) as caught:
        read_schedule(path, known)
    assert [problem.line for problem in caught.value.problems] == [5, 6, 7, 8]
