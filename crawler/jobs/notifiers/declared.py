"""What a schedule declares of its notifiers, and where their secrets are."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self, get_args
from urllib.parse import quote, urlsplit

import attrs

from archive.language.catalogue import Language
from archive.printable import printable

Form = Literal["json", "slack", "ntfy", "alertmanager"]
FORMS: tuple[str, ...] = get_args(Form)
Security = Literal["none", "starttls", "tls"]
SECURITIES: tuple[str, ...] = get_args(Security)
_BY_PORT: dict[int, Security] = {465: "tls", 587: "starttls"}


@attrs.frozen(kw_only=True)
class Notifiers:
    """The notifiers of a schedule: a webhook by POST, and e-mail by way of an SMTP server.

    Secrets are not held: each is read when something is sent, from its file or else from the environment. The webhook's
    address may be one.
    """

    webhook: str | None = attrs.field(default=None, repr=False)
    webhook_file: str | None = None  # whose first line is the address
    webhook_form: Form = "json"
    webhook_token_file: str | None = None
    email: tuple[str, ...] = ()
    sender: str = "baotinh@localhost"
    smtp: str = "localhost:25"
    smtp_security: Security | None = None  # None: by the port
    smtp_user: str | None = None
    smtp_password_file: str | None = None
    language: Language = "en"
    site: str | None = None  # the address of the site that `baotinh serve` serves

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels that are configured."""
        by_webhook = self.webhook or self.webhook_file
        return tuple(name for name, where in (("webhook", by_webhook), ("email", self.email)) if where)

    @property
    def smtp_place(self) -> tuple[str, int]:
        """Host and port of the mail server."""
        host, _, port = self.smtp.partition(":")
        return host, int(port or 25)

    @property
    def smtp_encryption(self) -> Security:
        """How the connection to the mail server is encrypted: as declared, else as its port demands."""
        return self.smtp_security or _BY_PORT.get(self.smtp_place[1], "none")


def read_secret(path: str) -> str:
    """The secret in a file, without white space around it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds nothing.
    """
    found = Path(path).expanduser().read_text("utf-8").strip()
    if not found:
        raise ValueError(f"{path} is empty")
    return found


def webhook_address(notifiers: Notifiers) -> str:
    """The address of the webhook.

    Raises:
        OSError, ValueError: its file cannot be read, or holds no address.
    """
    found = read_secret(notifiers.webhook_file) if notifiers.webhook_file else notifiers.webhook
    parts = urlsplit(found or "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the webhook has no address that begins with https:// or http://")
    return str(found)


class Undelivered(Exception):
    """A notification could not be sent; `reason` holds no secret, and is logged."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    @classmethod
    def because(cls, error: Exception, secrets: Iterable[str | None]) -> Self:
        """Of an error, whose text may hold secrets, plain or in Base64."""
        text = str(error) or type(error).__name__
        for one in sorted(filter(None, secrets), key=len, reverse=True):
            for form in (one, quote(one), b64encode(one.encode()).decode()):
                text = text.replace(form, "***")
        return cls(printable(text))
