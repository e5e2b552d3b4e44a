"""Text from before Unicode: TCVN3, VNI and windows-1258, recognised by the words they make; and UTF-8 read twice.

Such pages declare a Western charset, or none, and rely on the reader's fonts. A repair is made only where the text
shows no Vietnamese letter as it stands and several of the commonest Vietnamese words once it is converted.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata

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
_COMMON = frozenset(
    [
        "của",
        "được",
        "không",
        "người",
        "những",
        "là",
        "có",
        "đã",
        "tại",
        "một",
        "để",
        "này",
        "với",
        "năm",
        "ngày",
        "và",
        "tỉnh",
        "về",
        "các",
        "cũng",
        "đến",
        "trên",
        "từ",
        "việc",
        "làm",
        "phát",
        "triển",
        "huyện",
        "xã",
        "hội",
        "đồng",
        "bộ",
        "thị",
        "thành",
        "phố",
        "nhân",
        "dân",
        "ở",
        "khi",
        "nhiều",
        "đó",
        "còn",
        "theo",
        "sẽ",
        "vào",
        "ra",
        "đảng",
        "ủy",
    ]
) - frozenset(("làm", "xã", "theo", "ra", "khi", "nhân", "thành"))
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
