"""Video and audio that an article shows from elsewhere: their kind and address; plays none."""

from __future__ import annotations

import re

from archive.article import EmbedType
from crawler.extract.page import Page
from crawler.extract.selectors import Element

PLAYERS = frozenset(("video", "audio", "iframe", "embed", "object"))
_VIDEO = re.compile(
    r"youtube(?:-nocookie)?\.com/(?:embed|watch|v)|youtu\.be/|vimeo\.com|dailymotion\.com|facebook\.com/plugins/video|tiktok\.com/embed|"
    r"/(?:video|embed|player)[/.?]|player\.|\.(?:mp4|m3u8|webm|mov)(?:\?|$)",
    re.IGNORECASE,
)
_AUDIO = re.compile(r"soundcloud\.com|spotify\.com/embed|podcast|\.(?:mp3|m4a|ogg|wav|aac)(?:\?|$)", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"\s*(?:about:|javascript:|data:|#|$)", re.IGNORECASE)


def embed_of(element: Element, page: Page) -> tuple[EmbedType, str] | None:
    """The kind and absolute address of what a player element plays; None for frames of other things."""
    said = [element.get(name) for name in ("data-src", "data-url", "src", "data", "data-file")]
    said += [source.get("src") or source.get("data-src") for source in element.iter("source")]
    address = next((one for one in said if one and not _NO_ADDRESS.match(one)), None)
    found = page.absolute(address) if address else None
    if found is None:
        return None
    if element.tag in ("video", "audio"):
        return ("video" if element.tag == "video" else "audio"), found
    if _AUDIO.search(found):
        return "audio", found
    return ("video", found) if _VIDEO.search(found) else None
