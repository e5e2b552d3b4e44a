"""Sends a message by e-mail, by way of an SMTP server: in plain, with STARTTLS or over TLS; with a login."""

from __future__ import annotations

import os
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from crawler.jobs.notifiers.declared import Notifiers, Undelivered, read_secret
from crawler.jobs.notifiers.message import Message

_HERE = ("localhost", "127.0.0.1")


def mail(notifiers: Notifiers, message: Message, instant: datetime, seconds: float) -> None:
    """Send a message to the e-mail addresses.

    Raises:
        Undelivered: the server did not take it for any of them.
    """
    password: str | None = None
    try:
        if notifiers.smtp_user is not None:
            password = _password(notifiers)
        with _connected(notifiers, seconds) as server:
            if notifiers.smtp_user is not None and password is not None:
                server.login(notifiers.smtp_user, password)
            server.send_message(_letter(notifiers, message, instant))
    except (OSError, ValueError) as error:
        whole = f"\0{notifiers.smtp_user}\0{password}" if password else None
        raise Undelivered.because(error, [password, whole]) from None


def _password(notifiers: Notifiers) -> str:
    if notifiers.smtp_encryption == "none" and notifiers.smtp_place[0] not in _HERE:
        raise ValueError('no password is sent without encryption: set smtp_security = "starttls" or "tls"')
    path = notifiers.smtp_password_file
    found = read_secret(path) if path else os.environ.get("BAOTINH_SMTP_PASSWORD")
    if not found:
        raise ValueError("smtp_user needs a password: set smtp_password_file, or BAOTINH_SMTP_PASSWORD")
    if not found.isascii():
        raise ValueError("the password for the mail server has characters beyond ASCII")
    return found


def _connected(notifiers: Notifiers, seconds: float) -> smtplib.SMTP:
    host, port = notifiers.smtp_place
    if notifiers.smtp_encryption == "none":
        return smtplib.SMTP(host, port, timeout=seconds)
    context = ssl.create_default_context()
    if notifiers.smtp_encryption == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=seconds, context=context)
    server = smtplib.SMTP(host, port, timeout=seconds)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server


def _letter(notifiers: Notifiers, message: Message, instant: datetime) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = message.subject
    letter["From"], letter["To"] = notifiers.sender, ", ".join(notifiers.email)
    letter["Date"] = format_datetime(instant)
    letter["Message-ID"] = make_msgid(domain=notifiers.sender.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence is answered to it
    letter.set_content(message.text + "\n")
    return letter
