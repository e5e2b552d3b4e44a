"""Pictures and players: their addresses and sizes, and what marks a caption."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping

from archive.article import EmbedType
from archive.identity import are_of_one_site
from crawler.extract.page import Page
from crawler.extract.selectors import Element
from crawler.extract.text import text_of

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
    values = [element.get(name) for name in ("data-src", "data-url", "src", "data", "data-file")]
    values += [source.get("src") or source.get("data-src") for source in element.iter("source")]
    address = next((one for one in values if one and not _NO_ADDRESS.match(one)), None)
    found = page.absolute(address) if address else None
    if found is None:
        return None
    if element.tag in ("video", "audio"):
        return ("video" if element.tag == "video" else "audio"), found
    if _AUDIO.search(found):
        return "audio", found
    return ("video", found) if _VIDEO.search(found) else None


LONGEST_CAPTION = 600
# Names that bear the address of a picture that is loaded late; the second row is borne by other addresses as well.
_LAZY = (
    "data-src", "data-original", "data-lazy-src", "data-original-src", "data-img-src", "data-full-src",
    "data-large-src", "data-hi-res-src", "data-defer-src", "data-echo", "data-cfsrc", "data-srcset",
    "data-lazy-srcset",
    "data-lazy", "data-image", "data-img", "data-full", "data-large", "data-url", "data-thumb",
)  # fmt: skip
_NAMED_FOR_IT = frozenset(_LAZY[:13])
_LONGEST_NAME = 40
_LOADERS = re.compile(r"-.*(?:lazy|src|load|orig|url|image|img|full|large)")
_STAND_IN = re.compile(
    r"^\s*(?:data:|about:|javascript:|blob:|#|$)|/(?:blank|spacer|spinner|pixel|(?:ajax-?)?load(?:ing|er)|lazy|placeholder|grey|1x1|trans(?:parent)?(?=[_.-]))[\w.-]*"
    r"\.(?:gif|png|svg|jpe?g|webp)",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"background[^;]{0,100}?url\(\s*[\"']?(?P<address>[^\"')]{1,2000})")
_BACKGROUNDS = ("data-bg", "data-background", "data-background-image", "data-bgset")
_NAMES_OF_BACKGROUNDS = frozenset(_BACKGROUNDS)
_PICTURE = re.compile(r"\.(?:jpe?g|jfif|pjpe?g|png|gif|webp|avif|heic|bmp|tiff?|svg)(?![a-z0-9])", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"\.(?:s?html?|xhtml|jspx?|do|ldo|tpo|chn|vov|epi|xml|json|js|css|pdf|docx?|mp4|m3u8|webm|mov|mp3|m4a)/?$",
    re.IGNORECASE,
)
_BETWEEN_CANDIDATES = re.compile(r"(?<=\d[wx]),\s*|,\s+")
_NOSCRIPT_DEPTH = 4
_LINK_DEPTH = 3
_CAPTION_CLASS = re.compile(
    r"caption|chu-?thich|mo-?ta-?anh|cutline|legend(?!ar)|bild(?:unterschrift|text|zeile|quelle)|didascalia|pie[-_]?(?:de[-_]?)?foto|"
    r"(?<![a-z])(?:ima?ge?n?|photo|foto|pic(?:ture)?|thumb?|figure|media|anh|hinh)[-_]*"
    r"(?:desc(?:ription)?|note|title|subtitle|txt|text|info|credits?|legende?|rights)(?![a-z])",
    re.IGNORECASE,
)
_FEW_TEXTS = 200
_LONG_PARAGRAPH = 80
_SIZE = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$")


def picture_address(image: Element, page: Page) -> str | None:
    """The absolute address of the picture behind an img element; None for stand-ins, icons, counters, advertising."""
    if _is_tiny(image) or _is_advertising(image, page):
        return None
    found = _address(image) or next(filter(None, map(_address, _twins(image))), None) or _linked(image)
    address = page.absolute(found) if found else None
    return None if address is None or _is_same(address, page.url) else address


def _is_advertising(image: Element, page: Page) -> bool:
    """Whether a picture stands in a link that says that it was paid for, or that leads to another site's front page."""
    link = next((one for one in itertools.islice(image.iterancestors(), _LINK_DEPTH) if one.tag == "a"), None)
    if link is None:
        return False
    if "sponsored" in (link.get("rel") or "").lower().split():
        return True
    address = page.absolute(link.get("href") or "")
    return address is not None and _is_front_page(address) and not are_of_one_site(address, page.url)


def _is_front_page(address: str) -> bool:
    return address.rstrip("/").count("/") == 2


def background_of(element: Element, given: Mapping[str, str], page: Page) -> str | None:
    """The absolute address of the picture that an element without words shows as its background."""
    style = given.get("style")
    is_styled = style is not None and "url(" in style
    if not is_styled and _NAMES_OF_BACKGROUNDS.isdisjoint(given):
        return None
    found = _BACKGROUND.search(style) if style is not None and is_styled else None
    values = (found["address"] if found else None, *map(given.get, _BACKGROUNDS))
    sound = next((one for value in values if value and (one := _sound(value)) and _is_named_picture(one)), None)
    if sound is None or _is_tiny(element) or element.find(".//img") is not None or text_of(element):
        return None
    return page.absolute(sound)


def _linked(image: Element) -> str | None:
    """The picture that an image's link leads to, where it shows a stand-in."""
    link = image.getparent()
    found = _sound(link.get("href") or "") if link is not None and link.tag == "a" else None
    return found if found and _is_named_picture(found) else None


