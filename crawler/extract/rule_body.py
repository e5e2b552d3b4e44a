"""The body in the container that a layout names, and the lead that opens it."""

from __future__ import annotations

from collections.abc import Sequence

from archive.reasons import Reason
from crawler.declaration.layout import Layout
from crawler.extract.body.blocks import Body, read_body
from crawler.extract.body.captions import mark_captions, without_head, without_icons
from crawler.extract.body.pieces import Marks, Piece, pieces_of
from crawler.extract.body.related import mark_related
from crawler.extract.bylines.printed import Byline
from crawler.extract.generic import read_generic
from crawler.extract.generic.boilerplate import adverts
from crawler.extract.generic.evidence import GenericBody, compact
from crawler.extract.page import Page
from crawler.extract.rules import Fields
from crawler.extract.selectors import Element, elements_within
from crawler.extract.sources.evidence import StructuredMetadata


def body_by_layout(
    page: Page,
    metadata: StructuredMetadata,
    layout: Layout,
    fields: Fields,
    byline: Byline | None,
    *,
    explaining: bool,
) -> tuple[Body, GenericBody | None]:
    """The body in the layout's container, or without rules where that has no text; and the reading without rules."""
    body, generic = Body(), None
    if fields.container is not None:
        signed = byline is not None and bool(byline.authors)
        pieces = without_icons(pieces_of(fields.container, page, _marks(fields.container, layout)))
        mark_captions(pieces, fields.container)
        pieces = without_head(pieces)
        lead = None if layout.lead_opens_body else fields.lead
        if lead:
            pieces = _without_lead(pieces, lead)
        body = read_body(
            mark_related(pieces), fields.title, signed_outside=signed, has_lead=bool(lead), byline_outside=fields.byline
        )
        if not body.blocks:
            fields.missing["body"] = Reason.EMPTY_ELEMENT.of(layout.body)
    if not body.blocks or explaining:
        generic = read_generic(page, metadata.json_ld.body, metadata.description, fields.title or "")
        if not body.blocks:
            body = read_body(generic.pieces, fields.title, signed_outside=byline is not None)
    return body, generic


def _without_lead(pieces: Sequence[Piece], lead: str) -> list[Piece]:
    """The pieces without the first text where it is the lead, which some pages print outside the body as well."""
    first = next((nth for nth, piece in enumerate(pieces) if piece.text and not piece.caption), None)
    if first is None or compact(pieces[first].text) != compact(lead):
        return list(pieces)
    return [*pieces[:first], *pieces[first + 1 :]]


def _marks(container: Element, layout: Layout) -> Marks:
    lead = () if layout.lead_opens_body else (layout.lead,)
    return Marks(
        drop={match for css in (*layout.drop, *lead) for match in elements_within(container, css)} | adverts(container),
        related=set(elements_within(container, layout.related)),
        heading=set(elements_within(container, layout.heading)),
        quote=set(elements_within(container, layout.quote)),
        byline=set(elements_within(container, layout.byline)),
    )


def lead_from_body(fields: Fields, body: Body, layout: Layout) -> None:
    """Take the body's first paragraph for the lead; where the layout has a selector too, only if that finds it."""
    opening = body.first_paragraph
    if opening is None:
        fields.missing["lead"] = Reason.NO_PARAGRAPH.value
    elif layout.lead is not None and not (fields.lead and fields.lead.endswith(opening)):
        fields.missing["lead"] = Reason.NO_ELEMENT.of(layout.lead)
        opening = None
    fields.lead = opening
