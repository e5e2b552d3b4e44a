"""Removes code points that show nothing and would make two equal texts differ."""

from __future__ import annotations

import re

# Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties): zero-width and directional signs, joiners, fillers,
# variation selectors, tags. With them the controls that are no white space, and the marks of the interlinear notes.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_CONTROLS = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
# Between letters of these scripts the joiners are spelling (RFC 5892, appendix A).
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af"
_FOUND = re.compile(f"[{_CONTROLS}{_IGNORABLE}]")
_TAKEN_OUT = re.compile(
    f"(?<=[{_JOINING}])(?P<spelling>[\u200c\u200d])(?=[{_JOINING}])|[{_CONTROLS}{_IGNORABLE}]",
)


def without_ignorable(text: str) -> str:
    """The text without its default ignorable code points and controls; white space stays as it is.

    A sequence of emoji falls apart into those that it joins. Arabic and Indic words keep the joiners that spell them.
    """
    if _FOUND.search(text) is None:
        return text
    return _TAKEN_OUT.sub(lambda found: found["spelling"] or "", text)