def _is_same(address: str, other: str) -> bool:
    """Whether both lead to one document: a page is no picture of itself."""
    return address.partition("#")[0] == other.partition("#")[0]


def _address(image: Element) -> str | None:
    """The best address that the element and the picture element around it give.

    One that ends like a picture's goes before one that only may be a picture's, and one in an attribute for late
    loading before src, which may be a smaller stand-in.
    """
    likely: str | None = None
    attributes = dict(image.items())
    shown = _sound(attributes.get("src") or "")
    for name in _LAZY:
        value = attributes.get(name)
        found = (_largest(value) if name.endswith("srcset") else _sound(value)) if value else None
        if found is None:
            continue
        if _is_named_picture(found):
            return found
        if likely is None and name in _NAMED_FOR_IT:
            likely = found
    if shown is None and likely is None:
        likely = next(filter(None, map(_of_loader, attributes.items())), None)
    if shown is not None and (likely is None or _is_named_picture(shown)):
        return shown
    if likely is not None:
        return likely
    if largest := _largest(attributes.get("srcset") or ""):
        return largest
    picture = next(image.iterancestors("picture"), None)
    for source in picture.iter("source") if picture is not None else ():
        for name in ("data-srcset", "data-lazy-srcset", "srcset", "data-src", "src"):
            if largest := _largest(source.get(name) or ""):
                return largest
    return None


def _of_loader(attribute: tuple[str, str]) -> str | None:
    """The address in an attribute of a script that loads pictures late, of which there are many."""
    name, value = attribute
    if name in _LAZY or len(name) > _LONGEST_NAME or not _LOADERS.search(name):
        return None
    found = _largest(value) if name.endswith("srcset") else _sound(value)
    if found and not _is_named_picture(found) and not name.endswith(("src", "url")):
        return None
    return found if found and (_is_named_picture(found) or found.startswith("http")) else None


def _twins(image: Element) -> Iterator[Element]:
    """The img elements in a noscript element beside the image, or beside what holds it alone."""
    for one in itertools.islice((image, *image.iterancestors()), _NOSCRIPT_DEPTH):
        for beside in (one.getnext(), one.getprevious()):
            if beside is not None and beside.tag == "noscript":
                yield from itertools.islice(beside.iter("img"), 1)
        above = one.getparent()
        if above is None or sum(1 for _ in itertools.islice(above.iter("img"), 3)) > 2:
            return


def _sound(value: str) -> str | None:
    """The value, where it reads like the address of a picture: no flag, no number, no stand-in and no document."""
    value = value.strip()
    if not value or _STAND_IN.search(value) or not ("/" in value or _is_named_picture(value)):
        return None
    if any(letter in value for letter in " <>{}") and not value.startswith(("http:", "https:", "/")):
        return None
    path = value.partition("#")[0].partition("?")[0]
    return None if not path.strip("./") or _DOCUMENT.search(path) else value


def _is_named_picture(address: str) -> bool:
    return _PICTURE.search(address) is not None


def _largest(srcset: str) -> str | None:
    """The candidate of the greatest width or density (HTML, 4.8.4.2.1)."""
    best: tuple[float, str] | None = None
    for candidate in _BETWEEN_CANDIDATES.split(srcset):
        address, _, size = candidate.strip(" ,\t\r\n").partition(" ")
        if _sound(address) is None:
            continue
        try:
            width = float(size.strip()[:-1] or 1)
        except ValueError:
            width = 1.0
        if best is None or width > best[0]:
            best = (width, address)
    return best[1] if best else None


def declared_size(image: Element) -> tuple[int | None, int | None]:
    """Width and height that an img element declares, in CSS pixels."""
    width, height = (_SIZE.match(image.get(name) or "") for name in ("width", "height"))
    return (int(width[1]) if width else None), (int(height[1]) if height else None)


def _is_tiny(image: Element) -> bool:
    return any((image.get(name) or "").strip().removesuffix("px") in ("0", "1", "2") for name in ("width", "height"))


@functools.lru_cache(maxsize=4096)
def is_caption_class(named: str) -> bool:
    """Whether a class names a caption."""
    return _CAPTION_CLASS.search(named) is not None


def is_short(element: Element) -> bool:
    """Whether an element holds no more than a caption; a look at its first texts is enough."""
    texts = itertools.islice(element.itertext(), _FEW_TEXTS)
    return sum(len(text.strip()) for text in texts) <= LONGEST_CAPTION


def is_figure_table(table: Element) -> bool:
    """Whether a table holds a picture and, behind or beside it, its caption, and is not what a page is laid out by."""
    if table.find(".//img") is None or table.find(".//table") is not None or not is_short(table):
        return False
    if next(table.iter("h1", "h2"), None) is not None or len(text_of(table)) > LONGEST_CAPTION:
        return False
    long = 0
    for part in table.iter():
        if part.tag == "img" and not long:
            return not _has_paragraphs_behind(part, table)
        long += len((part.text or "").strip()) >= _LONG_PARAGRAPH
    return False


def _has_paragraphs_behind(image: Element, table: Element) -> bool:
    """Whether more than one long run of text stands behind a picture in a table."""
    parts = table.iter()
    for part in parts:
        if part is image:
            break
    # text stands behind br elements as well
    runs = int(len((image.tail or "").strip()) >= _LONG_PARAGRAPH)
    runs += sum(len((text or "").strip()) >= _LONG_PARAGRAPH for part in parts for text in (part.text, part.tail))
    return runs > 1
