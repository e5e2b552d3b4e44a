"""The letters of a page: which charset its bytes are in, and text from before Unicode (TCVN3, VNI, windows-1258).

Pages in such encodings declare a Western charset, or none, and rely on the reader's fonts; others hold UTF-8 that was
read twice. A repair is made only where the text shows no Vietnamese letter as it stands and several of the commonest
Vietnamese words once it is converted.
"""

from __future__ import annotations

import codecs
import functools
import html
import re
import unicodedata
from collections.abc import Mapping

from archive.doubts import Doubt
from archive.warc import codings

# TCVN 5712:1993, table VN3 ("ABC"): the byte of each letter.
_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
# VNI for Windows: a vowel, and behind it what stands for its mark and tone.
_VNI_ENDINGS = {
    "a": dict(zip("ùøûõïêéèúüëâáàåãä", "áàảãạăắằẳẵặâấầẩẫậ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
}
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI = {first + end: letter for first, ends in _VNI_ENDINGS.items() for end, letter in ends.items()} | _VNI_ALONE
_VNI |= {key.upper(): letter.upper() for key, letter in _VNI.items()} | {
    key[0].upper() + key[1:]: letter.upper() for key, letter in _VNI.items() if len(key) == 2
}
_VNI_LETTER = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_TWICE = re.compile(
    "(?:[\u00c3\u00c4\u00c6\u00e1][\u0080-\u00bf\u2010-\u203a\u20ac\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2122])"
)
_LETTER_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|nbsp|#160|#60|#62|#38|#34);)(?:[A-Za-z]{2,8}|#1[6-9]\d|#2[0-5]\d);")

# Letters that no other language of such pages has, and combining tone marks.
_VIETNAMESE = re.compile("[\u1ea0-\u1ef9\u01a0\u01a1\u01af\u01b0\u0110\u0111\u0300\u0301\u0303\u0309\u0323]")
_LOOKS_TCVN3 = re.compile("[\u00b5-\u00b9\u00ae\u00ac\u00ad\u00a7-\u00ab](?=[a-z<\\s.,])")
_LOOKS_VNI = re.compile("[aeouyôö][ùøûõïåäüë]|ñ[aeo\u00f6]")
_LOOKS = 12
_COMMON = frozenset((
    "của", "được", "không", "người", "những", "là", "có", "đã", "tại", "một", "để", "này", "với", "năm", "ngày",
    "và", "tỉnh", "về", "các", "cũng", "đến", "trên", "từ", "việc", "phát", "triển", "huyện", "hội", "đồng", "bộ",
    "thị", "phố", "dân", "ở", "nhiều", "đó", "còn", "sẽ", "vào", "đảng", "ủy",
))  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 6
_SAMPLE = 100_000
# Of so many bytes that UTF-8 cannot read the page is in another charset.
_MOST_UNREADABLE = 0.002


def repaired(text: str) -> tuple[str, str | None]:
    """The text in Unicode, and the encoding that it was in: tcvn3, vni or utf-8-twice; None where nothing was wrong."""
    if text.isascii():
        return text, None
    start = max(0, text.find("<body"))
    sample = text[start : start + _SAMPLE]
    if (sample.isascii() and not _LETTER_ENTITY.search(sample)) or _VIETNAMESE.search(sample):
        return text, None
    if len(_TWICE.findall(sample)) >= _LEAST_WORDS and (read_once := _read_once(text)) is not None:
        return read_once, "utf-8-twice"
    shown = _letters(sample)
    for name, looks, convert in (("tcvn3", _LOOKS_TCVN3, from_tcvn3), ("vni", _LOOKS_VNI, from_vni)):
        if len(looks.findall(shown)) >= _LOOKS and _common_words(convert(shown)) >= _LEAST_WORDS + 2 * _common_words(
            shown
        ):
            return convert(_letters(text)), name
    return text, None


def _letters(text: str) -> str:
    """The text with the character references of Latin-1 letters as letters."""
    return _LETTER_ENTITY.sub(lambda found: html.unescape(found[0]), text)


def from_tcvn3(text: str) -> str:
    """TCVN3 that was read as Latin-1, in Unicode."""
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """VNI that was read as Latin-1, in Unicode."""
    return _VNI_LETTER.sub(lambda found: _VNI[found[0]], text)


def from_windows_1258(body: bytes) -> str | None:
    """Bytes in windows-1258 that declare another charset or none; None where they make no Vietnamese."""
    text = unicodedata.normalize("NFC", body.decode("cp1258", "replace"))
    return text if _common_words(text[:_SAMPLE]) >= _LEAST_WORDS and _VIETNAMESE.search(text) else None


def is_unreadable(text: str) -> bool:
    """Whether too much of a text that was read as UTF-8 could not be."""
    return "\ufffd" in text and text.count("\ufffd") > max(3, _MOST_UNREADABLE * len(text))


def _read_once(text: str) -> str | None:
    try:
        found = b"".join(map(_western_byte, text)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return found if _common_words(found[:_SAMPLE]) >= _LEAST_WORDS else None


@functools.lru_cache(maxsize=512)
def _western_byte(letter: str) -> bytes:
    """The byte that browsers read as this letter: windows-1252, and what it leaves open as Latin-1 (WHATWG)."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _common_words(text: str) -> int:
    return sum(word.lower() in _COMMON for word in _WORD.findall(text))


MAX_UNZIPPED = 16 * 1024 * 1024
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_LEAST_BEYOND_ASCII = 30
_SINGLE_BYTE = re.compile(r"(?:iso-?8859|latin|windows-125|cp125|us-ascii|ascii)", re.IGNORECASE)


def decode(body: bytes, headers: Mapping[str, str]) -> str:
    """The page as text; see `read_letters`."""
    return read_letters(body, headers)[0]


def read_letters(body: bytes, headers: Mapping[str, str]) -> tuple[str, str, str | None]:
    """The page as text, what its letters were read as, and the doubt about it where they were repaired.

    The charset is from a BOM, the header, a meta element, else UTF-8; what cannot be read is U+FFFD. A page that is
    still gzipped was compressed twice and is unzipped. Bytes that are valid UTF-8 beyond ASCII are UTF-8 even where
    another charset is declared: servers send such a header by default.
    """
    text, charset = _decoded(body, headers)
    if charset != "windows-1258" and (charset not in ("utf-8",) or is_unreadable(text)):
        unzipped = _unzipped(body) if body[:2] == b"\x1f\x8b" else body
        if _SINGLE_BYTE.match(charset) or is_unreadable(text):
            western = unzipped.decode("cp1252", "replace")
            repaired_text, legacy = repaired(western)
            if legacy is not None:
                return repaired_text, legacy, Doubt.CONVERTED.of(encoding=legacy)
            if (vietnamese := from_windows_1258(unzipped)) is not None:
                return vietnamese, "windows-1258", Doubt.UNDECLARED_CHARSET.of(encoding="windows-1258")
        return text, charset, Doubt.UNREADABLE_BYTES.of() if is_unreadable(text) else None
    text, legacy = repaired(text)
    return text, legacy or charset, Doubt.CONVERTED.of(encoding=legacy) if legacy else None


def _decoded(body: bytes, headers: Mapping[str, str]) -> tuple[str, str]:
    """The text and the charset that it was read by."""
    if body[:2] == b"\x1f\x8b":
        body = _unzipped(body)
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace"), charset
    declared = _declared(body, headers)
    least = 1 if declared and _SINGLE_BYTE.match(declared) else _LEAST_BEYOND_ASCII
    if declared and not (declared != "utf-8" and _is_utf8(body, least)):
        try:
            return body.decode(declared, "replace"), _canonical(declared)
        except (LookupError, ValueError):
            pass
    return body.decode("utf-8", "replace"), "utf-8"


def _canonical(charset: str) -> str:
    """A charset's usual name: "UTF8" is utf-8, "cp1258" windows-1258."""
    name = codecs.lookup(charset).name
    return f"windows-{name[2:]}" if name.startswith("cp125") else name


def _declared(body: bytes, headers: Mapping[str, str]) -> str | None:
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if found := _HEADER_CHARSET.search(content_type):
        return found[1]
    in_page = _META_CHARSET.search(body[:4096])
    if in_page is None:
        return None
    charset = in_page[1].decode("ascii", "replace")
    # A meta element that could be read as ASCII cannot stand in UTF-16 (WHATWG, "prescan a byte stream").
    return "utf-8" if charset.lower().startswith("utf-16") else charset


def _is_utf8(body: bytes, least: int) -> bool:
    """Whether the bytes are valid UTF-8 with so many letters beyond ASCII; a few may be valid by chance in GBK."""
    try:
        text = body.decode("utf-8")
        return not text.isascii() and (least == 1 or sum(not letter.isascii() for letter in text) >= least)
    except UnicodeDecodeError:
        return False


def _unzipped(body: bytes) -> bytes:
    return codings.decode(body, ["gzip"], MAX_UNZIPPED).content
