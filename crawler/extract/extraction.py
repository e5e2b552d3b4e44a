"""One page extracted: the candidates of every source, the vote on each field, and the body."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from archive.reasons import Reason
from crawler.declaration.layout import Layout
from crawler.extract.body.blocks import Body, read_body
from crawler.extract.body.pieces import Piece
from crawler.extract.body.related import mark_related
from crawler.extract.bylines.people import is_signing_line
from crawler.extract.bylines.printed import Byline, read_byline
from crawler.extract.dates.parsing import Instant
from crawler.extract.generic import read_generic
from crawler.extract.generic.boilerplate import headline_of
from crawler.extract.generic.evidence import GenericBody, compact
from crawler.extract.page import Page
from crawler.extract.rule_body import body_by_layout, lead_from_body
from crawler.extract.rules import Fields, read_fields, same_name
from crawler.extract.sources.evidence import StructuredMetadata, byline_of, candidates, credited_byline
from crawler.extract.sources.tags import read_tags
from crawler.extract.text import bare
from crawler.extract.time_plausibility import plausible_times
from crawler.extract.vote import NOBODY, Candidate, Choice, FeedEntry, Field, choose

VOTED: tuple[Field, ...] = ("title", "published_at", "modified_at", "authors")
REQUIRED = ("title", "published_at", "body")
SHOWN: tuple[Field, ...] = ("title", "published_at", "authors")
"""The fields that are read off the visible page where no rule gives them."""
# A line at the text's end is how Vietnamese papers sign; the metadata's author is often an account.
_SIGNED_SHARE = 1.4


@attrs.define(kw_only=True)
class Extraction:
    """The reading of one page. `fields` has the fields that are not voted on."""

    page: Page
    metadata: StructuredMetadata
    fields: Fields
    body: Body
    byline: Byline | None
    votes: dict[Field, Choice]
    generic: GenericBody | None = None
    layout: Layout | None = None
    """The layout by which it was read; None: without rules."""
    has_rules: bool = False
    is_by_rules: bool = False
    """The body was found by a rule."""

    @property
    def language(self) -> str:
        """Tag of the page's language; that of a declared newspaper is the declared one."""
        return (self.metadata.declared_language or "vi") if self.has_rules else self.metadata.language

    def value(self, field: Field) -> Any:
        """The value that a field's vote chose, or None."""
        return self.votes.get(field, NOBODY).value

    @property
    def lacking(self) -> dict[str, str]:
        """The required fields that could not be read, with reasons."""
        found = (self.value("title"), self.value("published_at"), self.body.blocks)
        return {
            name: self.fields.missing.get(name, Reason.NOTHING_FOUND.value)
            for name, value in zip(REQUIRED, found, strict=True)
            if not value
        }


def read_with_rules(
    page: Page,
    metadata: StructuredMetadata,
    layout: Layout,
    captured_at: datetime,
    time_zone: str,
    feed: FeedEntry | None,
    *,
    explaining: bool = False,
) -> Extraction:
    """Read a page by a layout. A field for which the layout has no rule is read as on pages without rules; what
    the metadata says of the others takes part in the vote, and stands in where a rule finds nothing."""
    fields = read_fields(page, layout, time_zone)
    _settle_section(fields, metadata)
    stated = candidates(page, metadata, time_zone, feed=feed, shown=_without_rule(layout))
    byline = _read_byline(fields.byline, metadata) if fields.byline else None
    body, generic = body_by_layout(page, metadata, layout, fields, byline, explaining=explaining)
    if layout.lead_opens_body:
        lead_from_body(fields, body, layout)
    if body.byline and layout.byline is not None:
        end = _read_byline(body.byline, metadata)
        byline = end if byline is None or body.is_byline_marked else byline.with_end(end)
    by_rules = bool(body.blocks) and fields.container is not None and "body" not in fields.missing
    everyone = [*_of_rules(fields, layout, byline), *stated]
    votes = _votes(everyone, captured_at, metadata.declared_language or "vi", optional=("modified_at",))
    if layout.byline is None:
        byline = _byline_without_rule(body, votes, metadata, stated)
    elif byline is None or not (byline.authors or byline.contributors or byline.source or byline.printed):
        byline = _byline_in_metadata(votes, metadata, stated)
    elif not byline.authors:
        # the byline names a photographer or an agency alone: the metadata may not add a writer
        votes["authors"] = NOBODY
    if byline is not None and byline.printed:
        fields.missing.pop("byline", None)
    if explaining:
        _add_unasked(votes, candidates(page, metadata, time_zone, feed=feed, shown=SHOWN))
    return Extraction(
        page=page, metadata=metadata, fields=fields, body=body, byline=byline, votes=votes, generic=generic,
        layout=layout, is_by_rules=by_rules, has_rules=True,
    )  # fmt: skip


