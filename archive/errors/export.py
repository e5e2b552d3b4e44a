"""Errors of exports and of frozen sets."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from pathlib import Path

from archive.errors.base import BaotinhError, UsageError


class OutputUnwritable(BaotinhError):
    """A file that was asked for cannot be written; `reason` is the system's."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} cannot be written ({reason}); make room, mend its permissions or name another file")


class SigningKeyUnusable(UsageError):
    """The key with which an export was to be signed cannot be read or made; name another file with --signing-key."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        helps = "'openssl ecparam -name secp384r1 -genkey -noout -out FILE' makes a key for --signing-key FILE"
        super().__init__(f"{path} cannot sign ({reason}); {helps}")


class BadSetName(UsageError):
    """The name of a set cannot be a file's name."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"{found!r} is no name of a set: use at most 60 letters, digits, hyphens, dots and underscores, a "
            "letter or digit first"
        )


class UnknownSet(UsageError):
    """The collection has no set of that name, and there is no such file; `known` are its sets."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        there = f"there are {', '.join(known[:20])}" if known else "it has none; make one with 'baotinh sets save'"
        super().__init__(f"the collection has no set {name!r}: {there}")


class SetExists(UsageError):
    """The collection has a set of that name; a set is never changed."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        super().__init__(f"there is a set {name!r} already, and sets are never changed; choose another name ({path})")


class SetDamage(enum.StrEnum):
    """What is wrong with the file of a set; the comment names what `found` is."""

    UNREADABLE = "set_unreadable"  # what the system says
    FIELDS = "set_fields"
    HASH = "set_hash"  # the hash that the file says
    FORMAT = "set_format"  # the format that it names


SET_DAMAGE_WORDS: dict[enum.StrEnum, str] = {
    SetDamage.UNREADABLE: "it cannot be read: {found}",
    SetDamage.FIELDS: "it has not the fields of a set",
    SetDamage.HASH: "its hash {found} is not that of its content",
    SetDamage.FORMAT: "its format {found!r} is unknown",
}


class SetDamaged(BaotinhError):
    """The file of a set cannot be read, or is not as it was frozen; take another copy of it."""

    def __init__(self, path: Path, damage: SetDamage, found: str = "") -> None:
        self.path, self.damage, self.found = path, damage, found
        reason = SET_DAMAGE_WORDS[damage].format(found=found)
        super().__init__(f"{path} is not a set as it was frozen ({reason}); take another copy of the file")
