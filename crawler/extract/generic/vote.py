"""The vote of three readers (densest element, trafilatura, JSON-LD) on which pieces of a page are its body."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from crawler.extract.body.blocks import LONGEST_BYLINE, is_signature
from crawler.extract.body.captions import belongs_above, is_icon, may_be_caption
from crawler.extract.body.credits import is_credit
from crawler.extract.body.density import LONG, is_paragraph, is_running_text, is_time, length
from crawler.extract.body.pieces import Piece
from crawler.extract.body.related import points_elsewhere
from crawler.extract.generic.evidence import (
    Amounts,
    GenericBody,
    PieceEvidence,
    ReaderText,
    compact,
    comparable,
    is_sentence,
    is_shown,
    shape_of,
    without_copies,
)
from crawler.extract.generic.notices import is_notice, is_pointer
from crawler.extract.generic.runs import runs_of_paragraphs
from crawler.extract.generic.standfirst import is_run_together, is_standfirst, standfirst
from crawler.extract.page import Page
from crawler.extract.selectors import Element, Subtree, with_ancestors

_LEAST_SHARED = 0.35
_FAR_AHEAD = 30
_ABOVE = 12
_NEAR = 4
_LINKS_LITTLE = 0.3
_LINES_BEHIND = 3
_GREAT_PART = 0.2
_CAPTION = 25
_LONGEST_BUTTON = 3
_OPENING = re.compile(r"lead|sapo|stand-?first|teaser-?text|perex|ingress|intro", re.IGNORECASE)
# "ALSO READ: ...", "Xem thêm: ...": a link to another article in a line of its own
_POINTS = re.compile(
    r"[>»•*\-–—|\s]*(?:(?:also\s+)?read(?:\s+(?:more|also|next|on))?|related|see\s+also|more\s+on|watch|listen|"
    r"xem\s+thêm|đọc\s+thêm|xem\s+tiếp|tin\s+liên\s+quan|bài\s+liên\s+quan|mời\s+(?:bạn|quý)|"
    r"lesen\s+sie|mehr\s+zum|lire\s+aussi|à\s+lire|lee\s+también|leia|leggi|lees\s+ook|les\s+også|läs\s+(?:också|mer))",
    re.IGNORECASE,
)


class BodyVote:
    """The vote on the pieces of one page."""

    def __init__(
        self, evidence: Sequence[PieceEvidence], page: Page, title: str, headline: Element | None, dense: Element | None
    ) -> None:
        self._evidence, self._page, self._title = evidence, page, compact(title)
        sure = [one for one in evidence if is_running_text(one.piece)]
        self._in_densest = sum(len(one.letters) for one in sure if one.in_densest)
        self._in_both = sum(len(one.letters) for one in sure if one.in_densest and one.in_trafilatura)
        self._in_trafilatura = sum(len(one.letters) for one in sure if one.in_trafilatura)
        # where trafilatura has little of the densest element, it has lost the body
        self._trusts_trafilatura = self._in_both >= _LEAST_SHARED * self._in_densest
        self._has_linked = any(one.in_json_ld for one in sure)
        scope = _scope(headline, dense)
        self._in_scope = Subtree(scope)
        # where headline and body stand in nothing but the page, what stands right ahead of the one and behind the other
        is_flat = scope is dense and dense is not None and headline is not None and headline not in self._in_scope
        self._ahead = Subtree(headline.getprevious() if is_flat and headline is not None else None)
        self._next = Subtree(dense.getnext() if is_flat and dense is not None else None)
        self._beside = {one for one in itertools.islice(with_ancestors(dense), 1, _NEAR) if one in self._in_scope}
        accepted = [
            nth for nth, one in enumerate(evidence) if one.in_densest and one.in_trafilatura and is_paragraph(one.piece)
        ]
        letters: Counter[tuple[str, ...]] = Counter()
        for nth in accepted:
            letters[shape_of(evidence[nth].piece)] += len(evidence[nth].letters)
        self._shapes = {shape for shape, held in letters.items() if held >= _GREAT_PART * letters.total()}
        self._tags = {shape[0] for shape in self._shapes}
        self._amid = range(accepted[0], accepted[-1]) if accepted else range(0)
        self._runs = runs_of_paragraphs(evidence, self._amid, self._tags, self._in_both)
        self._captions = {one.letters for one in evidence if one.piece.caption and len(one.letters) >= _CAPTION}

    def body(self, lead: str, trafilatura: ReaderText, json_ld: ReaderText, left_out: int) -> GenericBody:
        """The pieces that stay; so many letters of long paragraphs are left out already."""
        evidence = self._evidence
        within = {nth for nth, one in enumerate(evidence) if self._stays(nth, one)}
        own = sorted(nth for nth in within if evidence[nth].in_densest)
        shown_of_ours = [nth for nth, one in enumerate(evidence) if one.in_densest and is_shown(one.piece)]
        if not own and not shown_of_ours:
            return GenericBody()
        span = range(own[0], own[-1] + 1) if own else range(0)
        start = min((own or shown_of_ours)[0], *(shown_of_ours[:1] or own[:1]))
        headline = self._headline(next((nth for nth in own if is_paragraph(evidence[nth].piece)), start))
        further = self._further(span, headline)
        behind = max(nth for nth, one in enumerate(evidence) if one.in_densest)
        shown = range(self._first_shown(headline), max(span.stop, behind + 1))
        staying = [
            nth
            for nth, one in enumerate(evidence)
            if (
                nth in shown and not (one.piece.is_picture and is_icon(one.piece))
                if self._goes_with_picture(nth)
                else nth in within
                if nth in span or nth in further
                else self._stays(nth, one, is_within=False)
            )
        ]
        staying = self._without_strays(staying, own)
        staying = self._without_pointers(self._with_headings(staying))
        staying = self._without_meta(self._with_signature(staying), headline)
        texts = [nth for nth in staying if not is_shown(evidence[nth].piece)]
        if len(texts) > 1 and is_run_together(evidence[texts[0]], evidence[texts[1]]):
            staying.remove(texts.pop(0))
        if not texts and not any(evidence[nth].piece.is_picture or evidence[nth].piece.embed for nth in staying):
            return GenericBody()
        first = texts[0] if texts else len(evidence)
        begins = evidence[first].letters if texts else ""
        opening = standfirst(evidence[:first], lead, begins, self._is_headline)
        if texts and not opening and is_standfirst(evidence[first], evidence[headline:first]):
            staying.remove(texts.pop(0))
            opening = (evidence[first].piece,)
        pieces = (*opening, *without_copies([evidence[nth] for nth in staying]))
        shared = self._in_both / max(self._in_densest, self._in_trafilatura, 1)
        letters = {id(one.piece): one.letters for one in evidence}
        kept = {letters[id(piece)] for piece in pieces if not is_shown(piece)}
        amounts = Amounts(
            kept=sum(map(len, kept)),
            trafilatura=len(trafilatura.letters),
            json_ld=comparable(json_ld, begins),
            left_out=left_out + self._left_out(kept, range(headline, behind + 1)),
            shared=round(shared, 3),
        )
        return GenericBody(
            pieces, opening[0].text if opening else None, lead_is_all=bool(opening) and not texts, amounts=amounts
        )

    def _further(self, span: range, headline: int) -> set[int]:
        """The paragraphs of trafilatura close beside the densest element: several in one parent, or like those within.

        One that stands alone is a standfirst, or tells of another article.
        """
        beside = {
            nth: one.piece
            for nth, one in enumerate(self._evidence)
            if nth > headline
            and nth not in span
            and one.in_trafilatura
            and not one.in_densest
            and is_paragraph(one.piece)
            and any(around in self._beside for around in itertools.islice(with_ancestors(one.piece.place), _NEAR))
        }
        parents = Counter(piece.place.getparent() for piece in beside.values() if piece.place is not None)
        return {
            nth
            for nth, piece in beside.items()
            if piece.place is not None and (parents[piece.place.getparent()] > 1 or shape_of(piece) in self._shapes)
        }

    def _left_out(self, kept: set[str], span: range) -> int:
        """Letters of the long paragraphs from the headline to the body's end, and around both, that are not kept."""
        left = {
            one.letters
            for nth, one in enumerate(self._evidence)
            if is_paragraph(one.piece) and one.letters not in kept and not self._is_captions_twin(one)
            if nth in span or (nth > span.start and one.piece.place in self._in_scope)
        }
        return sum(map(len, left))

    def _stays(self, nth: int, one: PieceEvidence, is_within: bool = True) -> bool:
        piece = one.piece
        if not (one.in_densest or (one.in_trafilatura and (is_within or one.in_json_ld))):
            return False
        if self._is_headline(one) or is_time(piece.text):
            return False
        if one.in_densest and is_within and (points_elsewhere(piece) or is_credit(piece.text)):
            return True
        if piece.linked >= 0.6 and (len(piece.text) < 300 or piece.box) and not is_sentence(one):
            return one.in_densest and is_within and is_signature(piece)
        if piece.linked >= 0.45 and ((piece.box and not one.in_trafilatura) or _POINTS.match(piece.text)):
            return False
        if is_notice(piece.text) or self._is_captions_twin(one):
            return False
        if one.in_densest and is_within and piece.align == "right" and len(piece.text) <= LONGEST_BYLINE:
            return True
        if one.in_json_ld and (one.in_densest or one.in_trafilatura):
            return True
        if not one.in_densest:
            return one.in_trafilatura and self._trusts_trafilatura and is_within and is_paragraph(piece)
        if one.in_trafilatura or not self._trusts_trafilatura:
            return True
        if piece.box in ("list", "table") and nth in self._amid and piece.linked < _LINKS_LITTLE:
            return True
        if piece.place is None or not is_running_text(piece):
            return False
        if self._has_linked:
            return False
        # trafilatura alone does not have it: like the rest of the text, in its midst or hidden, it is text
        return (
            _OPENING.search(piece.place.get("class") or "") is not None
            or (nth in self._amid and shape_of(piece) in self._shapes)
            or nth in self._runs
            or (one.hidden and piece.place.tag in self._tags)
        )

    def _is_captions_twin(self, one: PieceEvidence) -> bool:
        """Whether a text is a caption that stands on the page once more, as behind a picture that is enlarged."""
        return len(one.letters) >= _CAPTION and not one.piece.caption and one.letters in self._captions

    def _goes_with_picture(self, nth: int) -> bool:
        piece = self._evidence[nth].piece
        return is_shown(piece) or (nth > 0 and may_be_caption(piece, self._evidence[nth - 1].piece))

    def _without_strays(self, staying: list[int], own: Sequence[int]) -> list[int]:
        """Without short texts ahead of the densest element's own: another reader may have their words by chance."""
        start = own[0] if own else 0
        return [
            nth
            for nth in staying
            if nth >= start or self._goes_with_picture(nth) or is_paragraph(self._evidence[nth].piece)
        ]

    def _with_headings(self, staying: list[int]) -> list[int]:
        """With the headings within the text that stand right above one of its paragraphs, or above another heading."""
        kept = set(staying)
        above = self._amid.stop  # the last of the pieces seen from the end, but for pictures
        for nth in reversed(self._amid):
            one = self._evidence[nth]
            if is_shown(one.piece):
                continue
            if one.piece.heading and one.in_densest and above in kept and nth not in kept and self._heads(nth, above):
                kept.add(nth)
            above = nth
        return sorted(kept)

    def _heads(self, nth: int, below: int) -> bool:
        one, piece = self._evidence[nth], self._evidence[below].piece
        if one.piece.linked >= _LINKS_LITTLE or self._is_headline(one) or is_time(one.piece.text):
            return False
        parents = [place.getparent() for place in (one.piece.place, piece.place) if place is not None]
        return (is_paragraph(piece) or piece.heading) and len(parents) == 2 and parents[0] is parents[1]

    def _without_pointers(self, staying: list[int]) -> list[int]:
        """Without the lines that say what follows, where that is links and left out: "Read more:"."""
        kept = set(staying)
        pointing = {nth for nth in staying if is_pointer(self._evidence[nth].piece.text)}
        texts = [nth for nth, one in enumerate(self._evidence) if not is_shown(one.piece)] if pointing else []
        below = dict(itertools.pairwise(texts))
        return [nth for nth in staying if nth not in pointing or (below.get(nth) in kept - pointing)]

    def _with_signature(self, staying: list[int]) -> list[int]:
        """With the line that signs the text right behind it: short as it is, trafilatura leaves it out."""
        texts = [nth for nth in staying if not is_shown(self._evidence[nth].piece)]
        for nth in range(texts[-1] + 1, min(texts[-1] + 1 + _LINES_BEHIND, len(self._evidence))) if texts else ():
            piece = self._evidence[nth].piece
            if nth not in staying and self._is_next(piece) and is_signature(piece):
                return sorted([*staying, nth])
            if is_paragraph(piece):
                break
        return staying

    def _is_next(self, piece: Piece) -> bool:
        return piece.place in self._in_scope or piece.place in self._next

    def _without_meta(self, staying: list[int], headline: int) -> list[int]:
        """Without the lines between headline and text that give the writer, the section and the time, and those above
        the headline."""
        first = next((nth for nth in staying if is_paragraph(self._evidence[nth].piece)), None)
        if first is None:
            return staying
        return [nth for nth in staying if nth >= first or not self._is_meta(nth, headline)]

    def _is_meta(self, nth: int, headline: int) -> bool:
        piece = self._evidence[nth].piece
        if nth < headline and not is_shown(piece):
            return True
        is_button = bool(piece.text) and len(piece.text) <= _LONGEST_BUTTON and not piece.heading
        return is_button or is_time(piece.text, beside_names=True)

    def _headline(self, start: int) -> int:
        """Where the pictures of the article begin: behind the last headline ahead of its text, or there."""
        ahead = range(max(0, start - _FAR_AHEAD), start + 1)
        evidence = self._evidence
        named = (nth for nth in reversed(ahead) if self._title and evidence[nth].letters == self._title)
        return next(itertools.chain(named, (nth for nth in reversed(ahead) if evidence[nth].piece.is_in_h1)), start)

    def _first_shown(self, headline: int) -> int:
        """The first picture or caption of those that stand right above the headline and are the article's, or it."""
        first = headline
        for nth in range(headline - 1, max(-1, headline - _ABOVE), -1):
            piece = self._evidence[nth].piece
            if not (piece.place in self._in_scope or piece.place in self._ahead) or (
                not is_shown(piece) and length(piece.text) >= LONG
            ):
                break
            if piece.embed or (is_shown(piece) and belongs_above(piece, self._page)):
                first = nth
        return first

    def _is_headline(self, one: PieceEvidence) -> bool:
        return (bool(self._title) and one.letters == self._title) or one.piece.is_in_h1


def _scope(headline: Element | None, dense: Element | None) -> Element | None:
    """The element that holds both the headline and the body, where it is not the page."""
    if dense is None:
        return None
    around = set(with_ancestors(headline))
    scope = next((one for one in with_ancestors(dense) if one in around), dense)
    return dense if scope.tag in ("body", "html") else scope