def _settle_section(fields: Fields, metadata: StructuredMetadata) -> None:
    """The section as the page prints it, else as the metadata gives it; a kicker that only repeats it is none."""
    if fields.kicker and fields.section and same_name(fields.kicker, fields.section):
        fields.kicker, fields.missing["kicker"] = None, Reason.NAMES_SECTION.of(fields.kicker)
    fields.section = fields.section or metadata.section


def _read_byline(text: str, metadata: StructuredMetadata) -> Byline:
    """The byline of a page with rules, in the language that is declared."""
    return byline_of(text, metadata) if metadata.declared_language else read_byline(text, metadata.own_names)


def _without_rule(layout: Layout) -> tuple[Field, ...]:
    """The fields that the visible page is asked for, because the layout has no rule for them."""
    rules = {"title": layout.title, "published_at": layout.published_at, "authors": layout.byline}
    return tuple(field for field in SHOWN if rules[field] is None)


def read_without_rules(
    page: Page, metadata: StructuredMetadata, captured_at: datetime, time_zone: str, feed: FeedEntry | None
) -> Extraction:
    """Read a page whose newspaper declares no layout."""
    stated = candidates(page, metadata, time_zone, feed=feed, shown=SHOWN)
    votes = _votes(stated, captured_at, metadata.language)
    generic = read_generic(page, metadata.json_ld.body, metadata.description, votes["title"].value or "")
    fields = Fields(title=votes["title"].value, lead=generic.lead, section=metadata.section)
    said = " ".join((fields.title or "", *(piece.text for piece in generic.pieces)))
    fields.tags = read_tags(page, metadata, headline_of(page.root, fields.title or ""), bare(said))
    pieces: Sequence[Piece] = generic.pieces[1:] if generic.lead and not generic.lead_is_all else generic.pieces
    is_foreign = metadata.language != "vi"
    signature = _last_line(pieces, votes) if is_foreign else None
    body = read_body(
        mark_related([piece for piece in pieces if piece is not signature]),
        fields.title,
        signed_outside=is_foreign,
        is_vietnamese=not is_foreign,
        has_lead=bool(generic.lead),
    )
    if signature is not None:
        body = attrs.evolve(body, byline=signature.text)
    byline = _byline_without_rule(body, votes, metadata, stated)
    reading = Extraction(
        page=page, metadata=metadata, fields=fields, body=body, byline=byline, votes=votes, generic=generic
    )
    _reasons_without_rules(reading)
    return reading


def _of_rules(fields: Fields, layout: Layout, byline: Byline | None) -> list[Candidate]:
    found: list[Candidate] = []
    if fields.title:
        found.append(Candidate("title", fields.title, "rule", layout.title or "", fields.title))
    times: tuple[tuple[Field, Instant | None, str | None], ...] = (
        ("published_at", fields.published, layout.published_at),
        ("modified_at", fields.modified, layout.modified_at),
    )
    for field, instant, place in times:
        if instant is not None:
            found.append(Candidate(field, instant, "rule", place or "", instant.text))
    if byline is not None and byline.authors:
        found.append(Candidate("authors", byline.authors, "rule", layout.byline or "", byline.printed))
    return found


def _votes(
    everyone: Sequence[Candidate], captured_at: datetime, language: str, optional: Sequence[Field] = ()
) -> dict[Field, Choice]:
    """The votes of all fields. A field in `optional` is only filled where a rule has a candidate."""
    votes: dict[Field, Choice] = {}
    for field in VOTED:
        stood = [one for one in everyone if one.field == field]
        if field in optional and not any(one.source == "rule" for one in stood):
            stood = []
        if field in ("published_at", "modified_at"):
            stood = plausible_times(stood, captured_at, language)
        votes[field] = choose(stood, language)
    return votes


