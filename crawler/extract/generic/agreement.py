"""How far the readers of an unknown page agree on how much of it is the body; chooses no text."""

from __future__ import annotations

import enum

import attrs

from crawler.extract.body.pieces import Piece


class Ground(enum.Enum):
    """What speaks most against a body that was found without a rule."""

    PARAGRAPHS = "other readers choose other paragraphs"
    TRAFILATURA = "trafilatura finds another amount of text"
    JSON_LD = "JSON-LD gives another amount of text"
    LEFT_OUT = "long paragraphs beside the body are left out"


@attrs.frozen
class Amounts:
    """How many letters each reader holds to be the body; 0 where it gave none that can be compared."""

    kept: int = 0
    trafilatura: int = 0
    json_ld: int = 0
    left_out: int = 0
    """Those of long paragraphs by the headline and the body, shown or hidden, that were not kept; no discussion."""
    shared: float = 0.0
    """The share of letters in paragraphs that both our own reader and trafilatura have."""

    @property
    def agreement(self) -> float:
        """From 0 to 1, by what speaks most against the body."""
        return self._weakest[1]

    @property
    def ground(self) -> Ground:
        """What speaks most against the body."""
        return self._weakest[0]

    @property
    def _weakest(self) -> tuple[Ground, float]:
        shares = (
            (Ground.PARAGRAPHS, self.shared),
            (Ground.TRAFILATURA, _ratio(self.kept, self.trafilatura)),
            (Ground.JSON_LD, _ratio(self.kept, self.json_ld)),
            (Ground.LEFT_OUT, self.kept / max(1, self.kept + self.left_out)),
        )
        return min(shares, key=lambda share: share[1])


@attrs.frozen
class GenericBody:
    """The pieces chosen, in reading order, and how much of the page the readers hold to be body."""

    pieces: tuple[Piece, ...] = ()
    lead: str | None = None
    amounts: Amounts = Amounts()

    @property
    def agreement(self) -> float:
        """How far the readers agree, from 0 to 1."""
        return self.amounts.agreement


def _ratio(one: int, other: int) -> float:
    return min(one, other) / max(one, other) if other else 1.0
