"""What a capture is made of: an exchange as the bytes of the wire, and what was made of its page."""

from __future__ import annotations

from datetime import datetime

import attrs


@attrs.frozen(kw_only=True)
class Original:
    """The earlier capture that a revisit refers to.

    `transfer_coding`: its Transfer-Encoding, empty where it has none; None where that is not known.
    """

    record_id: str
    url: str
    captured_at: datetime
    transfer_coding: str | None = None


@attrs.frozen(kw_only=True)
class Exchange:
    """One request and its response, as the bytes of the wire (within TLS, with chunk framing).

    `response`: with the interim answers before the final one.
    """

    record_id: str
    url: str
    began_at: datetime
    request: bytes
    response: bytes
    ip_address: str | None = None
    protocols: tuple[str, ...] = ("http/1.1",)
    cipher_suite: str | None = None
    truncated: str | None = None  # length, time, disconnect, unspecified (ISO 28500, 5.13)
    not_modified: Original | None = None  # the capture that a 304 confirms
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes held in memory for it."""
        return len(self.request) + len(self.response)


@attrs.frozen(kw_only=True)
class Resource:
    """Something made of a captured page, such as its DOM after its scripts ran: a resource record (ISO 28500, 6.4).

    `url`: its own, such as urn:dom: and the page's address. `began_at`: that of the exchange of `concurrent_to`, whose
    capture event it belongs to (5.7).
    """

    record_id: str
    url: str
    began_at: datetime
    mime: str
    block: bytes
    concurrent_to: str

    @property
    def size(self) -> int:
        """Bytes held in memory for it."""
        return len(self.block)