def _add_unasked(votes: dict[Field, Choice], everyone: Sequence[Candidate]) -> None:
    """Add the candidates that had no vote, for readers of an explanation: the choice stays as a crawl makes it."""
    for field, vote in votes.items():
        voted = {(one.source, one.place, one.key) for one in vote.candidates}
        more = [one for one in everyone if one.field == field and (one.source, one.place, one.key) not in voted]
        votes[field] = attrs.evolve(vote, candidates=(*vote.candidates, *more))


def _byline_in_metadata(
    votes: dict[Field, Choice], metadata: StructuredMetadata, stated: Sequence[Candidate]
) -> Byline | None:
    winner = votes["authors"].candidate
    found = credited_byline(winner.value, "", metadata) if winner is not None else Byline(printed="")
    return _with_source(found, stated)


def _byline_without_rule(
    body: Body, votes: dict[Field, Choice], metadata: StructuredMetadata, stated: Sequence[Candidate]
) -> Byline | None:
    """The byline at the body's end has a vote too; the printed form stays with whoever wins.

    Whom the text is from is taken from the byline at the end, the winner's, or the metadata's, whoever wrote it.
    """
    signed = byline_of(body.byline, metadata) if body.byline else None
    if signed is not None and signed.authors:
        own = Candidate("authors", signed.authors, "visible", "last lines of the body", signed.printed, _SIGNED_SHARE)
        votes["authors"] = choose([*votes["authors"].candidates, own], metadata.language)
        if votes["authors"].candidate is own:
            return _with_source(signed, stated)
    winner = votes["authors"].candidate
    if winner is None:
        return _with_source(signed or Byline(printed=""), stated)
    found = credited_byline(winner.value, winner.raw if winner.source == "visible" else "", metadata)
    if winner.source == "visible" and set(winner.value) <= set((printed := byline_of(winner.raw, metadata)).authors):
        found = printed
    if signed is not None and set(signed.authors) <= set(found.authors):
        found = found.with_end(signed)
    elif signed is not None:
        found = attrs.evolve(found, source=found.source or signed.source)
    return _with_source(found, stated)


def _with_source(byline: Byline, stated: Sequence[Candidate]) -> Byline | None:
    """The byline, with the source that the page names elsewhere where it has none; None where nobody is named."""
    found = next((one for one in stated if one.field == "source"), None) if byline.source is None else None
    if found is not None:
        printed = byline.printed or (found.raw if found.source == "visible" and not byline.authors else "")
        return attrs.evolve(byline, source=found.value, printed=printed)
    return byline if byline.printed or byline.authors or byline.source else None


def _reasons_without_rules(reading: Extraction) -> None:
    missing, fields = reading.fields.missing, reading.fields
    if not reading.value("title"):
        missing["title"] = Reason.NO_HEADLINE.value
    published = reading.value("published_at")
    if published is None:
        missing["published_at"] = Reason.NO_TIME_FOUND.value
    elif published.day_only:
        missing["published_at"] = Reason.DAY_ONLY.value
    if not reading.body.blocks:
        missing["body"] = Reason.NO_BODY_FOUND.value
    unread = {
        "kicker": None, "section": fields.section, "tags": fields.tags, "lead": fields.lead,
        "modified_at": reading.value("modified_at"), "byline": reading.byline and reading.byline.printed,
    }  # fmt: skip
    missing |= {name: Reason.NO_LAYOUT.value for name, value in unread.items() if not value}


def _last_line(pieces: Sequence[Piece], votes: dict[Field, Choice]) -> Piece | None:
    """The last text of a page in another language than Vietnamese where it signs the text, or repeats the byline."""
    last = next((piece for piece in reversed(pieces) if piece.text), None)
    if last is None or last.box or last.caption or last.quote:
        return None
    winner = votes["authors"].candidate
    is_byline = winner is not None and bool(winner.raw) and compact(last.text) == compact(winner.raw)
    return last if is_byline or is_signing_line(last.text, last.align == "right") else None
