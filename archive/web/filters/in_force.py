"""The filters in force on a page, as links that each remove one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol

import attrs

from archive.web.filters.wording import OF_NEWSPAPERS, filter_words


class Narrowed(attrs.AttrsInstance, Protocol):
    """The query of a page that filters narrow."""

    FILTERS: ClassVar[tuple[str, ...]]
    """The names of the attributes that narrow it, in the order of display."""

    def address(self, path: str, **changes: Any) -> str:
        """The address of the page at `path` with changes of the query, on its first page."""


@attrs.frozen(kw_only=True)
class Chip:
    """A filter in force: its name and value in words, and the address of the page without it."""

    name: str
    value: str
    address: str
    is_of_newspapers: bool
    """Whether the value is in the newspapers' language."""


def chips(
    query: Narrowed, path: str, profiles: Mapping[str, Mapping[str, Any]], names: Mapping[str, str] | None = None
) -> list[Chip]:
    """The filters in force on the page at `path`; several values of one filter are removed one by one.

    Args:
        names: what filters of this page are called otherwise, by their attributes' names.
    """
    made = []
    for name, value, without in _values(query):
        called, shown = filter_words(name, value, profiles, names)
        made.append(
            Chip(
                name=called, value=shown, address=query.address(path, **{name: without}),
                is_of_newspapers=name in OF_NEWSPAPERS,
            )
        )  # fmt: skip
    return made


def is_narrowed(query: Narrowed) -> bool:
    """Whether any filter is in force."""
    return any(True for _ in _values(query))


def without_filters(query: Narrowed, path: str) -> str:
    """The address of the page at `path` without any filter."""
    return query.address(path, **{name: _default(query, name) for name in query.FILTERS})


def _values(query: Narrowed) -> Iterator[tuple[str, Any, Any]]:
    """Each filter in force: its name, its value, and what is left where it is removed."""
    for name in query.FILTERS:
        value, default = getattr(query, name), _default(query, name)
        if isinstance(value, tuple):
            yield from ((name, one, tuple(other for other in value if other != one)) for one in value)
        elif value != default:
            yield name, value, default


def _default(query: Narrowed, name: str) -> Any:
    return attrs.fields_dict(type(query))[name].default
