"""Names of fields, reasons and doubts in the reader's language, and addresses of the site's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from archive.doubts import Doubt, read_doubt
from archive.language.catalogue import N_, gettext
from archive.language.forms import number as number
from archive.language.forms import volume as volume
from archive.reasons import Reason, read_reason
from archive.wording import FIELDS as FIELDS
from archive.wording import field as field
from archive.wording import why as why
from archive.wording import why_failed as why_failed

_LANGUAGES = {
    "vi": N_("Vietnamese"),
    "en": N_("English"),
    "km": N_("Khmer"),
    "zh": N_("Chinese"),
    "fr": N_("French"),
    "ru": N_("Russian"),
    "es": N_("Spanish"),
    "lo": N_("Lao"),
    "th": N_("Thai"),
    "ja": N_("Japanese"),
    "ko": N_("Korean"),
    "und": N_("unknown"),
}

_WHY_NO_PICTURE = {
    "missing": N_("the imported archive lacks the picture’s file"),
    "error": N_("fetching the picture failed"),
    "forbidden": N_("the newspaper does not allow this picture to be fetched"),
    "no picture": N_("there is no picture at its address"),
}
_DOUBTS = {
    Doubt.LOW_CONFIDENCE: N_("confidence %(confidence)s: taken from %(source)s; %(others)s"),
    Doubt.BODY_WITHOUT_RULE: N_(
        "confidence %(confidence)s: read without a layout, and %(ground)s (letters: %(kept)s kept, %(trafilatura)s by "
        "trafilatura, %(json_ld)s in JSON-LD, %(left_out)s left out)"
    ),
    Doubt.AFTER_CAPTURE: N_("later than the capture of the page, %(captured_at)s"),
    Doubt.OTHER_DAY: N_("the address says %(day)s"),
    Doubt.PAGES_UNREAD: N_("%(unread)s of %(pages)s further pages could not be read"),
    Doubt.CONVERTED: N_("converted from %(encoding)s"),
    Doubt.UNDECLARED_CHARSET: N_("read as %(encoding)s, which the page does not declare"),
    Doubt.UNREADABLE_BYTES: N_("some bytes cannot be read in the page’s encoding"),
}
_GROUNDS = {
    "paragraphs": N_("the other readers choose other paragraphs"),
    "trafilatura": N_("trafilatura reads another amount of text"),
    "json_ld": N_("JSON-LD has another amount of text"),
    "left_out": N_("a long passage beside the article was left out"),
}


def why_no_picture(reason: str | None) -> str:
    """Why a picture was not captured."""
    if not reason:
        return gettext("no reason was recorded")
    if reason in _WHY_NO_PICTURE:
        return gettext(_WHY_NO_PICTURE[reason])
    code, detail = read_reason(reason)
    if code is Reason.HTTP:
        return gettext("the newspaper’s server answered HTTP %(detail)s", detail=detail)
    return why(reason)


def why_doubtful(stored: str) -> str:
    """A stored doubt in words; a sentence that no version wrote stays as it is."""
    doubt, values = read_doubt(stored)
    if doubt is Doubt.OTHER:
        return values["sentence"]
    others, ground = values.get("others"), values.get("ground", "")
    others_in_words = (
        gettext("other sources differ: %(names)s", names=others.replace(",", ", "))
        if others
        else gettext("no other source confirms it")
    )
    named = {**values, "others": others_in_words, "ground": gettext(_GROUNDS[ground]) if ground in _GROUNDS else ground}
    try:
        return gettext(_DOUBTS[doubt], **named)
    except KeyError:  # an item that somebody changed
        return stored


def initial(text: str) -> str:
    """The text with a capital at its beginning; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def paper(name: str, profiles: Mapping[str, Mapping[str, Any]]) -> str:
    """A newspaper's title; its short name where the archive has no title of it."""
    return str(profiles.get(name, {}).get("title") or name)


def article_address(article_id: str) -> str:
    """The address of an article's page on the site."""
    return f"/article/{quote(article_id, safe=':~')}"


def version_address(article_id: str, content_hash: str) -> str:
    """The address of a version's page on the site, which a rebuilt collection and a copy have as well."""
    return f"{article_address(article_id)}?version={quote(content_hash, safe='')}"


def reading_address(article_id: str, content_hash: str, number: int) -> str:
    """The address of a reading of a version."""
    return f"{version_address(article_id, content_hash)}&reading={number}"


_CAUSES = {
    "rules": N_("read by other rules"),
    "layout": N_("another layout of the page"),
    "address": N_("another address of the article"),
    "beside": N_("something else on the page differs"),
}


def reading_cause(cause: str) -> str:
    """Why a reading of a version differs."""
    return gettext(_CAUSES[cause]) if cause in _CAUSES else cause


def run_address(name: str) -> str:
    """The address of a run's page on the site."""
    return f"/runs/{quote(name, safe=':~')}"


def web_address(url: str | None) -> str | None:
    """The address if it may be linked: http or https only."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme.lower() in {"http", "https"} and parts.netloc else None


def language_name(code: str) -> str:
    """A language by its code; the code itself where it has no name here."""
    return gettext(_LANGUAGES[code]) if code in _LANGUAGES else code
