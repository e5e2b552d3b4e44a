"""A list of changes as an Atom feed (RFC 4287), in pages (RFC 5005, 3)."""

from __future__ import annotations

import uuid
from datetime import datetime
from html import escape
from xml.etree import ElementTree as ET

from archive.catalog.change_lists import TitledChange
from archive.changes.words import Piece
from archive.language.catalogue import current, gettext
from archive.printable import without_controls
from archive.search.indexing.papers import Profiles
from archive.web.changes.view import ChangesView, changes_address
from archive.web.changes.wording import kind_of_change, kinds_in_words
from archive.web.queries.changes import FEED_PATH
from archive.web.wording import article_address, initial, paper

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_MARKS = {"removed": "del", "added": "ins"}


def atom_feed(view: ChangesView, origin: str, instant: datetime) -> str:
    """The feed of a page of changes.

    Args:
        origin: the site's, before the addresses.
        instant: when an empty feed was updated.
    """
    feed = ET.Element("feed", {"xmlns": _ATOM, f"{_XML}lang": current.get()})
    query, profiles = view.query, view.profiles
    name = paper(query.newspaper, profiles) if query.newspaper else gettext("Provincial Press Archive")
    said = gettext("What newspapers changed: %(name)s", name=name)
    narrowed = [kinds_in_words(query.kinds), f"“{query.text}”" if query.text else ""]
    _add(feed, "title", " – ".join(filter(None, (said, *narrowed))))
    # without the page, so that all pages are one feed
    _add(feed, "id", _urn("changes", query.address()))
    _add(feed, "updated", (view.changes[0].change.at if view.changes else instant).isoformat())
    links = [("self", query.address(FEED_PATH, before=query.before)), ("first", query.address(FEED_PATH))]
    if view.next:
        links.append(("next", query.address(FEED_PATH, before=view.next)))
    for rel, address in links:
        ET.SubElement(feed, "link", {"rel": rel, "type": "application/atom+xml", "href": origin + address})
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": origin + query.address()})
    for one in view.changes:
        _add_entry(feed, one, profiles, origin)
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _add_entry(feed: ET.Element, one: TitledChange, profiles: Profiles, origin: str) -> None:
    entry, change = ET.SubElement(feed, "entry"), one.change
    _add(entry, "title", f"{one.title} – {kinds_in_words(change.kinds)}")
    # with the time: a text that swings between two wordings makes the same change again
    named = (one.former, one.version) if one.version else (change.kinds[0].value,)
    _add(entry, "id", _urn(change.article_id, change.at.isoformat(), *map(str, named)))
    _add(entry, "updated", change.at.isoformat())
    author = ET.SubElement(entry, "author")
    _add(author, "name", paper(change.newspaper, profiles))
    address = article_address(change.article_id)
    if one.former and one.version:
        address = changes_address(change.article_id, one.former, one.version)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": origin + address})
    for kind in change.kinds:
        ET.SubElement(entry, "category", {"term": kind.value, "label": initial(kind_of_change(kind))})
    if change.is_silent:
        ET.SubElement(entry, "category", {"term": "silent", "label": initial(gettext("silent"))})
    # a space parts what was removed from what came in its place, for readers that show no marks
    shown = "".join(map(_marked, one.excerpt)).replace("</del><ins>", "</del> <ins>") or escape(
        kinds_in_words(change.kinds)
    )
    _add(entry, "summary", f"<p>{shown}</p>").set("type", "html")


def _marked(piece: Piece) -> str:
    mark, text = _MARKS.get(piece.change), escape(piece.text)
    return f"<{mark}>{text}</{mark}>" if mark else text


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    made = ET.SubElement(parent, name)
    made.text = _legal(text)
    return made


def _legal(text: str) -> str:
    """The text without characters that XML 1.0 does not allow."""
    plain = without_controls(text)
    return "".join(sign for sign in plain if sign not in "\ufffe\uffff" and not "\ud800" <= sign <= "\udfff")


def _urn(*parts: str) -> str:
    """An id that the same thing has in every copy of the archive (RFC 9562, 5.5)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "baotinh:" + "\n".join(parts)).urn
