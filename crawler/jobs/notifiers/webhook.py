"""Sends a message to a webhook by POST."""

from __future__ import annotations

import http.client
import os
import urllib.error
import urllib.request
from datetime import datetime
from email.message import Message as Headers
from typing import IO
from urllib.parse import urlsplit

from archive.printable import json_text
from crawler.jobs.notifiers.declared import Notifiers, Undelivered, read_secret, webhook_address
from crawler.jobs.notifiers.forms import payload
from crawler.jobs.notifiers.message import Message


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would take message and token to another server."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Headers, newurl: str
    ) -> None:
        return None


def post(notifiers: Notifiers, message: Message, instant: datetime, seconds: float) -> None:
    """Send a message to the webhook, in its form.

    Raises:
        Undelivered: it was not taken.
    """
    secrets: list[str | None] = []
    try:
        address = webhook_address(notifiers)
        parts = urlsplit(address)
        secrets += [address, parts.path.strip("/"), parts.query, parts.password]
        path = notifiers.webhook_token_file
        token = read_secret(path) if path else os.environ.get("BAOTINH_WEBHOOK_TOKEN")
        secrets.append(token)
        place, content = payload(notifiers.webhook_form, message, address, instant)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "baotinh"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(place, json_text(content).encode(), headers)
        with urllib.request.build_opener(_Staying).open(request, timeout=seconds):
            pass
    except urllib.error.HTTPError as error:
        error.close()
        raise Undelivered.because(error, secrets) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Undelivered.because(error, secrets) from None
